"""The dashboard as an application: `create_app` for a Dash, `server` for an ASGI server (`uvicorn app:server`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from domain.settings import Settings, load_settings

if TYPE_CHECKING:
    from dash import Dash


def create_app(settings: Settings | None = None, *, warm: bool = False) -> Dash:
    """A new dashboard; settings come from the environment unless given.

    With `warm` it readies itself for its first reader when its server starts.
    """
    from dashboard.factory import build

    return build(settings or load_settings(), warm=warm)


def __getattr__(name: str) -> Any:
    """`server`, made when an ASGI server first asks for it, not by importing this module."""
    if name != "server":
        raise AttributeError(name)
    settings = load_settings()
    globals()["server"] = create_app(settings, warm=settings.warm).server
    return globals()["server"]
