"""The borough shapes as SVG paths: projected, simplified to what a screen shows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.boroughs import Area, shapes_of
from geo.projection import shapes_in_metres

WIDTH = 720.0
"""Width of the drawing in its own units: about one unit a pixel on a desk's screen."""

MARGIN = 6.0
TOLERANCE = 0.45
"""Detail smaller than this (units) is left out."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """Shapes in drawing units: x to the right, y down."""

    width: float
    height: float
    shapes: dict[str, shapely.Geometry]
    """Polygon or multipolygon by code."""


def draw(areas: tuple[Area, ...]) -> Drawing:
    """Project areas (WGS84) onto a drawing `WIDTH` wide, true to scale, north up."""
    metres = shapes_in_metres(shapes_of(areas))
    west, south, east, north = shapely.total_bounds(metres)
    scale = (WIDTH - 2 * MARGIN) / (east - west)

    def place(xy: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack([(xy[:, 0] - west) * scale + MARGIN, (north - xy[:, 1]) * scale + MARGIN])

    # Simplified together, so that neighbours keep one border.
    simple = shapely.coverage_simplify(shapely.transform(metres, place), TOLERANCE)
    height = float(np.ceil((north - south) * scale + 2 * MARGIN))
    return Drawing(WIDTH, height, {area.code: shape for area, shape in zip(areas, simple, strict=True)})


def path(shape: shapely.Geometry) -> str:
    """The `d` of an SVG path: relative moves in tenths of a unit, which is short."""
    polygons = shapely.get_parts(shape)
    return "".join(_ring(ring) for polygon in polygons for ring in (polygon.exterior, *polygon.interiors))


def _ring(ring: shapely.LinearRing) -> str:
    tenths = np.rint(shapely.get_coordinates(ring)[:-1] * 10).astype(int)
    moves = np.diff(tenths, axis=0)
    moves = moves[(moves != 0).any(axis=1)]
    start = f"M{tenths[0, 0] / 10:g} {tenths[0, 1] / 10:g}l"
    return start + " ".join(f"{x / 10:g} {y / 10:g}" for x, y in moves) + "z"
