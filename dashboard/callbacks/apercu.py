"""Aperçu's three callbacks, one after the other: what a person looks at first, the table, and the rest."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dash import Dash, Input, Output, State, no_update

from dashboard.callbacks.browser import in_browser
from dashboard.ids import Id
from dashboard.layouts.apercu_figures import draw_apercu
from dashboard.layouts.apercu_more import draw_more, draw_rest
from dashboard.services import Services
from dashboard.state import ViewState
from domain.errors import MartMissing

Draw = Callable[[Services, ViewState], dict[str, str]]


def register(app: Dash, services: Services) -> None:
    """Register Aperçu's callbacks with an app."""
    app.callback(
        Output(Id.APERCU_DRAWN, "data"),
        Input(Id.QUERY, "data"),
        Input(Id.MART, "data"),
        prevent_initial_call=True,  # the screen comes with its first picture
    )(services.bind(show_apercu))
    # What comes next is asked for once the figures before it are painted: these need not share the machine with it,
    # and whoever goes on filtering does not wait for what is no longer wanted.
    _follow(app, services, show_more, Id.APERCU_PAINTED, Id.APERCU_MORE)
    _follow(app, services, show_rest, Id.APERCU_MORE_PAINTED, Id.APERCU_REST)
    for drawn, painted in (
        (Id.APERCU_DRAWN, Id.APERCU_PAINTED),
        (Id.APERCU_MORE, Id.APERCU_MORE_PAINTED),
        (Id.APERCU_REST, Id.APERCU_REST_PAINTED),
    ):
        in_browser(app, "drawn", Output(painted, "data"), Input(drawn, "data"), at_once=True)


def _follow(app: Dash, services: Services, show: Any, after: Id, into: Id) -> None:
    """Register a callback that runs once the figures before its own are painted."""
    app.callback(
        Output(into, "data"), Input(after, "data"), State(Id.QUERY, "data"), prevent_initial_call=True
    )(services.bind(show))


async def show_apercu(services: Services, query: str | None, _pulse: Any) -> Any:
    """Cards, map and ranking of a query, as HTML; the old picture stays where there is no mart."""
    if query is None:
        return no_update
    state, _ = ViewState.of_screen(query, "apercu")
    try:
        return await services.run(draw_apercu, services, state)
    except MartMissing:
        return no_update  # the frame's own page says so and comes back by itself


async def show_more(services: Services, painted: int | None, query: str | None) -> Any:
    """The cards' courses and the table of a query, as HTML."""
    return await _drawn(services, draw_more, painted, query)


async def show_rest(services: Services, painted: int | None, query: str | None) -> Any:
    """The trends and every KPI of a query, as HTML."""
    return await _drawn(services, draw_rest, painted, query)


async def _drawn(services: Services, draw: Draw, painted: int | None, query: str | None) -> Any:
    if not painted:
        return no_update
    state, _ = ViewState.of_screen(query or "", "apercu")
    try:
        return await services.run(draw, services, state)
    except MartMissing:
        return no_update  # as above
