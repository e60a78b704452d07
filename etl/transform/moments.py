"""Moments: wall times of the source's zone become UTC seconds."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from domain.localtime import Seconds, utc_seconds
from etl.source import Source
from etl.transform.notes import Mask, Notes, mask
from etl.transform.texts import trimmed

UNKNOWN = np.iinfo(np.int64).min
"""Stands for "no moment" in arrays of seconds."""

EARLIEST = int(datetime(1990, 1, 1, tzinfo=UTC).timestamp())
"""No city published requests before this: an earlier moment is a fault of the source."""

LATEST = int(datetime(2100, 1, 1, tzinfo=UTC).timestamp())
"""Systems write year 9999 for "never": from here on a moment is a fault of the source too."""

_LAST_SHORT_DAY = 28
_AFTER_SHORT_MONTHS = (3, 5, 7, 10, 12)


def parsed(column: pa.Array, source: Source) -> Seconds:
    """UTC seconds of each wall time; `UNKNOWN` where the text is empty or no moment of a calendar."""
    wall = pa.nulls(len(column), pa.timestamp("s"))
    for form in source.moment_formats:
        missing = wall.null_count
        if missing in {0, column.null_count}:
            break
        found = pc.strptime(column, format=form, unit="s", error_is_null=True)
        wall = pc.coalesce(wall, _real_days(column, found, form))
    seconds: npt.NDArray[np.int64] = wall.cast(pa.int64()).fill_null(0).to_numpy()
    known = wall.is_valid().to_numpy(zero_copy_only=False)
    return np.where(known, utc_seconds(seconds, source.time_zone), UNKNOWN)


def read(table: pa.RecordBatch, name: str, source: Source, notes: Notes) -> Seconds:
    """A field of moments; one that no request may have is emptied and noted."""
    if name not in source.fields:
        return np.full(table.num_rows, UNKNOWN, dtype=np.int64)
    text = trimmed(table.column(source.fields[name]))
    found = parsed(text, source)
    possible = (found >= EARLIEST) & (found < LATEST)
    notes.fault(mask(text.is_valid()) & ~possible, name, "not_a_moment", text)
    return np.where(possible, found, UNKNOWN)


def past(table: pa.RecordBatch, name: str, source: Source, now: int, notes: Notes) -> Seconds:
    """A field of moments of what happened: one after `now` would outrank every later file."""
    found = read(table, name, source, notes)
    future = found > now
    if future.any():
        notes.fault(future, name, "in_the_future", table.column(source.fields[name]))
    return np.where(future, UNKNOWN, found)


def arrow_moments(seconds: Seconds) -> pa.Array:
    """UTC seconds as Arrow moments (microseconds); `UNKNOWN` as null."""
    micros = np.where(seconds == UNKNOWN, 0, seconds) * 1_000_000
    return pa.array(micros, pa.timestamp("us", tz="UTC"), mask=seconds == UNKNOWN)


def is_known(seconds: Seconds) -> Mask:
    """Where there is a moment."""
    known: Mask = seconds != UNKNOWN
    return known


def _real_days(column: pa.Array, wall: pa.Array, form: str) -> pa.Array:
    """Arrow reads 30 February as 2 March: look again at days that may have rolled over."""
    after_short_month = pc.is_in(pc.month(wall), pa.array(_AFTER_SHORT_MONTHS, pa.int64()))
    rolled = pc.and_(pc.less_equal(pc.day(wall), 31 - _LAST_SHORT_DAY), after_short_month)
    doubtful = pc.and_(rolled, pc.match_substring_regex(column, r"(29|30|31)"))
    rows = np.flatnonzero(mask(doubtful))
    if not len(rows):
        return wall
    wrong = np.zeros(len(column), dtype=bool)
    wrong[rows] = [not _is_moment(column[int(row)].as_py(), form) for row in rows]
    return pc.if_else(pa.array(wrong), pa.scalar(None, wall.type), wall)


def _is_moment(text: str, form: str) -> bool:
    try:
        datetime.strptime(text, form)  # noqa: DTZ007  # only whether the calendar has it
    except ValueError:
        return False
    return True
