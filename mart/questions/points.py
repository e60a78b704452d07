"""Requests as points, for the map at street level."""

from __future__ import annotations

from datetime import datetime

import ibis.expr.types as ir
import pandas as pd
import pyarrow as pa

from domain.errors import InputRefused
from mart.ask import frame
from mart.column_filters import ColumnFilter
from mart.filters import Filters
from mart.populations import Population
from mart.questions.hexagons import Box, located
from mart.selection import Selection, SelectionShape, selected
from mart.snapshot import Mart

MOST_POINTS = 100_000
_COLUMNS = (
    "id", "external_id", "activity", "lon", "lat", "precision", "street", "state", "opened_at", "due_at",
    "requesters",
)  # fmt: skip
_MARKED = ("id", "lon", "lat", "state", "activity", "street", "precision", "opened_at", "requesters")


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
        InputRefused: a limit that is not 1 to 100,000.
    """
    if not 1 <= limit <= MOST_POINTS:
        raise InputRefused(f"a map shows 1 to {MOST_POINTS} points, not {limit}.")
    selection = Selection(filters, as_of, population, column_filters)
    values = selection.values | Box(*bbox)._asdict() | {"limit": limit, "offset": 0}
    return frame(mart.run(_located, (selection.shape,), values, table="spells", paged=True))


def map_points(
    mart: Mart,
    filters: Filters,
    as_of: datetime,
    bbox: tuple[float, float, float, float],
    population: str = Population.BACKLOG,
    column_filters: tuple[ColumnFilter, ...] = (),
) -> pa.Table:
    """The same requests in no order and without a limit, as an Arrow table for a map of many marks.

    One row more than `MOST_POINTS` is the most that comes: then there are too many. Columns: id, lon, lat
    (degrees), state, activity, street, precision, opened_at, requesters.
    """
    selection = Selection(filters, as_of, population, column_filters)
    values = selection.values | Box(*bbox)._asdict() | {"limit": MOST_POINTS + 1, "offset": 0}
    return mart.run(_marks, (selection.shape,), values, table="spells", paged=True)


def _marks(spells: ir.Table, shape: SelectionShape) -> ir.Table:
    return selected(spells, shape, located(spells, boxed=True)).select(*_MARKED)


def _located(spells: ir.Table, shape: SelectionShape) -> ir.Table:
    found = selected(spells, shape, located(spells, boxed=True)).select(*_COLUMNS)
    return found.order_by([found["due_at"].asc(nulls_first=False), found["id"].asc()])
