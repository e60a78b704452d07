"""Qualité's callbacks: the checks and the chosen one for what is asked, and what the request store says of loads."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from dash import Dash, Input, Output, State, no_update

from dashboard.callbacks.browser import in_browser
from dashboard.ids import Id
from dashboard.layouts.qualite_figures import draw_qualite
from dashboard.layouts.qualite_list import page_key
from dashboard.layouts.qualite_loads import draw_loads
from dashboard.query import LANGUAGES
from dashboard.services import Services
from dashboard.state import ViewState
from domain.errors import MartMissing

_FARTHEST = 10_000_000


def register(app: Dash, services: Services) -> None:
    """Register the screen's callbacks with an app."""
    chosen = (Id.QUALITE_CHOSEN, "data")
    drawn, loads = (Id.QUALITE_DRAWN, "data"), (Id.QUALITE_LOADS_DRAWN, "data")
    app.callback(
        Output(*drawn),
        Input(Id.QUERY, "data"),
        Input(*chosen),
        Input(Id.QUALITE_PAGE, "data"),
        Input(Id.MART, "data"),
        prevent_initial_call=True,  # the screen comes with its first picture
    )(services.bind(show_qualite))
    app.callback(
        Output(*loads),
        Input(Id.QUALITE_LOADS_ASKED, "data"),
        Input(Id.MART, "data"),
    )(services.bind(show_loads))  # at once: the picture waits for no store
    # The chosen check is a look, no part of the query.
    in_browser(app, "followCheck", Output(*chosen), Input(Id.VIEW, "data"), State(*chosen))
    in_browser(app, "drawn", Output(Id.QUALITE_PAINTED, "data"), Input(*drawn), at_once=True)
    in_browser(app, "drawn", Output(Id.QUALITE_LOADS_PAINTED, "data"), Input(*loads))


async def show_qualite(
    services: Services, query: str | None, chosen: str | None, asked: dict[str, Any] | None, _pulse: Any
) -> Any:
    """Checks and the chosen one as HTML; the old picture stays where there is no mart."""
    if query is None:
        return no_update
    state, _ = ViewState.of_screen(query, "qualite")
    looks, _ = ViewState.from_query(urlencode({"check": chosen or ""}))
    state = state.replace(check=looks.check)
    try:
        return await services.run(draw_qualite, services, state, offset_of(state, asked))
    except MartMissing:
        return no_update  # the frame's own page says so and comes back by itself


async def show_loads(services: Services, asked: dict[str, Any] | None, _pulse: Any) -> Any:
    """Loads, and the rejected rows that were asked for, as HTML."""
    given = asked or {}
    lang = str(given.get("lang"))
    load = _natural(given.get("load"))
    return await services.run(
        draw_loads,
        services,
        load,
        _natural(given.get("offset")) or 0,
        lang if lang in LANGUAGES else LANGUAGES[0],
    )


def offset_of(state: ViewState, asked: dict[str, Any] | None) -> int:
    """From which row on the list is wanted: of another view or check than was asked for, from its first."""
    given = asked or {}
    code = str(given.get("of") or "").partition(" ")[0]
    if (state.check and code != state.check) or given.get("of") != page_key(state.replace(check=code), code):
        return 0
    return _natural(given.get("offset")) or 0


def _natural(value: Any) -> int | None:
    """A number from the browser, judged as an address is."""
    usable = isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _FARTHEST
    return value if usable else None
