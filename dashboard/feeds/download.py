"""Files that are sent: whole, or part by part while the mart that they are made of is held."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack
from typing import Any, NamedTuple

from fastapi import Response
from fastapi.responses import StreamingResponse

from dashboard.feeds.answer import refusing
from dashboard.feeds.question import PageQuery, Question, boxed, read
from dashboard.services import Services
from mart.snapshot import Mart

CSV = "text/csv; charset=utf-8"


class File(NamedTuple):
    """What a reader saves."""

    name: str
    media_type: str
    body: bytes | Iterator[bytes]
    """Whole, or parts, each of which is made when the one before is gone."""


Make = Callable[[Mart, Question], File]
"""A file of a mart and a question. What it refuses has to be refused before its first part."""


def attachment(name: str) -> dict[str, str]:
    """Headers of a file to save, which nobody keeps on the way."""
    return {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}


async def download(services: Services, query: PageQuery, make: Make, **extra: Any) -> Response:
    """The file that `make` makes of a page's query, in threads of the pool; `extra` as in `answer`."""
    return await services.run(_download, services, query, make, extra)


@refusing
def _download(services: Services, query: PageQuery, make: Make, extra: dict[str, Any]) -> Response:
    asked = boxed(extra)
    with ExitStack() as held:
        mart = held.enter_context(services.reader.lease())
        name, media_type, body = make(mart, read(query, mart, asked))
        if isinstance(body, bytes):
            return Response(body, 200, attachment(name), media_type)
        parts = _sent(services, held.pop_all(), body)
        return StreamingResponse(parts, 200, attachment(name), media_type)


async def _sent(services: Services, held: ExitStack, parts: Iterator[bytes]) -> AsyncIterator[bytes]:
    """Each part is made in a thread; the mart is held until the last one, or until the reader leaves."""
    try:
        while (part := await services.run(next, parts, None)) is not None:
            yield part
    finally:
        held.close()
