"""How numbers are cut: by place, kind of request, or stretch of time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from domain.errors import InputRefused
from domain.localtime import utc_seconds
from geo.dedup.recurrence import six_months_after, six_months_before
from mart.filters import UNKNOWN, UNLOCATED, Filters, ranges
from mart.periods import local_date

PLACES = ("borough", "sector", "hexagon")
KINDS = ("activity", "label", "channel", "precision")
TIMES = ("day", "week", "month", "quarter", "year")
MOST = 3
"""Parts of a cut at once."""

MOST_STRETCHES = 4_000
"""Ten years of days."""

HEXAGON_RESOLUTION = 8
_RESOLUTIONS = range(6, 12)
_US = 1_000_000
_DAY_S = 86_400
_PLURALS = {name: f"{name}s" for name in (*PLACES, *KINDS)} | {"activity": "activities", "hexagon": "h3"}
"""Names of the filters."""
_MONTHS = {"month": 1, "quarter": 3, "year": 12}

Ints = npt.NDArray[np.int64]


def missing(name: str) -> str:
    """What stands for requests without a value, in cuts and filters alike."""
    return UNLOCATED if name in PLACES else UNKNOWN


@dataclass(frozen=True, slots=True)
class Cut:
    """Parts, in the order asked for; `hexagon` at a resolution of H3."""

    by: tuple[str, ...] = ()
    resolution: int = HEXAGON_RESOLUTION

    @property
    def columns(self) -> tuple[str, ...]:
        """The parts that requests are grouped by."""
        return tuple(name for name in self.by if name not in TIMES)

    @property
    def time(self) -> str | None:
        """The part that the period is cut by."""
        return next((name for name in self.by if name in TIMES), None)


def read_cut(by: Iterable[str]) -> Cut:
    """A cut from its parts by name; `hexagon:9` gives the resolution, 6 to 11.

    Raises:
        InputRefused: an unknown part, one twice, two of time or too many.
    """
    names, resolution = [], HEXAGON_RESOLUTION
    for given in by:
        name, _, detail = given.partition(":")
        if name == "hexagon" and detail:
            if not detail.isdecimal() or int(detail) not in _RESOLUTIONS:
                raise InputRefused(f"hexagons have a resolution from 6 to 11, not {detail!r}.")
            resolution = int(detail)
        elif detail or name not in (*PLACES, *KINDS, *TIMES):
            raise InputRefused(f"numbers are cut by {', '.join((*PLACES, *KINDS, *TIMES))}, not {given!r}.")
        names.append(name)
    if len(set(names)) < len(names) or len(names) > MOST or sum(name in TIMES for name in names) > 1:
        raise InputRefused(
            f"a cut has up to {MOST} parts, each once and one of time, not {', '.join(names)}."
        )
    return Cut(tuple(names), resolution)


class Stretches(NamedTuple):
    """Stretches of a period, in order and each (n,): names, and bounds in µs since 1970 (both included)."""

    names: list[str]
    start_us: Ints
    until_us: Ints
    recent_from_us: Ints
    """6 calendar months before `until_us`."""


def stretches(filters: Filters, as_of: datetime, time: str | None) -> Stretches:
    """The whole period, up to T, or its days, weeks (from Monday), months, quarters or years.

    Raises:
        InputRefused: over MOST_STRETCHES of them.
    """
    last = min(filters.end, local_date(as_of))
    firsts = _firsts(filters.start, last, time)
    if len(firsts) > MOST_STRETCHES:
        raise InputRefused(
            f"this period has {len(firsts):,} {time}s: cut it by less, to at most {MOST_STRETCHES:,}."
        )
    start = utc_seconds((firsts.astype(np.int64)) * _DAY_S) * _US
    until = np.append(start[1:] - 1, _us(filters.until(as_of)))
    # All but the last one end with a day.
    recent = np.append(_recent_from_days(firsts[1:] - 1), _us(recent_from(moment_of(until[-1]))))
    return Stretches([_name(first, time) for first in firsts.astype(object)], start, until, recent)


def _recent_from_days(days: npt.NDArray[np.datetime64]) -> Ints:
    """`recent_from` of the last microsecond of days (datetime64[D]), in µs since 1970."""
    months = days.astype("datetime64[M]")
    in_month = days - months.astype("datetime64[D]")
    last = (months - 5).astype("datetime64[D]") - 1
    earlier = np.minimum((months - 6).astype("datetime64[D]") + in_month, last)
    return utc_seconds(earlier.astype(np.int64) * _DAY_S + _DAY_S - 1) * _US + _US - 1


def moment_of(us: int) -> datetime:
    """The moment (UTC) so many microseconds after 1970."""
    seconds, rest = divmod(int(us), _US)
    return datetime.fromtimestamp(seconds, UTC).replace(microsecond=rest)


def recent_from(until: datetime) -> datetime:
    """When the 6 calendar months before a moment begin."""
    found: datetime = six_months_before(pd.Timestamp(until)).to_pydatetime()
    return found


def recent_whole_from(first: datetime) -> datetime:
    """When a first request is 6 calendar months old: what looks back at them says something from then on."""
    found: datetime = six_months_after(pd.Timestamp(first)).to_pydatetime()
    return found


def of_part(filters: Filters, part: Mapping[str, str]) -> Filters:
    """The filters that leave just one part of a cut, by the names that a row of it has.

    Raises:
        InputRefused: no such part, or a stretch of time outside the period.
    """
    for name, value in part.items():
        read_cut((name,))
        plain = name.partition(":")[0]
        if name in TIMES:
            filters = _of_stretch(filters, name, value)
        elif plain == "hexagon":
            filters = replace(filters, h3=_of_cell(filters.h3, value))
        else:
            chosen: Any = {_PLURALS[name]: (value,)}
            filters = replace(filters, **chosen)
    return filters


def _of_cell(given: tuple[str, ...], cell: str) -> tuple[str, ...]:
    """What a hexagon and those of the filter have in common.

    Raises:
        InputRefused: nothing.
    """
    if not given or cell in given:
        return (cell,)
    named = tuple(one for one in given if one != UNLOCATED)
    if cell != UNLOCATED and named:
        (first, last), *spans = ranges((cell, *named))
        inside = tuple(one for one, (a, b) in zip(named, spans, strict=True) if first <= a and b <= last)
        if inside or any(a <= first and last <= b for a, b in spans):
            return inside or (cell,)
    raise InputRefused(f"the filter has no hexagon {cell!r}.")


def _of_stretch(filters: Filters, time: str, name: str) -> Filters:
    firsts = list(_firsts(filters.start, filters.end, time).astype(object))
    named = {_name(first, time): i for i, first in enumerate(firsts)}
    if name not in named:
        raise InputRefused(f"the period has no {time} {name!r}.")
    at = named[name]
    end = firsts[at + 1] - timedelta(days=1) if at + 1 < len(firsts) else filters.end
    return replace(filters, start=firsts[at], end=end)


def _firsts(start: date, last: date, time: str | None) -> npt.NDArray[np.datetime64]:
    """First day of each stretch that begins by `last` (datetime64[D])."""
    if time is None:
        return np.array([start], dtype="datetime64[D]")
    days = np.arange(np.datetime64(start, "D"), np.datetime64(last, "D") + 1)
    if time == "day":
        return days
    if time == "week":
        first = (days.astype(np.int64) + 3) % 7 == 0  # 1970-01-01 was a Thursday
    else:
        month = days.astype("datetime64[M]")
        first = (month.astype("datetime64[D]") == days) & (month.astype(np.int64) % _MONTHS[time] == 0)
    first[:1] = True
    firsts: npt.NDArray[np.datetime64] = days[first]
    return firsts


def _name(first: date, time: str | None) -> str:
    year, week, _ = first.isocalendar()
    quarter = (first.month + 2) // 3
    names = {
        "day": first.isoformat(),
        "week": f"{year}-W{week:02}",
        "month": f"{first:%Y-%m}",
        "quarter": f"{first.year}-Q{quarter}",
        "year": str(first.year),
    }
    return names.get(time or "", "")


def _us(at: datetime) -> int:
    return int(at.timestamp()) * _US + at.microsecond
