"""The requests behind a number, a map or a list: population, filters and column filters together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import ibis.expr.types as ir

from mart.ask import epoch_us, moment
from mart.column_filters import ColumnFilter, FilterShape, conditions, filter_values, shapes
from mart.filters import Filters, Shape, in_territory, open_at
from mart.populations import CONDITIONS, Population, moment_of
from mart.state import state, state_values

_DAY_US = 86_400_000_000


class SelectionShape(NamedTuple):
    """A selection without its values."""

    filters: Shape
    population: Population
    columns: tuple[FilterShape, ...]


@dataclass(frozen=True)
class Selection:
    """Which requests, seen at which moment."""

    filters: Filters
    as_of: datetime
    population: Population
    column_filters: tuple[ColumnFilter, ...] = ()

    @property
    def at(self) -> datetime:
        """The moment at which the requests' state and age are shown."""
        return moment_of(self.population, self.filters, self.as_of)

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
            | filter_values(self.column_filters)
            | state_values(self.at)
        )


def selected(requests: ir.Table, shape: SelectionShape, more: Sequence[ir.BooleanValue] = ()) -> ir.Table:
    """The requests of a selection (and of more conditions), with `state` and `age_days`."""
    kept = requests.filter(
        CONDITIONS[shape.population](requests), *in_territory(requests, shape.filters), *more
    )
    shown = described(kept)
    return shown.filter(*conditions(shown, shape.columns)) if shape.columns else shown


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
