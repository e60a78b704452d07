"""Problems as marks, for the map: what several people reported is drawn once."""

from __future__ import annotations

from typing import Annotated, Any

import pandas as pd
from fastapi import FastAPI, Query, Request, Response

from dashboard.feeds.answer import GEOJSON, Bodies, answer
from dashboard.feeds.columns import plain
from dashboard.feeds.geojson import point_features
from dashboard.feeds.map_models import Problems
from dashboard.feeds.models import Refusal
from dashboard.feeds.question import PageQuery, Question
from dashboard.services import Services
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
        "features": point_features(found, "problem_id", plain(found, PROPERTIES)),
    }


def problems(mart: Mart, question: Question, limit: int) -> pd.DataFrame:
    """Rows of `mart.questions.map_problems`, and whether each is `recurring`."""
    found = map_problems(
        mart, question.filters, question.as_of, question.extra["bbox"], limit=limit,
        population=question.population, column_filters=question.column_filters,
    )  # fmt: skip
    return found.assign(recurring=found["recent_episodes"] >= RECURRING_FROM)


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
        return await answer(
            request, services, kept, query, collection,
            feed="problems", media_type=GEOJSON, bbox=bbox, limit=limit,
        )  # fmt: skip
