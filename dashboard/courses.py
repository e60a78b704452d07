"""KPIs over time: the cards' course over the period, and the chosen one by week beside the year before."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

import pandas as pd

from dashboard.asking import DAYS_BY_WEEK, Freq, View, frequency
from dashboard.figures import CARDS
from mart.cuts import recent_whole_from, stretches
from mart.filters import Filters
from mart.kpi_model import Base, Figure, Kpi
from mart.kpis import kpi
from mart.periods import day_end, local_date, local_days
from mart.questions.compare import Earlier
from mart.questions.kpi import SMALL_N, first_request, n_of
from mart.snapshot import Mart

YEAR_OF_WEEKS = timedelta(weeks=52)
"""A year earlier, so that a week stands beside one of the same weekdays."""

_AT_A_MOMENT = {Base.BACKLOG, Base.ACTIVE}


@dataclass(frozen=True, slots=True)
class Sparks:
    """The course of each card's KPI over the period."""

    freq: Freq
    values: dict[str, list[float | None]]
    """By KPI, step by step; None where there is no data, or too little for a rate."""
    partial: dict[str, bool]
    """Whether the last step of a KPI is not over yet."""


@dataclass(frozen=True, slots=True)
class Course:
    """The chosen KPI over time, a year at least, by week; by month where the period is very long."""

    kpi: Kpi
    freq: Freq
    steps: pd.DataFrame
    """`activity` (of a course by activity), `start`, `end` (Montréal's days, both included), `value`, `n`, `partial`
    (the step is not over yet), `year` and `year_n` (the same 52 weeks earlier; by month, a year)."""
    start: date
    end: date
    """The period of the view, which lies in it."""


def sparks(view: View) -> Sparks:
    """The courses of the cards. Blocking."""
    freq = frequency(view.filters)
    table = view.ask(Earlier(view.filters, view.as_of), CARDS, (freq,)).rows
    heard = heard_until(view.mart, view.as_of)
    # Of what happens, nothing is known after the newest event: days without any would be a fall that is none.
    starts = [start for start in _starts(view.filters, view.as_of, freq) if start <= local_date(heard)]
    cut = cut_steps(starts, freq, heard)
    values, partial = {}, {}
    for code in CARDS:
        found = kpi(code)
        numbers = _enough(found, table)
        if is_flow(found):
            numbers = numbers[1 if 0 in cut and len(starts) > 1 else 0 : len(starts)]
        values[code] = numbers
        partial[code] = is_flow(found) and len(starts) - 1 in cut
    return Sparks(freq, values, partial)


def heard_until(mart: Mart, as_of: datetime) -> datetime:
    """Until when the data tell what happened: T, or the newest event where that is earlier."""
    return min(as_of, mart.newest_event_at)


def course(view: View) -> Course:
    """The chosen KPI over time. Blocking."""
    return _course(view, ())


def course_by_activity(view: View) -> Course:
    """The same for each activity."""
    return _course(view, ("activity",))


def is_flow(found: Kpi) -> bool:
    """Whether a KPI is of a stretch of time; others are taken at a moment."""
    return found.numerator.base not in _AT_A_MOMENT


def window(filters: Filters, as_of: datetime) -> tuple[Filters, Freq]:
    """The period, or the 52 weeks to its end where that is more: whole weeks; months where it is very long."""
    end = min(filters.end, local_date(as_of))
    if filters.days > DAYS_BY_WEEK:
        return replace(filters, start=filters.start.replace(day=1), end=end), "month"
    start = min(filters.start, end - YEAR_OF_WEEKS + timedelta(days=1))
    return replace(filters, start=_monday(start), end=end), "week"


def cut_steps(starts: list[date], freq: Freq, as_of: datetime) -> frozenset[int]:
    """Places of the days, weeks or months that begin on `starts` and that the period or T cuts short."""
    if not starts:
        return frozenset()
    begins = {"day": starts[0], "week": _monday(starts[0]), "month": starts[0].replace(day=1)}[freq]
    cut = {0} if begins < starts[0] else set()
    # The newest event of an archive is seldom at midnight: an hour less makes no short day.
    is_short = as_of < day_end(last_day(starts[-1], freq)) - timedelta(hours=1)
    return frozenset(cut | ({len(starts) - 1} if is_short else set()))


