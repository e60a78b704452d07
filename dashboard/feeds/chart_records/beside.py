"""The chart of two views side by side."""

from __future__ import annotations

from typing import Any

import pandas as pd
import plotly.graph_objects as go

from dashboard.beside import courses
from dashboard.charts.beside import figure
from dashboard.components.beside import CHART
from dashboard.feeds.chart_records.record import Chart
from dashboard.kpi_texts import kpi_of, said, suffix
from dashboard.paired import Courses
from dashboard.services import Services
from dashboard.state import ViewState
from dashboard.text import t
from mart.snapshot import Mart


def ask(services: Services, mart: Mart, state: ViewState) -> Courses:
    """The chosen KPI's course in a view and in the one that it is set beside.

    Raises:
        InputRefused: the view is set beside nothing, or one of the periods cannot be asked.
    """
    return courses(services, mart, state)


def _figure(found: Courses, state: ViewState) -> go.Figure:
    return figure(found.mine, found.other, suffix(found.kpi, state.lang))


def table(found: Courses, state: ViewState) -> pd.DataFrame:
    """A line for each step: both first days and both values."""
    lang = state.lang
    pairs = [(found.mine, t("compare.step", lang, name=found.mine.name))]
    pairs.append((found.other, t("compare.step", lang, name=found.other.name)))
    columns: dict[str, Any] = {}
    for course, step in pairs:
        columns[step] = pd.Series(list(course.labels), dtype=object)
        columns[course.name] = pd.Series(list(course.values), dtype=object)
    return pd.DataFrame(columns)


def _title(state: ViewState) -> str:
    return said(kpi_of(state.kpi).name, state.lang)


def _about(state: ViewState) -> str:
    return " ".join([said(kpi_of(state.kpi).sentence, state.lang), t("compare.about", state.lang)])


CHARTS = (
    Chart(
        CHART,
        ask,
        _figure,
        table,
        _title,
        _about,
        height_px=380,
    ),
)
