"""The charts of Aperçu: what is painted or drawn there, as figures that stand by themselves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from dashboard.asking import View, focus_of
from dashboard.charts import boroughs, cards, matrix, multiples, ranking, trend
from dashboard.components.kpi import judged
from dashboard.components.matrix import cells_of, is_shaded, places_of
from dashboard.components.names import activity_name, borough_name
from dashboard.components.ranking import ordered, place_name
from dashboard.course_words import band, is_partial, panels_of, steps_of, words_of
from dashboard.courses import Course, course, course_by_activity
from dashboard.feeds.chart_records.apercu_tables import (
    cards_table,
    course_table,
    matrix_table,
    numbers,
    ranking_table,
)
from dashboard.feeds.chart_records.record import Chart
from dashboard.figures import Figures, figures_of
from dashboard.kpi_texts import brief, changed, few, is_few, kpi_of, name, said, suffix, written
from dashboard.layouts.apercu_figures import drawing_of, map_codes, ranks_of, whole_of
from dashboard.layouts.apercu_more import shades
from dashboard.maplayers import scale
from dashboard.matrices import Matrix
from dashboard.matrices import matrix as ask_matrix
from dashboard.services import Services
from dashboard.state import ViewState
from dashboard.text import DASH, t
from domain import territory
from domain.errors import InputRefused
from mart.kpi_model import Figure
from mart.snapshot import Mart

_EARLIER = ("before", "year")


def ask_figures(services: Services, mart: Mart, state: ViewState) -> Figures:
    """Cards, parts and whole of a view."""
    return figures_of(services, mart, state)


def _view(services: Services, mart: Mart, state: ViewState) -> View:
    """A view that can be asked.

    Raises:
        InputRefused: there is nothing in the period.
    """
    view = View(services, mart, state)
    if view.why:
        raise InputRefused(t(f"apercu.why.{view.why}", state.lang) + ".", code=view.why)
    return view


def ask_course(services: Services, mart: Mart, state: ViewState) -> Course:
    """The chosen KPI over time."""
    return course(_view(services, mart, state))


def ask_courses(services: Services, mart: Mart, state: ViewState) -> Course:
    """The chosen KPI over time, by activity."""
    return course_by_activity(_view(services, mart, state))


def ask_cells(services: Services, mart: Mart, state: ViewState) -> Matrix:
    """The chosen KPI by place and activity."""
    return ask_matrix(_view(services, mart, state))


def cards_figure(found: Figures, state: ViewState) -> go.Figure:
    """The cards as a table of texts."""
    lang = state.lang
    heads = ("name", "value", "n", "interval", *found.compared, "goal")
    return cards.figure(
        [t(f"kpi.panel.{head}", lang) for head in heads],
        [_card_texts(line, found, state) for line in found.cards.to_dict("records")],
    )


def _card_texts(line: Mapping[Any, Any], found: Figures, state: ViewState) -> list[str]:
    lang, kpi = state.lang, kpi_of(line["kpi"])
    is_count = kpi.figure is Figure.COUNT
    between = (
        DASH if pd.isna(line["low"]) else " – ".join(written(kpi, line[end], lang) for end in ("low", "high"))
    )
    changes = []
    for one in found.compared:
        moved = changed(kpi, _number(line["value"]), _number(line[one]), lang)
        words = judged(kpi, line[f"{one}_change"], line[f"{one}_noise"], lang)[1]
        changes.append(DASH if moved is None else f"{moved} ({words})")
    goal = DASH if pd.isna(line["goal"]) else brief(kpi, line["goal"], lang)
    rests_on = DASH if is_count else f"{line['n']:.0f}"
    return [said(kpi.name, lang), written(kpi, line["value"], lang), rests_on, between, *changes, goal]


def boroughs_figure(found: Figures, state: ViewState) -> go.Figure:
    """The map as polygons."""
    lang, kpi = state.lang, found.chosen
    ranks = {rank.code: rank for rank in ranks_of(found)}
    codes = map_codes(found)
    numbers = {code: None if ranks[code].few else ranks[code].value for code in codes}
    texts = {code: few(lang) if ranks[code].few else written(kpi, ranks[code].value, lang) for code in codes}
    known = [number for number in numbers.values() if number is not None]
    breaks = scale.breaks_of_parts(known, whole=kpi.figure is Figure.COUNT)
    ramp = scale.spread_of_parts(breaks)
    classes = {code: scale.class_of(number, breaks) for code, number in numbers.items()}
    pilots = () if found.focus else territory.pilots()
    drawing, labels = drawing_of(found.focus, lang)
    parts = [
        boroughs.Part(
            drawing.shapes[one.code],
            boroughs.UNKNOWN if (index := classes[one.code]) is None else ramp[index],
            (one.x, one.y),
            one.lines,
            texts[one.code],
            strong=one.code in pilots,
        )
        for one in labels
    ]
    begins = ["", *(brief(kpi, step, lang) for step in breaks)]
    steps = list(zip(ramp, begins, strict=True)) if breaks else []
    return boroughs.figure(parts, steps, name(kpi.code, lang))


def ranking_figure(found: Figures, state: ViewState) -> go.Figure:
    """The ranking, without what cannot be ranked."""
    lang, kpi = state.lang, found.chosen
    marks = [
        ranking.Mark(
            place_name(rank.code, lang, found.level),
            rank.value,
            rank.low,
            rank.high,
            rank.before,
            written(kpi, rank.value, lang),
        )
        for rank in ordered(ranks_of(found), kpi, map_codes(found), lang, found.level)
        if rank.value is not None and not rank.few and rank.code in map_codes(found)
    ]
    whole = whole_of(found).value
    place = borough_name(found.focus, lang) if found.focus else t("apercu.city", lang)
    across = None if whole is None or kpi.figure is Figure.COUNT else (whole, place)
    return ranking.figure(
        marks, t("kpi.panel.value", lang), t("kpi.panel.before", lang), across, suffix(kpi, lang)
    )


def matrix_figure(found: Matrix, state: ViewState) -> go.Figure:
    """The table of places and activities, with its margins."""
    lang, kpi = state.lang, found.kpi
    cells, breaks = cells_of(found), shades(found)
    ramp = scale.spread(breaks)
    columns = dict(zip(found.by_activity["activity"], numbers(found.by_activity), strict=True))
    rows, steps, texts = [], [], []
    for code, margin in places_of(found, lang):
        line = [cells.get((code, activity)) for activity in found.activities]
        rows.append(place_name(code, lang, found.level))
        shaded = [
            one is not None and is_shaded(kpi, one) and bool(one[0] or not _is_count(found)) for one in line
        ]
        steps.append(
            [
                ramp[scale.class_of(one[0], breaks) or 0] if one and on else 0
                for one, on in zip(line, shaded, strict=True)
            ]
            + [0]
        )
        texts.append([_text(one, found, lang) for one in [*line, margin]])
    whole = t(f"apercu.matrix.{'sum' if _is_count(found) else 'all'}", lang)
    total = numbers(found.total)[0]
    texts.append([_text(one, found, lang) for one in [*(columns[code] for code in found.activities), total]])
    steps.append([0] * (len(found.activities) + 1))
    heads = [*(activity_name(code, lang, short=True) for code in found.activities), whole]
    return matrix.figure([*rows, whole], heads, steps, texts)


def trend_figure(found: Course, state: ViewState) -> go.Figure:
    """The course beside that of the year before."""
    steps = steps_of(found, state)
    return trend.figure(steps, words_of(found, state.lang), partial=is_partial(found), period=band(found))


def multiples_figure(found: Course, state: ViewState) -> go.Figure:
    """The courses of the activities."""
    words = words_of(found, state.lang)
    return multiples.figure(panels_of(found, state), words.ticks, words.now, words.year, words.suffix)


def _is_count(found: Matrix) -> bool:
    return found.kpi.figure is Figure.COUNT


def _text(number: tuple[float, float] | None, found: Matrix, lang: str) -> str:
    if number is None or pd.isna(number[0]):
        return "0" if _is_count(found) and number is None else DASH
    return few(lang) if is_few(found.kpi, number[1]) else written(found.kpi, number[0], lang)


def _number(value: Any) -> float | None:
    return None if pd.isna(value) else float(value)


def _about(*keys: str) -> Any:
    """A sentence of the KPI's definition, then those of the chart."""

    def about(state: ViewState) -> str:
        kpi = kpi_of(state.kpi)
        sentences = [said(kpi.sentence, state.lang), *(t(key, state.lang) for key in keys)]
        return " ".join(sentences)

    return about


