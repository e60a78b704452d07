"""Aperçu: how are we doing, where, compared with whom and with when."""

from __future__ import annotations

import dash_mantine_components as dmc
from dash import dcc, html
from dash.development.base_component import Component

from dashboard import kpi_texts
from dashboard.attributes import attributes
from dashboard.ids import Id
from dashboard.query import KPIS
from dashboard.state import ViewState
from dashboard.text import t


def layout(state: ViewState, drawn: dict[str, str] | None = None) -> Component:
    """The screen: everything in its place, with the figures (HTML by place) that it opens with, if any."""
    lang = state.lang
    return html.Div(
        [
            html.H1(t("rail.apercu", lang), className="vg-hidden"),
            dcc.Store(id=Id.APERCU_DRAWN, data=drawn),
            dcc.Store(id=Id.APERCU_PAINTED),
            dcc.Store(id=Id.APERCU_KPIS, data=kpi_texts.choices(lang)),
            html.Section(
                [
                    html.Div(
                        [html.Div(className="vg-card vg-kpi vg-bone") for _ in KPIS],
                        className="vg-cards vg-bones",
                    ),
                    html.Div(id=Id.APERCU_CARDS, className="vg-cards"),
                ],
                **attributes(aria_label=t("apercu.cards", lang)),
            ),
            html.Div(
                [
                    html.Div(
                        [html.H2(t("apercu.by_borough", lang)), _chooser(state)], className="vg-section-head"
                    ),
                    html.Div(
                        [
                            _panel(Id.APERCU_MAP, "map", lang),
                            _panel(Id.APERCU_RANKING, "ranking", lang),
                        ],
                        className="vg-pair",
                    ),
                ]
            ),
            _panel(Id.APERCU_TREND, "trend", lang),
            _panel(Id.APERCU_EVERY, "every", lang),
        ],
        className="vg-apercu",
    )


def _panel(place: Id, name: str, lang: str) -> Component:
    """A card whose content is painted; a bone of its size stands in until then."""
    return html.Section(
        [html.Div(className=f"vg-bone vg-bones vg-bone-{name}"), html.Div(id=place, className="vg-painted")],
        className=f"vg-card vg-panel-{name}",
        **attributes(aria_label=t(f"apercu.{name}", lang)),
    )


def _chooser(state: ViewState) -> Component:
    """Which KPI shades the map, ranks the boroughs and makes the trend; of a denominator, the KPI itself."""
    kpi = kpi_texts.kpi_of(state.kpi).code
    chooser: Component = dmc.SegmentedControl(
        id=Id.APERCU_KPI,
        value=kpi,
        data=kpi_texts.options(kpi, state.lang),
        className="vg-segments",
        attributes={"root": {"aria-label": t("apercu.choose", state.lang)}},
    )
    return chooser
