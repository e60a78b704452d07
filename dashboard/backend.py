"""Dash's FastAPI backend, with pages for our screens only.

Dash's own catch-all answers every unknown path with the page of whichever app was made last in the
process. Ours sends the paths of screens to this app's page, and says 404 for the rest.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

from dash.backends._fastapi import FastAPIDashServer
from fastapi import FastAPI
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard.state import SCREENS

ASKED_PATH = "vigie.path"
"""Key of the ASGI scope: the path of a page before it became "/"."""

_OURS = ("/_dash", "/assets", "/feeds", "/health", "/openapi.json", "/_favicon", "/_reload")


class Backend(FastAPIDashServer):
    """FastAPI without the documentation page, whose script comes from the internet."""

    websocket_capability = False  # no callback of ours streams; each open page would hold a socket

    @staticmethod
    def create_app(name: str = "vigie", config: dict[str, Any] | None = None) -> FastAPI:  # noqa: ARG004 - Dash's own signature
        """A FastAPI that closes the app's services when it stops."""
        return FastAPI(title="Vigie 311", docs_url=None, redoc_url=None, lifespan=_lifespan, **(config or {}))

    def _setup_catchall(self) -> None:
        """None: see PageRoutes."""


@asynccontextmanager
async def _lifespan(server: FastAPI) -> AsyncIterator[None]:
    for start in getattr(server.state, "on_start", ()):
        start()
    yield
    for stop in getattr(server.state, "on_stop", ()):
        stop()


class PageRoutes:
    """ASGI middleware: a person's request for a screen gets the page; for an unknown one, the page and 404.

    Every answer carries the rules by which a browser keeps the page to this server.
    """

    def __init__(self, app: ASGIApp, rules: Mapping[str, str]) -> None:
        self.app = app
        self.rules = [(name.lower().encode(), value.encode()) for name, value in rules.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Rewrite the path of a page to "/", where Dash serves it."""
        if scope["type"] == "http":
            send = self._ruled(send)
        if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD") or scope["path"] == "/":
            await self.app(scope, receive, send)
            return
        path = scope["path"].rstrip("/") or "/"
        known = path in SCREENS
        if not known and (path.startswith(_OURS) or not _wants_html(scope)):
            await self.app(scope, receive, send)
            return
        page = {**scope, "path": "/", "raw_path": b"/", ASKED_PATH: path}
        await self.app(page, receive, send if known else _not_found(send))

    def _ruled(self, send: Send) -> Send:
        async def with_rules(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message["headers"], *self.rules]}
            await send(message)

        return with_rules


def page_rules(tiles: str) -> dict[str, str]:
    """Headers that let a page load from this server only, and pictures from that of the map's tiles."""
    host = urlsplit(tiles.replace("{s}.", "*."))
    pictures = f" {host.scheme}://{host.netloc}" if host.netloc else ""
    policy = (
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline'",  # Dash and the theme before the first paint
        "style-src 'self' 'unsafe-inline'",  # Mantine writes its styles into the page
        f"img-src 'self' data: blob:{pictures}",
        "font-src 'self' data:",
        "worker-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'self'",
        "frame-ancestors 'self'",
    )
    return {
        "Content-Security-Policy": "; ".join(policy),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",  # the layout's request tells its page's address
    }


def _wants_html(scope: Scope) -> bool:
    return any(name == b"accept" and b"text/html" in value for name, value in scope["headers"])


def _not_found(send: Send) -> Send:
    async def with_status(message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "status": 404}
        await send(message)

    return with_status
