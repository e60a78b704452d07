"""The list behind a number of Récurrence: a page at a time in any order, and all of it as a file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import pandas as pd
from fastapi import FastAPI, Query, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import Field

from dashboard import behind_view
from dashboard.behind import PlaceRequests, Work
from dashboard.behind_view import Listed
from dashboard.components import behind_words
from dashboard.components.names import borough_name
from dashboard.components.place_words import place_name, what
from dashboard.feeds import returned_files
from dashboard.feeds.answer import Bodies, answer
from dashboard.feeds.columns import plain, rows_of
from dashboard.feeds.download import File, Make, download
from dashboard.feeds.models import Answer, Refusal
from dashboard.feeds.moments import iso
from dashboard.feeds.question import PageQuery, Question
from dashboard.feeds.workbook import MEDIA_TYPE
from dashboard.kept import Kept
from dashboard.services import Services
from dashboard.text import t
from mart.snapshot import Mart

PATH = "/feeds/returned_list"
MOST_ROWS = 200
_FARTHEST = 5_000_000
_KEPT_VIEWS = 3

Behind = Annotated[
    str, Query(max_length=60, description="which number: work, work:borough:VD:90, place:1234:open, …")
]
Order = Annotated[str, Query(max_length=40, description="column of the list, `-` before it for descending")]


class BehindPage(Answer):
    """A page of what a number counts."""

    of: str = Field(description="work (pieces of done work) or place (requests of a place)")
    total: int = Field(description="how many the list has: the number itself")
    offset: int
    title: str
    scope: str
    note: str
    rows: list[dict[str, Any]]


def rows(mart: Mart, kept: Kept, question: Question) -> dict[str, Any]:
    """A page of the list."""
    given, state = question.extra, question.state
    of = behind_view.named(given["behind"])
    found = _listed(mart, kept, question, of, part=(given["offset"], given["limit"]))
    return {
        "as_of": question.as_of,
        "ignored": question.ignored,
        "of": found.of,
        "total": found.total,
        "offset": given["offset"],
        "title": behind_words.title(found, of, state.lang),
        "scope": behind_words.scope(found, of, state),
        "note": behind_words.note(found, of, question.as_of, state.lang),
        "rows": work_rows(found.rows, state.lang)
        if found.of == "work"
        else place_rows(found.rows, state.lang),
    }


def _listed(
    mart: Mart, kept: Kept, question: Question, of: Work | PlaceRequests, part: tuple[int, int | None]
) -> Listed:
    offset, limit = part
    sort = behind_view.sort_of(question.extra["order"], of)
    return behind_view.listed(mart, kept, question.state, question.as_of, of, sort, offset, limit)


def work_rows(work: pd.DataFrame, lang: str) -> list[dict[str, Any]]:
    """Pieces of work as the grid shows them; `id` is the request that closed it."""
    told = work.to_dict("records")
    columns = plain(work, ("external_id", "problem_id")) | {
        "id": work["request_id"].tolist(),
        "what": [what(one, lang) for one in told],
        "place": [place_name(one, lang) for one in told],
        "borough": [borough_name(one["borough"], lang) for one in told],
        "done_at": iso(work["done_at"]),
        "back_at": iso(work["back_at"]),
        "back_after_days": plain(work.assign(days=work["back_after_days"].round(1)), ("days",))["days"],
    }
    return rows_of(columns)


def place_rows(requests: pd.DataFrame, lang: str) -> list[dict[str, Any]]:
    """Requests of a place as the grid shows them."""
    columns = plain(requests, ("id", "external_id", "requesters", "episode")) | {
        "status": [_status(status, lang) for status in requests["status"]],
        "opened_at": iso(requests["opened_at"]),
        "closed_at": iso(requests["closed_at"]),
    }
    return rows_of(columns)


def _status(status: Any, lang: str) -> str:
    """What it was closed as."""
    known = isinstance(status, str)
    return t(f"carte.status.{status}" if known else "recurrence.behind.still_open", lang)


def register(server: FastAPI, services: Services) -> None:
    """Add /feeds/returned_list.json, .csv and .xlsx."""
    bodies, kept = Bodies(), Kept(_KEPT_VIEWS)

    def page(mart: Mart, question: Question) -> dict[str, Any]:
        return rows(mart, kept, question)

    def made_by(make: Callable[[Listed, Work | PlaceRequests, Question], File]) -> Make:
        def file(mart: Mart, question: Question) -> File:
            of = behind_view.named(question.extra["behind"])
            return make(_listed(mart, kept, question, of, part=(0, None)), of, question)

        return file

    csv, xlsx = made_by(returned_files.csv_file), made_by(returned_files.xlsx_file)

    @server.get(
        f"{PATH}.json", tags=["recurrence"], response_model=BehindPage, responses={422: {"model": Refusal}}
    )
    async def get_list(
        request: Request,
        query: Annotated[PageQuery, Query()],
        behind: Behind,
        order: Order = "",
        offset: Annotated[int, Query(ge=0, le=_FARTHEST)] = 0,
        limit: Annotated[int, Query(ge=1, le=MOST_ROWS)] = 100,
    ) -> Response:
        """Rows `offset` to `offset + limit` of what a number of Récurrence counts."""
        asked: dict[str, Any] = {"behind": behind, "order": order, "offset": offset, "limit": limit}
        return await answer(request, services, bodies, query, page, feed="returned_list", **asked)

    @server.get(
        f"{PATH}.csv", tags=["recurrence"], response_class=StreamingResponse,
        responses={200: {"content": {"text/csv": {}}}, 422: {"model": Refusal}},
    )  # fmt: skip
    async def get_csv(query: Annotated[PageQuery, Query()], behind: Behind, order: Order = "") -> Response:
        """All that a number of Récurrence counts, in the same order."""
        return await download(services, query, csv, behind=behind, order=order)

    @server.get(
        f"{PATH}.xlsx", tags=["recurrence"], response_class=StreamingResponse,
        responses={200: {"content": {MEDIA_TYPE: {}}}, 422: {"model": Refusal}},
    )  # fmt: skip
    async def get_xlsx(
        request: Request, query: Annotated[PageQuery, Query()], behind: Behind, order: Order = ""
    ) -> Response:
        """The same as an Excel workbook; refused where it has more rows than a sheet takes."""
        address = request.headers.get("referer", "")
        return await download(services, query, xlsx, behind=behind, order=order, address=address)
