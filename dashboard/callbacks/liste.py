"""Liste's callbacks, all in the browser: the list follows the address, the chooser of the KPI writes to it."""

from __future__ import annotations

from dash import Dash, Input, Output, State

from dashboard.callbacks.browser import in_browser
from dashboard.ids import Id
from dashboard.services import Services


def register(app: Dash, services: Services) -> None:  # noqa: ARG001 - every part is given them
    """Register the screen's callbacks with an app."""
    config, view = State(Id.LISTE_CONFIG, "data"), Input(Id.VIEW, "data")
    # An output that only Liste has keeps these quiet on the other screens.
    in_browser(
        app, "showListe", Output(Id.LISTE_SHOWN, "data"), view, Input(Id.MART, "data"), config, at_once=True
    )
    in_browser(app, "listeGridAsks", [], Input(Id.LISTE_GRID, "getRowsRequest"), at_once=True)
    kpi = (Id.LISTE_KPI, "value")
    in_browser(app, "listeKpiPicked", [], Input(*kpi), State(Id.VIEW, "data"), config)
    offered = Output(Id.LISTE_KPI, "data")
    in_browser(app, "listeKpiShown", [Output(*kpi), offered], view, State(*kpi), config, at_once=True)
