"""The chart of two views side by side."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from dashboard import beside
from dashboard.charts.beside import Course, figure
from dashboard.components.beside import CHART
from dashboard.feeds.chart_records.record import Chart
from dashboard.kpi_texts import kpi_of, list_state, said, suffix
from dashboard.services import Services
from dashboard.state import ViewState
from dashboard.text import day, t
from domain.errors import InputRefused
from mart.cuts import stretches
from mart.kpi_model import Kpi
from mart.periods import local_date, local_days
from mart.questions.compare import Earlier
from mart.questions.kpi import kpis
from mart.snapshot import Mart

_DAYS_BY_DAY, _DAYS_BY_WEEK = 45, 800


@dataclass(frozen=True, slots=True)
class Courses:
    """A KPI step by step in two views."""

    kpi: Kpi
    mine: Course
    other: Course


def ask(_services: Services, mart: Mart, state: ViewState) -> Courses:
    """The chosen KPI's course in a view and in the one that it is set beside.

    Raises:
        InputRefused: the view is set beside nothing, or one of the periods cannot be asked.
    """
    as_of = mart.as_of()
    today = local_date(as_of)
    found, other = beside.views(state, as_of), beside.other_state(state, today)
    if found is None or other is None:
        raise InputRefused("this view is set beside nothing: choose what to compare with.")
    filters, there = found
    kpi = kpi_of(state.kpi)
    days = filters.days
    freq = "day" if days <= _DAYS_BY_DAY else "week" if days <= _DAYS_BY_WEEK else "month"
    names = beside.names(state, other, today)
    views = (state.replace(versus=""), Earlier(filters, as_of)), (other, there)
    mine, theirs = (
        replace(_course(mart, kpi, seen, view, freq), name=name)
        for name, (view, seen) in zip(names, views, strict=True)
    )
    return Courses(kpi, mine, theirs)


def _course(mart: Mart, kpi: Kpi, seen: Earlier, view: ViewState, freq: str) -> Course:
    rows = kpis(mart, seen.filters, seen.as_of, (kpi.code,), (freq,)).rows
    over = stretches(seen.filters, seen.as_of, freq)
    starts = [pd.Timestamp(one).date() for one in local_days(over.start_us // 1_000_000)]
    ends = [*(one - timedelta(days=1) for one in starts[1:]), seen.filters.end][: len(starts)]
    lists = [
        list_state(kpi.code, view.replace(period="custom", start=a, end=b)).to_url()
        for a, b in zip(starts, ends, strict=True)
    ]
    values = [None if value != value else float(value) for value in rows[kpi.code]]  # noqa: PLR0124 - NaN
    return Course("", values, [day(one, view.lang, year=False) for one in starts], lists)


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
