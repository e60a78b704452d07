"""Requests as points, for the map at street level."""

from __future__ import annotations

from datetime import datetime

import ibis.expr.types as ir
import pandas as pd

from domain.errors import InputRefused
from mart.ask import frame
from mart.column_filters import ColumnFilter
from mart.filters import Filters
from mart.populations import Population
from mart.questions.hexagons import Box, located
from mart.selection import Selection, SelectionShape, selected
from mart.snapshot import Mart

MOST_POINTS = 50_000
_COLUMNS = (
    "id", "external_id", "activity", "lon", "lat", "precision", "street", "state", "opened_at", "due_at",
    "requesters",
)  # fmt: skip


def points(
    mart: Mart,
    filters: Filters,
    as_of: datetime,
    bbox: tuple[float, float, float, float],
    limit: int = 5_000,
    population: str = Population.BACKLOG,
    column_filters: tuple[ColumnFilter, ...] = (),
) -> pd.DataFrame:
    """Located requests inside a box (west, south, east, north in degrees), the earliest due first.

    Columns: id, external_id, activity, lon, lat (degrees), precision, street, state, opened_at,
    due_at, requesters. With as many rows as `limit` there may be more.

    Raises:
        InputRefused: a limit that is not 1 to 50,000.
    """
    if not 1 <= limit <= MOST_POINTS:
        raise InputRefused(f"a map shows 1 to {MOST_POINTS} points, not {limit}.")
    selection = Selection(filters, as_of, population, column_filters)
    values = selection.values | Box(*bbox)._asdict() | {"limit": limit, "offset": 0}
    return frame(mart.run(_located, (selection.shape,), values, table="spells", paged=True))


def _located(spells: ir.Table, shape: SelectionShape) -> ir.Table:
    found = selected(spells, shape, located(spells, boxed=True)).select(*_COLUMNS)
    return found.order_by([found["due_at"].asc(nulls_first=False), found["id"].asc()])
