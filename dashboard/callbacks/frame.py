"""The frame's callbacks: which screen, in which language; the status line; the mart's pulse."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from dash import Dash, Input, Output, State, no_update
from dash.development.base_component import Component

from dashboard.callbacks.browser import in_browser
from dashboard.health import MartHealth, mart_health
from dashboard.ids import Id
from dashboard.layouts.frame import frame, page
from dashboard.layouts.screens import screen
from dashboard.layouts.status import draw_status
from dashboard.services import Services
from dashboard.state import ViewState, data_query


def register(app: Dash, services: Services) -> None:
    """Register the frame's callbacks with an app."""
    app.callback(
        Output(Id.FRAME, "children"),
        Output(Id.SCREEN, "children"),
        Input(Id.WANTED, "data"),
        State(Id.URL, "pathname"),
        State(Id.URL, "search"),
        prevent_initial_call=True,
    )(services.bind(show_screen))
    app.callback(
        Output(Id.FRAME_DRAWN, "data"),
        Input(Id.QUERY, "data"),
        Input(Id.MART, "data"),
        Input(Id.WANTED, "data"),  # what is said and linked is of the screen, where the query is the same too
        State(Id.URL, "pathname"),
        prevent_initial_call=True,  # the frame comes with its first words
    )(services.bind(show_status))
    _register_address(app)
    _register_filters(app)


def _register_address(app: Dash) -> None:
    """The address to the state, and what follows from it."""
    query, mart, wanted = State(Id.QUERY, "data"), State(Id.MART, "data"), (Id.WANTED, "data")
    address = Input(Id.URL, "pathname"), Input(Id.URL, "search")
    in_browser(app, "route", [Output(Id.VIEW, "data"), Output(Id.QUERY, "data")], *address, query)
    changes = Input(Id.VIEW, "data"), Input(Id.MART, "data")
    in_browser(app, "wanted", Output(*wanted), *changes, State(*wanted))
    in_browser(app, "patch", [], Input(Id.PATCH, "data"))
    beat = [Output(Id.MART, "data"), Output(Id.HEARTBEAT, "interval")]
    in_browser(app, "heartbeat", beat, Input(Id.HEARTBEAT, "n_intervals"), mart)
    in_browser(app, "drawn", Output(Id.FRAME_PAINTED, "data"), Input(Id.FRAME_DRAWN, "data"), at_once=True)


def _register_filters(app: Dash) -> None:
    """The filter bar to the address, and back."""
    names = (Id.FILTER_PERIOD, Id.FILTER_DATES, Id.FILTER_ACTIVITIES, Id.FILTER_BY)
    in_browser(app, "applyFilters", [], *(Input(name, "value") for name in names))
    outputs, states = [Output(name, "value") for name in names], [State(name, "value") for name in names]
    in_browser(app, "followFilters", outputs, Input(Id.VIEW, "data"), *states)


def first_page(services: Services, address: str | None) -> Component:
    """The document of an address: the first load has the right screen, language and figures. Blocking."""
    parts = urlsplit(address or "")
    state, ignored = ViewState.from_url(parts.path, parts.query)
    found = mart_health(services)
    drawn = draw_status(services, state, ignored, found)
    query = data_query(parts.query) if address else None
    return page(state, query, pulse(found), drawn, screen(state, services, found))


async def show_screen(services: Services, wanted: dict[str, Any], path: str, query: str) -> tuple[Any, Any]:
    """The screen that the address asks for; the whole frame where the language changed."""
    return await services.run(_screen, services, path, query, whole=bool(wanted.get("frame")))


def _screen(services: Services, path: str, query: str, *, whole: bool) -> tuple[Any, Any]:
    state, ignored = ViewState.from_url(path, query)
    found = mart_health(services)
    content = screen(state, services, found)
    if whole:
        return frame(state, draw_status(services, state, ignored, found), content), no_update
    return no_update, content


async def show_status(
    services: Services, query: str | None, _pulse: Any, _wanted: Any = None, path: str | None = None
) -> Any:
    """Period and chips, the as-of moment, notices on the address and the data, and the buttons' words.

    Chips lead to the screen that they are on.
    """
    if query is None:
        return no_update
    return await services.run(_status, services, query, path)


def _status(services: Services, query: str, path: str | None) -> dict[str, str]:
    state, ignored = ViewState.from_url(path, query)
    return draw_status(services, state, ignored, mart_health(services))


def pulse(found: MartHealth) -> dict[str, Any]:
    """What of the mart's health the page watches."""
    return {"version": found.version, "state": found.state}
