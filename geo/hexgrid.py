"""H3 cells by whole arrays: the only module that imports h3 or h3ronpy.

A cell is an int64 (the high bit of an H3 index is always 0), so that it is an ordinary
integer column on every engine. `NO_CELL` stands where there is no usable point. Arrays are
1-D; latitudes and longitudes are degrees, WGS84.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Any

import h3ronpy
import h3ronpy.vector
import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import ArrayLike, NDArray

from domain.errors import InputRefused
from geo.projection import LAT_LIMIT_DEG, LON_LIMIT_DEG

STORE_RESOLUTION = 12
"""Resolution of the cell that a request carries: about 307 m², 10 m to a side."""

FINEST = 15
NO_CELL = -1

_RESOLUTION_SHIFT = 52
_RESOLUTION_MASK = 0b1111
_PATH_MASK = (1 << _RESOLUTION_SHIFT) - 1
_DIGIT_BITS = 3
_NO_DIGIT = 0b111  # what stands in the digits finer than a cell's own resolution
_LAST_CHILD = 0b110  # children are numbered 0 to 6

Cells = NDArray[np.int64]
Floats = NDArray[np.float64]


class Cover(StrEnum):
    """Which cells stand for a polygon."""

    INSIDE = "inside"  # wholly inside
    CENTRE = "centre"  # centre inside: each cell in at most one of several polygons
    TOUCHING = "touching"  # any part in common


_CONTAINMENT = {
    Cover.INSIDE: h3ronpy.ContainmentMode.ContainsBoundary,
    Cover.CENTRE: h3ronpy.ContainmentMode.ContainsCentroid,
    Cover.TOUCHING: h3ronpy.ContainmentMode.Covers,
}


def cells(lat: ArrayLike, lon: ArrayLike, resolution: int = STORE_RESOLUTION) -> Cells:
    """Cell of each point; `NO_CELL` where a coordinate is missing, infinite or off the globe."""
    lat_deg = np.ascontiguousarray(lat, dtype=np.float64)
    lon_deg = np.ascontiguousarray(lon, dtype=np.float64)
    # NaN and infinities fail both comparisons.
    usable = (np.abs(lat_deg) <= LAT_LIMIT_DEG) & (np.abs(lon_deg) <= LON_LIMIT_DEG)
    if usable.all():
        return _int64(h3ronpy.vector.coordinates_to_cells(lat_deg, lon_deg, resolution))
    found = np.full(lat_deg.shape, NO_CELL, dtype=np.int64)
    found[usable] = _int64(h3ronpy.vector.coordinates_to_cells(lat_deg[usable], lon_deg[usable], resolution))
    return found


def resolutions(of: Cells) -> NDArray[np.int64]:
    """Resolution of each cell, 0 to 15; `NO_CELL` gives -1."""
    found: NDArray[np.int64] = (of >> _RESOLUTION_SHIFT) & _RESOLUTION_MASK
    return np.where(of == NO_CELL, -1, found)


def parents(of: Cells, resolution: int) -> Cells:
    """Ancestor of each cell at a coarser (or its own) resolution, by bit arithmetic; `NO_CELL` stays.

    Raises:
        ValueError: a cell is coarser than `resolution`.
    """
    placed = of != NO_CELL
    if (resolutions(of)[placed] < resolution).any():
        raise ValueError(f"a cell is coarser than resolution {resolution}")
    unused_digits = (1 << (_DIGIT_BITS * (FINEST - resolution))) - 1
    stamped = (of & ~(_RESOLUTION_MASK << _RESOLUTION_SHIFT)) | (resolution << _RESOLUTION_SHIFT)
    return np.where(placed, stamped | unused_digits, NO_CELL)


def paths(of: Cells, resolution: int) -> Cells:
    """Base cell and digits of each cell down to `resolution`, as one small integer.

    Cells under the same ancestor at that resolution have the same path, and a path shifted right by
    3 bits is that of the parent. `NO_CELL` gets a path that no cell has.
    """
    return (of & _PATH_MASK) >> (_DIGIT_BITS * (FINEST - resolution))


def children_range(of: Cells, resolution: int = STORE_RESOLUTION) -> tuple[Cells, Cells]:
    """First and last descendant of each cell at `resolution`, both included.

    Between them lie that cell's descendants and no others, so "under this cell" is one BETWEEN
    on an indexed integer column.

    Raises:
        ValueError: a cell is finer than `resolution`, or is `NO_CELL`.
    """
    own = resolutions(of)
    if ((own > resolution) | (own < 0)).any():
        raise ValueError(f"a cell has no descendants at resolution {resolution}")
    finer_bits = _DIGIT_BITS * (FINEST - resolution)
    low_bits = _DIGIT_BITS * (resolution - own)
    digits = ((np.int64(1) << low_bits) - 1) << finer_bits
    stamped = (of & ~(_RESOLUTION_MASK << _RESOLUTION_SHIFT)) | (resolution << _RESOLUTION_SHIFT)
    first = stamped & ~digits
    # 0b110 repeated: seven times 1 less the lowest bit of each digit.
    last_digits = (digits // _NO_DIGIT) * _LAST_CHILD
    return first, first | last_digits


def children(of: Cells, resolution: int) -> Cells:
    """All descendants at `resolution`, in the order of the cells."""
    return _int64(h3ronpy.change_resolution(_uint64(of), resolution))


def disk(of: Cells, rings: int) -> Cells:
    """The cells within `rings` steps of any of the given ones, sorted, each once."""
    return np.unique(_int64(h3ronpy.grid_disk(_uint64(of), rings, flatten=True)))


def disk_pairs(of: Cells, rings: int) -> tuple[NDArray[np.int64], Cells]:
    """Every pair of a given cell (its position) and a cell within `rings` steps of it, itself included."""
    found = pa.array(h3ronpy.grid_disk(_uint64(of), rings, flatten=False))
    owner = np.repeat(np.arange(len(of)), np.diff(np.asarray(found.offsets)))
    return owner, _int64(found.flatten())


def centres(of: Cells) -> tuple[Floats, Floats]:
    """Latitude and longitude of each cell's centre."""
    points = h3ronpy.vector.cells_to_coordinates(_uint64(of))
    return np.asarray(points["lat"], dtype=np.float64), np.asarray(points["lng"], dtype=np.float64)


