"""Days of Montréal as moments of UTC."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import numpy as np
import numpy.typing as npt

from domain.localtime import local_seconds, utc_seconds

_EPOCH = date(1970, 1, 1)
_DAY_S = 86_400


def day_start(day: date) -> datetime:
    """The moment (UTC) at which a day begins in Montréal."""
    wall = np.array([(day - _EPOCH).days * _DAY_S], dtype=np.int64)
    return datetime.fromtimestamp(int(utc_seconds(wall)[0]), tz=UTC)


def day_end(day: date) -> datetime:
    """The last moment (UTC, to the microsecond) of a day in Montréal."""
    return day_start(day + timedelta(days=1)) - timedelta(microseconds=1)


def local_days(seconds: npt.NDArray[np.int64]) -> npt.NDArray[np.datetime64]:
    """Montréal's day (datetime64[D], same shape) of moments in UTC seconds since 1970."""
    return (local_seconds(seconds) // _DAY_S).astype("datetime64[D]")


def local_date(moment: datetime) -> date:
    """Montréal's day of a zone-aware moment."""
    day: date = local_days(np.array([int(moment.timestamp())], dtype=np.int64))[0].astype(object)
    return day
