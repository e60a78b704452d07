"""Putting one dashboard together: server, pages, routes, callbacks. `app.py` calls it."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

from dash import Dash, ctx, set_props
from dash.backends._fastapi import get_current_request
from fastapi import FastAPI

from dashboard import callbacks, feeds, routes
from dashboard.backend import ASKED_PATH, Backend, PageRoutes, page_rules
from dashboard.callbacks.frame import first_page
from dashboard.components.status import error_notice
from dashboard.compress import Compressed
from dashboard.ids import Id
from dashboard.markup import to_html
from dashboard.page import document, split_scripts
from dashboard.services import Services
from dashboard.state import ViewState
from dashboard.warm import warm_on_start
from domain.settings import Settings
from mart.snapshot import MartReader

log = logging.getLogger(__name__)


class _Dash(Dash):
    """Dash, with only the scripts that the screen asked for needs."""

    def interpolate_index(self, **parts: str) -> str:  # type: ignore[override]  # we pass on what we get
        """The page of the path that was asked for (backend.PageRoutes)."""
        path = get_current_request().scope.get(ASKED_PATH, "/")
        parts["scripts"] = split_scripts(parts["scripts"], path)
        written: str = super().interpolate_index(**parts)  # type: ignore[no-untyped-call]  # Dash's own
        return written


def build(settings: Settings, *, warm: bool = False) -> Dash:
    """A new dashboard with services of its own; several may live in one process.

    With `warm` it visits itself when its server starts.
    """
    services = Services(settings=settings, reader=MartReader(settings.mart))
    app = _Dash(
        "dashboard",
        backend=Backend,
        assets_folder=str(Path(__file__).with_name("assets")),
        index_string=document(),
        title="Vigie 311",
        update_title=None,  # type: ignore[arg-type]  # None keeps the title, as Dash documents
        suppress_callback_exceptions=True,  # screens come and go; a test holds ids to layouts instead
        on_error=_say_so,
        meta_tags=[{"name": "viewport", "content": "width=device-width, initial-scale=1"}],
    )
    server: FastAPI = app.server
    routes.register(server, services)
    feeds.register(server, services)
    callbacks.register(app, services)
    app.layout = lambda: first_page(services, _referer(app))
    server.add_middleware(PageRoutes, rules=page_rules(settings.tiles))
    server.add_middleware(Compressed)
    server.state.on_stop = (services.close,)
    if warm:
        warm_on_start(server, services)
    return app


def _referer(app: Dash) -> str | None:
    """The address of the page that asks for its layout."""
    headers: Any = app.backend.request_adapter().headers
    address: str | None = headers.get("referer")
    return address


def _say_so(error: Exception) -> None:
    """A callback failed: log it, leave the old picture, and tell the person."""
    log.error("a callback failed", exc_info=error)
    query = str(ctx.inputs.get(f"{Id.QUERY}.data") or "")
    lang = ViewState.from_query(query)[0].lang
    set_props(Id.FRAME_DRAWN, {"data": {Id.NOTICE.value: to_html(error_notice(lang))}})
