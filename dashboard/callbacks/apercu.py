"""Aperçu's one callback: a view of the figures for each change of what is asked."""

from __future__ import annotations

from typing import Any

from dash import Dash, Input, Output, State, no_update

from dashboard.callbacks.browser import in_browser
from dashboard.ids import Id
from dashboard.layouts.apercu_figures import draw_apercu
from dashboard.services import Services
from dashboard.state import ViewState
from domain.errors import MartMissing


def register(app: Dash, services: Services) -> None:
    """Register Aperçu's callbacks with an app."""
    app.callback(
        Output(Id.APERCU_DRAWN, "data"),
        Input(Id.QUERY, "data"),
        Input(Id.MART, "data"),
        prevent_initial_call=True,  # the screen comes with its first picture
    )(services.bind(show_apercu))
    in_browser(app, "drawn", Output(Id.APERCU_PAINTED, "data"), Input(Id.APERCU_DRAWN, "data"), at_once=True)
    chooser, choices = (Id.APERCU_KPI, "value"), State(Id.APERCU_KPIS, "data")
    in_browser(app, "applyKpi", [], Input(*chooser))
    follow = [Output(*chooser), Output(Id.APERCU_KPI, "data")]
    in_browser(app, "followKpi", follow, Input(Id.VIEW, "data"), State(*chooser), choices)


async def show_apercu(services: Services, query: str | None, _pulse: Any) -> Any:
    """Cards, map, ranking and trend of a query, as HTML; the old picture stays where there is no mart."""
    if query is None:
        return no_update
    state, _ = ViewState.from_query(query)
    try:
        return await services.run(draw_apercu, services, state)
    except MartMissing:
        return no_update  # the frame's own page says so and comes back by itself
