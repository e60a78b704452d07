"""The chosen KPI by borough (or sector) and activity, with margins of their own; and every KPI compared."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from dashboard.asking import Level, View
from domain.activities import activities
from mart.kpi_model import Kpi
from mart.kpis import MAIN
from mart.questions.compare import Earlier, compare
from mart.questions.kpi import n_of


@dataclass(frozen=True, slots=True)
class Matrix:
    """One KPI by place and activity. Of a count the margins are sums; of a rate they are the margin's own rate."""

    kpi: Kpi
    level: Level
    activities: tuple[str, ...]
    """Those that occur, in the order of data/activities.yml."""
    cells: pd.DataFrame
    """`place`, `activity`, `value`, `n`: those that occur."""
    by_place: pd.DataFrame
    """`place`, `value`, `n`."""
    by_activity: pd.DataFrame
    """`activity`, `value`, `n`."""
    total: pd.DataFrame
    """`value`, `n` of the whole, which are those of the view."""


def matrix(view: View) -> Matrix:
    """The chosen KPI of the view's filters. Blocking."""
    kpi, level = view.chosen, view.level
    table = view.ask(Earlier(view.filters, view.as_of), (kpi.code,), (level, "activity"))
    by_activity = _numbers(kpi, table.margins["activity"], {"activity": "activity"})
    occur = set(by_activity["activity"])
    return Matrix(
        kpi=kpi,
        level=level,
        activities=tuple(one.code for one in activities() if one.code in occur),
        cells=_numbers(kpi, table.rows, {"place": level, "activity": "activity"}),
        by_place=_numbers(kpi, table.margins[level], {"place": level}),
        by_activity=by_activity,
        total=_numbers(kpi, pd.DataFrame([table.total]), {}),
    )


def every(view: View) -> pd.DataFrame:
    """All main KPIs with what they are compared with (`Comparisons.total`), whichever is chosen. Blocking."""
    key = ("every", view.mart.version, view.as_of, view.filters)
    return view.services.kept.get(key, lambda: compare(view.mart, view.filters, view.as_of, MAIN).total)


def _numbers(kpi: Kpi, frame: pd.DataFrame, names: dict[str, str]) -> pd.DataFrame:
    """The columns `names` (new: old) of a table, then `value` and `n`."""
    shown = {name: frame[column] for name, column in names.items()}
    return pd.DataFrame(shown | {"value": frame[kpi.code], "n": frame[n_of(kpi)]}).reset_index(drop=True)
