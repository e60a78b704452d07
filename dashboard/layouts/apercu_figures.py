"""Aperçu's figures in their places: cards, map with its ranking, trend."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from typing import Any

import pandas as pd

from dashboard.charts.spark import sparkline
from dashboard.charts.trend import Step, columns
from dashboard.components.kpi import Kpi, info, kpi_card
from dashboard.components.names import borough_name
from dashboard.components.ranking import Rank, focus_state, ranking
from dashboard.figures import BEFORE, FLOWS, YEAR, Figures, figures, value
from dashboard.ids import Id
from dashboard.maplayers import borough_map, shapes
from dashboard.markup import Markup, html, to_html
from dashboard.query import KPIS
from dashboard.services import Services
from dashboard.state import ViewState
from dashboard.text import day, day_range, moment, number, t
from domain import territory
from geo.boroughs import load_boroughs


def draw_apercu(services: Services, state: ViewState) -> dict[str, str]:
    """Aperçu's figures as HTML by the id of their place. Blocking: it asks the mart."""
    found = figures(services, state)
    return {
        Id.APERCU_CARDS.value: to_html(cards(found, state)),
        Id.APERCU_MAP.value: to_html(map_panel(found, state)),
        Id.APERCU_RANKING.value: to_html(ranking_panel(found, state)),
        Id.APERCU_TREND.value: to_html(trend_panel(found, state)),
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
    left_out = found.cut if code in FLOWS else frozenset()
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
    """The boroughs shaded by the chosen KPI."""
    lang = state.lang
    counts = dict(zip(found.parts["code"], found.parts[state.kpi].astype(float), strict=True))
    codes = [b.code for b in territory.boroughs()]
    names = _names(lang)
    drawn = borough_map.borough_map(
        {code: counts.get(code, 0.0) for code in codes},
        on=_ground(lang),
        names=names,
        texts={code: number(counts.get(code, 0), lang) for code in codes},
        hrefs={code: focus_state(code, state).to_url() for code in codes},
        title=t(f"kpi.{state.kpi}.name", lang),
        write=lambda step: number(step, lang),
        pilots=territory.pilots(),
        focus=state.boroughs,
    )
    return [drawn, html.P(t("apercu.focus_hint", lang), className="vg-hint")]


def ranking_panel(found: Figures, state: ViewState) -> list[Markup]:
    """The same numbers ranked, with the period before."""
    rows: list[dict[Any, Any]] = found.parts.to_dict("records")
    ranks = [Rank(str(r["code"]), float(r[state.kpi]), value(r, f"{state.kpi}_{BEFORE}")) for r in rows]
    missing = {b.code for b in territory.boroughs()} - {r.code for r in ranks}
    ranks += [Rank(code, 0.0, 0.0 if BEFORE in found.compared else None) for code in sorted(missing)]
    return [ranking(ranks, state), html.P(t("apercu.hint", state.lang), className="vg-hint")]


def trend_panel(found: Figures, state: ViewState) -> list[Markup]:
    """The chosen KPI over the period, each column a link to its requests; a table behind it."""
    lang = state.lang
    title = t(f"apercu.trend_title.{found.freq}", lang, kpi=t(f"kpi.{state.kpi}.name", lang))
    steps = _steps(found, state)
    key = [html.Span(t("apercu.trend_now", lang), className="vg-key is-now")]
    if YEAR in found.compared:
        key.append(html.Span(t("apercu.trend_year", lang), className="vg-key is-year"))
    if any(step.partial for step in steps):
        key.append(html.Span(t("apercu.trend_partial", lang), className="vg-key is-partial"))
    head = html.Div(
        [
            html.H2(title),
            info(state.kpi, lang, moment(found.as_of, lang)),
            html.Div(key, className="vg-keys"),
        ],
        className="vg-section-head",
    )
    if not any(step.value or step.before for step in steps):
        return [head, _empty(lang)]
    return [head, columns(steps, lambda n: number(n, lang), title), _table(steps, found, state)]


def _empty(lang: str) -> Markup:
    """Nothing to draw: say so, and what to do."""
    said = [html.Strong(t("apercu.empty", lang)), html.P(t("apercu.empty_hint", lang))]
    return html.Div(said, className="vg-empty", role="status")


def _steps(found: Figures, state: ViewState) -> list[Step]:
    kpi = state.kpi
    starts = [pd.Timestamp(s).date() for s in found.series["period_start"]]
    ends = [*(s - timedelta(days=1) for s in starts[1:]), found.filters.end]
    before = _year_before(found, kpi, len(starts))
    cut = found.cut if kpi in FLOWS else frozenset()
    spans = zip(starts, ends, found.series[kpi], before, strict=True)
    return [
        _step(found, state, start, end, float(now), past, whole=place not in cut)
        for place, (start, end, now, past) in enumerate(spans)
    ]


def _step(
    found: Figures, state: ViewState, start: date, end: date, now: float, past: float | None, *, whole: bool
) -> Step:
    """One column; a day, week or month that is cut short is not compared with a whole one."""
    lang = state.lang
    before = past if whole else None
    words = t(f"apercu.step.{found.freq}", lang, date=day(start, lang), value=number(now, lang))
    if before is not None:
        words = t("apercu.step_year", lang, step=words, before=number(before, lang))
    target = state.replace(screen="carte", period="custom", start=start, end=end, request=None)
    return Step(now, before, _tick(start, found, lang), words, target.to_url(), partial=not whole)


def _year_before(found: Figures, kpi: str, count: int) -> list[float | None]:
    """The series of a year earlier, step by step; weeks of two years may differ by one."""
    known = [] if found.series_year is None else [float(v) for v in found.series_year[kpi]]
    return [*known, *([None] * count)][:count]


def _tick(start: date, found: Figures, lang: str) -> str:
    if found.freq == "month":
        return f"{t(f'month.short.{start.month}', lang)} {start.year}"
    return day(start, lang, year=False)


def _table(steps: list[Step], found: Figures, state: ViewState) -> Markup:
    lang = state.lang
    with_year = YEAR in found.compared
    names = [
        t("apercu.date", lang),
        t(f"kpi.{state.kpi}.short", lang),
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
                html.Td(number(step.value, lang), className="vg-number"),
                *([html.Td(number(step.before, lang), className="vg-number")] if with_year else []),
            ]
        )
        for start, step in zip(starts, steps, strict=True)
    ]
    table = html.Table([html.Thead(head), html.Tbody(rows)], className="vg-table")
    name = t("apercu.trend_table", lang)
    scroll = html.Div(table, className="vg-scroll", tabIndex="0", role="region", aria_label=name)
    return html.Details([html.Summary(name), scroll], className="vg-details")


@cache
def _names(lang: str) -> dict[str, str]:
    return {b.code: borough_name(b.code, lang) for b in territory.boroughs()}


@cache
def _ground(lang: str) -> borough_map.Ground:
    return borough_map.ground(shapes.draw(load_boroughs()), _names(lang))
