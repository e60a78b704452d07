"""Two views side by side: every main KPI of each, and how they differ."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from dashboard.components.chart import chart, menu
from dashboard.components.painted import icon, link
from dashboard.kpi_texts import few, is_few, kpi_of, list_state, moved, moved_between, said, written
from dashboard.markup import Markup, Node, html
from dashboard.paired import Course, Courses
from dashboard.state import ViewState
from dashboard.text import DASH, number, t
from mart.kpi_model import Figure, Kpi

CHART = "beside"
CHART_PX = 280


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two views, and what tells it from the other."""

    name: str
    state: ViewState


def beside_panel(lines: pd.DataFrame, courses: Courses, mine: Side, other: Side) -> Markup:
    """The panel; `lines` are those of `mart.questions.compare.beside`, `courses` what its chart draws."""
    state = mine.state
    lang = state.lang
    title = t("compare.title", lang, mine=mine.name, other=other.name)
    closes = link(
        [icon("close"), html.Span(t("compare.close", lang))],
        state.replace(versus=""),
        className="vg-button vg-quiet vg-compare-close",
    )
    head = html.Div([html.H2(title), menu(CHART, state), closes], className="vg-section-head")
    rows = [_row(line, mine, other) for line in lines.to_dict("records")]
    names = [t("kpi.panel.name", lang), mine.name, other.name, t("compare.difference", lang)]
    heads = [html.Th(name, scope="col", className="vg-number" if i else None) for i, name in enumerate(names)]
    table = html.Table(
        [html.Caption(title, className="vg-hidden"), html.Thead(html.Tr(heads)), html.Tbody(rows)],
        className="vg-table vg-every vg-beside-table",
    )
    scroll = html.Div(table, className="vg-scroll", tabIndex="0", role="region", aria_label=title)
    drawn = html.Div(
        [
            html.H3(said(kpi_of(state.kpi).name, lang)),
            chart(CHART, state, title, CHART_PX),
            _steps(courses, lang),
        ],
        className="vg-beside-chart",
    )
    hint = html.P(t("compare.hint", lang), className="vg-hint")
    return html.Section([head, drawn, scroll, hint], className="vg-card vg-panel-beside", aria_label=title)


def _steps(courses: Courses, lang: str) -> Markup:
    """The numbers behind the chart, step by step, each a link to its list; the longer course goes on alone."""
    both = courses.mine, courses.other
    heads = [
        html.Th(name, scope="col", className=look)
        for course in both
        for name, look in ((t("compare.step", lang, name=course.name), None), (course.name, "vg-number"))
    ]
    longest = max(len(course.labels) for course in both)
    rows = [
        html.Tr([cell for course in both for cell in _step(courses.kpi, course, i, lang)])
        for i in range(longest)
    ]
    name = t("apercu.trend_table", lang)
    table = html.Table([html.Thead(html.Tr(heads)), html.Tbody(rows)], className="vg-table vg-course-table")
    scroll = html.Div(table, className="vg-scroll", tabIndex="0", role="region", aria_label=name)
    return html.Details([html.Summary(name), scroll], className="vg-details")


def _step(kpi: Kpi, course: Course, i: int, lang: str) -> list[Markup]:
    if i >= len(course.labels):
        return [html.Td(), html.Td()]
    value = course.values[i]
    number_ = html.A(written(kpi, value, lang), href=course.addresses[i], data_nav=True)
    return [html.Td(course.labels[i]), html.Td(number_, className="vg-number")]


def refused(sentence: str, state: ViewState) -> Markup:
    """The two cannot be set side by side."""
    closes = link(t("compare.close", state.lang), state.replace(versus=""), className="vg-button")
    return html.Div([sentence, closes], className="vg-notice", role="status")


def _row(line: Mapping[Any, Any], mine: Side, other: Side) -> Markup:
    kpi, lang = kpi_of(line["kpi"]), mine.state.lang
    name = link(said(kpi.name, lang), mine.state.replace(kpi=kpi.code), className="vg-every-name")
    cells = [
        _value(kpi, line["value"], line["n"], mine),
        _value(kpi, line["other"], line["other_n"], other),
        _difference(kpi, line, lang),
    ]
    return html.Tr(
        [html.Th(name, scope="row"), *(html.Td(cell, className="vg-number") for cell in cells)],
        data_kpi=kpi.code,
        className="is-chosen" if kpi_of(mine.state.kpi) is kpi else None,
    )


def _value(kpi: Kpi, value: float, n: float, side: Side) -> Node:
    lang = side.state.lang
    text = written(kpi, value, lang)
    if math.isnan(value):
        return html.Span(text, className="vg-dim")
    opens = t("kpi.open_list", lang, value=text, name=f"{said(kpi.name, lang)}, {side.name}")
    target = list_state(kpi.code, side.state.replace(versus=""))
    parts: list[Node] = [link(text, target, className="vg-every-value", title=opens, aria_label=opens)]
    if kpi.figure is not Figure.COUNT:
        rests = few(lang) if is_few(kpi, n) else f"n = {number(n, lang)}"
        parts.append(html.Span(rests, className="vg-every-more"))
    return parts


def _difference(kpi: Kpi, line: Mapping[Any, Any], lang: str) -> Node:
    change = float(line["other_change"])
    if math.isnan(change):
        return DASH
    noise = line["other_noise"]
    if noise is None or noise is pd.NA:
        judged, bounds = "no_interval", ""
    else:
        judged = "noise" if noise else "news"
        bounds = moved_between(kpi, line["other_low"], line["other_high"], lang)
    return [
        html.Strong(moved(kpi, change, lang)),
        html.Span(t(f"kpi.panel.{judged}", lang), className="vg-every-more"),
        html.Span(bounds, className="vg-every-more"),
    ]
