"""A server that has just started visits itself, so that the first person does not wait for it.

Compressing the libraries' scripts, importing and compiling questions take a second or two, once.
"""

from __future__ import annotations

import asyncio
import logging
import re
import threading
from collections.abc import Callable, Sequence

import httpx
from duckdb import Error as QueryError
from fastapi import FastAPI
from starlette.types import ASGIApp

from dashboard.figures import figures
from dashboard.services import Services
from dashboard.state import ViewState
from domain.errors import VigieError

log = logging.getLogger(__name__)

_PLACES = ("", "borough=VD", "borough=pilots")
_ACTIVITIES = ("", "graffitis", "graffitis,eclairage", "graffitis,eclairage,nids_de_poule")
QUESTIONS = (*(f"{place}&activity={codes}" for codes in _ACTIVITIES for place in _PLACES), "period=12m")
"""Views whose filters differ in shape: each shape of a question is compiled once (mart.ask). A long period comes last:
it reads the facts of two years (mart.facts), which the shorter ones then share."""

ELSEWHERE = ("/recurrence", "/qualite?period=12m")
"""Screens that read more than Aperçu does."""

PAUSE_S = 4.0
"""After the first visit: whoever opens the dashboard at once goes before the rest of the warming."""

STOP_WAIT_S = 10.0
"""A question that is under way when the server stops is let finish, for so long."""

_HTML = {"accept": "text/html"}


def warm_on_start(server: FastAPI, services: Services) -> None:
    """Have a server warm itself whenever it starts, in a thread that its stop ends."""
    stop = threading.Event()
    thread = threading.Thread(target=_warm, args=(server, services, stop), name="vigie-warm", daemon=True)
    _on(server, "on_start", thread.start)

    def end() -> None:
        # A query still running while Python winds up would take the process down with it.
        stop.set()
        if thread.is_alive():
            thread.join(STOP_WAIT_S)

    _on(server, "on_stop", end)


def _on(server: FastAPI, moment: str, action: Callable[[], None]) -> None:
    setattr(server.state, moment, (action, *getattr(server.state, moment, ())))


def _warm(server: FastAPI, services: Services, stop: threading.Event) -> None:
    try:
        asyncio.run(visit(server, stop))
        stop.wait(PAUSE_S)
        for query in QUESTIONS:
            if stop.is_set():
                return
            figures(services, ViewState.from_query(query)[0])
        asyncio.run(visit(server, stop, ELSEWHERE))
    except (
        VigieError,
        QueryError,
        httpx.HTTPError,
        RuntimeError,
    ) as error:  # RuntimeError: the pool has closed
        log.info("warming ended early: %s", error)


async def visit(server: ASGIApp, stop: threading.Event, screens: Sequence[str] = ()) -> None:
    """Ask a server for some screens, or for its first page and all that it loads, until told to stop."""
    transport = httpx.ASGITransport(server)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        for screen in screens:
            if not stop.is_set():
                await client.get("/_dash-layout", headers={"referer": f"http://localhost{screen}"})
        if screens:
            await client.get("/feeds/search.json?q=")
            return
        page = await client.get("/carte", headers=_HTML)
        await client.get("/_dash-layout", headers={"referer": "http://localhost/"})
        for address in re.findall(r'(?:src|href)="(/[^"]+)"', page.text):
            if stop.is_set():
                return
            await client.get(address, headers={"accept-encoding": "gzip"})
