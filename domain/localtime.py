"""Local wall time and UTC, for arrays of any length.

The rule for the two odd hours of a year (PEP 495, fold 0): in autumn a doubled wall time is its
first occurrence (daylight time); in spring a wall time that the clocks skip is read with the
offset before the change, so 02:30 becomes 03:30 daylight time.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

MONTREAL = "America/Toronto"

Seconds = npt.NDArray[np.int64]

_FIRST_YEAR, _LAST_YEAR = 1970, 2100


def utc_seconds(wall_seconds: Seconds, zone: str = MONTREAL) -> Seconds:
    """UTC seconds since 1970 of wall times given as if they were UTC seconds (shape kept)."""
    instants, offsets = _transitions(zone)
    # At a change the wall clock leaves the old offset at the later of its two readings.
    switch = instants + np.maximum(offsets[:-1], offsets[1:])
    return wall_seconds - offsets[np.searchsorted(switch, wall_seconds, side="right")]


def local_seconds(utc: Seconds, zone: str = MONTREAL) -> Seconds:
    """Wall times, as if they were UTC seconds, of UTC seconds since 1970 (shape kept)."""
    instants, offsets = _transitions(zone)
    return utc + offsets[np.searchsorted(instants, utc, side="right")]


@cache
def _transitions(zone: str) -> tuple[Seconds, Seconds]:
    """Moments (UTC seconds) at which the offset changes, and the n + 1 offsets around them."""
    tz = ZoneInfo(zone)

    def offset(second: int) -> int:
        shift = datetime.fromtimestamp(second, tz=UTC).astimezone(tz).utcoffset()
        return int((shift or timedelta()).total_seconds())

    day = 86_400
    first = int(datetime(_FIRST_YEAR, 1, 1, tzinfo=UTC).timestamp())
    last = int(datetime(_LAST_YEAR, 1, 1, tzinfo=UTC).timestamp())
    moments, offsets = [], [offset(first)]
    step = 7 * day
    for low in range(first, last, step):
        if offset(low + step) == offsets[-1]:
            continue
        before, after = low, low + step
        while after - before > 1:
            middle = (before + after) // 2
            before, after = (middle, after) if offset(middle) == offsets[-1] else (before, middle)
        moments.append(after)
        offsets.append(offset(after))
    return np.array(moments, dtype=np.int64), np.array(offsets, dtype=np.int64)