def last_day(start: date, freq: Freq) -> date:
    """The last day of the day, week or month that a day is in."""
    following = date(start.year + start.month // 12, start.month % 12 + 1, 1)
    ends = {"day": start, "week": _monday(start) + timedelta(days=6), "month": following - timedelta(days=1)}
    return ends[freq]


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _course(view: View, by: tuple[str, ...]) -> Course:
    span, freq = window(view.filters, view.as_of)
    steps = _beside(view, span, freq, by)
    # Where most weeks are too few to show a rate, months say more.
    if freq == "week" and view.chosen.figure is not Figure.COUNT and _median(steps["n"]) < SMALL_N:
        span, freq = replace(span, start=span.start.replace(day=1)), "month"
        steps = _beside(view, span, freq, by)
    return Course(view.chosen, freq, steps, view.filters.start, min(view.filters.end, span.end))


def _beside(view: View, span: Filters, freq: Freq, by: tuple[str, ...]) -> pd.DataFrame:
    """The steps of a stretch, each with that of the year before."""
    earlier = _a_year_before(span, view.as_of, freq)
    here, there = view.services.together(
        lambda: _steps(view, Earlier(span, view.as_of), freq, by), lambda: _steps(view, earlier, freq, by)
    )
    there = there.assign(start=[_a_year_after(start, freq) for start in there["start"]])
    there = there.drop(columns=["end", "partial"]).rename(columns={"value": "year", "n": "year_n"})
    beside: pd.DataFrame = here.merge(there, on=[*by, "start"], how="left")
    return beside


def _median(numbers: pd.Series) -> float:
    return float(numbers.median()) if len(numbers) else 0.0


def _a_year_before(span: Filters, as_of: datetime, freq: Freq) -> Earlier:
    if freq == "month":
        return Earlier(span.year_before(), as_of - timedelta(days=365))
    earlier = replace(span, start=span.start - YEAR_OF_WEEKS, end=span.end - YEAR_OF_WEEKS)
    return Earlier(earlier, as_of - YEAR_OF_WEEKS)


def _a_year_after(start: date, freq: Freq) -> date:
    return start.replace(year=start.year + 1) if freq == "month" else start + YEAR_OF_WEEKS


def _steps(view: View, seen: Earlier, freq: Freq, by: tuple[str, ...]) -> pd.DataFrame:
    """`by`, `start`, `end`, `value`, `n`, `partial` of each step since the data begin."""
    kept = _since_the_data(view.mart, seen, freq, view.chosen)
    if kept is None:
        return pd.DataFrame(
            {name: [] for name in (*by, "start", "end", "value", "n", "partial")}, dtype=object
        )
    # The activities are asked for in any case: the course of all of them is a margin of theirs.
    asked = view.ask(kept, (view.chosen.code,), ("activity", freq))
    table = asked.rows if by else asked.margins[freq]
    starts = _starts(kept.filters, kept.as_of, freq)
    heard = heard_until(view.mart, kept.as_of)
    cut = cut_steps(starts, freq, heard) if is_flow(view.chosen) else frozenset()
    times = len(table) // len(starts)
    last = min(kept.filters.end, local_date(kept.as_of))
    return pd.DataFrame(
        {
            **{name: table[name].to_numpy() for name in by},
            "start": starts * times,
            "end": [min(last_day(start, freq), last) for start in starts] * times,
            "value": table[view.chosen.code].to_numpy(dtype=float),
            "n": table[n_of(view.chosen)].to_numpy(dtype=float),
            "partial": [place in cut for place in range(len(starts))] * times,
        }
    )


def _since_the_data(mart: Mart, seen: Earlier, freq: Freq, chosen: Kpi) -> Earlier | None:
    """What of a stretch the data reach, in whole steps: a first week of one day would look like a fall.

    What looks back at six months begins when there are six: it would rise by itself.
    """
    found = first_request(mart)
    if found is None or found > seen.as_of:
        return None
    looks_back = chosen.numerator.base is Base.ACTIVE
    first = local_date(recent_whole_from(found) if looks_back else found)
    if first <= seen.filters.start:
        return seen
    whole = first.replace(day=1) if freq == "month" else _monday(first + timedelta(days=6))
    if whole > min(seen.filters.end, local_date(seen.as_of)):
        return None
    return Earlier(replace(seen.filters, start=max(whole, seen.filters.start)), seen.as_of)


def _starts(filters: Filters, as_of: datetime, freq: Freq) -> list[date]:
    """First day of each step that begins by T."""
    found = local_days(stretches(filters, as_of, freq).start_us // 1_000_000)
    return [pd.Timestamp(day).date() for day in found]


def _enough(found: Kpi, table: pd.DataFrame) -> list[float | None]:
    """A course as plain numbers; None where there is no data, or a rate rests on very little."""
    few = (table[n_of(found)] < SMALL_N) & (found.figure is not Figure.COUNT)
    numbers = table[found.code].mask(few)
    return [None if math.isnan(number) else float(number) for number in numbers]
