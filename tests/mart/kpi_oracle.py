"""Every KPI of DOMAIN.md in plain Python, over the life of each request: what the mart is held to.

Nothing of `mart` is used here, but the names of filters.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from math import sqrt
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

MONTREAL = ZoneInfo("America/Toronto")
WITHDRAWN = {"cancelled", "deleted"}
DAY = timedelta(days=1)
Z = 1.959963984540054


@dataclass
class Life:
    """One request: when it was opened, and each time it was closed and opened again."""

    opened: datetime
    closings: list[tuple[datetime | None, str]] = field(default_factory=list)
    """(when, status); when is None for a closing at an unknown moment."""
    reopenings: list[datetime] = field(default_factory=list)
    due: datetime | None = None
    requesters: int = 1
    episode: int = 0
    problem: int | None = None
    parent: int | None = None
    place: dict[str, Any] = field(default_factory=dict)
    """Its borough, sector, activity, …"""

    def steps(self) -> Iterator[tuple[datetime, datetime | None, str, datetime | None]]:
        """(begin, closed, status, reopened) of each stretch; a present closing of unknown moment is at the opening."""
        begin = self.opened
        for i in range(len(self.reopenings) + 1):
            last = i == len(self.reopenings)
            closed, status = self.closings[i] if i < len(self.closings) else (None, "")
            if last and status and closed is None:
                closed = self.opened
            yield begin, closed, status, None if last else self.reopenings[i]
            begin = begin if last else self.reopenings[i]

    def at(self, t: datetime) -> tuple[datetime, datetime | None, str, datetime | None]:
        """The step that it is in at T."""
        return next(s for s in self.steps() if s[0] <= t and (s[3] is None or t < s[3]))

    def is_open(self, t: datetime) -> bool:
        if self.opened > t:
            return False
        _, closed, _, _ = self.at(t)
        return closed is None or closed > t

    def closing_is_known(self) -> bool:
        return not self.closings or self.closings[-1][0] is not None

    def fate(self, t: datetime) -> str:
        """What became of it by T."""
        _, closed, status, _ = self.at(t)
        is_closed = closed is not None and closed <= t
        if is_closed and status in WITHDRAWN:
            return "withdrawn"
        unknown = is_closed and len(self.closings) > len(self.reopenings) and self.closings[-1][0] is None
        if self.due is None or unknown:
            return "not_judged"
        if is_closed:
            assert closed is not None
            return "closed_on_time" if closed <= self.due else "closed_late"
        return "open_past_due" if self.due < t else "open_not_due"


def day_start(day: date) -> datetime:
    return datetime.combine(day, datetime.min.time(), MONTREAL).astimezone(UTC)


def six_months_before(t: datetime) -> datetime:
    """The same local time six calendar months earlier, or the last day of that month."""
    local = t.astimezone(MONTREAL).replace(tzinfo=None)
    month = local.month - 6
    year = local.year + (month <= 0) * -1
    month += 12 * (month <= 0)
    for day in range(local.day, 27, -1):
        try:
            moved = local.replace(year=year, month=month, day=day)
        except ValueError:
            continue
        return moved.replace(tzinfo=MONTREAL).astimezone(UTC)
    return local.replace(year=year, month=month).replace(tzinfo=MONTREAL).astimezone(UTC)


def days(span: timedelta) -> float:
    return span / DAY


def wilson(part: int, whole: int) -> tuple[float, float]:
    p = part / whole
    middle = p + Z * Z / (2 * whole)
    half = Z * sqrt(p * (1 - p) / whole + Z * Z / (4 * whole * whole))
    return (middle - half) / (1 + Z * Z / whole), (middle + half) / (1 + Z * Z / whole)


def kaplan_meier_median(times: list[tuple[float, bool]]) -> float | None:
    """(days, ended): the first time at which at most half are left."""
    alive = 1.0
    for t in sorted({t for t, ended in times if ended}):
        at_risk = sum(other >= t for other, _ in times)
        alive *= 1 - sum(ended and other == t for other, ended in times) / at_risk
        if alive <= 0.5 + 1e-9:
            return t
    return None


def percentile(values: list[float], q: float) -> float:
    ordered = sorted(values)
    place = (len(ordered) - 1) * q
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def share(part: float, whole: float, scale: float = 100) -> float | None:
    return part / whole * scale if whole else None


def kpis(lives: Iterable[Life], start: date, end: date, t: datetime) -> dict[str, float | None]:
    """Every KPI of the period seen at T, None where there is no data, with `…_n`."""
    known = [life for life in lives if life.opened <= t]
    begin, until = day_start(start), min(day_start(end + DAY) - timedelta(microseconds=1), t)
    received = [life for life in known if begin <= life.opened <= until]
    closings = [
        (life, closed, status, i == len(life.reopenings) and not life.closing_is_known())
        for life in known
        for i, (_, closed, status, _) in enumerate(life.steps())
        if closed is not None and begin <= closed <= until
    ]
    reopened = [(life, i) for life in known for i, at in enumerate(life.reopenings) if begin <= at <= until]
    backlog = [life for life in known if life.is_open(until)]
    ages = [days(until - life.opened) for life in backlog]
    done = [
        days(closed - life.opened) for life, closed, status, odd in closings if status == "done" and not odd
    ]
    fates = [life.fate(t) for life in received]
    recent = [
        life
        for life in known
        if life.problem is not None and six_months_before(until) <= life.opened <= until
    ]
    episodes: dict[Any, set[int]] = {}
    for life in recent:
        episodes.setdefault(life.problem, set()).add(life.episode)
    cohort = []
    for life in received:
        _, closed, _, _ = life.at(t)
        is_closed = closed is not None and closed <= t
        if is_closed and len(life.closings) > len(life.reopenings) and life.closings[-1][0] is None:
            continue
        cohort.append((days((closed if is_closed and closed else t) - life.opened), is_closed))
    judged = sum(f in {"closed_on_time", "closed_late", "open_past_due"} for f in fates)
    names = ("closed_on_time", "closed_late", "open_past_due", "open_not_due", "withdrawn", "not_judged")
    return {
        "received": len(received),
        "closed": len(closings),
        "backlog": len(backlog),
        "overdue": sum(life.due is not None and life.due < until for life in backlog),
        "on_time_pct": share(fates.count("closed_on_time"), judged),
        "on_time_n": judged,
        "median_days_to_close": median(done) if done else None,
        "median_days_to_close_n": len(done),
        "p90_days_to_close": percentile(done, 0.9) if done else None,
        "cohort_median_days": kaplan_meier_median(cohort),
        "cohort_median_days_n": len(cohort),
        "closure_rate": share(len(closings), len(received), 1),
        "backlog_age_median": median(ages) if ages else None,
        "backlog_over_30d": sum(age > 30 for age in ages),
        "reopened_pct": share(len(reopened), len(closings)),
        "reopenings": sum(i < len(life.closings) and life.closings[i][0] is not None for life, i in reopened),
        "reports_per_problem": share(
            sum(life.requesters for life in received), len({life.episode for life in received}), 1
        ),
        "duplicate_pct": share(sum(life.parent is not None for life in received), len(received)),
        "recurring_pct": share(sum(len(found) > 1 for found in episodes.values()), len(episodes)),
        "recurring_n": len(episodes),
        "refused_pct": share(sum(status == "refused" for _, _, status, _ in closings), len(closings)),
        **{name: fates.count(name) for name in names},
    }
