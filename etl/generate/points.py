"""Points as the city publishes them: degrees to 7 decimals, metres to 2, no trailing zeros."""

from __future__ import annotations

from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from pyproj import Transformer

from geo.projection import MTM8

Floats = NDArray[np.float64]

DEGREE_DECIMALS = 7
METRE_DECIMALS = 2


@cache
def _to_degrees() -> Transformer:
    return Transformer.from_crs(MTM8, "EPSG:4326", always_xy=True)


def degrees(x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Longitude and latitude of points in EPSG:32188 metres."""
    lon, lat = _to_degrees().transform(x, y)
    return np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)


def point_texts(x: Floats, y: Floats) -> pa.Array:
    """`LOC_LONG,LOC_LAT,LOC_X,LOC_Y` of points in EPSG:32188 metres."""
    return pc.binary_join_element_wise(
        *degree_texts(x, y), number_texts(x, METRE_DECIMALS), number_texts(y, METRE_DECIMALS), ","
    )


def degree_texts(x: Floats, y: Floats) -> tuple[pa.Array, pa.Array]:
    """Longitudes and latitudes of points in EPSG:32188 metres, as text."""
    lon, lat = degrees(x, y)
    return number_texts(lon, DEGREE_DECIMALS), number_texts(lat, DEGREE_DECIMALS)


def number_texts(values: Floats, decimals: int) -> pa.Array:
    """Numbers as the shortest text of their rounded value."""
    return pa.array(np.round(values, decimals)).cast(pa.string())
