"""Degrees to metres around Montréal."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Transformer

MTM8 = "EPSG:32188"
"""NAD83 / MTM zone 8: the city's own metric system, the one of LOC_X and LOC_Y."""

LON_LIMIT_DEG = 180.0
LAT_LIMIT_DEG = 90.0

EARTH_RADIUS_M = 6_371_008.8
"""Mean radius (IUGG)."""

METRES_PER_DEGREE = float(np.pi / 180 * EARTH_RADIUS_M)

Floats = NDArray[np.float64]


@cache
def _to_mtm8() -> Transformer:
    return Transformer.from_crs("EPSG:4326", MTM8, always_xy=True)


def metres(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """Easting and northing in MTM zone 8, metres; right to the millimetre on the island."""
    x, y = _to_mtm8().transform(lon, lat)
    return np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)


def shapes_in_metres(shapes: Any) -> Any:
    """Shapes (lon, lat) projected vertex by vertex to MTM zone 8; one shape or an array of them."""
    return shapely.transform(shapes, lambda xy: np.column_stack(metres(xy[:, 0], xy[:, 1])))


def flat_metres(lon: Floats, lat: Floats, middle_lat: float) -> tuple[Floats, Floats]:
    """Degrees scaled to metres about one latitude: x and y, metres from (0°, 0°).

    A straight side in degrees stays straight, which a true projection does not keep. Lengths are
    right to 0.3 % within 15 km north or south of `middle_lat`.
    """
    return (lon * (METRES_PER_DEGREE * np.cos(np.radians(middle_lat))), lat * METRES_PER_DEGREE)
