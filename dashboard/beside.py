"""What a view is set beside (`vs` of the address): another period, or another borough."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pandas as pd

from dashboard.kpi_texts import kpi_of, list_state
from dashboard.paired import Course, Courses
from dashboard.query import SPAN
from dashboard.services import Services
from dashboard.state import ViewState
from dashboard.text import day, day_range
from dashboard.view_words import where
from domain.errors import InputRefused
from mart.cuts import stretches
from mart.filters import Filters
from mart.kpi_model import Kpi
from mart.kpis import MAIN
from mart.periods import local_date, local_days
from mart.questions.compare import BEFORE, YEAR, Earlier, at_same_age, beside
from mart.questions.kpi import kpis
from mart.snapshot import Mart

_DAYS_BY_DAY, _DAYS_BY_WEEK = 45, 800


@dataclass(frozen=True, slots=True)
class Pair:
    """Two views side by side."""

    as_of: datetime
    filters: Filters
    other: Earlier
    lines: pd.DataFrame
    """Of `mart.questions.compare.beside`."""
    courses: Courses


def other_state(state: ViewState, today: date) -> ViewState | None:
    """The view that a state is set beside, as a state of its own; None where it is set beside nothing, or itself."""
    if not state.versus:
        return None
    start, end = state.dates(today)
    plain = state.replace(versus="")
    first, between, last = state.versus.partition(SPAN)
    if not between and state.versus not in {BEFORE, YEAR}:
        other = plain.replace(boroughs=(state.versus,), sectors=(), h3=(), area=())
        return None if other == plain else other
    if between:
        days = date.fromisoformat(first), date.fromisoformat(last)
    else:
        period = Filters(start, end)
        earlier = period.previous() if state.versus == BEFORE else period.year_before()
        days = earlier.start, earlier.end
    if days == (start, end):
        return None
    return plain.replace(period="custom", start=days[0], end=days[1])


def listed(view: ViewState, seen: Earlier, as_of: datetime) -> ViewState:
    """The view whose lists are as old as its numbers: of an earlier period, as of the T at which it is seen."""
    return view if seen.as_of == as_of else view.replace(at=seen.as_of)


def names(state: ViewState, other: ViewState, today: date) -> tuple[str, str]:
    """What tells the two apart: periods where they differ, else all places that each is of."""
    lang = state.lang
    if state.dates(today) != other.dates(today):
        return day_range(*state.dates(today), lang), day_range(*other.dates(today), lang)
    return where(state), where(other)


def pair(services: Services, state: ViewState) -> Pair | None:
    """All main KPIs of a view and of what it is set beside; None where there is no such view. Blocking.

    Raises:
        MartMissing: there is no mart to ask.
        InputRefused: one of the periods begins after T, or before there was a request.
    """
    with services.reader.lease() as mart:
        as_of = mart.as_of()
        found = views(state, as_of)
        if found is None:
            return None
        filters, other = found
        key = (mart.version, as_of, filters, other, "beside")
        lines = services.kept.get(key, lambda: beside(mart, filters, as_of, other, MAIN))
        return Pair(as_of, filters, other, lines, courses(services, mart, state))


def courses(services: Services, mart: Mart, state: ViewState) -> Courses:
    """The chosen KPI's course in a view and in the one that it is set beside. Blocking.

    Raises:
        InputRefused: the view is set beside nothing, or one of the periods cannot be asked.
    """
    as_of = mart.as_of()
    today = local_date(as_of)
    found, other = views(state, as_of), other_state(state, today)
    if found is None or other is None:
        raise InputRefused(
            "this view is set beside nothing: choose what to compare with.", code="beside_nothing"
        )
    filters, there = found
    kpi = kpi_of(state.kpi)
    freq = _frequency(filters.days)
    seen = (state.replace(versus=""), Earlier(filters, as_of)), (listed(other, there, as_of), there)
    rows = services.kept.get(
        (mart.version, as_of, filters, there, kpi.code, "courses beside"),
        lambda: [kpis(mart, one.filters, one.as_of, (kpi.code,), (freq,)).rows for _, one in seen],
    )
    mine, theirs = (
        _course(kpi, one, view, freq, steps, name)
        for (view, one), steps, name in zip(seen, rows, names(state, other, today), strict=True)
    )
    return Courses(kpi, mine, theirs)


def _frequency(days: int) -> str:
    return "day" if days <= _DAYS_BY_DAY else "week" if days <= _DAYS_BY_WEEK else "month"


def _course(kpi: Kpi, seen: Earlier, view: ViewState, freq: str, rows: pd.DataFrame, name: str) -> Course:
    over = stretches(seen.filters, seen.as_of, freq)
    starts = [pd.Timestamp(one).date() for one in local_days(over.start_us // 1_000_000)]
    ends = [*(one - timedelta(days=1) for one in starts[1:]), seen.filters.end][: len(starts)]
    lists = [
        list_state(kpi.code, view.replace(period="custom", start=a, end=b)).to_url()
        for a, b in zip(starts, ends, strict=True)
    ]
    values = [None if value != value else float(value) for value in rows[kpi.code]]  # noqa: PLR0124 - NaN
    return Course(name, values, [day(one, view.lang, year=False) for one in starts], lists)


def views(state: ViewState, as_of: datetime) -> tuple[Filters, Earlier] | None:
    """The filters of a view and those of the other, at the same age."""
    today = local_date(as_of)
    other = other_state(state, today)
    if other is None:
        return None
    mine, theirs = state.filters(today), other.filters(today)
    return mine, at_same_age(mine, as_of, theirs)