def _by_place(state: ViewState) -> str:
    focus = focus_of(state)
    place = borough_name(focus, state.lang) if focus else ""
    level = "sector" if focus else "borough"
    return t(f"apercu.by.{level}", state.lang, kpi=name(state.kpi, state.lang), place=place)


def _trend_title(state: ViewState) -> str:
    return t("apercu.trend_of", state.lang, kpi=name(state.kpi, state.lang))


CHARTS: tuple[Chart, ...] = (
    Chart("cards", ask_figures, cards_figure, cards_table,
          lambda s: t("apercu.cards", s.lang), lambda s: t("kpi.panel.hint", s.lang), 300),
    Chart("boroughs", ask_figures, boroughs_figure, ranking_table, _by_place, _about(), 760),
    Chart("ranking", ask_figures, ranking_figure, ranking_table, _by_place, _about(), 640),
    Chart("matrix", ask_cells, matrix_figure, matrix_table, _by_place, _about(), 760),
    Chart("trend", ask_course, trend_figure, course_table, _trend_title, _about("apercu.trend_about"), 420),
    Chart("multiples", ask_courses, multiples_figure, course_table,
          lambda s: t("apercu.multiples", s.lang, kpi=name(s.kpi, s.lang)), _about("apercu.multiples_hint"), 560),
)  # fmt: skip
