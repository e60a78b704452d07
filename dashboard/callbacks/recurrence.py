"""Récurrence's callbacks: all figures for what is asked, and the history of the place that is chosen."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from dash import Dash, Input, Output, State, no_update

from dashboard.callbacks.browser import in_browser
from dashboard.ids import Id
from dashboard.layouts.recurrence_figures import draw_recurrence
from dashboard.layouts.recurrence_place import draw_place
from dashboard.services import Services
from dashboard.state import ViewState
from domain.errors import MartMissing


def register(app: Dash, services: Services) -> None:
    """Register the screen's callbacks with an app."""
    chosen, only = (Id.RECURRENCE_CHOSEN, "data"), (Id.RECURRENCE_ONLY, "data")
    drawn, place = (Id.RECURRENCE_DRAWN, "data"), (Id.RECURRENCE_PLACE_DRAWN, "data")
    app.callback(
        Output(*drawn),
        Input(Id.QUERY, "data"),
        Input(Id.MART, "data"),
        Input(*only),
        State(*chosen),
        prevent_initial_call=True,  # the screen comes with its first picture
    )(services.bind(show_recurrence))
    app.callback(
        Output(*place),
        Input(*chosen),
        State(Id.QUERY, "data"),
        State(*only),
        prevent_initial_call=True,
    )(services.bind(show_place))
    in_browser(app, "drawn", Output(Id.RECURRENCE_PAINTED, "data"), Input(*drawn), at_once=True)
    in_browser(app, "drawn", Output(Id.RECURRENCE_PLACE_PAINTED, "data"), Input(*place))
    # Places of the list and of the map are marked as chosen when the address or the picture changes.
    follow = [Output(*chosen), Output(*only)]
    inputs = Input(Id.VIEW, "data"), Input(Id.RECURRENCE_PAINTED, "data")
    in_browser(app, "followPlace", follow, *inputs, State(*chosen), State(*only), at_once=True)
    shown = [Output(Id.BEHIND_BOX, "children"), Output(Id.BEHIND_SHOWN, "data")]
    asked = Input(Id.VIEW, "data"), Input(Id.MART, "data"), Input(Id.BEHIND_CONFIG, "data")
    in_browser(app, "showBehind", shown, *asked, at_once=True)


async def show_recurrence(
    services: Services, query: str | None, _pulse: Any, only: str | None, chosen: dict[str, Any] | None
) -> Any:
    """Everything on the screen, as HTML; the old picture stays where there is no mart."""
    if query is None:
        return no_update
    try:
        return await services.run(draw_recurrence, services, _state(query, only, chosen))
    except MartMissing:
        return no_update  # the frame's own page says so and comes back by itself


async def show_place(
    services: Services, chosen: dict[str, Any] | None, query: str | None, only: str | None
) -> Any:
    """The history of the chosen place, as HTML."""
    if query is None:
        return no_update
    try:
        return await services.run(draw_place, services, _state(query, only, chosen))
    except MartMissing:
        return no_update


def _state(query: str, only: str | None, chosen: dict[str, Any] | None) -> ViewState:
    """The state of a query and of what the browser keeps out of it; the browser's words are judged as an address is."""
    state, _ = ViewState.of_screen(query, "recurrence")
    looks, _ = ViewState.from_query(
        urlencode({"check": only or "", "place": (chosen or {}).get("place") or ""})
    )
    return state.replace(place=looks.place, check=looks.check)
