"""Définitions' one callback: its KPIs are painted in the browser."""

from __future__ import annotations

from dash import Dash, Input, Output

from dashboard.callbacks.browser import in_browser
from dashboard.ids import Id


def register(app: Dash) -> None:
    """Register Définitions' callback with an app."""
    drawn = Input(Id.DEFINITIONS_DRAWN, "data")
    in_browser(app, "drawn", Output(Id.DEFINITIONS_PAINTED, "data"), drawn, at_once=True)
