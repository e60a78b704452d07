"""The requests that a check of the data finds: a page at a time, and all of them as CSV."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.csv
from fastapi import FastAPI, Query, Request, Response
from fastapi.responses import StreamingResponse

from dashboard.feeds.answer import Bodies, answer, refused
from dashboard.feeds.export import BOM, sent, written
from dashboard.feeds.listing import written as listed
from dashboard.feeds.models import Refusal
from dashboard.feeds.quality_models import Found
from dashboard.feeds.question import PageQuery, Question, read
from dashboard.feeds_address import CHECK_CSV, CHECK_JSON
from dashboard.services import Services
from dashboard.text import t
from domain.errors import InputRefused, MartMissing
from domain.localtime import MONTREAL
from mart.questions.page import EXPORTED
from mart.questions.quality_checks import check_of
from mart.questions.quality_list import found_batches, found_page
from mart.schema import REQUESTS
from mart.snapshot import Mart

MOST_ROWS = 200
_FARTHEST = 10_000_000


def rows(mart: Mart, question: Question) -> dict[str, Any]:
    """A page of what the check of a page finds."""
    code, offset = question.state.check, question.extra["offset"]
    found = found_page(mart, code, question.filters, question.as_of, offset, question.extra["limit"])
    return {
        "as_of": question.as_of,
        "ignored": question.ignored,
        "check": code,
        "total": found.total,
        "offset": offset,
        "rows": listed(found.rows),
    }


def csv_parts(mart: Mart, question: Question) -> Iterator[bytes]:
    """The file, part by part: the header at once, so that the download begins. The texts are those of the list's."""
    lang, local = question.state.lang, _local(question.as_of)
    as_of = f"{local:%Y-%m-%d %H:%M}"
    yield BOM + _csv(written(_nothing(), as_of, lang), header=True)
    for batch in found_batches(mart, question.state.check, question.filters, question.as_of):
        if batch.num_rows:
            yield _csv(written(batch, as_of, lang), header=False)


def file_name(question: Question) -> str:
    """Such as `controle-sans-emplacement-2025-11-20T1405.csv`: what, and as of when."""
    lang, code = question.state.lang, question.state.check
    what = f"{t('qualite.export_file', lang)}-{t(f'qualite.file.{code}', lang)}"
    return f"{what}-{_local(question.as_of):%Y-%m-%dT%H%M}.csv"


def register(server: FastAPI, services: Services) -> None:
    """Add /feeds/quality.json and /feeds/quality.csv."""
    kept = Bodies()

    @server.get(CHECK_JSON, tags=["quality"], response_model=Found, responses={422: {"model": Refusal}})
    async def get_found(
        request: Request,
        query: Annotated[PageQuery, Query()],
        offset: Annotated[int, Query(ge=0, le=_FARTHEST)] = 0,
        limit: Annotated[int, Query(ge=1, le=MOST_ROWS)] = 100,
    ) -> Response:
        """Rows `offset` to `offset + limit` of what `check` finds, the newest first."""
        return await answer(request, services, kept, query, rows, feed="quality", offset=offset, limit=limit)

    @server.get(
        CHECK_CSV, tags=["quality"], response_class=StreamingResponse,
        responses={200: {"content": {"text/csv": {}}}, 422: {"model": Refusal}},
    )  # fmt: skip
    async def get_csv(query: Annotated[PageQuery, Query()]) -> Response:
        """All that `check` finds, in the same order."""
        held = ExitStack()
        try:
            mart, question = await services.run(_begin, services, held, query)
        except InputRefused as error:
            held.close()
            return refused(422, str(error))
        except MartMissing as error:
            return refused(503, str(error))
        named = f'attachment; filename="{file_name(question)}"'
        headers = {"Content-Disposition": named, "Cache-Control": "no-store"}
        parts = sent(services, held, csv_parts(mart, question))
        return StreamingResponse(parts, 200, headers, "text/csv; charset=utf-8")


def _begin(services: Services, held: ExitStack, query: PageQuery) -> tuple[Mart, Question]:
    mart = held.enter_context(services.reader.lease())
    question = read(query, mart, {})
    check_of(question.state.check)
    return mart, question


def _nothing() -> pa.RecordBatch:
    """No row of the list, for its header."""
    types = {"state": pa.string(), "age_days": pa.float64()}
    kinds = [types.get(name) or REQUESTS.field(name).type for name in EXPORTED]
    return pa.RecordBatch.from_pylist([], schema=pa.schema(list(zip(EXPORTED, kinds, strict=True))))


def _csv(batch: pa.RecordBatch, *, header: bool) -> bytes:
    part = io.BytesIO()
    pyarrow.csv.write_csv(
        batch, part, pyarrow.csv.WriteOptions(include_header=header, quoting_style="needed")
    )
    return part.getvalue()


def _local(at: datetime) -> datetime:
    return at.astimezone(ZoneInfo(MONTREAL))
