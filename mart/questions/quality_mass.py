"""Days on which much more was closed at once than usual: they are seldom a day's work.

Somebody tidies up a list, a system is replaced, a campaign ends: hundreds of requests get the status Terminée on
one day. They are closed, but that day says nothing of how long the work took.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import ibis
import ibis.expr.types as ir
import numpy as np
import numpy.typing as npt
import pandas as pd

from domain.activities import activities
from domain.territory import VILLE_LIEE, boroughs
from mart.ask import epoch_us, moment
from mart.filters import UNLOCATED
from mart.periods import day_start, local_days
from mart.snapshot import Mart

HOUR_US = 3_600_000_000
_HOURS = 1 << 24
"""More hours since 1970 than there will be: what a group's number is multiplied by."""
_DAYS = 1 << 20
"""The same for days."""

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class MassRule:
    """When a day of one crew and one activity is a mass closure."""

    deviations: float = 6.0
    """Above the median by so many deviations. Leys et al. (2013, doi:10.1016/j.jesp.2013.03.013) call 2.5 to 3
    an outlier; days of work vary more than that by season and weather, so we ask for twice as much."""
    per_deviation: float = 1.4826
    """Makes the median absolute deviation (MAD) comparable with a standard deviation (normal distribution)."""
    more_than: int = 50
    """Never fewer closures than this: below, a crew may well have done them in a day."""
    trailing_days: int = 365
    """Its usual number is that of the days before, up to so many, on which it closed something: a year has all
    seasons. Crews that enter their work once a week are so compared with their own weekly entries."""
    least_days: int = 10
    """With fewer such days nobody knows what is usual, and no day is judged."""


RULE = MassRule()

DAY_COLUMNS = ("day", "borough_who", "activity", "closed", "usual", "limit")


def mass_days(mart: Mart, as_of: datetime, rule: MassRule = RULE) -> pd.DataFrame:
    """Every such day up to T, by day (`DAY_COLUMNS`).

    `closed` requests were closed that day (Montréal's) at a known moment by the crews of `borough_who` (`unlocated`
    where nobody knows who); `usual` is the median of its days, `limit` what `closed` is above.
    """
    known = min(
        as_of, mart.newest_event_at
    )  # nothing happens after that: T of now has one answer, not one a minute
    return mart.remembered(("mass days", known, rule), lambda: _found(mart, known, rule))


def mass_hours(mart: Mart, as_of: datetime) -> list[int]:
    """These days as the keys of `place_hour`; local days are made of whole hours of UTC."""
    days = mass_days(mart, as_of)
    return mart.remembered(("mass hours", min(as_of, mart.newest_event_at)), lambda: _hours(days))


def place_hour(spells: ir.Table) -> ir.IntegerValue:
    """A number for the crew, the activity and the hour of a closing; null of those that nobody knows."""
    return _key(spells, hour_of(spells["closed_at"]))


def _key(rows: ir.Table, hour: ir.IntegerValue) -> ir.IntegerValue:
    crew, activity = _index(rows["borough_who"], _CREWS), _index(rows["activity"], _ACTIVITIES)
    key: ir.IntegerValue = (crew * len(_ACTIVITIES) + activity) * _HOURS + hour
    return key


def hour_of(at: ir.TimestampValue) -> ir.IntegerValue:
    """Whole hours since 1970 of a moment."""
    hour: ir.IntegerValue = epoch_us(at) // HOUR_US
    return hour


def _index(column: ir.StringColumn, codes: tuple[str, ...]) -> ir.IntegerValue:
    known = column.fill_null(UNLOCATED) if UNLOCATED in codes else column
    found: ir.IntegerValue = ibis.cases(*((known == code, i) for i, code in enumerate(codes))).cast("int64")
    return found


_CREWS = (*(b.code for b in boroughs()), VILLE_LIEE, UNLOCATED)
_ACTIVITIES = tuple(a.code for a in activities())


def _closings(spells: ir.Table) -> ir.Table:
    known = spells.filter(spells["closed_at"] <= moment("as_of"))
    by_hour = known.group_by("borough_who", "activity", hour=hour_of(known["closed_at"]))
    counted = by_hour.aggregate(n=lambda rows: rows.count())
    keyed = counted.select(key=_key(counted, counted["hour"]), n=counted["n"])
    return keyed.filter(keyed["key"].notnull())


def _found(mart: Mart, as_of: datetime, rule: MassRule) -> pd.DataFrame:
    answer = mart.run(_closings, (), {"as_of": as_of}, table="spells")
    keys, n = (answer[name].to_numpy().astype(np.int64) for name in ("key", "n"))
    group, hour = np.divmod(keys, _HOURS)
    # By group, then day: the days before a day stand just before it.
    cells, place = np.unique(group * _DAYS + local_days(hour * 3_600).astype(np.int64), return_inverse=True)
    groups, days = np.divmod(cells, _DAYS)
    closed = np.bincount(place, weights=n, minlength=len(cells)).astype(np.int64)
    rows = [
        (int(groups[i]), int(days[i]), int(closed[i]), *usual)
        for i in np.flatnonzero(closed > rule.more_than)
        if (usual := _usual(_before(groups, days, closed, int(i), rule), rule)) and closed[i] > usual[1]
    ]
    named = [
        (
            date(1970, 1, 1) + timedelta(days=day),
            _CREWS[number // len(_ACTIVITIES)],
            _ACTIVITIES[number % len(_ACTIVITIES)],
            *numbers,
        )
        for number, day, *numbers in sorted(rows, key=lambda row: (row[1], row[0]))
    ]
    return pd.DataFrame(named, columns=list(DAY_COLUMNS))


def _before(groups: Ints, days: Ints, closed: Ints, at: int, rule: MassRule) -> Ints:
    """What the same crew closed on each of its days before, within the trailing days."""
    window = slice(max(at - rule.trailing_days, 0), at)
    same = (groups[window] == groups[at]) & (days[window] >= days[at] - rule.trailing_days)
    found: Ints = closed[window][same]
    return found


def _usual(before: Ints, rule: MassRule) -> tuple[float, float] | None:
    """Median of the days before, and the limit that follows; None where too few days are known."""
    if len(before) < rule.least_days:
        return None
    median = float(np.median(before))
    spread = rule.per_deviation * float(np.median(np.abs(before - median)))
    return median, max(float(rule.more_than), median + rule.deviations * spread)


def _hours(days: pd.DataFrame) -> list[int]:
    """Of each day its 23 to 25 hours, with the number of its crew and activity."""
    found: list[int] = []
    for day, crew, activity in zip(days["day"], days["borough_who"], days["activity"], strict=True):
        group = _CREWS.index(crew) * len(_ACTIVITIES) + _ACTIVITIES.index(activity)
        first, after = (int(day_start(d).timestamp()) // 3_600 for d in (day, day + timedelta(days=1)))
        found += [group * _HOURS + hour for hour in range(first, after)]
    return found
