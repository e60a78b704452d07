"""Where problems come back, for the map: recurring ones of those active in the 6 months, by hexagon or by area."""

from __future__ import annotations

from datetime import datetime
from functools import reduce
from operator import and_
from typing import Literal

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd

from domain.errors import InputRefused
from geo.hexgrid import to_hex
from mart.ask import TABLES, frame
from mart.cells import parent
from mart.column_filters import ColumnFilter, conditions
from mart.filters import Filters, in_territory
from mart.questions.hexagons import COARSEST_SHOWN, FINEST_SHOWN
from mart.selection import Selection, SelectionShape, described
from mart.snapshot import Mart
from mart.spells import active_recently

ACTIVE = "recurring_pct/denominator"
"""The population: requests of problems, opened in the 6 calendar months before the period's end."""

RECURRING_FROM = 2
"""Episodes (DOMAIN, recurring_pct)."""


def recurrence_by_cell(
    mart: Mart,
    filters: Filters,
    as_of: datetime,
    resolution: int,
    column_filters: tuple[ColumnFilter, ...] = (),
) -> pd.DataFrame:
    """Active and recurring problems by hexagon, most recurring first. Columns: h3 (text), active, recurring.

    A problem lies where its first request was. `column_filters` keep the problems that have such a request.

    Raises:
        InputRefused: a resolution that no map shows.
    """
    if not COARSEST_SHOWN <= resolution <= FINEST_SHOWN:
        raise InputRefused(f"hexagons have resolution {COARSEST_SHOWN} to {FINEST_SHOWN}, not {resolution}.")
    selection = Selection(filters, as_of, ACTIVE, column_filters)
    found = frame(mart.run(_by_cell, (selection.shape, resolution), selection.values, table="spells"))
    found.insert(0, "h3", to_hex(found.pop("cell").to_numpy(dtype=np.int64)))
    return found


def recurrence_by_area(
    mart: Mart,
    filters: Filters,
    as_of: datetime,
    by: Literal["borough", "sector"] = "borough",
    column_filters: tuple[ColumnFilter, ...] = (),
) -> pd.DataFrame:
    """The same by borough or sector. Columns: code (null = none), active, recurring.

    A problem counts wherever it has requests, and recurs there by its episodes there, as in the KPI.
    """
    selection = Selection(filters, as_of, ACTIVE, column_filters)
    return frame(mart.run(_by_area, (selection.shape, by), selection.values, table="spells"))


def _by_cell(spells: ir.Table, shape: SelectionShape, resolution: int) -> ir.Table:
    active = _active(spells, shape)
    each = _each(active, shape, {"problem_id": active["problem_id"]})
    problems = TABLES["problems"]
    places = problems.select(problem_id=problems["id"], h3_12=problems["h3_12"])
    placed = each.join(places, "problem_id").filter(lambda t: t["h3_12"].notnull())
    counted = placed.group_by(cell=parent(placed["h3_12"], resolution)).aggregate(**_counts(placed))
    return counted.order_by([counted["recurring"].desc(), counted["cell"]])


def _by_area(spells: ir.Table, shape: SelectionShape, by: str) -> ir.Table:
    active = _active(spells, shape)
    code = active[shape.filters.borough_column if by == "borough" else by]
    each = _each(active, shape, {"code": code, "problem_id": active["problem_id"]})
    return each.group_by("code").aggregate(**_counts(each)).order_by("code")


def _active(spells: ir.Table, shape: SelectionShape) -> ir.Table:
    """The requests of active problems, with what `shape.columns` are asked of as `is_meant`."""
    rows = spells.filter(active_recently(spells), *in_territory(spells, shape.filters))
    shown = described(rows)
    meant = conditions(shown, shape.columns)
    return shown.mutate(is_meant=reduce(and_, meant) if meant else ibis.literal(True))


def _each(active: ir.Table, shape: SelectionShape, by: dict[str, ir.Value]) -> ir.Table:
    """One row per problem that has a request that is meant, with its episodes."""
    each = active.group_by(**by).aggregate(
        episodes=active["episode_id"].nunique(), meant=active["is_meant"].any()
    )
    return each.filter(each["meant"]) if shape.columns else each


def _counts(each: ir.Table) -> dict[str, ir.Value]:
    return {"active": each.count(), "recurring": each.count(where=each["episodes"] >= RECURRING_FROM)}
