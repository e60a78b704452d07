"""Callbacks of recurrence: being written."""

from __future__ import annotations

from dash import Dash

from dashboard.services import Services


def register(app: Dash, services: Services) -> None:
    """Register the screen's callbacks with an app."""
