"""Aperçu's other figures in their places: the cards' courses, the table, the trends, every KPI."""

from __future__ import annotations

from dashboard.asking import View
from dashboard.charts.spark import sparkline
from dashboard.components.chart import chart, menu
from dashboard.components.every_kpi import every_kpi
from dashboard.components.kpi import info, spark_place
from dashboard.components.matrix import cells_of, is_shaded, matrix_table
from dashboard.courses import Course, Sparks, course, course_by_activity, sparks
from dashboard.figures import CARDS
from dashboard.ids import Id
from dashboard.kpi_texts import brief, kpi_of, name, written
from dashboard.layouts.apercu_courses import course_table, courses_table
from dashboard.maplayers import legend, scale
from dashboard.markup import Markup, html, to_html
from dashboard.matrices import Matrix, every, matrix
from dashboard.services import Services
from dashboard.state import ViewState
from dashboard.text import day_range, moment, t
from domain.activities import OTHER as REST
from mart.kpi_model import Figure
from mart.kpis import kpi
from mart.snapshot import Mart

TREND_PX, MULTIPLES_PX = 240, 480
"""Heights of the charts."""


def draw_more(services: Services, state: ViewState) -> dict[str, str]:
    """The cards' courses and the table, as HTML by the id of their place. Blocking: it asks the mart."""
    with services.reader.lease() as mart:
        view, state = _view(services, mart, state)
        if view.why:
            return {Id.APERCU_MATRIX.value: _why(view), **dict.fromkeys(map(spark_place, CARDS), "")}
        with mart.facts.table(view.first_moment, view.as_of):
            small, cells = services.together(lambda: sparks(view), lambda: matrix(view))
    drawn: dict[str, Markup | list[Markup]] = {
        **{spark_place(code): spark(code, small, view, state.lang) for code in CARDS},
        Id.APERCU_MATRIX.value: matrix_panel(cells, view, state),
    }
    return {place: to_html(node) for place, node in drawn.items()}


def draw_rest(services: Services, state: ViewState) -> dict[str, str]:
    """The trends and every KPI, as HTML by the id of their place. Blocking: it asks the mart."""
    with services.reader.lease() as mart:
        view, state = _view(services, mart, state)
        if view.why:
            why = dict.fromkeys((Id.APERCU_TREND.value, Id.APERCU_MULTIPLES.value), _why(view))
            return why | {Id.APERCU_EVERY.value: to_html(every_kpi(None, state))}
        by_activity = course_by_activity(view)
        over_time = course(view)
        all_of_them = every(view)
    drawn = {
        Id.APERCU_TREND.value: trend_panel(over_time, view, state),
        Id.APERCU_MULTIPLES.value: multiples_panel(by_activity, state),
        Id.APERCU_EVERY.value: every_kpi(all_of_them, state),
    }
    return {place: to_html(node) for place, node in drawn.items()}


def _view(services: Services, mart: Mart, state: ViewState) -> tuple[View, ViewState]:
    """The view of a state, and the state itself: of a denominator, with the KPI."""
    settled = state.replace(kpi=kpi_of(state.kpi).code)
    return View(services, mart, settled), settled


def _why(view: View) -> str:
    """A panel in which nothing can be: the note above says more."""
    words = html.Strong(t(f"apercu.why.{view.why}", view.state.lang))
    return to_html(html.Div(words, className="vg-empty"))


def spark(code: str, found: Sparks, view: View, lang: str) -> Markup:
    """The course of a card's KPI over the period."""
    values, record = found.values[code], kpi(code)
    known = [value for value in values if value is not None]
    if not known:
        return sparkline([], t("apercu.spark.none", lang))
    words = t(
        f"apercu.spark.{found.freq}",
        lang,
        period=day_range(view.filters.start, view.filters.end, lang),
        low=written(record, min(known), lang),
        high=written(record, max(known), lang),
        last=written(record, known[-1], lang),
    )
    return sparkline(values, words, partial=found.partial[code])


def matrix_panel(found: Matrix, view: View, state: ViewState) -> list[Markup]:
    """The table of places and activities with its number scale."""
    lang, record = state.lang, found.kpi
    is_count = record.figure is Figure.COUNT
    breaks = shades(found)
    ramp = scale.spread(breaks)

    def shade(value: float) -> int:
        return ramp[scale.class_of(value, breaks) or 0]

    title = t(f"apercu.matrix.{found.level}", lang)
    head = html.Div([html.H3(title), menu("matrix", state, state.kpi)], className="vg-panel-head")
    if found.cells.empty:
        return [head, _empty(lang)]
    key = legend.ramp_legend(name(record.code, lang), breaks, lambda step: brief(record, step, lang))
    hint = t(f"apercu.matrix.hint.{'count' if is_count else 'rate'}", lang)
    return [
        head,
        matrix_table(found, state, view.focus, shade),
        html.Div([key, html.P(hint, className="vg-hint")], className="vg-matrix-foot"),
    ]


def shades(found: Matrix) -> tuple[float, ...]:
    """The number scale of the cells; the margins are not on it.

    Of counts, the rest of all activities is not either: it is many times the seven, which would all be pale.
    """
    is_count = found.kpi.figure is Figure.COUNT
    cells = {place: number for place, number in cells_of(found).items() if is_shaded(found.kpi, number)}
    seven = [number[0] for (_, activity), number in cells.items() if activity != REST]
    usable = seven if is_count and seven else [number[0] for number in cells.values()]
    return scale.breaks_of_parts(usable, whole=is_count)


def trend_panel(found: Course, view: View, state: ViewState) -> list[Markup]:
    """The chosen KPI over time, and a table of it."""
    lang = state.lang
    title = t(f"apercu.trend_title.{found.freq}", lang, kpi=name(state.kpi, lang))
    head = [html.H3(title), info(state.kpi, state, moment(view.as_of, lang)), menu("trend", state, state.kpi)]
    if found.steps.empty:
        return [html.Div(head, className="vg-panel-head"), _empty(lang)]
    return [
        html.Div(head, className="vg-panel-head"),
        chart("trend", state, title, TREND_PX),
        course_table(found, state),
    ]


def multiples_panel(found: Course, state: ViewState) -> list[Markup]:
    """A small panel for each activity, and a table of them."""
    lang = state.lang
    title = t("apercu.multiples", lang, kpi=name(state.kpi, lang))
    head = html.Div([html.H3(title), menu("multiples", state, state.kpi)], className="vg-panel-head")
    if found.steps.empty:
        return [head, _empty(lang)]
    hint = html.P(t("apercu.multiples_hint", lang), className="vg-hint")
    return [head, hint, chart("multiples", state, title, MULTIPLES_PX), courses_table(found, state)]


def _empty(lang: str) -> Markup:
    """Nothing to draw: say so, and what to do."""
    said = [
        html.Strong(t("apercu.why.nothing", lang)),
        html.P(t("apercu.why.nothing_hint", lang)),
    ]
    return html.Div(said, className="vg-empty", role="status")
