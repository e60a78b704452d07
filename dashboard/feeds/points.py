"""Requests as points, for the map at street level."""

from __future__ import annotations

from typing import Annotated, Any

import pandas as pd
from fastapi import FastAPI, Query, Request, Response

from dashboard.feeds.answer import GEOJSON, Bodies, answer
from dashboard.feeds.columns import plain
from dashboard.feeds.geojson import point_features
from dashboard.feeds.models import Points, Refusal
from dashboard.feeds.moments import iso
from dashboard.feeds.question import PageQuery, Question
from dashboard.services import Services
from mart.questions.points import MOST_POINTS, points
from mart.snapshot import Mart

_PROPERTIES = ("external_id", "state", "activity", "street", "requesters", "precision")


def collection(mart: Mart, question: Question) -> dict[str, Any]:
    """A FeatureCollection of the requests inside a box."""
    limit: int = question.extra["limit"]
    found = points(
        mart, question.filters, question.as_of, question.extra["bbox"], limit=limit,
        population=question.population, column_filters=question.column_filters,
    )  # fmt: skip
    return {
        "type": "FeatureCollection",
        "as_of": question.as_of,
        "ignored": question.ignored,
        "truncated": len(found) >= limit,
        "features": features(found),
    }


def features(found: pd.DataFrame) -> list[dict[str, Any]]:
    """One feature per row of `mart.questions.points`."""
    columns = plain(found, _PROPERTIES) | {name: iso(found[name]) for name in ("opened_at", "due_at")}
    return point_features(found, "id", columns)


def register(server: FastAPI, services: Services) -> None:
    """Add /feeds/points.geojson."""
    kept = Bodies()

    @server.get(
        "/feeds/points.geojson", tags=["map"], response_model=Points, responses={422: {"model": Refusal}}
    )
    async def get_points(
        request: Request,
        query: Annotated[PageQuery, Query()],
        bbox: Annotated[str, Query(max_length=120, description="west,south,east,north")],
        limit: Annotated[int, Query(ge=1, le=MOST_POINTS)] = MOST_POINTS,
    ) -> Response:
        """Requests inside a box, those due first, first."""
        return await answer(
            request, services, kept, query, collection,
            feed="points", media_type=GEOJSON, bbox=bbox, limit=limit,
        )  # fmt: skip
