"""Every main KPI in one table: its value, what it rests on, how it compares, and its goal."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd

from dashboard.components.painted import icon, link
from dashboard.kpi_texts import (
    between,
    brief,
    definition_url,
    few,
    is_few,
    kpi_of,
    list_state,
    moved,
    moved_between,
    said,
    written,
)
from dashboard.markup import Markup, Node, html
from dashboard.state import ViewState
from dashboard.text import DASH, number, t
from mart.kpi_model import Figure, Kpi
from mart.populations import DENOMINATOR
from mart.questions.kpi import SMALL_N

_COLUMNS = ("name", "value", "n", "interval", "before", "year", "goal")
_EARLIER = ("before", "year")

Line = Mapping[Any, Any]


def every_kpi(lines: pd.DataFrame | None, state: ViewState) -> list[Markup]:
    """The panel; `lines` are `total` of `mart.questions.compare.Comparisons`, None where nothing can be asked."""
    lang = state.lang
    title = t("apercu.every", lang)
    head = html.Div(html.H2(title), className="vg-section-head")
    if lines is None:
        words = [html.Strong(t("kpi.panel.empty", lang)), html.P(t("kpi.panel.empty_hint", lang))]
        return [head, html.Div(words, className="vg-empty", role="status")]
    rows = [_row(line, state) for line in lines.to_dict("records")]
    table = html.Table(
        [html.Caption(title, className="vg-hidden"), html.Thead(_head(lang)), html.Tbody(rows)],
        className="vg-table vg-every",
    )
    scroll = html.Div(table, className="vg-scroll", tabIndex="0", role="region", aria_label=title)
    return [head, scroll, html.P(t("kpi.panel.hint", lang), className="vg-hint")]


def _head(lang: str) -> Markup:
    more = {"n": "n_long"}
    hints = {"goal": html.Span(t("kpi.panel.goal_hint", lang), className="vg-every-more")}
    return html.Tr(
        [
            html.Th(
                [t(f"kpi.panel.{column}", lang), hints.get(column)],
                scope="col",
                title=t(f"kpi.panel.{more[column]}", lang) if column in more else None,
                className=None if column == "name" else "vg-number",
            )
            for column in _COLUMNS
        ]
    )


def _row(line: Line, state: ViewState) -> Markup:
    lang = state.lang
    kpi = kpi_of(line["kpi"])
    cells = [
        _value(kpi, line, state),
        _rests_on(kpi, line, state),
        _interval(kpi, line, lang),
        *(_change(kpi, line, earlier, lang) for earlier in _EARLIER),
        DASH if math.isnan(line["goal"]) else brief(kpi, line["goal"], lang),
    ]
    return html.Tr(
        [_name(kpi, state), *(html.Td(cell, className="vg-number") for cell in cells)],
        data_kpi=kpi.code,
        className="is-chosen" if kpi_of(state.kpi) is kpi else None,
    )


def _name(kpi: Kpi, state: ViewState) -> Markup:
    """The name shows the KPI on the map, in the ranking and in the trend; the sign beside it says what it is."""
    lang = state.lang
    name = said(kpi.name, lang)
    picks = t("kpi.panel.pick", lang, name=name)
    chosen = "true" if kpi_of(state.kpi) is kpi else None
    about = t("kpi.panel.definition", lang, name=name)
    return html.Th(
        html.Div(
            [
                link(
                    name,
                    state.replace(kpi=kpi.code),
                    className="vg-every-name",
                    title=picks,
                    aria_current=chosen,
                ),
                html.A(
                    icon("info"),
                    href=definition_url(kpi.code, state),
                    className="vg-info-button",
                    data_nav=True,
                    title=about,
                    aria_label=about,
                ),
            ],
            className="vg-every-head",
        ),
        scope="row",
    )


def _value(kpi: Kpi, line: Line, state: ViewState) -> Node:
    lang, value = state.lang, line["value"]
    text = written(kpi, value, lang)
    if math.isnan(value):
        return html.Span(text, className="vg-dim")
    opens = t("kpi.open_list", lang, value=text, name=said(kpi.name, lang))
    target = list_state(kpi.code, state)
    number_ = link(text, target, className="vg-every-value", title=opens, aria_label=opens)
    if not is_few(kpi, line["n"]):
        return number_
    return [
        number_,
        html.Span(few(lang), className="vg-every-more", title=t("kpi.few_long", lang, n=SMALL_N)),
    ]


def _rests_on(kpi: Kpi, line: Line, state: ViewState) -> Node:
    """The denominator, or the durations that were measured; of a count nothing beside itself."""
    if kpi.figure is Figure.COUNT:
        return DASH
    lang = state.lang
    text = number(line["n"], lang)
    population = kpi.code if kpi.denominator is None else f"{kpi.code}/{DENOMINATOR}"
    opens = t("kpi.panel.rests_on", lang, n=text, name=said(kpi.name, lang))
    return link(text, list_state(population, state), className="vg-every-n", title=opens, aria_label=opens)


def _interval(kpi: Kpi, line: Line, lang: str) -> str:
    bounds = [line["low"], line["high"]]
    if all(map(math.isnan, bounds)):
        return DASH
    return between(kpi, line["low"], line["high"], lang)


def _change(kpi: Kpi, line: Line, earlier: str, lang: str) -> Node:
    """The change with its interval, and whether it may be chance."""
    change = float(line.get(f"{earlier}_change", math.nan))
    if math.isnan(change):
        return html.Span(t("kpi.no_data", lang), className="vg-dim")
    was = t("kpi.panel.was", lang, value=written(kpi, line[earlier], lang))
    noise = line[f"{earlier}_noise"]
    if noise is None or noise is pd.NA:
        judged, bounds = "no_interval", was
    else:
        judged = "noise" if noise else "news"
        bounds = f"{moved_between(kpi, line[f'{earlier}_low'], line[f'{earlier}_high'], lang)} · {was}"
    return [
        html.Strong(moved(kpi, change, lang)),
        html.Span(t(f"kpi.panel.{judged}", lang), className="vg-every-more"),
        html.Span(bounds, className="vg-every-more"),
    ]
