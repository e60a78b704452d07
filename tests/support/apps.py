"""A whole dashboard asked without a network between."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
from dash import Dash

from tests.support.feeds import Client


@contextmanager
def asking(app: Dash) -> Iterator[Client]:
    """A client of an app; its start and stop run as under a server."""
    with asyncio.Runner() as runner:
        lifespan = app.server.router.lifespan_context(app.server)
        runner.run(lifespan.__aenter__())
        http = httpx.AsyncClient(transport=httpx.ASGITransport(app.server), base_url="http://dashboard")
        yield Client(runner, http)
        runner.run(http.aclose())
        runner.run(lifespan.__aexit__(None, None, None))
