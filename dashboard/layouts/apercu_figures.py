"""Aperçu's figures in their places: cards, map with its ranking, trend."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from typing import Any

import pandas as pd

from dashboard.charts.spark import sparkline
from dashboard.charts.trend import Step, columns
from dashboard.components.every_kpi import every_kpi
from dashboard.components.kpi import Kpi, info, kpi_card
from dashboard.components.names import borough_name
from dashboard.components.ranking import Rank, focus_state, ranking
from dashboard.figures import BEFORE, YEAR, Figures, figures, is_flow, known, n_of, value
from dashboard.ids import Id
from dashboard.kpi_texts import brief, few, is_few, kpi_of, list_state, name, short, written
from dashboard.maplayers import borough_map, shapes
from dashboard.markup import Markup, html, to_html
from dashboard.query import KPIS
from dashboard.services import Services
from dashboard.state import ViewState
from dashboard.text import DASH, day, day_range, moment, number, t
from domain import territory
from geo.boroughs import load_boroughs
from mart.kpi_model import Figure
from mart.kpi_model import Kpi as KpiRecord


def draw_apercu(services: Services, state: ViewState) -> dict[str, str]:
    """Aperçu's figures as HTML by the id of their place. Blocking: it asks the mart."""
    state = state.replace(kpi=kpi_of(state.kpi).code)  # of a denominator, the KPI itself
    found = figures(services, state)
    return {
        Id.APERCU_CARDS.value: to_html(cards(found, state)),
        Id.APERCU_MAP.value: to_html(map_panel(found, state)),
        Id.APERCU_RANKING.value: to_html(ranking_panel(found, state)),
        Id.APERCU_TREND.value: to_html(trend_panel(found, state)),
        Id.APERCU_EVERY.value: to_html(every_kpi(found.every, state)),
    }


def cards(found: Figures, state: ViewState) -> list[Markup]:
    """A card for each KPI."""
    as_of = moment(found.as_of, state.lang)
    return [kpi_card(_kpi(code, found), _shape(code, found, state.lang), state, as_of) for code in KPIS]


def _kpi(code: str, found: Figures) -> Kpi:
    return Kpi(
        code=code,
        value=found.totals[code],
        before=value(found.totals, f"{code}_{BEFORE}"),
        year=value(found.totals, f"{code}_{YEAR}"),
    )


def _shape(code: str, found: Figures, lang: str) -> Markup:
    """The course of a KPI over the period; a day of two hours would look like a fall."""
    left_out = found.cut if is_flow(kpi_of(code)) else frozenset()
    series = [float(v) for place, v in enumerate(found.series[code]) if place not in left_out]
    words = t(
        f"apercu.spark.{found.freq}",
        lang,
        period=day_range(found.filters.start, found.filters.end, lang),
        low=number(min(series, default=0), lang),
        high=number(max(series, default=0), lang),
        last=number(series[-1] if series else 0, lang),
    )
    return sparkline(series, words)


def map_panel(found: Figures, state: ViewState) -> list[Markup]:
    """The boroughs shaded by the chosen KPI; one of few requests has no shade."""
    lang = state.lang
    ranks = {rank.code: rank for rank in _ranks(found)}
    codes = [b.code for b in territory.boroughs()]
    drawn = borough_map.borough_map(
        {code: None if ranks[code].few else ranks[code].value for code in codes},
        on=_ground(lang),
        names=_names(lang),
        texts={code: _on_map(ranks[code], found.chosen, lang) for code in codes},
        hrefs={code: focus_state(code, state).to_url() for code in codes},
        title=name(state.kpi, lang),
        write=lambda step: brief(found.chosen, step, lang),
        pilots=territory.pilots(),
        focus=state.boroughs,
        whole=found.chosen.figure is Figure.COUNT,
    )
    return [drawn, html.P(t("apercu.focus_hint", lang), className="vg-hint")]


def _on_map(rank: Rank, kpi: KpiRecord, lang: str) -> str:
    """A borough's number; there is little room for words."""
    if rank.few:
        return few(lang)
    return DASH if rank.value is None else written(kpi, rank.value, lang)


def ranking_panel(found: Figures, state: ViewState) -> list[Markup]:
    """The same numbers ranked, with the period before."""
    whole = _rank("", found.city, found.chosen)
    return [ranking(_ranks(found), whole, state), html.P(t("apercu.hint", state.lang), className="vg-hint")]


def _ranks(found: Figures) -> list[Rank]:
    """Every borough and the other parts; of a borough without requests a count is 0, a rate unknown."""
    rows: list[dict[Any, Any]] = found.parts.to_dict("records")
    ranks = [_rank(str(row["code"]), row, found.chosen) for row in rows]
    missing = {b.code for b in territory.boroughs()} - {rank.code for rank in ranks}
    nothing = 0.0 if found.chosen.figure is Figure.COUNT else None
    before = nothing if BEFORE in found.compared else None
    return [*ranks, *(Rank(code, nothing, before) for code in sorted(missing))]


def _rank(code: str, row: Mapping[Any, Any], kpi: KpiRecord) -> Rank:
    now, before = value(row, kpi.code), value(row, f"{kpi.code}_{BEFORE}")
    return Rank(code, now, before, few=is_few(kpi, value(row, n_of(kpi))))


