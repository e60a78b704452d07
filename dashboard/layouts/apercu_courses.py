"""The tables behind Aperçu's trends: every point as a number that opens its list."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dashboard.components.names import activity_name
from dashboard.components.painted import link
from dashboard.course_words import is_partial, numbers, step_state
from dashboard.courses import Course
from dashboard.kpi_texts import short
from dashboard.markup import Markup, Node, html
from dashboard.state import ViewState
from dashboard.text import day, t
from domain.activities import activities


def course_table(found: Course, state: ViewState) -> Markup:
    """The course, step by step, the newest first."""
    lang = state.lang
    head = [_when(found, lang), short(state.kpi, lang), t("apercu.trend_year", lang)]
    rows = [
        [_open(found, line, state), html.Span(numbers(found, line, lang)[1])]
        for line in found.steps.iloc[::-1].to_dict("records")
    ]
    return _details(_about(found, lang), head, _starts(found, lang), rows, lang)


def courses_table(found: Course, state: ViewState) -> Markup:
    """The courses of the activities, a column each."""
    lang = state.lang
    occur = set(found.steps["activity"])
    codes = [one.code for one in activities() if one.code in occur]
    head = [_when(found, lang), *(activity_name(code, lang, short=True) for code in codes)]
    columns = []
    for code in codes:
        lines = found.steps[found.steps["activity"] == code].iloc[::-1].to_dict("records")
        columns.append([_open(found, line, state.replace(activities=(code,))) for line in lines])
    rows = [list(row) for row in zip(*columns, strict=True)]
    return _details(None, head, _starts(found, lang), rows, lang)


def _when(found: Course, lang: str) -> str:
    return t(f"apercu.{found.freq}_of", lang)


def _about(found: Course, lang: str) -> str:
    said = [t("apercu.trend_about", lang)]
    if is_partial(found):
        said.append(t(f"apercu.trend_partial{'_month' if found.freq == 'month' else ''}", lang))
    return " ".join(said)


def _starts(found: Course, lang: str) -> list[str]:
    return [day(start, lang) for start in sorted(set(found.steps["start"]), reverse=True)]


def _open(found: Course, line: Mapping[Any, Any], state: ViewState) -> Markup:
    return link(numbers(found, line, state.lang)[0], step_state(line, state))


def _details(
    about: str | None, head: list[str], starts: list[str], rows: list[list[Markup]], lang: str
) -> Markup:
    first, *others = head
    name = t("apercu.trend_table", lang)
    top = [
        html.Th(first, scope="col"),
        *(html.Th(one, scope="col", className="vg-number") for one in others),
    ]
    body = [
        html.Tr([html.Th(start, scope="row"), *(html.Td(cell, className="vg-number") for cell in row)])
        for start, row in zip(starts, rows, strict=True)
    ]
    table = html.Table([html.Thead(html.Tr(top)), html.Tbody(body)], className="vg-table vg-course-table")
    scroll = html.Div(table, className="vg-scroll", tabIndex="0", role="region", aria_label=name)
    summary: list[Node] = [html.Summary(name), scroll]
    details = html.Details(summary, className="vg-details")
    said = None if about is None else html.P(about, className="vg-hint")
    return html.Div([said, details], className="vg-numbers-behind")
