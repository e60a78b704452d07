"""Make data/boroughs from the electoral districts of 2013 that the package plotly ships.

Run from the project's folder: `python scripts/make_boroughs.py [FOLDER]`. The result is committed,
and the same plotly gives the same bytes; a test compares them. data/boroughs/SOURCE.md tells where
the shapes come from and how good they are.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import shapely
import shapely.geometry

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from domain.territory import boroughs
from geo.boroughs import FOLDER, Area
from geo.coverage import anchor, clean, dissolve, write_areas

DISTRICTS = 58

MENDED = {
    41: "Du Canal",
    72: "Maisonneuve–Longue-Pointe",
    161: "Saint-Henri–Petite-Bourgogne–Pointe-Saint-Charles",
    162: "Saint-Paul–Émard",
    171: "Champlain–L'Île-des-Sœurs",
}
"""Names that have lost their long dashes on the way, an Œ, or a capital: as the city writes them."""

ENGLISH = {21: "West", 22: "East", 23: "Centre"}
"""Anjou's districts are points of the compass; every other name is a proper one, the same in English."""


def main(folder: Path) -> None:
    """Write boroughs.geojson and sectors.geojson."""
    sectors = make_sectors()
    made = dissolve(sectors)
    write_areas(folder, made, sectors)
    print(f"{len(made)} boroughs and {len(sectors)} sectors in {folder}")


def make_sectors() -> tuple[Area, ...]:
    """The districts as sectors, in the order of their numbers."""
    features = {_number(feature): feature for feature in _districts()}
    if len(features) != DISTRICTS:
        raise ValueError(f"plotly has {len(features)} districts, not {DISTRICTS}")
    prefixes = {borough.district_prefix: borough.code for borough in boroughs()}
    shapes = clean(np.array([shapely.geometry.shape(features[n]["geometry"]) for n in sorted(features)]))
    return tuple(
        _sector(number, features[number]["properties"]["district"], prefixes[number // 10], shape)
        for number, shape in zip(sorted(features), shapes, strict=True)
    )


def _sector(number: int, district: str, borough: str, shape: shapely.Polygon) -> Area:
    name = MENDED.get(number, district.partition("-")[2])
    return Area(str(number), borough, name, ENGLISH.get(number, name), anchor(shape), shape)


def _districts() -> list[dict[str, Any]]:
    """The features of `plotly.express.data.election_geojson()`."""
    from plotly.express.data import election_geojson  # noqa: PLC0415  (seconds, and only here)

    collection: dict[str, Any] = election_geojson()
    return list(collection["features"])


def _number(feature: dict[str, Any]) -> int:
    return int(feature["properties"]["district"].partition("-")[0])


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