def trend_panel(found: Figures, state: ViewState) -> list[Markup]:
    """The chosen KPI over the period, each column a link to its requests; a table behind it."""
    lang = state.lang
    title = t(f"apercu.trend_title.{found.freq}", lang, kpi=name(state.kpi, lang))
    steps = _steps(found, state)
    key = [html.Span(t("apercu.trend_now", lang), className="vg-key is-now")]
    if YEAR in found.compared:
        key.append(html.Span(t("apercu.trend_year", lang), className="vg-key is-year"))
    if any(step.partial for step in steps):
        key.append(html.Span(t("apercu.trend_partial", lang), className="vg-key is-partial"))
    if any(step.few for step in steps):
        key.append(html.Span(few(lang), className="vg-key is-few"))
    head = html.Div(
        [
            html.H2(title),
            info(state.kpi, state, moment(found.as_of, lang)),
            html.Div(key, className="vg-keys"),
        ],
        className="vg-section-head",
    )
    if not any(step.value or step.before for step in steps):
        return [head, _empty(lang)]
    return [head, columns(steps, lambda n: brief(found.chosen, n, lang), title), _table(steps, found, state)]


def _empty(lang: str) -> Markup:
    """Nothing to draw: say so, and what to do."""
    said = [html.Strong(t("apercu.empty", lang)), html.P(t("apercu.empty_hint", lang))]
    return html.Div(said, className="vg-empty", role="status")


def _steps(found: Figures, state: ViewState) -> list[Step]:
    code = found.chosen.code
    starts = [pd.Timestamp(s).date() for s in found.series["period_start"]]
    ends = [*(s - timedelta(days=1) for s in starts[1:]), found.filters.end][: len(starts)]
    before = _year_before(found, code, len(starts))
    cut = found.cut if is_flow(found.chosen) else frozenset()
    numbers = zip(known(found.series[code]), known(found.series[n_of(found.chosen)]), before, strict=True)
    return [
        _step(found, state, span, (now, n, None if place in cut else past), whole=place not in cut)
        for place, (span, (now, n, past)) in enumerate(
            zip(zip(starts, ends, strict=True), numbers, strict=True)
        )
    ]


def _step(
    found: Figures,
    state: ViewState,
    span: tuple[date, date],
    numbers: tuple[float | None, float | None, float | None],
    *,
    whole: bool,
) -> Step:
    """One column (value, n, value a year before); a step that is cut short is not compared with a whole one."""
    lang, (start, end), (now, n, before) = state.lang, span, numbers
    text = written(found.chosen, now, lang)
    rare = is_few(found.chosen, n)
    said = f"{text} ({few(lang)})" if rare else text
    words = t(f"apercu.step.{found.freq}", lang, date=day(start, lang), value=said)
    if before is not None:
        words = t("apercu.step_year", lang, step=words, before=written(found.chosen, before, lang))
    target = list_state(state.kpi, state.replace(period="custom", start=start, end=end))
    tick = _tick(start, found, lang)
    return Step(now, before, tick, words, target.to_url(), partial=not whole, few=rare)


def _year_before(found: Figures, kpi: str, count: int) -> list[float | None]:
    """The series of a year earlier, step by step; weeks of two years may differ by one."""
    past = [] if found.series_year is None else known(found.series_year[kpi])
    return [*past, *([None] * count)][:count]


def _tick(start: date, found: Figures, lang: str) -> str:
    if found.freq == "month":
        return f"{t(f'month.short.{start.month}', lang)} {start.year}"
    return day(start, lang, year=False)


def _table(steps: list[Step], found: Figures, state: ViewState) -> Markup:
    lang = state.lang
    with_year = YEAR in found.compared
    names = [
        t("apercu.date", lang),
        short(state.kpi, lang),
        *([t("apercu.trend_year", lang)] if with_year else []),
    ]
    head = html.Tr(
        [html.Th(name, scope="col", className="vg-number" if i else None) for i, name in enumerate(names)]
    )
    starts = [pd.Timestamp(s).date() for s in found.series["period_start"]]
    rows = [
        html.Tr(
            [
                html.Th(day(start, lang), scope="row"),
                html.Td(written(found.chosen, step.value, lang), className="vg-number"),
                *([html.Td(_past(step, found, lang), className="vg-number")] if with_year else []),
            ]
        )
        for start, step in zip(starts, steps, strict=True)
    ]
    table = html.Table([html.Thead(head), html.Tbody(rows)], className="vg-table")
    name = t("apercu.trend_table", lang)
    scroll = html.Div(table, className="vg-scroll", tabIndex="0", role="region", aria_label=name)
    return html.Details([html.Summary(name), scroll], className="vg-details")


def _past(step: Step, found: Figures, lang: str) -> str:
    return DASH if step.before is None else written(found.chosen, step.before, lang)


@cache
def _names(lang: str) -> dict[str, str]:
    return {b.code: borough_name(b.code, lang) for b in territory.boroughs()}


@cache
def _ground(lang: str) -> borough_map.Ground:
    return borough_map.ground(shapes.draw(load_boroughs()), _names(lang))
