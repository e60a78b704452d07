"""A polygon that a person drew: checked once, then used as its corners."""

from __future__ import annotations

import math
from collections.abc import Sequence

import shapely

from domain.errors import InputRefused

MOST_CORNERS = 100
"""More than a hand draws; each corner is a comparison for every request that is looked at."""

DECIMALS = 5
"""Of a degree: about a metre."""

Corners = tuple[tuple[float, float], ...]
"""Longitude and latitude of each corner, degrees, WGS84; the last one is not the first again."""

_LON, _LAT = 180.0, 90.0
_FEWEST = 3


def drawn(corners: Sequence[tuple[float, float]]) -> Corners:
    """The corners of a simple polygon, rounded to about a metre.

    Raises:
        InputRefused: too few or too many corners, one off the globe, no area, or sides that cross.
    """
    rounded = tuple((round(float(lon), DECIMALS), round(float(lat), DECIMALS)) for lon, lat in corners)
    if len(rounded) > 1 and rounded[0] == rounded[-1]:
        rounded = rounded[:-1]
    if not _FEWEST <= len(rounded) <= MOST_CORNERS:
        raise InputRefused(f"a drawn area has {_FEWEST} to {MOST_CORNERS} corners, not {len(rounded)}.")
    on_globe = all(abs(lon) <= _LON and abs(lat) <= _LAT for lon, lat in rounded)
    if not on_globe or not all(map(math.isfinite, (side for corner in rounded for side in corner))):
        raise InputRefused("a corner of the drawn area is not on the globe.")
    shape = shapely.Polygon(rounded)
    if not shape.is_valid or shape.area == 0:
        raise InputRefused("the sides of the drawn area cross each other, or it has no surface.")
    return rounded


def bounds(corners: Corners) -> tuple[float, float, float, float]:
    """West, south, east, north of an area, degrees."""
    lons, lats = zip(*corners, strict=True)
    return min(lons), min(lats), max(lons), max(lats)
