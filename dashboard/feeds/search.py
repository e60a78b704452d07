"""What the search box asks as one types: requests by number, streets, intersections, boroughs and sectors."""

from __future__ import annotations

import math
import threading
from datetime import datetime
from typing import Annotated, Any, Literal

import orjson
from fastapi import FastAPI, Query, Response
from pydantic import BaseModel, Field

from dashboard.components.names import activity_name, borough_name, sector_name
from dashboard.feeds.answer import JSON, refusing
from dashboard.feeds.models import Refusal
from dashboard.feeds.question import Language
from dashboard.services import Services
from dashboard.text import t
from mart.questions.search import CrossingHit, PlaceHit, StreetHit, search
from mart.questions.search_index import Box, SearchIndex, search_index
from mart.questions.search_words import LONGEST
from mart.snapshot import Mart

_WIDTH_PX, _HEIGHT_PX, _TILE_PX = 620, 520, 256
_NEAREST, _FARTHEST = 17.0, 11.0
_CROSSING_ZOOM = 17.0
_BOROUGHS_SAID = 3


class RequestFound(BaseModel):
    """A request."""

    id: int
    number: str
    state: str
    title: str = Field(description="activity in the language asked for")
    detail: str = Field(description="street and borough")


class PlaceFound(BaseModel):
    """A street, an intersection, a borough or a sector."""

    kind: Literal["street", "crossing", "borough", "sector"]
    title: str
    detail: str
    code: str | None = Field(default=None, description="of a borough or sector")
    borough: str | None = Field(default=None, description="of a sector")
    street: str | None = Field(default=None, description="name to filter by")
    view: str | None = Field(default=None, description="of the map: lat,lon,zoom")


class Results(BaseModel):
    """What a text may mean, the likeliest first in each kind; at most 20 together."""

    q: str
    as_of: datetime
    requests: list[RequestFound]
    places: list[PlaceFound]


class Searcher:
    """The index of the newest version. While a newer one is read, the one before goes on answering."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._lock = threading.Lock()
        self._index: SearchIndex | None = None
        self._making = False

    def index(self, mart: Mart) -> SearchIndex:
        """The index to ask; the first one is waited for."""
        index = self._index
        if index is None:
            with self._lock:
                if self._index is None:
                    self._index = search_index(mart)
                return self._index
        if index.version != mart.version:
            self._renew()
        return index

    def _renew(self) -> None:
        with self._lock:
            if self._making:
                return
            self._making = True
        self._services.asides.submit(self._make)

    def _make(self) -> None:
        try:
            with self._services.reader.lease() as mart:
                self._index = search_index(mart)
        finally:
            self._making = False


def results(mart: Mart, index: SearchIndex, text: str, lang: str) -> Results:
    """What a text means, in words."""
    as_of = mart.as_of()
    found = search(mart, index, text, as_of)
    return Results(
        q=text,
        as_of=as_of,
        requests=[_request(row, lang) for row in found.requests],
        places=[
            *(_place(hit, lang) for hit in found.places),
            *(_street(hit, lang) for hit in found.streets),
            *(_crossing(hit, lang) for hit in found.crossings),
        ],
    )


def register(server: FastAPI, services: Services) -> None:
    """Add /feeds/search.json."""
    searcher = Searcher(services)

    @refusing
    def ask(text: str, lang: str) -> Response:
        with services.reader.lease() as mart:
            found = results(mart, searcher.index(mart), text, lang)
        body = orjson.dumps(found.model_dump(), option=orjson.OPT_UTC_Z)
        return Response(body, 200, {"Cache-Control": "no-store"}, JSON)

    @server.get(
        "/feeds/search.json", tags=["list"], response_model=Results, responses={422: {"model": Refusal}}
    )
    async def get_search(
        lang: Language,
        q: Annotated[
            str,
            Query(
                max_length=LONGEST, description="a number, a street, an intersection, a borough or a sector"
            ),
        ] = "",
    ) -> Response:
        """What a text may mean. Accents, capitals, dashes, "rue", "av.", "St-" and "Saint-" do not matter."""
        return await services.run(ask, q, lang)


def view_of(box: Box) -> str:
    """The map's view of a box: `lat,lon,zoom`."""
    west, south, east, north = box
    lat, lon = (south + north) / 2, (west + east) / 2
    wide = max(east - west, 1e-6) / 360
    high = max(north - south, 1e-6) / 360 / math.cos(math.radians(lat))
    zoom = math.log2(min(_WIDTH_PX / wide, _HEIGHT_PX / high) / _TILE_PX)
    return f"{lat:.5f},{lon:.5f},{min(max(math.floor(zoom * 4) / 4, _FARTHEST), _NEAREST):g}"


def _request(row: dict[str, Any], lang: str) -> RequestFound:
    street = row["street"] or " / ".join(part for part in (row["street_from"], row["street_to"]) if part)
    where = [part for part in (street, borough_name(row["borough"], lang)) if part]
    return RequestFound(
        id=row["id"],
        number=row["external_id"],
        state=row["state"],
        title=activity_name(row["activity"], lang, short=True),
        detail=" · ".join(where),
    )


def _street(hit: StreetHit, lang: str) -> PlaceFound:
    view = view_of(hit.box) if hit.box else None
    return PlaceFound(
        kind="street", title=hit.name, detail=_boroughs(hit.boroughs, lang), street=hit.name, view=view
    )


def _crossing(hit: CrossingHit, lang: str) -> PlaceFound:
    view = None
    if hit.point:
        lon, lat = hit.point
        view = f"{lat:.5f},{lon:.5f},{_CROSSING_ZOOM:g}"
    return PlaceFound(
        kind="crossing", title=" / ".join(hit.names), detail=_boroughs(hit.boroughs, lang), view=view
    )


def _place(hit: PlaceHit, lang: str) -> PlaceFound:
    view = view_of(hit.box)
    if hit.kind == "borough":
        return PlaceFound(
            kind="borough",
            title=borough_name(hit.code, lang),
            detail=t("search.borough", lang),
            code=hit.code,
            view=view,
        )
    return PlaceFound(
        kind="sector", title=sector_name(hit.code, lang), detail=borough_name(hit.borough, lang),
        code=hit.code, borough=hit.borough, view=view,
    )  # fmt: skip


def _boroughs(codes: tuple[str, ...], lang: str) -> str:
    named = [borough_name(code, lang) for code in codes[:_BOROUGHS_SAID]]
    more = len(codes) - len(named)
    return ", ".join(named) + (t("search.more", lang, n=more) if more else "")
