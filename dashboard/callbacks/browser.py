"""Callbacks that run in the browser: named functions of assets/*.js, in the namespace `vigie`."""

from __future__ import annotations

from typing import Any

from dash import ClientsideFunction, Dash


def in_browser(app: Dash, name: str, outputs: Any, *arguments: Any, at_once: bool = False) -> None:
    """Register the function `name`; it also runs when its inputs first appear if `at_once`."""
    register: Any = app.clientside_callback  # Dash leaves it untyped
    register(ClientsideFunction("vigie", name), outputs, *arguments, prevent_initial_call=not at_once)
