"""The sectors of one borough, as large as they fit into the drawing of the city, among their neighbours."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
import shapely
from numpy.typing import NDArray

from dashboard.maplayers import borough_map, shapes
from geo.boroughs import load_boroughs, load_sectors, shapes_of
from geo.projection import shapes_in_metres

EDGE = 46.0
"""Room around the borough, drawing units: what is next door shows."""

_TOP = 54.0
"""More room above, for the number scale."""


@dataclass(frozen=True, slots=True)
class SectorGround:
    """What does not change with the numbers: the sectors with their labels, and the boroughs around as outlines."""

    drawing: shapes.Drawing
    sectors: borough_map.Ground
    around: Mapping[str, str]
    """Path of each neighbour that shows, by its code."""


@cache
def size() -> tuple[float, float]:
    """Width and height of the city's drawing, which a borough's is as large as."""
    drawing = shapes.draw(load_boroughs())
    return drawing.width, drawing.height


def sector_ground(borough: str, names: Mapping[str, str]) -> SectorGround:
    """The drawing of a borough's sectors; `names` by sector code. It takes a tenth of a second: keep it."""
    mine = tuple(sector for sector in load_sectors() if sector.borough == borough)
    others = tuple(area for area in load_boroughs() if area.code != borough)
    metres = shapes_in_metres(shapes_of(mine))
    place = _placing(shapely.total_bounds(metres))
    width, height = size()
    simple = shapely.coverage_simplify(shapely.transform(metres, place), shapes.TOLERANCE)
    drawing = shapes.Drawing(
        width, height, {area.code: shape for area, shape in zip(mine, simple, strict=True)}
    )
    frame = shapely.box(0, 0, width, height)
    nearby = shapely.transform(shapes_in_metres(shapes_of(others)), place)
    cut = shapely.intersection(shapely.simplify(nearby, shapes.TOLERANCE), frame)
    around = {
        area.code: shapes.path(shape)
        for area, shape in zip(others, cut, strict=True)
        if shapely.area(shape) > 1 and shapely.get_type_id(shape) in _POLYGONS
    }
    return SectorGround(drawing, borough_map.ground(drawing, names), around)


_POLYGONS = (3, 6)  # shapely's type ids of polygons and multipolygons


def _placing(bounds: NDArray[np.float64]) -> Callable[[NDArray[np.float64]], NDArray[np.float64]]:
    """Metres to drawing units: the box of a borough in the middle, true to scale, north up."""
    west, south, east, north = bounds
    width, height = size()
    scale = min((width - 2 * EDGE) / (east - west), (height - EDGE - _TOP) / (north - south))
    left = (width - (east - west) * scale) / 2
    top = _TOP + (height - EDGE - _TOP - (north - south) * scale) / 2

    def place(xy: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack([(xy[:, 0] - west) * scale + left, (north - xy[:, 1]) * scale + top])

    return place
