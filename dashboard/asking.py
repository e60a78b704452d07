"""One view of the figures: its filters on a version of the mart, and its questions, each answered once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from typing import Literal

from dashboard.kpi_texts import kpi_of
from dashboard.services import Services
from dashboard.state import ViewState
from mart.cuts import recent_from
from mart.filters import Filters
from mart.kpi_model import Kpi
from mart.periods import day_start, local_date
from mart.questions.compare import Earlier, earlier
from mart.questions.kpi import KpiTable, first_request, kpis
from mart.questions.others import borough_of
from mart.snapshot import Mart

Freq = Literal["day", "week", "month"]
Level = Literal["borough", "sector"]
Why = Literal["empty", "future", "before", "nothing"]
"""Why there is nothing to show: no request at all, a period still to come, one before the data, or no match."""

DAYS_BY_DAY, DAYS_BY_WEEK = 31, 800


@dataclass(frozen=True)
class View:
    """What is asked of which version."""

    services: Services
    mart: Mart
    state: ViewState

    @cached_property
    def as_of(self) -> datetime:
        """T of every figure; a list may be of an earlier one."""
        return self.state.at or self.mart.as_of()

    @cached_property
    def filters(self) -> Filters:
        """The filters as they are."""
        return self.state.filters(local_date(self.as_of))

    @cached_property
    def chosen(self) -> Kpi:
        """The KPI that all but the cards shows; of a denominator the KPI itself."""
        return kpi_of(self.state.kpi)

    @cached_property
    def focus(self) -> str | None:
        """The borough whose sectors are shown."""
        return focus_of(self.state)

    @property
    def level(self) -> Level:
        """What the map, the ranking and the table are of."""
        return "sector" if self.focus else "borough"

    @property
    def place(self) -> Filters:
        """The filters of the whole that is drawn: the city, or the borough in focus, whatever of it is picked."""
        return replace(self.filters, boroughs=(self.focus,) if self.focus else (), sectors=())

    @cached_property
    def compared(self) -> Mapping[str, Earlier]:
        """The earlier periods that the data reach: `before`, `year`."""
        return earlier(self.mart, self.filters, self.as_of)

    @cached_property
    def why(self) -> Why | None:
        """Why nothing can be asked; None where something can."""
        if self.first_day is None:
            return "empty"
        if self.filters.start > local_date(self.as_of):
            return "future"
        return "before" if self.filters.end < self.first_day else None

    @cached_property
    def first_day(self) -> date | None:
        """The day of the first request; None of an empty mart."""
        first = first_request(self.mart)
        return None if first is None else local_date(first)

    @property
    def first_moment(self) -> datetime:
        """The first moment that the period and those it is compared with look at: one table does for all."""
        periods = (Earlier(self.filters, self.as_of), *self.compared.values())
        starts = [day_start(one.filters.start) for one in periods]
        return min(*starts, *(recent_from(one.filters.until(one.as_of)) for one in periods))

    def ask(self, seen: Earlier, codes: tuple[str, ...], by: tuple[str, ...] = ()) -> KpiTable:
        """KPIs of a period, kept while the version lasts."""
        key = ("kpis", self.mart.version, seen.as_of, seen.filters, codes, by)
        return self.services.kept.get(key, lambda: kpis(self.mart, seen.filters, seen.as_of, codes, by))


def focus_of(state: ViewState) -> str | None:
    """The borough that a view is of: see `mart.questions.others.borough_of`."""
    return borough_of(state.boroughs, state.sectors)


def frequency(filters: Filters) -> Freq:
    """Days for a month, weeks for two years, months beyond."""
    if filters.days <= DAYS_BY_DAY:
        return "day"
    return "week" if filters.days <= DAYS_BY_WEEK else "month"
