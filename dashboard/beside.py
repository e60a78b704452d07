"""What a view is set beside (`vs` of the address): another period, or another borough."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import pandas as pd

from dashboard.components.names import borough_name
from dashboard.query import SPAN
from dashboard.services import Services
from dashboard.state import ViewState
from dashboard.text import day_range, t
from mart.filters import Filters
from mart.kpis import MAIN
from mart.periods import local_date
from mart.questions.compare import BEFORE, YEAR, Earlier, at_same_age, beside


@dataclass(frozen=True, slots=True)
class Pair:
    """Two views side by side."""

    as_of: datetime
    filters: Filters
    other: Earlier
    lines: pd.DataFrame
    """Of `mart.questions.compare.beside`."""


def other_state(state: ViewState, today: date) -> ViewState | None:
    """The view that a state is set beside, as a state of its own; None where it is set beside nothing."""
    if not state.versus:
        return None
    start, end = state.dates(today)
    plain = state.replace(versus="")
    first, between, last = state.versus.partition(SPAN)
    if not between and state.versus not in {BEFORE, YEAR}:
        return plain.replace(boroughs=(state.versus,), sectors=(), h3=(), area=())
    if between:
        days = date.fromisoformat(first), date.fromisoformat(last)
    else:
        period = Filters(start, end)
        earlier = period.previous() if state.versus == BEFORE else period.year_before()
        days = earlier.start, earlier.end
    return plain.replace(period="custom", start=days[0], end=days[1])


def names(state: ViewState, other: ViewState, today: date) -> tuple[str, str]:
    """What tells the two apart: boroughs where they differ, else periods."""
    lang = state.lang
    if state.dates(today) != other.dates(today):
        return day_range(*state.dates(today), lang), day_range(*other.dates(today), lang)
    return _places(state), _places(other)


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
        return Pair(as_of, filters, other, lines)


def views(state: ViewState, as_of: datetime) -> tuple[Filters, Earlier] | None:
    """The filters of a view and those of the other, at the same age."""
    today = local_date(as_of)
    other = other_state(state, today)
    if other is None:
        return None
    mine, theirs = state.filters(today), other.filters(today)
    return mine, at_same_age(mine, as_of, theirs)


def _places(state: ViewState) -> str:
    if not state.boroughs:
        return t("filters.everywhere", state.lang)
    return ", ".join(borough_name(code, state.lang) for code in state.boroughs)
