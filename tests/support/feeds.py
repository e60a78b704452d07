"""The feeds alone, on a mart from made rows: no pages, no browser, no socket."""

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import orjson
from fastapi import FastAPI

from dashboard import feeds
from tests.support.mart import make_mart
from tests.support.services import services_of


@dataclass(frozen=True)
class Client:
    """Asks a server without a network between."""

    runner: asyncio.Runner
    http: httpx.AsyncClient

    def get(self, path: str, **options: Any) -> httpx.Response:
        """The answer to a GET."""
        return self.runner.run(self.http.get(path, **options))


@contextmanager
def feeds_of(root: Path) -> Iterator[Client]:
    """A client of the feeds of the mart in a folder, which need not be there yet."""
    server = FastAPI()
    with services_of(root) as services, asyncio.Runner() as runner:
        feeds.register(server, services)
        http = httpx.AsyncClient(transport=httpx.ASGITransport(server), base_url="http://feeds")
        yield Client(runner, http)
        runner.run(http.aclose())


@contextmanager
def feeds_with(folder: Path, rows: Iterable[Mapping[str, Any]]) -> Iterator[Client]:
    """A client of the feeds of some requests (see tests.support.mart.a_row)."""
    with feeds_of(make_mart(folder, rows)) as client:
        yield client


def read(answer: httpx.Response) -> Any:
    """The JSON of an answer that went well."""
    assert answer.status_code == 200, answer.text
    return orjson.loads(answer.content)
