"""Aperçu: how are we doing, where, compared with whom and with when."""

from __future__ import annotations

from dash import dcc, html
from dash.development.base_component import Component

from dashboard.attributes import attributes
from dashboard.figures import CARDS
from dashboard.ids import Id
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
            dcc.Store(id=Id.APERCU_MORE),
            dcc.Store(id=Id.APERCU_MORE_PAINTED),
            dcc.Store(id=Id.APERCU_REST),
            dcc.Store(id=Id.APERCU_REST_PAINTED),
            html.Div(id=Id.APERCU_NOTE, className="vg-apercu-note"),
            html.Section(
                [
                    html.Div(
                        [html.Div(className="vg-card vg-kpi vg-bone") for _ in CARDS],
                        className="vg-cards vg-bones",
                    ),
                    html.Div(id=Id.APERCU_CARDS, className="vg-cards"),
                    html.Div(id=Id.APERCU_CARDS_MENU, className="vg-cards-menu"),
                ],
                **attributes(aria_label=t("apercu.cards", lang)),
            ),
            html.Div(id=Id.APERCU_HEAD, className="vg-apercu-head"),
            html.Div(
                [_panel(Id.APERCU_MAP, "map", lang), _panel(Id.APERCU_RANKING, "ranking", lang)],
                className="vg-pair",
            ),
            html.Div(
                [
                    _panel(Id.APERCU_MATRIX, "matrix", lang),
                    html.Div(
                        [
                            _panel(Id.APERCU_TREND, "trend", lang),
                            _panel(Id.APERCU_MULTIPLES, "multiples", lang),
                        ],
                        className="vg-stack",
                    ),
                ],
                className="vg-pair vg-pair-numbers",
            ),
            _panel(Id.APERCU_EVERY, "every", lang),
        ],
        className="vg-apercu",
    )


def _panel(place: Id, name: str, lang: str) -> Component:
    """A card whose content is painted; a bone of its size stands in until then."""
    key = {"matrix": "apercu.matrix.borough", "multiples": "apercu.multiples_label"}.get(
        name, f"apercu.{name}"
    )
    return html.Section(
        [html.Div(className=f"vg-bone vg-bones vg-bone-{name}"), html.Div(id=place, className="vg-painted")],
        className=f"vg-card vg-panel-{name}",
        **attributes(aria_label=t(key, lang)),
    )
