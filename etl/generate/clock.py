"""Wall time as numbers: seconds since 1970 on Montréal's clock, as if it were UTC, and its odd hour.

The published file has local times without a zone; everything the generator reckons with is such a time.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from domain.localtime import MONTREAL, local_seconds, utc_seconds

Seconds = NDArray[np.int64]

DAY_S = 86_400
HOUR_S = 3_600


def wall_seconds(moment: datetime) -> int:
    """Wall time of a moment: an aware one is taken to Montréal, a naive one is Montréal's already."""
    if moment.tzinfo is not None:
        moment = moment.astimezone(ZoneInfo(MONTREAL))
    return int(moment.replace(tzinfo=UTC).timestamp())


def end_of(until: date | datetime | None) -> int:
    """First second that is not generated any more.

    A day is included whole, a moment is the last one. By default the last day is yesterday: the file is
    then the same all day long, and nothing in it lies in the future.
    """
    if isinstance(until, datetime):
        return wall_seconds(until) + 1
    day = until or datetime.now(ZoneInfo(MONTREAL)).date() - timedelta(days=1)
    return wall_seconds(datetime(day.year, day.month, day.day)) + DAY_S  # noqa: DTZ001  (a wall time)


def skipped(wall: Seconds) -> NDArray[np.bool_]:
    """Which wall times never were: the hour that the clocks skip in spring."""
    moved: NDArray[np.bool_] = local_seconds(utc_seconds(wall)) != wall
    return moved


def after_skipped_hour(wall: Seconds) -> Seconds:
    """Wall times with those of the skipped hour an hour later."""
    return wall + HOUR_S * skipped(wall)


def before_skipped_hour(wall: Seconds) -> Seconds:
    """Wall times with those of the skipped hour moved to the second before it."""
    return np.where(skipped(wall), wall - wall % HOUR_S - 1, wall)


def weekday(day: Seconds) -> Seconds:
    """Weekday (Monday 0) of days since 1970-01-01."""
    return (day + 3) % 7


def months_of(day: Seconds) -> tuple[Seconds, Seconds]:
    """Months since January 1970 and month of the year (0–11) of days since 1970-01-01."""
    month = day.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    return month, month % 12
