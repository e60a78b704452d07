"""How many requests of a list are in each state."""

from __future__ import annotations

from datetime import datetime

import ibis.expr.types as ir

from mart.column_filters import ColumnFilter
from mart.filters import Filters
from mart.populations import Population
from mart.selection import Selection, SelectionShape, selected
from mart.snapshot import Mart
from mart.state import SEVERITY


def by_state(
    mart: Mart,
    filters: Filters,
    as_of: datetime,
    population: str = Population.BACKLOG,
    column_filters: tuple[ColumnFilter, ...] = (),
) -> dict[str, int]:
    """Number of requests by state, every state there (0 where none is), in the order of a list.

    Filters on the column `state` are left out: these are the numbers on the buttons that set them.
    """
    others = tuple(one for one in column_filters if one.column != "state")
    selection = Selection(filters, as_of, population, others)
    answer = mart.run(_by_state, (selection.shape,), selection.values, table="spells")
    counts = dict(zip(answer["state"].to_pylist(), answer["n"].to_pylist(), strict=True))
    return {state.value: counts.get(state.value, 0) for state in SEVERITY}


def _by_state(spells: ir.Table, shape: SelectionShape) -> ir.Table:
    kept = selected(spells, shape)
    return kept.group_by("state").aggregate(n=kept.count())
