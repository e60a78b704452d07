"""Places: coordinates, H3 cell, precision, and the borough and sector they lie in."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from pyproj import CRS, Transformer

from domain.precision import Precision
from domain.territory import HORS_TERRITOIRE, VILLE_LIEE
from etl.source import Source
from etl.transform.notes import Mask, Notes, mask
from geo import hexgrid
from geo.assign import TerritoryIndex

Floats = npt.NDArray[np.float64]

_NUMBER = r"^[+-]?\d{1,9}(\.\d{1,15})?$"
_WGS84 = CRS.from_epsg(4326)
_EWKB_POINT = b"\x01\x01\x00\x00\x20\xe6\x10\x00\x00"  # little-endian, point, SRID 4326
_WKB_POINT = b"\x01\x01\x00\x00\x00"


@dataclass(frozen=True)
class Places:
    """Where each row is: lon and lat in degrees (NaN = none), and what is known of that point."""

    lon: Floats
    lat: Floats
    cells: npt.NDArray[np.int64]
    precision: pa.Array
    borough: pa.Array
    borough_basis: pa.Array
    sector: pa.Array
    outside_swapped: int
    """Points outside the region that lie inside it when longitude and latitude change places."""


@cache
def territory() -> TerritoryIndex:
    """The index of data/boroughs, made once."""
    return TerritoryIndex.load()


def placed(
    lon_text: pa.Array | None,
    lat_text: pa.Array | None,
    at_counter: Mask,
    borough_by_text: pa.Array,
    source: Source,
    notes: Notes,
) -> Places:
    """Place each row; a coordinate that cannot be is emptied and noted."""
    n = len(borough_by_text)
    if lon_text is None or lat_text is None:
        lon = lat = np.full(n, np.nan)
        outside_swapped = 0
    else:
        lon, lat, outside_swapped = _checked(lon_text, lat_text, source, notes)
    on_map = ~np.isnan(lon) & ~at_counter
    map_lon, map_lat = np.where(on_map, lon, np.nan), np.where(on_map, lat, np.nan)
    cells = hexgrid.cells(map_lat, map_lon)
    precision = np.where(on_map, source.precision, np.where(at_counter, Precision.COUNTER, Precision.NONE))
    borough, basis, sector = _territory(map_lon, map_lat, cells, borough_by_text, source)
    return Places(
        lon, lat, cells, pa.array(precision.tolist(), pa.string()), borough, basis, sector, outside_swapped
    )


def wkb_points(places: Places, with_srid: bool) -> pa.Array:
    """WKB (for SQLite) or EWKB (for PostGIS) of the points on the map; null elsewhere."""
    head = np.frombuffer(_EWKB_POINT if with_srid else _WKB_POINT, dtype=np.uint8)
    on_map = places.cells != hexgrid.NO_CELL
    n = len(on_map)
    raw = np.empty((n, len(head) + 16), dtype=np.uint8)
    raw[:, : len(head)] = head
    raw[:, len(head) :] = np.column_stack([places.lon, places.lat]).astype("<f8").view(np.uint8)
    fixed = pa.FixedSizeBinaryArray.from_buffers(
        pa.binary(raw.shape[1]), n, [None, pa.py_buffer(np.ascontiguousarray(raw))]
    )
    return pc.if_else(pa.array(on_map), fixed.cast(pa.binary()), pa.scalar(None, pa.binary()))


def _checked(
    lon_text: pa.Array, lat_text: pa.Array, source: Source, notes: Notes
) -> tuple[Floats, Floats, int]:
    """Degrees in WGS84, NaN where absent or impossible, and how many points look swapped."""
    x = _numbers(lon_text, "lon", notes)
    y = _numbers(lat_text, "lat", notes)
    given = ~np.isnan(x) & ~np.isnan(y)
    incomplete = _is_empty(lon_text) ^ _is_empty(lat_text)
    notes.fault(incomplete, "coordinates", "incomplete", _pair(lon_text, lat_text))
    zero = given & (x == 0) & (y == 0) | given & (np.abs(y) < 1) | given & (x == 0)
    notes.fault(zero, "coordinates", "zero", _pair(lon_text, lat_text))
    lon, lat = _degrees(x, y, source)
    inside = _inside(lon, lat, source)
    outside = given & ~zero & ~inside
    notes.fault(outside, "coordinates", "outside_region", _pair(lon_text, lat_text))
    swapped = int((outside & _inside(*_degrees(y, x, source), source)).sum())
    usable = given & ~zero & inside
    return np.where(usable, lon, np.nan), np.where(usable, lat, np.nan), swapped


def _numbers(column: pa.Array, name: str, notes: Notes) -> Floats:
    text = pc.utf8_trim_whitespace(column)
    fits = pc.match_substring_regex(text, _NUMBER)
    unread = ~mask(fits) & mask(pc.not_equal(text, ""))
    notes.fault(unread, name, "not_a_number", column)
    numbers = pc.if_else(fits, text, pa.scalar(None, pa.string())).cast(pa.float64())
    found: Floats = numbers.to_numpy(zero_copy_only=False)
    return found.astype(np.float64)


def _degrees(x: Floats, y: Floats, source: Source) -> tuple[Floats, Floats]:
    """Longitude and latitude (WGS84) of coordinates in the source's CRS."""
    if CRS.from_user_input(source.crs) == _WGS84:
        return x, y
    lon, lat = _transformer(source.crs).transform(x, y)
    return np.where(np.isfinite(lon), lon, np.nan), np.where(np.isfinite(lat), lat, np.nan)


@cache
def _transformer(crs: str) -> Transformer:
    return Transformer.from_crs(crs, _WGS84, always_xy=True)


def _inside(lon: Floats, lat: Floats, source: Source) -> Mask:
    west, south, east, north = source.region
    inside: Mask = (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)
    return inside


def _is_empty(column: pa.Array) -> Mask:
    return mask(pc.equal(pc.utf8_trim_whitespace(column), ""))


def _pair(lon_text: pa.Array, lat_text: pa.Array) -> pa.Array:
    return pc.binary_join_element_wise(lon_text, lat_text, " ")


def _territory(
    lon: Floats, lat: Floats, cells: npt.NDArray[np.int64], by_text: pa.Array, source: Source
) -> tuple[pa.Array, pa.Array, pa.Array]:
    """Borough, its basis and sector: the point decides, the record's words where it cannot.

    A point outside every shape is in a related town if the words say so; the nearest borough
    within 300 m has it otherwise.
    """
    n = len(by_text)
    if source.territory is None:
        return by_text, pa.array(["none"] * n), pa.nulls(n, pa.string())
    found = territory().assign(lon, lat, cells)
    borough = pa.array(found.borough_categories).take(_index(found.borough))
    basis = pa.array(found.basis_categories).take(_index(found.basis))
    sector = pa.array(found.sector_categories).take(_index(found.sector))
    inside = pc.and_(pc.equal(basis, "point"), pc.not_equal(borough, HORS_TERRITOIRE)).fill_null(False)
    in_town = pc.and_(pc.equal(by_text, VILLE_LIEE).fill_null(False), pc.invert(inside))
    no_point = pc.equal(basis, "none")
    use_text = pc.or_(in_town, pc.and_(no_point, by_text.is_valid()))
    return (
        pc.if_else(use_text, by_text, borough),
        pc.if_else(use_text, "text", basis),
        pc.if_else(use_text, pa.scalar(None, pa.string()), sector),
    )


def _index(codes: npt.NDArray[np.int16] | npt.NDArray[np.int8]) -> pa.Array:
    return pa.array(codes.astype(np.int32), mask=codes < 0)
