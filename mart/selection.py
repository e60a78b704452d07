"""The requests behind a number, a map or a list: population, filters and column filters together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import ibis
import ibis.expr.types as ir

from mart.ask import epoch_us, moment
from mart.column_filters import ColumnFilter, FilterShape, conditions, filter_values, shapes
from mart.cuts import recent_from
from mart.filters import Filters, Shape, in_territory
from mart.kpi_model import Base, Counted
from mart.periods import day_start
from mart.populations import condition, moment_of, rows_of
from mart.spells import open_at, with_fate
from mart.state import state, state_values

_DAY_US = 86_400_000_000


class SelectionShape(NamedTuple):
    """A selection without its values."""

    filters: Shape
    population: str
    columns: tuple[FilterShape, ...]


@dataclass(frozen=True)
class Selection:
    """Which requests, seen at which moment."""

    filters: Filters
    as_of: datetime
    population: str
    """A code of `mart.kpis`, or `CODE/denominator`."""
    column_filters: tuple[ColumnFilter, ...] = ()

    @property
    def at(self) -> datetime:
        """The moment at which the requests' state and age are shown."""
        return moment_of(self.population, self.filters, self.as_of)

    @property
    def span(self) -> tuple[datetime, datetime]:
        """From when to when its spells are open: see `Facts.table`."""
        until = self.filters.until(self.as_of)
        starts = {Base.BACKLOG: until, Base.ACTIVE: recent_from(until)}
        return starts.get(rows_of(self.population).base, day_start(self.filters.start)), until

    @property
    def shape(self) -> SelectionShape:
        """The conditions without their values."""
        return SelectionShape(self.filters.shape, self.population, shapes(self.column_filters))

    @property
    def values(self) -> dict[str, Any]:
        """The values of the conditions, and of `state` and `age_days`."""
        return (
            self.filters.values(self.as_of)
            | self.filters.period_values(self.as_of)
            | {"as_of": self.as_of, "recent_from": recent_from(self.filters.until(self.as_of))}
            | filter_values(self.column_filters)
            | state_values(self.at)
        )


def selected(spells: ir.Table, shape: SelectionShape, more: Sequence[ir.BooleanValue] = ()) -> ir.Table:
    """The spells of a selection (and of more conditions), with `state` and `age_days`."""
    judged = with_fate(spells)
    begun = moment("start") <= moment("until")  # a period still to come has nothing, not even a backlog
    held = condition(judged, shape.population), *in_territory(judged, shape.filters), *more
    kept = judged.filter(begun, *held)
    kept = _one_of_each(kept, rows_of(shape.population).counted)
    shown = described(kept)
    return shown.filter(*conditions(shown, shape.columns)) if shape.columns else shown


def _one_of_each(kept: ir.Table, counted: Counted) -> ir.Table:
    """Where episodes or problems are counted, the first row of each."""
    if counted in {Counted.REQUESTS, Counted.REQUESTERS}:
        return kept
    name = "episode_id" if counted is Counted.EPISODES else "problem_id"
    each = ibis.window(group_by=name)
    first = kept["id"].min().over(each)
    there = kept.mutate(is_first=kept["id"] == first)
    if counted is Counted.RECURRING:
        several = kept["episode_id"].min().over(each) < kept["episode_id"].max().over(each)
        there = kept.mutate(is_first=(kept["id"] == first) & several)
    return there.filter(there["is_first"])


def described(requests: ir.Table) -> ir.Table:
    """Requests with `state` and `age_days` (days since the opening) at the moment `state_at`."""
    age_days = (epoch_us(moment("state_at")) - epoch_us(requests["opened_at"])) / _DAY_US
    return requests.mutate(state=state(requests), age_days=age_days)


def density(described: ir.Table) -> dict[str, ir.Value]:
    """What a map shows of a group of requests.

    n; of them open, and open and late, at `state_at`; late ÷ n; and the median age of the open ones
    in days (null where none is).
    """
    at = moment("state_at")
    still_open = open_at(described, at)
    late = described.count(where=still_open & (described["due_at"] < at))
    return {
        "n": described.count(),
        "open": described.count(where=still_open),
        "late": late,
        "late_share": late / described.count(),
        "median_age_days": described["age_days"].median(where=still_open),
    }