def polygons(of: Cells) -> NDArray[Any]:
    """Outline of each cell as a shapely polygon (lon, lat), counter-clockwise."""
    wkb = h3ronpy.vector.cells_to_wkb_polygons(_uint64(of)).to_pylist()
    outlines: NDArray[Any] = shapely.from_wkb(np.array(wkb, dtype=object))
    return outlines


def rings(of: Cells, decimals: int = 6) -> list[list[list[float]]]:
    """Outline of each cell as a closed GeoJSON ring of [lon, lat], counter-clockwise (RFC 7946)."""
    coordinates, owner = shapely.get_coordinates(polygons(of), return_index=True)
    splits = np.flatnonzero(np.diff(owner)) + 1
    return [ring.tolist() for ring in np.split(coordinates.round(decimals), splits)] if len(of) else []


def areas_m2(of: Cells) -> Floats:
    """Area of each cell on the sphere, m²."""
    return np.asarray(h3ronpy.cells_area_m2(_uint64(of)), dtype=np.float64)


def covering(polygon: shapely.Geometry, resolution: int, cover: Cover = Cover.TOUCHING) -> Cells:
    """Cells of one polygon or multipolygon (lon, lat), sorted; its sides are straight in degrees."""
    found = h3ronpy.vector.geometry_to_cells(polygon, resolution, _CONTAINMENT[cover])
    return np.unique(_int64(found))


def to_hex(of: Cells) -> list[str]:
    """The customary text of each cell, such as `8c2baa0a0010dff`; for JSON and URLs."""
    texts: list[str] = h3ronpy.cells_to_string(_uint64(of)).to_pylist()
    return texts


def from_hex(texts: Iterable[str]) -> Cells:
    """Cells from their customary text.

    Raises:
        InputRefused: a text is no H3 cell; the sentence names it.
    """
    given = list(texts)
    found = h3ronpy.cells_parse(given, set_failing_to_invalid=True).to_pylist()
    for text, cell in zip(given, found, strict=True):
        if cell is None:
            raise InputRefused(f"{text!r} is not the identifier of an H3 cell.")
    return np.array(found, dtype=np.uint64).view(np.int64)


def _uint64(of: Cells) -> NDArray[np.uint64]:
    return np.ascontiguousarray(of, dtype=np.int64).view(np.uint64)


def _int64(array: object) -> Cells:
    """An Arrow array of h3ronpy without a copy."""
    return np.asarray(array).view(np.int64)
