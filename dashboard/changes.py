"""Numbers beside those of earlier periods: the change, its 95 % interval, and whether it may be noise."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from mart.kpi_model import Kpi
from mart.questions.compare import aligned, line_of
from mart.questions.kpi import KpiTable, columns_of


def parts(kpi: Kpi, now: KpiTable, then: Mapping[str, KpiTable]) -> pd.DataFrame:
    """A line for each part of a cut of one: `code`, then the columns of `mart.questions.compare.line_of`.

    In the order of the codes. Those that only were there before have a line too; those in which other KPIs alone have
    something have none.
    """
    tables = (now, *then.values())
    codes = pd.Index(sorted({code for table in tables for code in table.rows[now.by[0]]}))
    lines = line_of(kpi, aligned(now, codes), {name: aligned(table, codes) for name, table in then.items()})
    something = np.any([np.nan_to_num(lines[n]) > 0 for n in ("n", *(f"{name}_n" for name in then))], axis=0)
    return pd.DataFrame({"code": codes} | lines)[something].reset_index(drop=True)


def whole(kpi: Kpi, now: KpiTable, then: Mapping[str, KpiTable]) -> dict[str, Any]:
    """The one line of the whole."""
    line = line_of(kpi, _total(kpi, now), {name: _total(kpi, table) for name, table in then.items()})
    return {name: values[0] for name, values in line.items()}


def _total(kpi: Kpi, table: KpiTable) -> dict[str, Any]:
    return {name: np.array([table.total[name]], dtype=np.float64) for name in columns_of(kpi)}
