"""Requests by borough or sector: a few numbers, which the browser joins to shapes that it has."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import FastAPI, Query, Request, Response

from dashboard.feeds.answer import Bodies, answer
from dashboard.feeds.measures import records, scales
from dashboard.feeds.models import Areas, Refusal
from dashboard.feeds.question import PageQuery, Question
from dashboard.services import Services
from mart.questions.areas import areas
from mart.snapshot import Mart


def values(mart: Mart, question: Question) -> dict[str, Any]:
    """Measures by code."""
    part: Literal["borough", "sector"] = question.extra["part"]
    found = areas(
        mart, question.filters, question.as_of, part,
        population=question.population, column_filters=question.column_filters,
    )  # fmt: skip
    placed = found[found["code"].notna()]
    return {
        "as_of": question.as_of,
        "ignored": question.ignored,
        "by": part,
        "scale": scales(placed),
        "values": dict(zip(placed["code"].tolist(), records(placed), strict=True)),
    }


def register(server: FastAPI, services: Services) -> None:
    """Add /feeds/areas.json."""
    kept = Bodies()

    @server.get("/feeds/areas.json", tags=["map"], response_model=Areas, responses={422: {"model": Refusal}})
    async def get_areas(
        request: Request, query: Annotated[PageQuery, Query()], part: Literal["borough", "sector"] = "borough"
    ) -> Response:
        """Count, open, late, late share and median age by borough or sector."""
        return await answer(request, services, kept, query, values, feed="areas", part=part)
