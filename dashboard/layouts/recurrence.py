"""Récurrence: the places that keep coming back, and what came back of the work that was done."""

from __future__ import annotations

import logging

from dash import dcc, html
from dash.development.base_component import Component
from duckdb import Error as QueryError

from dashboard.attributes import attributes
from dashboard.ids import Id
from dashboard.layouts.recurrence_behind import behind_drawer
from dashboard.layouts.recurrence_figures import draw_recurrence
from dashboard.services import Services
from dashboard.state import ViewState
from dashboard.text import t
from domain.errors import VigieError

log = logging.getLogger(__name__)


def layout(state: ViewState, services: Services) -> Component:
    """The screen with its first picture. Blocking: it asks the mart."""
    lang = state.lang
    return html.Div(
        [
            html.H1(t("recurrence.title", lang), className="vg-hidden"),
            dcc.Store(id=Id.RECURRENCE_DRAWN, data=_first_picture(services, state)),
            dcc.Store(id=Id.RECURRENCE_PAINTED),
            dcc.Store(id=Id.RECURRENCE_CHOSEN, data={"place": state.place}),
            dcc.Store(id=Id.RECURRENCE_ONLY, data=state.check),
            dcc.Store(id=Id.RECURRENCE_PLACE_DRAWN),
            dcc.Store(id=Id.RECURRENCE_PLACE_PAINTED),
            html.Section(
                [html.Div(className="vg-bone vg-bones vg-bone-head"), html.Div(id=Id.RECURRENCE_HEAD)],
                **attributes(aria_label=t("recurrence.head", lang)),
            ),
            html.Div(
                [
                    html.Section(
                        [
                            html.Div(id=Id.RECURRENCE_ORDER),
                            html.Div(
                                [
                                    html.Div(className="vg-bone vg-bones vg-bone-places"),
                                    html.Div(id=Id.RECURRENCE_LIST, className="vg-painted"),
                                ],
                                className="vg-places-box",
                                tabIndex=0,
                                role="region",
                                **attributes(aria_label=t("recurrence.list", lang)),
                            ),
                        ],
                        className="vg-card vg-panel-places",
                    ),
                    html.Div(
                        [
                            _panel(Id.RECURRENCE_MAP, "place-map", lang),
                            _panel(Id.RECURRENCE_PLACE, "story", lang),
                        ],
                        className="vg-places-side",
                    ),
                ],
                className="vg-places-pair",
            ),
            _panel(Id.RECURRENCE_BACK, "back", lang),
            *behind_drawer(lang),
        ],
        className="vg-recurrence",
    )


def _panel(place: Id, name: str, lang: str) -> Component:
    """A card whose content is painted; a bone of its size stands in until then."""
    return html.Section(
        [html.Div(className=f"vg-bone vg-bones vg-bone-{name}"), html.Div(id=place, className="vg-painted")],
        className=f"vg-card vg-panel-{name}",
        **attributes(aria_label=t(f"recurrence.panel.{name}", lang)),
    )


def _first_picture(services: Services, state: ViewState) -> dict[str, str] | None:
    """The screen's figures; None, with bones in their places, where they cannot be had."""
    try:
        return draw_recurrence(services, state)
    except (VigieError, QueryError):
        log.exception("the first picture of Récurrence failed")
        return None
