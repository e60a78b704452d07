"""The other boroughs, and the goal, beside a number: like with like, or nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from domain import territory
from domain.activities import goal_for
from geo.boroughs import load_sectors
from mart.cuts import KINDS, MOST
from mart.filters import Filters
from mart.kpi_model import Figure, Kpi
from mart.questions.kpi import SMALL_N, columns_of, kpis
from mart.snapshot import Mart

_MEASURES: dict[str, Callable[[Any], Any]] = {"median": np.median, "low": np.min, "high": np.max}


def borough_of(boroughs: Iterable[str], sectors: Iterable[str]) -> str | None:
    """The borough that picked places are of, whose goals are theirs: the only one, or that of all picked sectors."""
    codes = set(boroughs) or {_homes().get(code, "") for code in sectors}
    only = codes.pop() if len(codes) == 1 else None
    return only if only in {borough.code for borough in territory.boroughs()} else None


@cache
def _homes() -> dict[str, str]:
    """The borough of each sector."""
    return {sector.code: sector.borough for sector in load_sectors()}


class Others:
    """KPIs of every borough of the city, for the kinds of a cut.

    A row is compared with the boroughs that are not its own, of the same kind. What is less than a borough (a
    sector, a hexagon, a drawn area) is compared with none.
    """

    def __init__(
        self, mart: Mart, filters: Filters, as_of: datetime, codes: Sequence[str], by: Sequence[str]
    ) -> None:
        self._mine = set(filters.boroughs)
        self._alone = borough_of(filters.boroughs, filters.sectors)
        self._kinds = [name for name in by if name in KINDS]
        part = filters.sectors or filters.h3 or filters.area or set(by) & {"sector", "hexagon"}
        self._there: dict[tuple[str, ...], pd.DataFrame] = {}
        if part or len(self._kinds) >= MOST:
            return
        city = kpis(mart, replace(filters, boroughs=()), as_of, codes, ("borough", *self._kinds)).rows
        known = city[city["borough"].isin([borough.code for borough in territory.boroughs()])]
        groups = known.groupby(self._kinds, observed=True) if self._kinds else [((), known)]
        self._there = {tuple(map(str, key)): rows for key, rows in groups}

    def of(self, kpi: Kpi, parts: Mapping[str, Any], size: int) -> dict[str, npt.NDArray[Any]]:
        """Of each of `size` rows: median and range of the other boroughs with n ≥ 5, how many, and the goal."""
        found = [self._values(kpi, {name: str(parts[name][i]) for name in parts}) for i in range(size)]
        columns: dict[str, npt.NDArray[Any]] = {
            f"others_{name}": np.array([of(some) if len(some) else np.nan for some in found])
            for name, of in _MEASURES.items()
        }
        columns["others_n"] = np.array([len(some) for some in found])
        own = parts.get("borough", [self._alone] * size)
        goals = [goal_for(kpi.code, borough) for borough in own]
        columns["goal"] = np.array([goal.value if goal else np.nan for goal in goals])
        columns["goal_origin"] = np.array([goal.origin if goal else None for goal in goals], dtype=object)
        return columns

    def _values(self, kpi: Kpi, row: Mapping[str, str]) -> npt.NDArray[np.float64]:
        there = self._there.get(tuple(row[name] for name in self._kinds))
        if there is None:
            return np.empty(0)
        own = {row["borough"]} if "borough" in row else self._mine
        enough = there[kpi.code].notna() & ~there["borough"].isin(own)
        if kpi.figure is not Figure.COUNT:
            enough &= there[columns_of(kpi)[1]] >= SMALL_N
        values: npt.NDArray[np.float64] = there.loc[enough, kpi.code].to_numpy(dtype=np.float64)
        return values
