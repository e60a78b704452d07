"""The sheet of a request as HTML, for the drawer of the list and the panel of the map; and what is around it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import FastAPI, Path, Request, Response
from pydantic import Field

from dashboard.components.problem_sheet import more
from dashboard.components.request_sheet import missing, sheet
from dashboard.components.sheet_parts import More
from dashboard.feeds.answer import Bodies, answer
from dashboard.feeds.listing import MOMENTS, PLAIN
from dashboard.feeds.models import Answer, Refusal
from dashboard.feeds.question import Language, PageQuery, Question
from dashboard.markup import to_html
from dashboard.services import Services
from domain.precision import ON_MAP
from mart.questions.neighbours import neighbours
from mart.questions.place_history import place_history
from mart.questions.request_row import request_row
from mart.questions.same_problem import same_problem
from mart.snapshot import Mart

RequestId = Annotated[int, Path(ge=0, le=2**53, description="our id of a request")]


class Sheet(Answer):
    """A request to read."""

    html: str
    row: dict[str, Any] | None = Field(
        description="its line of the list, with its point; null where there is none"
    )


class Beside(Answer):
    """What is known of a request beside itself."""

    html: str


def place(row: dict[str, Any]) -> dict[str, Any]:
    """A request as the map and the list need it: a line of the list, and a point where it has one."""
    on_map = row["precision"] in ON_MAP
    return {
        **{name: row[name] for name in PLAIN},
        **{name: row[name].isoformat() if row[name] else None for name in MOMENTS},
        "age_days": row["age_days"],
        "lon": row["lon"] if on_map else None,
        "lat": row["lat"] if on_map else None,
    }


def request_sheet(mart: Mart, request_id: int, as_of: datetime, lang: str) -> dict[str, Any]:
    """`html` of a request's sheet and its `row`; where there is no such request, a sheet that says so and None."""
    row = request_row(mart, request_id, as_of)
    if row is None:
        return {"html": to_html(missing(request_id, lang)), "row": None}
    return {"html": to_html(sheet(row, as_of, lang)), "row": place(row)}


def read_sheet(mart: Mart, question: Question) -> dict[str, Any]:
    """The sheet of `extra["request_id"]`."""
    at = question.as_of
    said = request_sheet(mart, question.extra["request_id"], at, question.state.lang)
    return {"as_of": at, "ignored": []} | said


def read_more(services: Services, mart: Mart, question: Question) -> dict[str, Any]:
    """What is beside it; nothing where there is no such request."""
    at, lang = question.as_of, question.state.lang
    answer: dict[str, Any] = {"as_of": at, "ignored": [], "html": ""}
    row = request_row(mart, question.extra["request_id"], at)
    if row is None:
        return answer
    problem = row["problem_id"]
    located = row["precision"] in ON_MAP and row["lon"] is not None
    same, history, around = services.together(
        lambda: same_problem(mart, -1 if problem is None else problem, at),
        lambda: None if problem is None else place_history(mart, problem, at),
        lambda: neighbours(mart, (row["lon"], row["lat"]), at, without=row["id"]) if located else None,
    )
    return answer | {"html": to_html(more(More(row, at, same, history, around), lang))}


def register(server: FastAPI, services: Services) -> None:
    """Add /feeds/sheet/ID.json and /feeds/sheet/ID/more.json."""
    kept = Bodies()

    def make_more(mart: Mart, question: Question) -> dict[str, Any]:
        return read_more(services, mart, question)

    @server.get(
        "/feeds/sheet/{request_id}.json",
        tags=["list"],
        response_model=Sheet,
        responses={422: {"model": Refusal}},
    )
    async def get_sheet(request: Request, request_id: RequestId, lang: Language) -> Response:
        """A request's sheet: what, where, when and in which state."""
        asked = PageQuery.model_validate({"lang": lang})
        return await answer(request, services, kept, asked, read_sheet, feed="sheet", request_id=request_id)

    @server.get(
        "/feeds/sheet/{request_id}/more.json",
        tags=["list"],
        response_model=Beside,
        responses={422: {"model": Refusal}},
    )
    async def get_more(request: Request, request_id: RequestId, lang: Language) -> Response:
        """Its problem and why, how often that came back, and what is open around it."""
        asked = PageQuery.model_validate({"lang": lang})
        return await answer(request, services, kept, asked, make_more, feed="beside", request_id=request_id)
