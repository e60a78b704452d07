"""The months of a version: which month a request belongs to, and writing and reading one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from mart.geoparquet import CODED, write_requests
from mart.layout import INFORMATION_FILE, MartFile, month_file
from mart.periods import local_days
from mart.schema import EVENT_COLUMNS, INFORMATION, REQUESTS

LASTING_DAYS = 60
"""What is not closed within so many days comes last in its month, in row groups of its own."""

_US = 1_000_000
_DAY_US = 86_400 * _US
_READERS = 2
_ORDERED_BY = ["opened_at", "ended_at", "id"]
_MOST_RUNS = 64  # slicing beats copying while few rows of a month changed
_CODED_REQUESTS = pa.schema(
    [f.with_type(pa.dictionary(pa.int32(), pa.string())) if f.name in CODED else f for f in REQUESTS]
)


def months_of(opened_at: pa.Array | pa.ChunkedArray) -> npt.NDArray[np.datetime64]:
    """Montréal's month (datetime64[M], (n,)) of moments that are never null."""
    microseconds = opened_at.cast(pa.int64()).to_numpy()
    found: npt.NDArray[np.datetime64] = local_days(microseconds // _US).astype("datetime64[M]")
    return found


def ordered(rows: pa.Table) -> pa.Table:
    """Requests of a month in the order of its file: by (whether it lasted, opened_at, id)."""
    return rows.take(pa.array(_order(rows)))


def _order(rows: pa.Table) -> npt.NDArray[np.int64]:
    opened = rows["opened_at"].cast(pa.int64()).to_numpy()
    found: npt.NDArray[np.int64] = np.lexsort((rows["id"].to_numpy(), opened, lasting(rows)))
    return found


def lasting(rows: pa.Table) -> npt.NDArray[np.bool_]:
    """Which requests were not closed within `LASTING_DAYS`."""
    still_open = np.iinfo(np.int64).max
    ended = rows["ended_at"].cast(pa.int64()).fill_null(still_open).to_numpy()
    # Some dates are absurd: a difference would overflow.
    lasts: npt.NDArray[np.bool_] = (
        ended > rows["opened_at"].cast(pa.int64()).to_numpy() + LASTING_DAYS * _DAY_US
    )
    return lasts


def write_month(folder: Path, month: str, rows: pa.Table) -> MartFile:
    """Write the requests of a month (`YYYY-MM`), ordered, into a version's folder."""
    path = folder / month_file(month)
    # Row groups of quick requests only: the bounds of their `ended_at` spare them a question on a later period.
    write_requests(rows, path, rows.num_rows - int(lasting(rows).sum()))
    ids = pc.min_max(rows["id"])
    return MartFile(
        rows=rows.num_rows,
        bytes=path.stat().st_size,
        first_id=ids["min"].as_py(),
        last_id=ids["max"].as_py(),
        newest_event_at=newest_event(rows),
    )


def read_month(folder: Path, name: str) -> pa.Table:
    """The requests of one file (a key of `Manifest.files`) of a version.

    Columns of `schema.REQUESTS`, those in `geoparquet.CODED` dictionary-encoded.
    """
    return pq.ParquetFile(folder / name, read_dictionary=list(CODED)).read(use_threads=False)


def replaced(before: pa.Table, ids: npt.NDArray[np.int64], changed: pa.Table) -> pa.Table:
    """A month (see `read_month`) without the requests of some ids, and with changed rows; ordered."""
    stays = np.flatnonzero(~np.isin(before["id"].to_numpy(), ids))
    both = pa.concat_tables([before.replace_schema_metadata(None), coded(changed)])
    rows = np.concatenate([stays, np.arange(before.num_rows, both.num_rows)])
    order = _order(both.select(_ORDERED_BY).take(pa.array(rows)))
    return _taken(both.unify_dictionaries(), rows[order])


def _taken(table: pa.Table, rows: npt.NDArray[np.int64]) -> pa.Table:
    """Rows of a table by number; long runs of them are not copied."""
    starts = np.concatenate([[0], np.flatnonzero(np.diff(rows) != 1) + 1])
    if len(starts) > _MOST_RUNS or not len(rows):
        return table.combine_chunks().take(pa.array(rows))
    lengths = np.diff(np.append(starts, len(rows)))
    return pa.concat_tables(table.slice(rows[at], n) for at, n in zip(starts, lengths, strict=True))


def coded(rows: pa.Table) -> pa.Table:
    """Requests with the columns in `geoparquet.CODED` dictionary-encoded."""
    columns = [rows[f.name].dictionary_encode() if f.name in CODED else rows[f.name] for f in REQUESTS]
    return pa.Table.from_arrays(columns, schema=_CODED_REQUESTS)


def read_columns(folder: Path, files: Iterable[str], names: Sequence[str]) -> pa.Table:
    """Some columns of all requests of a version, in the order of the mart.

    Coded ones are dictionary-encoded, each month with a dictionary of its own.
    """
    coded_ones = [name for name in names if name in CODED]

    def read(file: str) -> pa.Table:
        return pq.ParquetFile(folder / file, read_dictionary=coded_ones).read(columns=list(names))

    with ThreadPoolExecutor(_READERS) as pool:
        months = list(pool.map(read, files))
    none = REQUESTS.empty_table().select(list(names))
    if not months:
        return none
    return pa.concat_tables(months).replace_schema_metadata(None).select(list(names))


def ids_of_month(folder: Path, name: str) -> npt.NDArray[np.int64]:
    """The ids in one file of a version."""
    ids: npt.NDArray[np.int64] = pq.ParquetFile(folder / name).read(columns=["id"])["id"].to_numpy()
    return ids


def newest_event(rows: pa.Table) -> datetime | None:
    """The newest moment at which something happened to one of the requests; None of no request."""
    newest = [pc.max(rows[name]).as_py() for name in EVENT_COLUMNS]
    return max((moment for moment in newest if moment is not None), default=None)


def read_information(folder: Path) -> pa.Table:
    """The counts of calls for information of a version."""
    return pq.ParquetFile(folder / INFORMATION_FILE).read().replace_schema_metadata(None).cast(INFORMATION)
