"""Requests and problems as GeoParquet 1.1 files, written from Arrow without a Python object per row."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from mart.schema import INFORMATION, PROBLEMS, REQUESTS, SPELLS

ROW_GROUP_ROWS = 122_880  # DuckDB's own: one group is what one of its threads takes at a time

# Packed numbers are a fifth smaller, and a third slower to read and write (docs/decisions/mart-files.md).
_PACKED = {"text": "lz4", "number": "none"}

_ALL_DIFFERENT = {"external_id", "reasons"}

CODED: tuple[str, ...] = tuple(
    f.name for f in REQUESTS if pa.types.is_string(f.type) and f.name not in _ALL_DIFFERENT
)
"""Text columns whose values come again and again: files keep them as a dictionary and numbers."""

_WKB_POINT = np.dtype([("order", "u1"), ("type", "<u4"), ("x", "<f8"), ("y", "<f8")])
_LITTLE_ENDIAN, _POINT = 1, 1
_SRID = 4326


def points_wkb(lon: pa.Array, lat: pa.Array) -> pa.Array:
    """WKB points (n,) of longitudes and latitudes in degrees; null where either is null."""
    x, y = _floats(lon), _floats(lat)
    records = np.empty(len(x), dtype=_WKB_POINT)
    records["order"], records["type"], records["x"], records["y"] = _LITTLE_ENDIAN, _POINT, x, y
    placed = ~(np.isnan(x) | np.isnan(y))
    ends = np.zeros(len(x) + 1, dtype=np.int32)
    np.cumsum(placed * _WKB_POINT.itemsize, out=ends[1:])
    validity = pa.array(placed).buffers()[1]
    missing = int(len(x) - placed.sum())
    data = pa.py_buffer(records[placed].tobytes())
    return pa.Array.from_buffers(pa.binary(), len(x), [validity, pa.py_buffer(ends), data], missing)


def write_requests(rows: pa.Table, path: Path, cut: int = 0) -> None:
    """Write requests (columns of `schema.REQUESTS`, in its order) as one GeoParquet file.

    The rows before `cut` and those from it on share no row group. Text columns may be plain or
    dictionary-encoded; both read back as plain text.
    """
    _write_points(rows, path, REQUESTS, cut)


def write_undone(rows: pa.Table, path: Path) -> None:
    """Write earlier spells (columns of `schema.SPELLS`, in its order) as one GeoParquet file."""
    _write_points(rows, path, SPELLS)


def write_problems(rows: pa.Table, path: Path) -> None:
    """Write problems (columns of `schema.PROBLEMS`, in its order) as one GeoParquet file."""
    _write_points(rows, path, PROBLEMS)


def _write_points(rows: pa.Table, path: Path, schema: pa.Schema, cut: int = 0) -> None:
    is_bytes = {f.name: pa.types.is_string(f.type) or pa.types.is_binary(f.type) for f in schema}
    with pq.ParquetWriter(
        path,
        rows.schema,
        compression={name: _PACKED["text" if of_bytes else "number"] for name, of_bytes in is_bytes.items()},
        # Numbers stay plain: a dictionary of moments or coordinates costs time and saves nothing.
        use_dictionary=[name for name in CODED if name in is_bytes],
        # Every month has every borough and street: only the bounds of numbers spare reading any.
        write_statistics=[name for name, of_bytes in is_bytes.items() if not of_bytes],
        write_batch_size=ROW_GROUP_ROWS,
        store_schema=False,
    ) as writer:
        writer.add_key_value_metadata({"geo": json.dumps(_geo_metadata(rows), sort_keys=True)})
        for part in (rows.slice(0, cut), rows.slice(cut)):
            if part.num_rows:  # an empty table would become an empty row group
                writer.write_table(part, row_group_size=ROW_GROUP_ROWS)


def write_information(rows: pa.Table, path: Path) -> None:
    """Write the counts of calls for information (columns of `schema.INFORMATION`)."""
    pq.write_table(rows.select(INFORMATION.names).combine_chunks(), path, compression="lz4")


def _geo_metadata(rows: pa.Table) -> dict[str, Any]:
    """The `geo` key of GeoParquet 1.1 (https://geoparquet.org/releases/v1.1.0)."""
    column: dict[str, Any] = {"encoding": "WKB", "geometry_types": ["Point"], "crs": _crs()}
    lon, lat = _floats(rows["lon"]), _floats(rows["lat"])
    placed = ~(np.isnan(lon) | np.isnan(lat))
    if placed.any():
        lon, lat = lon[placed], lat[placed]
        column["bbox"] = [float(lon.min()), float(lat.min()), float(lon.max()), float(lat.max())]
    return {"version": "1.1.0", "primary_column": "geometry", "columns": {"geometry": column}}


@cache
def _crs() -> dict[str, Any]:
    """EPSG:4326 as PROJJSON; GeoParquet fixes the order of axes as x = lon, y = lat."""
    from pyproj import CRS  # noqa: PLC0415  # readers of the mart do without PROJ

    found: dict[str, Any] = CRS.from_epsg(_SRID).to_json_dict()
    return found


def _floats(column: pa.Array | pa.ChunkedArray) -> npt.NDArray[np.float64]:
    """Values with NaN for null."""
    return np.asarray(column.to_numpy(zero_copy_only=False), dtype=np.float64)
