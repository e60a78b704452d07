"""Aperçu's first figures in their places: cards, map and ranking."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from dashboard.components.chart import menu
from dashboard.components.kpi import info, kpi_card
from dashboard.components.names import borough_name, sector_name
from dashboard.components.painted import icon, link
from dashboard.components.ranking import (
    Rank,
    focus_state,
    rank_of,
    ranking,
    sectors_of,
)
from dashboard.components.status import why_notice
from dashboard.figures import CARDS, Figures, figures
from dashboard.ids import Id
from dashboard.kpi_texts import brief, few, kpi_of, name, short, written
from dashboard.maplayers import borough_map, labels, sector_map, shapes
from dashboard.markup import Markup, html, to_html
from dashboard.services import Services
from dashboard.state import ViewState
from dashboard.text import DASH, moment, t
from domain import territory
from geo.boroughs import load_boroughs
from mart.kpi_model import Figure, Good, Kpi
from mart.periods import local_date


def draw_apercu(services: Services, state: ViewState) -> dict[str, str]:
    """Aperçu's first figures as HTML by the id of their place. Blocking: it asks the mart."""
    state = state.replace(kpi=kpi_of(state.kpi).code)  # of a denominator, the KPI itself
    found = figures(services, state)
    drawn = {
        Id.APERCU_NOTE: note(found, state),
        Id.APERCU_CARDS: cards(found, state),
        Id.APERCU_CARDS_MENU: menu("cards", state),
        Id.APERCU_HEAD: head(found, state),
        Id.APERCU_MAP: map_panel(found, state),
        Id.APERCU_RANKING: ranking_panel(found, state),
    }
    return {place.value: to_html(node) for place, node in drawn.items()}


def note(found: Figures, state: ViewState) -> list[Markup]:
    """Why there is nothing to see, and what to do; or that the period is not over."""
    lang = state.lang
    if found.why is None:
        as_of = moment(found.as_of, lang)
        if found.filters.end <= local_date(found.as_of):
            return []
        return [html.P(t("apercu.unfinished", lang, as_of=as_of), className="vg-notice", role="status")]
    return [why_notice(found.why, found.as_of, found.first_day, lang)]


def cards(found: Figures, state: ViewState) -> list[Markup]:
    """A card for each of CARDS; without data, cards that say so."""
    as_of = moment(found.as_of, state.lang)
    lines = {line["kpi"]: line for line in found.cards.to_dict("records")}
    unknown = {"value": float("nan"), "n": 0.0, "goal": float("nan")}
    return [kpi_card(lines.get(code, unknown | {"kpi": code}), state, as_of) for code in CARDS]


def head(found: Figures, state: ViewState) -> list[Markup]:
    """What the panels below are of, the way back from a borough, and the KPIs that may be chosen."""
    lang = state.lang
    place = borough_name(found.focus, lang) if found.focus else ""
    title = t(f"apercu.by.{found.level}", lang, kpi=name(state.kpi, lang), place=place)
    back = [icon("back"), t("apercu.back", lang)]
    everywhere = state.replace(boroughs=(), sectors=())
    return [
        html.Div(
            [
                link(back, everywhere, className="vg-button vg-all-boroughs") if found.focus else None,
                html.H2(title),
                info(state.kpi, state, moment(found.as_of, lang)),
            ],
            className="vg-section-head",
        ),
        html.Nav(
            [_choice(code, state) for code in dict.fromkeys([*CARDS, state.kpi])],
            className="vg-kpi-choices",
            aria_label=t("apercu.choose", lang),
        ),
    ]


def _choice(code: str, state: ViewState) -> Markup:
    chosen = "true" if code == state.kpi else None
    return link(
        short(code, state.lang), state.replace(kpi=code), className="vg-kpi-choice", aria_current=chosen
    )


def map_panel(found: Figures, state: ViewState) -> list[Markup]:
    """The boroughs, or the sectors of one, shaded by the chosen KPI; one of few requests has no shade."""
    lang = state.lang
    hint = html.P(t(f"apercu.map_hint.{found.level}", lang), className="vg-hint")
    return [_panel_head(t("apercu.map", lang), "boroughs", state), _map(found, state), hint]


