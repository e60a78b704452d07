"""The chosen check, painted: its course, where to look, and its requests."""

from __future__ import annotations

from typing import Any

import pandas as pd

from dashboard.anchors import check_anchor, definition_of
from dashboard.components.about import about
from dashboard.components.chart import chart, menu
from dashboard.components.check_words import check_name, check_parts, check_sentence, of_base
from dashboard.components.data_table import rows_table, scrolling
from dashboard.components.names import activity_name, borough_name
from dashboard.components.painted import icon, link
from dashboard.feeds_address import check_csv
from dashboard.layouts.qualite_list import request_list, text_of
from dashboard.markup import Markup, Node, html
from dashboard.quality_view import MASS, Checked, Detail, step_spans, step_state
from dashboard.state import ViewState
from dashboard.text import day, number, t, tn
from domain import territory
from mart.filters import UNLOCATED
from mart.questions.quality import MOST_PARTS

CHART = "quality"
CHART_PX = 210
MOST_DAYS = 100

Row = dict[Any, Any]


def check_panel(seen: Checked, found: Detail, state: ViewState) -> list[Markup]:
    """The panel; what it links to keeps the filters of the view."""
    lang, code = state.lang, seen.chosen
    state = state.replace(check=code)
    n = seen.quality.counts[code]
    head = _head(code, n, state)
    said = html.P(
        [html.Strong(tn("qualite.requests", n, lang, n=number(n, lang))), " · ",
         of_base(code, seen.quality.share(code), lang), html.Br(), check_sentence(code, lang)],
        className="vg-check-lead",
    )  # fmt: skip
    if not n:
        words = [html.Strong(t("qualite.clean", lang)), html.P(t("qualite.clean_hint", lang))]
        return [head, said, html.Div(words, className="vg-empty", role="status")]
    title = t(f"qualite.trend_title.{seen.freq}", lang, name=check_name(code, lang))
    return [
        head,
        said,
        html.Section(
            [html.H3(title), chart(CHART, state, title, CHART_PX), _trend_table(seen, state)],
            className="vg-check-part",
        ),
        _days(found.parts, state) if code == MASS else _parts(found.parts, n, state),
        request_list(found, state),
    ]


def _head(code: str, n: int, state: ViewState) -> Markup:
    lang, name = state.lang, check_name(code, state.lang)
    more = html.A(
        t("qualite.definition", lang),
        href=definition_of(check_anchor(code), state),
        className="vg-more",
        data_nav=True,
    )
    parts: list[Node] = [
        html.H2(name),
        about(t("qualite.about", lang, name=name), name, check_parts(code, lang), more),
    ]
    if n:
        parts += [html.Span(className="vg-space"), menu(CHART, state), _download(code, name, state)]
    return html.Div(parts, className="vg-section-head")


def _download(code: str, name: str, state: ViewState) -> Markup:
    return html.A(
        [icon("download"), html.Span(t("qualite.download", state.lang))],
        href=check_csv(code, state),
        download=True,
        className="vg-button",
        aria_label=t("qualite.download_long", state.lang, name=name),
    )


def _trend_table(seen: Checked, state: ViewState) -> Markup:
    """The numbers behind the chart, each a link to its stretch of the period, as the columns are."""
    lang = state.lang
    course = seen.quality.course
    spans = step_spans(seen)
    firsts = [first for first, _ in spans]
    targets = [step_state(seen, state, span) for span in spans]
    rows = [
        html.Tr(
            [
                html.Th(day(first, lang), scope="row"),
                html.Td(link(number(n, lang), target), className="vg-number"),
            ]
        )
        for first, n, target in zip(firsts, course[seen.chosen], targets, strict=True)
    ]
    names = [t("qualite.since", lang), t("qualite.count", lang)]
    return html.Details(
        [html.Summary(t("qualite.trend_table", lang)), scrolling(rows_table(names, rows, 1), names[1])],
        className="vg-details",
    )


