"""Qualite: being written."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from dashboard.services import Services
from dashboard.state import ViewState
from dashboard.text import t


def layout(state: ViewState, services: Services) -> Component:  # noqa: ARG001 - its owner will use them
    """The screen."""
    return html.Div(html.H1(t("rail.qualite", state.lang)))
