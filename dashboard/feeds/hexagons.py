"""Where requests are, by H3 cell, with the cells' outlines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
import orjson
import pandas as pd
from fastapi import FastAPI, Query, Request, Response

from dashboard.feeds.answer import GEOJSON, Bodies, answer, refused
from dashboard.feeds.measures import records, scales
from dashboard.feeds.models import Hexagons, Refusal
from dashboard.feeds.question import Box, PageQuery, Question, read_box
from dashboard.kept import Kept
from dashboard.services import Services
from domain.errors import InputRefused
from geo.hexgrid import centres, from_hex, rings
from mart.questions.hexagons import COARSEST_SHOWN, FINEST_SHOWN, hexagons
from mart.snapshot import Mart

_KEPT_CITIES = 12
_MARGIN = 0.02  # degrees: wider than the coarsest cell that is ever cut by a box


@dataclass(frozen=True, slots=True)
class City:
    """The hexagons of a question over the whole city: a box is cut from it without asking again."""

    frame: pd.DataFrame
    lat: np.ndarray[Any, np.dtype[np.float64]]
    lon: np.ndarray[Any, np.dtype[np.float64]]
    scale: dict[str, tuple[float, ...]]


class Cities:
    """The last few cities, and the outline of every cell that was ever drawn."""

    def __init__(self) -> None:
        self._cities = Kept(_KEPT_CITIES)
        self._outlines: dict[str, orjson.Fragment] = {}

    def get(self, mart: Mart, question: Question, resolution: int) -> City:
        """The whole city at a resolution."""
        key = question.identity(f"city {resolution}")
        return self._cities.get(key, lambda: _city(mart, question, resolution))

    def outlines(self, cells: list[str]) -> list[orjson.Fragment]:
        """The GeoJSON geometry of each cell, written once."""
        new = [cell for cell in cells if cell not in self._outlines]
        if new:
            for cell, ring in zip(new, rings(from_hex(new), decimals=5), strict=True):
                geometry = orjson.dumps({"type": "Polygon", "coordinates": [ring]})
                self._outlines[cell] = orjson.Fragment(geometry)
        return [self._outlines[cell] for cell in cells]


def collection(mart: Mart, question: Question, cities: Cities) -> dict[str, Any]:
    """A FeatureCollection of the hexagons that a box shows; the scale is the whole city's, so that it stays."""
    resolution: int = question.extra["resolution"]
    city = cities.get(mart, _without_box(question), resolution)
    shown = _inside(city, question.extra["bbox"])
    cells = shown["h3"].tolist()
    features = [
        {"type": "Feature", "id": cell, "properties": record, "geometry": outline}
        for cell, record, outline in zip(cells, records(shown), cities.outlines(cells), strict=True)
    ]
    return {
        "type": "FeatureCollection",
        "as_of": question.as_of,
        "ignored": question.ignored,
        "resolution": resolution,
        "total": int(city.frame["n"].sum()),
        "scale": city.scale,
        "features": features,
    }


def register(server: FastAPI, services: Services) -> None:
    """Add /feeds/hexagons.geojson."""
    kept, cities = Bodies(), Cities()

    def make(mart: Mart, question: Question) -> dict[str, Any]:
        return collection(mart, question, cities)

    @server.get(
        "/feeds/hexagons.geojson", tags=["map"], response_model=Hexagons, responses={422: {"model": Refusal}}
    )
    async def get_hexagons(
        request: Request,
        query: Annotated[PageQuery, Query()],
        resolution: Annotated[int, Query(ge=COARSEST_SHOWN, le=FINEST_SHOWN)] = 8,
        bbox: Annotated[str | None, Query(max_length=120, description="west,south,east,north")] = None,
    ) -> Response:
        """Located requests by H3 cell: count, open, late, late share, median age."""
        try:
            box = read_box(bbox)
        except InputRefused as error:
            return refused(422, str(error))
        return await answer(
            request, services, kept, query, make,
            feed="hexagons", media_type=GEOJSON, resolution=resolution, bbox=box,
        )  # fmt: skip


def _city(mart: Mart, question: Question, resolution: int) -> City:
    frame = hexagons(
        mart, question.filters, question.as_of, resolution,
        population=question.population, column_filters=question.column_filters,
    )  # fmt: skip
    lat, lon = centres(from_hex(frame["h3"].tolist()))
    return City(frame, lat, lon, scales(frame))


def _without_box(question: Question) -> Question:
    return Question(question.state, question.version, question.as_of, question.filters)


def _inside(city: City, box: Box | None) -> pd.DataFrame:
    if box is None:
        return city.frame
    west, south, east, north = box
    inside = (city.lon >= west - _MARGIN) & (city.lon <= east + _MARGIN)
    inside &= (city.lat >= south - _MARGIN) & (city.lat <= north + _MARGIN)
    return city.frame[inside]
