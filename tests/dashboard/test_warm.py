"""A server that starts readies itself for its first reader."""

import asyncio
import threading
import time
from pathlib import Path

from starlette.types import Receive, Scope, Send

from dashboard.factory import build
from dashboard.warm import visit
from tests.support.apps import asking
from tests.support.mart import a_row, make_mart
from tests.support.services import settings_of


def test_a_visit_asks_for_the_page_and_all_that_it_loads(demo_mart: Path) -> None:
    server = build(settings_of(demo_mart)).server
    asked: list[str] = []

    async def counted(scope: Scope, receive: Receive, send: Send) -> None:
        asked.append(scope["path"])
        await server(scope, receive, send)

    asyncio.run(visit(counted, threading.Event()))
    assert asked[0] == "/carte"
    assert "/_dash-layout" in asked
    assert {"dash_ag_grid", "dash_mantine_components"} <= {
        path.split("/")[2] for path in asked if path.count("/") > 2
    }


def test_warming_does_not_keep_a_server_from_stopping(tmp_path: Path) -> None:
    app = build(settings_of(make_mart(tmp_path, [a_row()])), warm=True)
    started = time.monotonic()
    with asking(app) as client:
        assert client.get("/health/mart").json()["state"] == "ok"
    assert time.monotonic() - started < 30


def test_warming_without_a_mart_is_no_error(tmp_path: Path) -> None:
    with asking(build(settings_of(tmp_path / "mart"), warm=True)) as client:
        assert client.get("/health/mart").json()["state"] == "missing"
