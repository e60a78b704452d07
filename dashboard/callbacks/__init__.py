"""Callbacks: parse the state, fetch, call a layout or component, return."""

from __future__ import annotations

from dash import Dash

from dashboard.callbacks import apercu, beside, carte, definitions, frame, liste, qualite, recurrence
from dashboard.services import Services


def register(app: Dash, services: Services) -> None:
    """Register every callback with an app: each call makes a new app's own."""
    frame.register(app, services)
    apercu.register(app, services)
    beside.register(app, services)
    carte.register(app, services)
    liste.register(app, services)
    recurrence.register(app, services)
    qualite.register(app, services)
    definitions.register(app)