def _parts(parts: pd.DataFrame, total: int, state: ViewState) -> Markup:
    """Where to look: bars, each a link that filters the page by it."""
    lang = state.lang
    columns = [name for name in parts.columns if name != "n"]
    most = max(int(parts["n"].max()), 1)
    rows = [
        _part({str(k): v for k, v in row.items()}, columns, most, state) for row in parts.to_dict("records")
    ]
    shown = int(parts["n"].sum())
    more = t("qualite.where_more", lang, n=number(MOST_PARTS, lang)) if shown < total else None
    note = html.P(more, className="vg-dim") if more else None
    return html.Section(
        [html.H3(t("qualite.where", lang)), html.Ol(rows, className="vg-where"), note],
        className="vg-check-part",
    )


def _part(row: Row, columns: list[str], most: int, state: ViewState) -> Markup:
    lang, n = state.lang, int(row["n"])
    words = " → ".join(_named(column, row[column], lang) for column in columns)
    target = _narrowed(columns, row, state)
    label = html.Span(words) if target is None else link(words, target, className="vg-where-link")
    bar = html.Span(html.I(style={"width": f"{n / most:.1%}"}), className="vg-check-bar", aria_hidden="true")
    return html.Li([label, bar, html.Span(number(n, lang), className="vg-number")])


def _narrowed(columns: list[str], row: Row, state: ViewState) -> ViewState | None:
    """The view whose count is that of one part; None where no filter says it."""
    value = row[columns[0]]
    if len(columns) > 1 or columns[0] == "label":
        return None
    code = text_of(value)
    if columns[0] == "activity":
        return None if code is None else state.replace(activities=(code,))
    if state.boroughs and state.by == "where":
        return None  # who did it would take the place of where it is: more than was counted
    return state.replace(boroughs=(code or UNLOCATED,), by="who")


def _named(column: str, value: Any, lang: str) -> str:
    code = text_of(value)
    if column == "label":
        return code or t("qualite.no_label", lang)
    return activity_name(code or "", lang, short=True) if column == "activity" else borough_name(code, lang)


def _days(days: pd.DataFrame, state: ViewState) -> Markup:
    """The days of mass closures, each a link to that day, crew and activity."""
    lang = state.lang
    rows = [
        _day({str(k): v for k, v in row.items()}, state) for row in days.head(MOST_DAYS).to_dict("records")
    ]
    names = [t(f"qualite.{name}", lang) for name in ("day", "crew", "closed", "usual", "limit")]
    more = len(days) - MOST_DAYS
    notes = [
        t("qualite.days_hint", lang),
        tn("qualite.days_more", more, lang, n=number(more, lang)) if more > 0 else "",
    ]
    return html.Section(
        [
            html.H3(t("qualite.days", lang)),
            scrolling(rows_table(names, rows, 2, "vg-days"), t("qualite.days", lang)),
            html.P(" ".join(note for note in notes if note), className="vg-dim"),
        ],
        className="vg-check-part",
    )


def _day(row: Row, state: ViewState) -> Markup:
    lang, crew = state.lang, str(row["borough_who"])
    target = state.replace(
        period="custom", start=row["day"], end=row["day"], boroughs=(crew,), sectors=(), h3=(), area=(), by="who",
        activities=(str(row["activity"]),),
    )  # fmt: skip
    known = crew in {*(b.code for b in territory.boroughs()), territory.VILLE_LIEE}
    activity = activity_name(str(row["activity"]), lang, short=True)
    numbers = (int(row["closed"]), round(row["usual"]), round(row["limit"]))
    return html.Tr(
        [
            html.Th(link(day(row["day"], lang), target, className="vg-cell-link"), scope="row"),
            html.Td([borough_name(crew if known else None, lang), html.Span(activity, className="vg-under")]),
            *(html.Td(number(n, lang), className="vg-number") for n in numbers),
        ]
    )
