"""Problems as marks, for the map: what several people reported is drawn once."""

from __future__ import annotations

from typing import Annotated, Any

import pandas as pd
from fastapi import FastAPI, Query, Request, Response

from dashboard.feeds.answer import GEOJSON, Bodies, answer, refused
from dashboard.feeds.map_models import Problems
from dashboard.feeds.models import Refusal
from dashboard.feeds.question import PageQuery, Question, read_box
from dashboard.services import Services
from domain.errors import InputRefused
from mart.questions.map_problems import MOST_PROBLEMS, map_problems
from mart.questions.map_recurrence import RECURRING_FROM
from mart.snapshot import Mart

PROPERTIES = (
    "activity", "street", "precision", "state", "requests", "requesters", "open", "request_id",
    "recent_requests", "recent_requesters", "recent_episodes", "recurring",
)  # fmt: skip


def collection(mart: Mart, question: Question) -> dict[str, Any]:
    """A FeatureCollection of the problems that have a request inside a box."""
    limit: int = question.extra["limit"]
    found = problems(mart, question, limit)
    return {
        "type": "FeatureCollection",
        "as_of": question.as_of,
        "ignored": question.ignored,
        "truncated": len(found) >= limit,
        "features": features(found),
    }


def problems(mart: Mart, question: Question, limit: int) -> pd.DataFrame:
    """Rows of `mart.questions.map_problems`, and whether each is `recurring`."""
    found = map_problems(
        mart, question.filters, question.as_of, question.extra["bbox"], limit=limit,
        population=question.population, column_filters=question.column_filters,
    )  # fmt: skip
    return found.assign(recurring=found["recent_episodes"] >= RECURRING_FROM)


def features(found: pd.DataFrame) -> list[dict[str, Any]]:
    """One feature per problem."""
    columns = [found[name].astype(object).where(found[name].notna(), None).tolist() for name in PROPERTIES]
    places = zip(found["lon"].round(6).tolist(), found["lat"].round(6).tolist(), strict=True)
    return [
        {
            "type": "Feature",
            "id": id_,
            "properties": dict(zip(PROPERTIES, said, strict=True)),
            "geometry": {"type": "Point", "coordinates": place},
        }
        for id_, said, place in zip(
            found["problem_id"].tolist(), zip(*columns, strict=True), places, strict=True
        )
    ]


def register(server: FastAPI, services: Services) -> None:
    """Add /feeds/problems.geojson."""
    kept = Bodies()

    @server.get(
        "/feeds/problems.geojson", tags=["map"], response_model=Problems, responses={422: {"model": Refusal}}
    )
    async def get_problems(
        request: Request,
        query: Annotated[PageQuery, Query()],
        bbox: Annotated[str, Query(max_length=120, description="west,south,east,north")],
        limit: Annotated[int, Query(ge=1, le=MOST_PROBLEMS)] = MOST_PROBLEMS,
    ) -> Response:
        """Problems that have a request inside a box, those that most people reported first."""
        try:
            box = read_box(bbox)
        except InputRefused as error:
            return refused(422, str(error))
        return await answer(
            request, services, kept, query, collection,
            feed="problems", media_type=GEOJSON, bbox=box, limit=limit,
        )  # fmt: skip
