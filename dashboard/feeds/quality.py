"""The requests that a check of the data finds: a page at a time, and all of them as CSV."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

from fastapi import FastAPI, Query, Request, Response
from fastapi.responses import StreamingResponse

from dashboard.feeds.answer import Bodies, answer
from dashboard.feeds.download import CSV, File, download
from dashboard.feeds.export import head, lines
from dashboard.feeds.listing import written as listed
from dashboard.feeds.models import Refusal
from dashboard.feeds.moments import stamp
from dashboard.feeds.quality_models import Found
from dashboard.feeds.question import PageQuery, Question
from dashboard.feeds_address import CHECK_CSV, CHECK_JSON
from dashboard.services import Services
from dashboard.text import t
from mart.questions.quality_checks import check_of
from mart.questions.quality_list import found_batches, found_page
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
    yield head(question)
    yield from lines(found_batches(mart, question.state.check, question.filters, question.as_of), question)


def file_name(question: Question) -> str:
    """Such as `controle-sans-emplacement-2025-11-20T1405.csv`: what, and as of when."""
    lang, code = question.state.lang, question.state.check
    what = f"{t('qualite.export_file', lang)}-{t(f'qualite.file.{code}', lang)}"
    return f"{what}-{stamp(question.as_of)}.csv"


def register(server: FastAPI, services: Services) -> None:
    """Add /feeds/quality.json and /feeds/quality.csv."""
    kept = Bodies()

    def make(mart: Mart, question: Question) -> File:
        check_of(question.state.check)  # refuses what is none before a part of the file is gone
        return File(file_name(question), CSV, csv_parts(mart, question))

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
        return await download(services, query, make)
