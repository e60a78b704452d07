"""Two views side by side: painted anew for each change of what is asked."""

from __future__ import annotations

from typing import Any

from dash import Dash, Input, Output, no_update

from dashboard.callbacks.browser import in_browser
from dashboard.ids import Id
from dashboard.layouts.beside import draw_beside
from dashboard.services import Services
from dashboard.state import ViewState
from domain.errors import MartMissing


def register(app: Dash, services: Services) -> None:
    """Register the callbacks with an app."""
    app.callback(
        Output(Id.BESIDE_DRAWN, "data"),
        Input(Id.QUERY, "data"),
        Input(Id.MART, "data"),
        prevent_initial_call=True,  # the screen comes with it
    )(services.bind(show_beside))
    drawn = Input(Id.BESIDE_DRAWN, "data")
    in_browser(app, "drawn", Output(Id.BESIDE_PAINTED, "data"), drawn, at_once=True)


async def show_beside(services: Services, query: str | None, _pulse: Any) -> Any:
    """The panel of a query, as HTML."""
    if query is None:
        return no_update
    state, _ = ViewState.of_screen(query, "apercu")
    try:
        return await services.run(draw_beside, services, state)
    except MartMissing:
        return no_update
