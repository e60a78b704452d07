"""Which layout each screen has; a screen comes with its first picture."""

from __future__ import annotations

import logging
from collections.abc import Callable

from dash import html
from dash.development.base_component import Component
from duckdb import Error as QueryError

from dashboard.components.states import missing_mart, not_found
from dashboard.health import MartHealth
from dashboard.layouts import apercu, beside, carte, definitions, liste, qualite, recurrence
from dashboard.layouts.apercu_figures import draw_apercu
from dashboard.layouts.beside import draw_beside
from dashboard.services import Services
from dashboard.state import SCREENS, ViewState
from domain.errors import VigieError

log = logging.getLogger(__name__)


def screen(state: ViewState, services: Services, mart: MartHealth) -> Component:
    """The screen of a state, or the page that says why there is none. Blocking: it asks the mart."""
    if state.screen == "definitions":
        return definitions.layout(state)
    if state.screen not in SCREENS.values():
        return not_found(state)
    if mart.state in {"missing", "old"}:
        return missing_mart(state.lang, services.settings.mart, old=mart.state == "old")
    others = {
        "carte": carte.layout,
        "liste": liste.layout,
        "recurrence": recurrence.layout,
        "qualite": qualite.layout,
    }
    if state.screen in others:
        return others[state.screen](state, services)
    compared = _first_picture(draw_beside, services, state) if state.versus else None
    figures = apercu.layout(state, _first_picture(draw_apercu, services, state))
    return html.Div([beside.place(compared), figures])


def _first_picture(
    draw: Callable[[Services, ViewState], dict[str, str]], services: Services, state: ViewState
) -> dict[str, str] | None:
    """What a screen opens with; None, with bones in their places, where it cannot be had."""
    try:
        return draw(services, state)
    except (VigieError, QueryError):
        log.exception("a first picture of Aperçu failed")
        return None
