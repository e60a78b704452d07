"""Where requests are, by H3 cell, with the cells' outlines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
import orjson
import pandas as pd
from fastapi import FastAPI, Query, Request, Response
from numpy.typing import NDArray

from dashboard.feeds.answer import GEOJSON, Bodies, answer
from dashboard.feeds.geojson import features
from dashboard.feeds.measures import records, scales
from dashboard.feeds.models import Hexagons, Refusal
from dashboard.feeds.question import Box, PageQuery, Question
from dashboard.kept import Kept
from dashboard.services import Services
from geo.hexgrid import centres, from_hex, rings
from mart.questions.hexagons import COARSEST_SHOWN, FINEST_SHOWN, hexagons
from mart.snapshot import Mart

Floats = NDArray[np.float64]

_KEPT_CITIES = 12
_MARGIN = 0.02  # degrees: wider than the coarsest cell that is ever cut by a box


@dataclass(frozen=True, slots=True)
class City:
    """The hexagons of a question over the whole city: a box is cut from it without asking again."""

    frame: pd.DataFrame
    lat: Floats
    lon: Floats
    scale: dict[str, tuple[float, ...]]


class Outlines:
    """The GeoJSON geometry of every cell that was ever drawn, written once."""

    def __init__(self) -> None:
        self._outlines: dict[str, orjson.Fragment] = {}

    def of(self, cells: list[str]) -> list[orjson.Fragment]:
        """The geometry of each cell."""
        new = [cell for cell in cells if cell not in self._outlines]
        if new:
            for cell, ring in zip(new, rings(from_hex(new), decimals=5), strict=True):
                geometry = orjson.dumps({"type": "Polygon", "coordinates": [ring]})
                self._outlines[cell] = orjson.Fragment(geometry)
        return [self._outlines[cell] for cell in cells]


class Cities:
    """The last few cities."""

    def __init__(self) -> None:
        self._cities = Kept(_KEPT_CITIES)
        self.outlines = Outlines()

    def get(self, mart: Mart, question: Question, resolution: int) -> City:
        """The whole city at a resolution."""
        key = question.identity(f"city {resolution}")
        return self._cities.get(key, lambda: _city(mart, question, resolution))


def collection(mart: Mart, question: Question, cities: Cities) -> dict[str, Any]:
    """A FeatureCollection of the hexagons that a box shows; the scale is the whole city's, so that it stays."""
    resolution: int = question.extra["resolution"]
    city = cities.get(mart, _without_box(question), resolution)
    shown = _inside(city, question.extra["bbox"])
    cells = shown["h3"].tolist()
    return {
        "type": "FeatureCollection",
        "as_of": question.as_of,
        "ignored": question.ignored,
        "resolution": resolution,
        "total": int(city.frame["n"].sum()),
        "scale": city.scale,
        "features": features(cells, records(shown), cities.outlines.of(cells)),
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
        return await answer(
            request, services, kept, query, make,
            feed="hexagons", media_type=GEOJSON, resolution=resolution, bbox=bbox,
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
    return city.frame[near_box(city.lat, city.lon, box)]


def near_box(lat: Floats, lon: Floats, box: Box | None) -> NDArray[np.bool_]:
    """Which centres of cells are in a box or near enough that their cells may touch it; all where there is no box."""
    west, south, east, north = box or (-np.inf, -np.inf, np.inf, np.inf)
    inside: NDArray[np.bool_] = (lon >= west - _MARGIN) & (lon <= east + _MARGIN)
    inside &= (lat >= south - _MARGIN) & (lat <= north + _MARGIN)
    return inside
