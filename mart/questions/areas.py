"""The same counts as the hexagons', by borough or by sector."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import ibis.expr.types as ir
import pandas as pd

from mart.ask import frame
from mart.column_filters import ColumnFilter
from mart.filters import Filters
from mart.populations import Population
from mart.selection import Selection, SelectionShape, density, selected
from mart.snapshot import Mart


def areas(
    mart: Mart,
    filters: Filters,
    as_of: datetime,
    by: Literal["borough", "sector"] = "borough",
    population: str = Population.RECEIVED,
    column_filters: tuple[ColumnFilter, ...] = (),
) -> pd.DataFrame:
    """Requests by area, located or not (code null = unlocated): the sums are the whole.

    Columns: code, n, open, late, late_share, median_age_days (see `hexagons`). `borough` is where or
    who, as the filters say.
    """
    selection = Selection(filters, as_of, population, column_filters)
    return frame(mart.run(_by_area, (selection.shape, by), selection.values, table="spells"))


def _by_area(spells: ir.Table, shape: SelectionShape, by: str) -> ir.Table:
    kept = selected(spells, shape)
    code = kept[shape.filters.borough_column if by == "borough" else by]
    return kept.group_by(code=code).aggregate(**density(kept)).order_by("code")
