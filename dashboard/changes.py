"""Numbers beside those of earlier periods: the change, its 95 % interval, and whether it may be noise."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from dashboard.asking import n_of
from mart import intervals
from mart.intervals import Estimate
from mart.kpi_model import Figure, Kpi
from mart.questions.compare import estimate
from mart.questions.kpi import KpiTable

BEFORE, YEAR = "before", "year"


def parts(kpi: Kpi, now: KpiTable, then: Mapping[str, KpiTable], by: str) -> pd.DataFrame:
    """A line for each part: `code`, then the columns of `_lines`; also for those that only were there before."""
    mine = now.rows.set_index(by)
    tables = {name: table.rows.set_index(by) for name, table in then.items()}
    codes = mine.index
    for table in tables.values():
        codes = codes.union(table.index, sort=False)
    lines = _lines(kpi, mine.reindex(codes), {name: table.reindex(codes) for name, table in tables.items()})
    return lines.rename_axis("code").reset_index()


def whole(kpi: Kpi, now: KpiTable, then: Mapping[str, KpiTable]) -> pd.DataFrame:
    """The one line of the whole."""
    earlier = {name: pd.DataFrame([one.total]) for name, one in then.items()}
    return _lines(kpi, pd.DataFrame([now.total]), earlier)


def _lines(kpi: Kpi, now: pd.DataFrame, then: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """`value`, `n`, `low`, `high` (95 %; NaN of a count, which is what was counted).

    Of each earlier period `NAME`, `NAME_n`, `NAME_change`, `NAME_low`, `NAME_high` and `NAME_noise` (True, False, or
    None where it cannot be told).
    """
    mine, n = _estimate(kpi, now)
    bounded = kpi.figure is not Figure.COUNT
    unknown = np.full(len(n), np.nan)
    columns: dict[str, Any] = {"value": mine.value, "n": n}
    columns |= {"low": mine.low if bounded else unknown, "high": mine.high if bounded else unknown}
    for name, table in then.items():
        other, other_n = _estimate(kpi, table)
        change = intervals.difference(mine, other)
        noise = ((change.low <= 0) & (change.high >= 0)).astype(object)
        noise[np.isnan(change.low) | np.isnan(change.high)] = None
        columns |= {name: other.value, f"{name}_n": other_n, f"{name}_change": change.value}
        columns |= {f"{name}_low": change.low, f"{name}_high": change.high, f"{name}_noise": noise}
    return pd.DataFrame(columns, index=now.index)


def _estimate(kpi: Kpi, table: pd.DataFrame) -> tuple[Estimate, Any]:
    """The KPI with its bounds, and what it rests on; a count of what was not there is 0, a rate unknown."""
    filled = table.fillna({n_of(kpi): 0.0})
    arrays = {str(name): filled[name].to_numpy(dtype=np.float64) for name in filled if name in _columns(kpi)}
    return estimate(kpi, arrays), arrays[n_of(kpi)]


def _columns(kpi: Kpi) -> set[str]:
    return {kpi.code, *(f"{kpi.stem}_{part}" for part in ("n", "low", "high"))}
