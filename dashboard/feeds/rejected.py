"""The rows that a load rejected: a page at a time, and all of them as CSV. They are asked of the request store."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated, Any

import orjson
from fastapi import FastAPI, Query, Response
from fastapi.responses import StreamingResponse

from dashboard.feeds.answer import JSON, refused
from dashboard.feeds.download import CSV, attachment
from dashboard.feeds.models import Refusal
from dashboard.feeds.quality_models import RejectedRows
from dashboard.feeds.question import Language
from dashboard.feeds.spreadsheet import BOM, csv_lines
from dashboard.feeds_address import REJECTED_CSV, REJECTED_JSON
from dashboard.services import Services
from dashboard.text import t
from domain.errors import InputRefused, StoreUnavailable
from store.loads import Rejected, read_rejected, rejected_after

MOST_ROWS = 200
_FARTHEST = 10_000_000
_LARGEST_ID = 2**53
_COLUMNS = ("line", "column", "value", "reason")
_AWAY = "the request store does not answer."


def register(server: FastAPI, services: Services) -> None:
    """Add /feeds/rejected.json and /feeds/rejected.csv."""
    url = services.settings.store

    @server.get(
        REJECTED_JSON, tags=["quality"], response_model=RejectedRows,
        responses={422: {"model": Refusal}, 503: {"model": Refusal}},
    )  # fmt: skip
    async def get_rejected(
        load: Annotated[int, Query(ge=0, le=_LARGEST_ID)],
        offset: Annotated[int, Query(ge=0, le=_FARTHEST)] = 0,
        limit: Annotated[int, Query(ge=1, le=MOST_ROWS)] = 100,
    ) -> Response:
        """Rejected rows `offset` to `offset + limit` of a load, in the order of its file."""
        try:
            found = await services.run(read_rejected, url, load, offset, limit)
        except InputRefused as error:
            return refused(422, error)
        except StoreUnavailable:
            return refused(503, _AWAY, StoreUnavailable.code)
        rows = [{"line": r.line, "field": r.field, "value": r.value, "reason": r.reason} for r in found.rows]
        said: dict[str, Any] = {"load": load, "file": found.load.file, "total": found.total, "offset": offset}
        return Response(orjson.dumps(said | {"rows": rows}), 200, {"Cache-Control": "no-store"}, JSON)

    @server.get(
        REJECTED_CSV, tags=["quality"], response_class=StreamingResponse,
        responses={200: {"content": {"text/csv": {}}}, 422: {"model": Refusal}, 503: {"model": Refusal}},
    )  # fmt: skip
    async def get_csv(load: Annotated[int, Query(ge=0, le=_LARGEST_ID)], lang: Language) -> Response:
        """All rejected rows of a load."""
        try:
            await services.run(read_rejected, url, load, 0, 1)
        except InputRefused as error:
            return refused(422, error)
        except StoreUnavailable:
            return refused(503, _AWAY, StoreUnavailable.code)
        headers = attachment(f"{t('qualite.loads.file_name', lang)}-{load}.csv")
        return StreamingResponse(_parts(services, load, lang), 200, headers, CSV)


async def _parts(services: Services, load: int, lang: str) -> AsyncIterator[bytes]:
    """The file part by part; each is a question of its own, so that no reader keeps the store waiting."""
    yield BOM.encode() + csv_lines([[t(f"qualite.loads.{name}", lang) for name in _COLUMNS]], lang)
    last: Rejected | None = None
    while rows := await services.run(rejected_after, services.settings.store, load, last):
        yield csv_lines([(row.line, row.field, row.value, row.reason) for row in rows], lang)
        last = rows[-1]
