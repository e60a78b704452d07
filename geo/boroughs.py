"""The shapes of boroughs and sectors, read from data/boroughs without geopandas."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import shapely
import shapely.geometry
from numpy.typing import NDArray

from domain.errors import InputRefused
from domain.settings import PROJECT

FOLDER = PROJECT / "data" / "boroughs"
BOROUGHS_FILE = "boroughs.geojson"
SECTORS_FILE = "sectors.geojson"
SOURCE_FILE = "SOURCE.md"


@dataclass(frozen=True, slots=True, eq=False)
class Area:
    """A borough, or a sector of one (an electoral district)."""

    code: str
    """A borough's code, or a sector's: the number of the district as text."""

    borough: str
    """Code of the borough that it is in; a borough's own."""

    name_fr: str
    name_en: str
    anchor: tuple[float, float]
    """Longitude and latitude of the place for a label, well inside the shape."""

    shape: shapely.geometry.base.BaseGeometry
    """A polygon or multipolygon of longitudes and latitudes, WGS84."""


def load_boroughs(folder: Path = FOLDER) -> tuple[Area, ...]:
    """The 19 boroughs, in the order of the file.

    Raises:
        InputRefused: the file is missing or is not what `scripts/make_boroughs.py` writes.
    """
    return _load(folder / BOROUGHS_FILE)


def load_sectors(folder: Path = FOLDER) -> tuple[Area, ...]:
    """The sectors, in the order of the file, which settles ties on shared edges.

    Raises:
        InputRefused: the file is missing or is not what `scripts/make_boroughs.py` writes.
    """
    return _load(folder / SECTORS_FILE)


def shapes_of(areas: tuple[Area, ...]) -> NDArray[Any]:
    """The shapes as one array for shapely's array functions."""
    shapes = np.empty(len(areas), dtype=object)
    shapes[:] = [area.shape for area in areas]
    return shapes


def _load(path: Path) -> tuple[Area, ...]:
    try:
        return _read(path, path.stat().st_mtime_ns)
    except FileNotFoundError as error:
        raise InputRefused(
            f"{path} is missing: run `python scripts/make_boroughs.py`, or import a file of boundaries."
        ) from error


@lru_cache(maxsize=8)
def _read(path: Path, _changed_at_ns: int) -> tuple[Area, ...]:
    """The areas of a file as it was last written."""
    try:
        features = json.loads(path.read_text(encoding="utf-8"))["features"]
        return tuple(_area(feature) for feature in features)
    except (KeyError, TypeError, ValueError, shapely.errors.ShapelyError) as error:
        raise InputRefused(
            f"{path} is not a file of boroughs or sectors as Vigie 311 writes them "
            f"({type(error).__name__}: {error})."
        ) from error


def _area(feature: dict[str, Any]) -> Area:
    properties = feature["properties"]
    lon, lat = properties["anchor"]
    return Area(
        code=properties["code"],
        borough=properties.get("borough", properties["code"]),
        name_fr=properties["name_fr"],
        name_en=properties["name_en"],
        anchor=(float(lon), float(lat)),
        shape=shapely.geometry.shape(feature["geometry"]),
    )
