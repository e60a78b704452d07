"""Requests as points, for the map at street level."""

from __future__ import annotations

from typing import Annotated, Any

import pandas as pd
from fastapi import FastAPI, Query, Request, Response

from dashboard.feeds.answer import GEOJSON, Bodies, answer, refused
from dashboard.feeds.models import Points, Refusal
from dashboard.feeds.moments import iso
from dashboard.feeds.question import PageQuery, Question, read_box
from dashboard.services import Services
from domain.errors import InputRefused
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
    columns = {
        name: found[name].astype(object).where(found[name].notna(), None).tolist() for name in _PROPERTIES
    }
    columns |= {name: iso(found[name]) for name in ("opened_at", "due_at")}
    properties = (dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True))
    places = zip(found["lon"].round(6).tolist(), found["lat"].round(6).tolist(), strict=True)
    return [
        {
            "type": "Feature",
            "id": id_,
            "properties": said,
            "geometry": {"type": "Point", "coordinates": place},
        }
        for id_, said, place in zip(found["id"].tolist(), properties, places, strict=True)
    ]


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
        try:
            box = read_box(bbox)
        except InputRefused as error:
            return refused(422, str(error))
        return await answer(
            request, services, kept, query, collection,
            feed="points", media_type=GEOJSON, bbox=box, limit=limit,
        )  # fmt: skip
