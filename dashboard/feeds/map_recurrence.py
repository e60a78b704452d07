"""Where problems come back, by hexagon and by area: the map's measure `recurrence`."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import pandas as pd
from fastapi import FastAPI, Query, Request, Response

from dashboard.feeds.answer import GEOJSON, Bodies, answer
from dashboard.feeds.columns import rows_of
from dashboard.feeds.geojson import features
from dashboard.feeds.hexagons import Outlines, near_box
from dashboard.feeds.map_models import RecurrenceAreas, RecurrenceCells
from dashboard.feeds.models import Refusal
from dashboard.feeds.question import PageQuery, Question
from dashboard.kept import Kept
from dashboard.maplayers.scale import breaks
from dashboard.services import Services
from geo.hexgrid import centres, from_hex
from mart.questions.hexagons import COARSEST_SHOWN, FINEST_SHOWN
from mart.questions.map_recurrence import recurrence_by_area, recurrence_by_cell
from mart.snapshot import Mart

_KEPT_CITIES = 12
_MEASURES = ("active", "recurring")


class Cells:
    """Answers by hexagon: the whole city once, then cut by boxes."""

    def __init__(self) -> None:
        self._cities = Kept(_KEPT_CITIES)
        self._outlines = Outlines()

    def collection(self, mart: Mart, question: Question) -> dict[str, Any]:
        """A FeatureCollection of the hexagons that a box shows; the scale is the whole city's."""
        resolution: int = question.extra["resolution"]
        city = self._city(mart, question, resolution)
        lat, lon = centres(from_hex(city["h3"].tolist()))
        shown = city[near_box(lat, lon, question.extra["bbox"])]
        cells = shown["h3"].tolist()
        return {
            "type": "FeatureCollection",
            "as_of": question.as_of,
            "ignored": question.ignored,
            "resolution": resolution,
            "total": int(city["active"].sum()),
            "recurring": int(city["recurring"].sum()),
            "scale": _scale(city),
            "features": features(cells, _records(shown), self._outlines.of(cells)),
        }

    def _city(self, mart: Mart, question: Question, resolution: int) -> pd.DataFrame:
        plain = Question(question.state, question.version, question.as_of, question.filters)
        return self._cities.get(
            plain.identity(f"recurrence {resolution}"),
            lambda: recurrence_by_cell(
                mart, question.filters, question.as_of, resolution, question.column_filters
            ),
        )


def values(mart: Mart, question: Question) -> dict[str, Any]:
    """Active and recurring problems by code."""
    part: Literal["borough", "sector"] = question.extra["part"]
    found = recurrence_by_area(mart, question.filters, question.as_of, part, question.column_filters)
    placed = found[found["code"].notna()]
    return {
        "as_of": question.as_of,
        "ignored": question.ignored,
        "by": part,
        "scale": _scale(placed),
        "values": dict(zip(placed["code"].tolist(), _records(placed), strict=True)),
    }


def register(server: FastAPI, services: Services) -> None:
    """Add /feeds/recurrence.geojson and /feeds/recurrence.json."""
    kept, cells = Bodies(), Cells()

    @server.get(
        "/feeds/recurrence.geojson", tags=["map"], response_model=RecurrenceCells,
        responses={422: {"model": Refusal}},
    )  # fmt: skip
    async def get_cells(
        request: Request,
        query: Annotated[PageQuery, Query()],
        resolution: Annotated[int, Query(ge=COARSEST_SHOWN, le=FINEST_SHOWN)] = 8,
        bbox: Annotated[str | None, Query(max_length=120, description="west,south,east,north")] = None,
    ) -> Response:
        """Problems active in the 6 months before the period's end by H3 cell, and those that came back."""
        return await answer(
            request, services, kept, query, cells.collection,
            feed="recurrence cells", media_type=GEOJSON, resolution=resolution, bbox=bbox,
        )  # fmt: skip

    @server.get(
        "/feeds/recurrence.json", tags=["map"], response_model=RecurrenceAreas,
        responses={422: {"model": Refusal}},
    )  # fmt: skip
    async def get_areas(
        request: Request, query: Annotated[PageQuery, Query()], part: Literal["borough", "sector"] = "borough"
    ) -> Response:
        """The same by borough or sector."""
        return await answer(request, services, kept, query, values, feed="recurrence areas", part=part)


def _records(found: pd.DataFrame) -> list[dict[str, int]]:
    return rows_of({name: found[name].tolist() for name in _MEASURES})


def _scale(found: pd.DataFrame) -> dict[str, tuple[float, ...]]:
    """Places where nothing came back are drawn without colour, and have no part in the scale."""
    recurring = found["recurring"].to_numpy()
    return {"recurrence": breaks(recurring[recurring > 0])}
