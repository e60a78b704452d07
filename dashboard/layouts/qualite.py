"""Qualité: what the data cannot tell, and what each load said."""

from __future__ import annotations

import logging

from dash import dcc, html
from dash.development.base_component import Component
from duckdb import Error as QueryError

from dashboard.attributes import attributes
from dashboard.ids import Id
from dashboard.layouts.qualite_figures import draw_qualite
from dashboard.markup import html as marked
from dashboard.markup import to_html
from dashboard.services import Services
from dashboard.state import ViewState
from dashboard.text import t
from domain.errors import VigieError

log = logging.getLogger(__name__)


def layout(state: ViewState, services: Services) -> Component:
    """The screen with its first picture. Blocking: it asks the mart; the request store is asked afterwards."""
    lang = state.lang
    return html.Div(
        [
            html.H1(t("qualite.title", lang), className="vg-hidden"),
            dcc.Store(id=Id.QUALITE_DRAWN, data=_first_picture(services, state)),
            dcc.Store(id=Id.QUALITE_PAINTED),
            dcc.Store(id=Id.QUALITE_CHOSEN, data=state.check),
            dcc.Store(id=Id.QUALITE_PAGE),
            dcc.Store(id=Id.QUALITE_LOADS_DRAWN),
            dcc.Store(id=Id.QUALITE_LOADS_PAINTED),
            dcc.Store(id=Id.QUALITE_LOADS_ASKED, data={"load": None, "offset": 0, "lang": lang}),
            html.Div(
                [
                    _panel(Id.QUALITE_CHECKS, "checks", t("qualite.checks", lang)),
                    _panel(Id.QUALITE_CHECK, "check", t("qualite.chosen", lang)),
                ],
                className="vg-quality-pair",
            ),
            _panel(Id.QUALITE_LOADS, "loads", t("qualite.loads.title", lang)),
        ],
        className="vg-quality",
    )


def _first_picture(services: Services, state: ViewState) -> dict[str, str]:
    """The checks; where they cannot be made, what happened."""
    try:
        return draw_qualite(services, state)
    except (VigieError, QueryError):
        log.exception("a first picture of Qualité failed")
        lang = state.lang
        words = [marked.Strong(t("qualite.failed", lang)), marked.P(t("qualite.failed_hint", lang))]
        said = to_html(marked.Div(words, className="vg-empty", role="status"))
        return {Id.QUALITE_CHECKS.value: said, Id.QUALITE_CHECK.value: to_html(marked.P(className="vg-dim"))}


def _panel(place: Id, name: str, label: str) -> Component:
    """A card whose content is painted; a bone of its size stands in until then."""
    return html.Section(
        [
            html.Div(className=f"vg-bone vg-bones vg-bone-{name}"),
            html.Div(id=place, className="vg-painted"),
        ],
        className=f"vg-card vg-panel-{name}",
        **attributes(aria_label=label),
    )
