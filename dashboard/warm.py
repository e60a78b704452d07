"""A server that has just started visits itself, so that the first person does not wait for it.

Compressing the libraries' scripts, importing and compiling questions take a second or two, once.
"""

from __future__ import annotations

import asyncio
import logging
import re
import threading
from collections.abc import Callable

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

_ORDERS = (
    "",
    "opened_at",
    "-opened_at",
    "due_at",
    "-due_at",
    "age_days",
    "-age_days",
    "requesters",
    "-requesters",
)
FEEDS = (
    *(f"/feeds/requests.json?kpi={kpi}&sort={order}" for kpi in ("backlog", "received") for order in _ORDERS),
    "/feeds/search.json?q=",
)
"""Feeds whose first answer waits for something: an order of the list is compiled once (mart.ask), and so on."""

PAUSE_S = 4.0
"""After the first visit: whoever opens the dashboard at once goes before the rest of the warming."""

STOP_WAIT_S = 10.0
"""A question that is under way when the server stops is let finish, for so long."""

_HTML = {"accept": "text/html"}
_BASE = "http://localhost"


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
        asyncio.run(visit_elsewhere(server, stop))
    except (
        VigieError,
        QueryError,
        httpx.HTTPError,
        RuntimeError,
    ) as error:  # RuntimeError: the pool has closed
        log.info("warming ended early: %s", error)


async def visit(server: ASGIApp, stop: threading.Event) -> None:
    """Ask a server for its first page and all that this loads, until told to stop."""
    async with _client(server) as client:
        page = await client.get("/carte", headers=_HTML)
        await client.get("/_dash-layout", headers={"referer": f"{_BASE}/"})
        for address in re.findall(r'(?:src|href)="(/[^"]+)"', page.text):
            if stop.is_set():
                return
            await client.get(address, headers={"accept-encoding": "gzip"})


async def visit_elsewhere(server: ASGIApp, stop: threading.Event) -> None:
    """Ask a server for the other screens, for lists in their orders, and for a search, until told to stop."""
    async with _client(server) as client:
        for screen in ELSEWHERE:
            if not stop.is_set():
                await client.get("/_dash-layout", headers={"referer": f"{_BASE}{screen}"})
        for address in FEEDS:
            if not stop.is_set():
                await client.get(address)


def _client(server: ASGIApp) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(server), base_url=_BASE)
