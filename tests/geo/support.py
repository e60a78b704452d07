"""Small territories drawn by hand, and slow answers to compare with."""

import json
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from domain.territory import boroughs
from geo.assign import NEAR_M
from geo.boroughs import Area
from geo.projection import METRES_PER_DEGREE, shapes_in_metres

Rows = list[dict[str, Any]]
Shapes = NDArray[Any]

WEST, SOUTH, STEP = -73.70, 45.50, 0.01
"""South-west corner of the drawn squares, and their side, degrees (about 780 m by 1110 m)."""

NORTH_M = STEP * METRES_PER_DEGREE
"""Metres from one row of squares to the next, to 0.2 %."""


def a_square(column: float, row: float, *, width: float = 1, height: float = 1) -> shapely.Polygon:
    """A rectangle on the grid of drawn squares."""
    west, south = WEST + column * STEP, SOUTH + row * STEP
    return shapely.box(west, south, west + width * STEP, south + height * STEP)


def a_sector(code: str, shape: shapely.Polygon, borough: str = "VD") -> Area:
    """A sector with a name and an anchor of no importance."""
    middle = shape.centroid
    return Area(code, borough, f"Secteur {code}", f"Sector {code}", (middle.x, middle.y), shape)


def borough_rows(by: str = "fr") -> Rows:
    """The 19 boroughs as squares, eight in a row."""
    return [
        {"NOM": b.code if by == "code" else b.name_fr, "shape": a_square(index % 8, index // 8)}
        for index, b in enumerate(boroughs())
    ]


def a_wide_river(rows: Rows) -> Rows:
    """The lower row of boroughs reaches farther south, as the official ones do into the river."""
    for index in range(8):
        rows[index]["shape"] = a_square(index, -0.6, height=1.6)
    return rows


def frame_of(rows: Rows, crs: str = "EPSG:4326") -> Any:
    """The rows as a GeoDataFrame, in a coordinate system of one's choice."""
    names = [{k: v for k, v in row.items() if k != "shape"} for row in rows]
    return gpd.GeoDataFrame(names, geometry=[row["shape"] for row in rows], crs="EPSG:4326").to_crs(crs)


def write_geojson(path: Path, rows: Rows) -> Path:
    """A GeoJSON file of rows whose `shape` is a shapely geometry."""
    features = [
        {
            "type": "Feature",
            "properties": {name: value for name, value in row.items() if name != "shape"},
            "geometry": None if row["shape"] is None else shapely.geometry.mapping(row["shape"]),
        }
        for row in rows
    ]
    collection: dict[str, Any] = {"type": "FeatureCollection", "features": features}
    path.write_text(json.dumps(collection), encoding="utf-8")
    return path


def brute_force(shapes: Shapes, in_metres: Shapes, lon: float, lat: float) -> tuple[int, str]:
    """Index of the sector (-1: none) and basis of one point, shape by shape, by the written rule."""
    if not (abs(lon) <= 180 and abs(lat) <= 90):
        return -1, "none"
    point = shapely.Point(lon, lat)
    holding = [index for index, shape in enumerate(shapes) if shape.intersects(point)]
    if holding:
        return holding[0], "point"
    distances_m = shapely.distance(in_metres, shapes_in_metres(point))
    if distances_m.min() <= NEAR_M:
        return int(np.argmin(distances_m)), "near"
    return -1, "point"
