"""Working days and due dates (DOMAIN: due date).

Calendar days: the opening moment plus N days, at the same wall time. Working days: the same wall
time N working days after the opening; opened on a day off, it counts from 00:00 of the next
working day.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import holidays
import numpy as np
import numpy.typing as npt
import yaml
from dateutil.easter import easter

from domain.localtime import MONTREAL, Seconds, local_seconds, utc_seconds

_DAY = 86_400
_SATURDAY = 5
_YEARS = range(1990, 2061)


@cache
def city_days_off() -> frozenset[date]:
    """Québec's public holidays and the city's closures, 1990 to 2060 (calendar.yml)."""
    facts: dict[str, Any] = yaml.safe_load(
        Path(__file__).with_name("calendar.yml").read_text(encoding="utf-8")
    )
    off = set(holidays.country_holidays(facts["country"], subdiv=facts["subdivision"], years=_YEARS))
    for year in _YEARS:
        off |= {date.fromisoformat(f"{year}-{day}") for day in facts["closures"]}
        off |= {easter(year) + timedelta(days=n) for n in facts["easter_offsets"]}
    return frozenset(off)


@cache
def days_off_fingerprint() -> str:
    """Changes whenever a day off does, by calendar.yml or by the law that `holidays` knows."""
    listed = ",".join(day.isoformat() for day in sorted(city_days_off()))
    return hashlib.sha256(listed.encode()).hexdigest()[:16]


def due_at(
    opened_at: datetime,
    days: int,
    working: bool = True,
    days_off: Collection[date] | None = None,
) -> datetime:
    """The moment a request is due, in the zone of `opened_at`.

    Args:
        opened_at: zone-aware moment of opening; its own zone decides which day it is.
        days: working or calendar days, 0 or more.
        working: count working days.
        days_off: dates beside Saturdays and Sundays; None = Québec and the city.

    Raises:
        ValueError: `opened_at` has no zone, or `days` is negative.
    """
    if opened_at.tzinfo is None:
        raise ValueError("opened_at has to know its time zone.")
    if days < 0:
        raise ValueError(f"days has to be 0 or more, not {days}.")
    if not working:
        return opened_at + timedelta(days=days)
    off = city_days_off() if days_off is None else frozenset(days_off)
    day, start = opened_at.date(), opened_at
    if not _is_working(day, off):
        while not _is_working(day, off):
            day += timedelta(days=1)
        start = datetime.combine(day, datetime.min.time(), tzinfo=opened_at.tzinfo)
    for _ in range(days):
        day += timedelta(days=1)
        while not _is_working(day, off):
            day += timedelta(days=1)
    return start.replace(year=day.year, month=day.month, day=day.day)


def due_seconds(
    opened: Seconds,
    days: npt.NDArray[np.int64],
    working: npt.NDArray[np.bool_],
    zone: str = MONTREAL,
    days_off: Collection[date] | None = None,
) -> Seconds:
    """Due moments in UTC seconds for arrays of openings (UTC seconds), targets and kinds of days.

    The three arrays have one shape (n,). A due wall time that falls into an odd hour is settled
    by the rule of domain.localtime.
    """
    wall = local_seconds(opened, zone)
    day = wall // _DAY
    time_of_day = wall - day * _DAY
    calendar = _busday_calendar(None if days_off is None else frozenset(days_off))
    dates = day.astype("datetime64[D]")
    is_off = ~np.is_busday(dates, busdaycal=calendar)
    ahead = np.where(working, days, 0)
    counted = np.busday_offset(dates, ahead, roll="forward", busdaycal=calendar).astype(np.int64)
    time_counted = np.where(is_off, 0, time_of_day)
    due_wall = np.where(working, counted * _DAY + time_counted, wall + days * _DAY)
    return utc_seconds(due_wall, zone)


def working_days_after(moment: datetime, days: int, zone: str = MONTREAL) -> datetime:
    """The moment `days` working days after one: what is due before it is due soon."""
    return due_at(moment.astimezone(ZoneInfo(zone)), days)


@cache
def _busday_calendar(days_off: frozenset[date] | None) -> np.busdaycalendar:
    off = city_days_off() if days_off is None else days_off
    return np.busdaycalendar(holidays=np.array(sorted(off), dtype="datetime64[D]"))


def _is_working(day: date, off: frozenset[date]) -> bool:
    return day.weekday() < _SATURDAY and day not in off