def _map(found: Figures, state: ViewState) -> Markup:
    lang, kpi, focus = state.lang, found.chosen, found.focus
    ranks = {rank.code: rank for rank in ranks_of(found)}
    codes = map_codes(found)
    ground = _sectors(focus, lang) if focus else None
    names = _borough_names(lang) | ({code: sector_name(code, lang) for code in codes} if focus else {})
    hrefs = {code: focus_state(code, state).to_url() for code in _borough_names(lang)}
    if focus:
        hrefs |= {code: focus_state(code, state, focus).to_url() for code in codes}
    return borough_map.borough_map(
        {code: None if ranks[code].few else ranks[code].value for code in codes},
        on=ground.sectors if ground else _boroughs(lang),
        names=names,
        texts={code: _on_map(ranks[code], kpi, lang) for code in codes},
        hrefs=hrefs,
        title=name(state.kpi, lang),
        write=lambda step: brief(kpi, step, lang),
        pilots=() if focus else territory.pilots(),
        focus=state.sectors if focus else state.boroughs,
        whole=kpi.figure is Figure.COUNT,
        around=ground.around if ground else None,
    )


def map_codes(found: Figures) -> tuple[str, ...]:
    """What is drawn: all boroughs, or the sectors of the one in focus."""
    return sectors_of(found.focus) if found.focus else tuple(b.code for b in territory.boroughs())


def _on_map(rank: Rank, kpi: Kpi, lang: str) -> str:
    """A part's number; there is little room for words."""
    if rank.few:
        return few(lang)
    return DASH if rank.value is None else written(kpi, rank.value, lang)


def ranking_panel(found: Figures, state: ViewState) -> list[Markup]:
    """The same numbers ranked, with their intervals and the period before."""
    lang, kpi = state.lang, found.chosen
    is_count = kpi.figure is Figure.COUNT
    hints = [t(f"apercu.hint.{'count' if is_count else 'rate'}", lang)]
    if not found.focus:
        hints.append(t("apercu.hint.pilots", lang))
    order = "most" if is_count or kpi.good is Good.NEITHER else "best"
    title = t("apercu.ranked", lang, order=t(f"apercu.order.{order}", lang))
    return [
        _panel_head(title, "ranking", state),
        ranking(ranks_of(found), whole_of(found), state, found.focus),
        html.P(" ".join(hints), className="vg-hint"),
    ]


def ranks_of(found: Figures) -> list[Rank]:
    """Every part that is drawn and the others that occur; of one without requests a count is 0, a rate unknown."""
    lines: list[dict[Any, Any]] = found.parts.to_dict("records")
    ranks = [rank_of(str(line["code"]), line, found.chosen) for line in lines]
    missing = set(map_codes(found)) - {rank.code for rank in ranks}
    nothing = 0.0 if found.chosen.figure is Figure.COUNT and found.why in {None, "nothing"} else None
    before = nothing if "before" in found.compared else None
    change = None if before is None else 0.0
    return [*ranks, *(Rank(code, nothing, before=before, change=change) for code in sorted(missing))]


def whole_of(found: Figures) -> Rank:
    """The city, or the borough in focus."""
    unknown: Mapping[Any, Any] = {"value": float("nan"), "n": 0.0}
    return rank_of("", found.whole or unknown, found.chosen)


def _panel_head(title: str, chart: str, state: ViewState) -> Markup:
    return html.Div([html.H3(title), menu(chart, state, state.kpi)], className="vg-panel-head")


def drawing_of(focus: str | None, lang: str) -> tuple[shapes.Drawing, Sequence[labels.Label]]:
    """The shapes of the map, and where their names stand."""
    if focus is None:
        return _city(), _boroughs(lang).labels
    return _sectors(focus, lang).drawing, _sectors(focus, lang).sectors.labels


@cache
def _city() -> shapes.Drawing:
    return shapes.draw(load_boroughs())


@cache
def _borough_names(lang: str) -> dict[str, str]:
    return {b.code: borough_name(b.code, lang) for b in territory.boroughs()}


@cache
def _boroughs(lang: str) -> borough_map.Ground:
    return borough_map.ground(_city(), _borough_names(lang))


@cache
def _sectors(borough: str, lang: str) -> sector_map.SectorGround:
    return sector_map.sector_ground(borough, {code: sector_name(code, lang) for code in sectors_of(borough)})
