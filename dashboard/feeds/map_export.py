"""What the map shows, as files: GeoParquet and GeoJSON for a geographic information system, CSV for a spreadsheet."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Annotated, Any, Literal

import orjson
from fastapi import FastAPI, Query, Request, Response

from dashboard.feeds.answer import GEOJSON
from dashboard.feeds.download import CSV, File, download
from dashboard.feeds.map_csv import as_csv
from dashboard.feeds.models import Refusal
from dashboard.feeds.moments import iso, stamp
from dashboard.feeds.question import PageQuery, Question
from dashboard.services import Services
from dashboard.text import t
from mart.questions.hexagons import COARSEST_SHOWN, FINEST_SHOWN
from mart.snapshot import Mart

PARQUET = "application/vnd.apache.parquet"
_GEOPARQUET = "1.1.0"

_Drawn = Any
"""A geopandas.GeoDataFrame; geopandas is imported with the first file."""


def about(question: Question) -> dict[str, Any]:
    """What a file says of itself."""
    return {
        "as_of": question.as_of.isoformat(),
        "source": t("carte.attribution", question.state.lang),
        "query": question.state.to_query(),
        "kind": question.extra["kind"],
        "bbox": list(question.extra["bbox"]),
    }


def as_parquet(found: _Drawn, question: Question) -> bytes:
    """GeoParquet 1.1 with the CRS of the frame, and `about` in pandas's metadata."""
    found.attrs = about(question)
    file = io.BytesIO()
    found.to_parquet(file, index=False, schema_version=_GEOPARQUET, compression="zstd")
    return file.getvalue()


def as_geojson(found: _Drawn, question: Question) -> bytes:
    """A FeatureCollection with `about` among its members; WGS84 as RFC 7946 has it."""
    moments = found.select_dtypes("datetimetz").columns
    found = found.assign(**{name: iso(found[name]) for name in moments})
    collection = orjson.loads(found.to_json(drop_id=True, na="null"))
    collection.pop("crs", None)
    return orjson.dumps(about(question) | collection)


FORMATS: dict[str, tuple[str, Callable[[_Drawn, Question], bytes]]] = {
    "parquet": (PARQUET, as_parquet),
    "geojson": (GEOJSON, as_geojson),
    "csv": (CSV, as_csv),
}


def file_name(question: Question, ending: str) -> str:
    """Such as `carte-hexagones-backlog-2025-11-20T1405.parquet`: what, and as of when (Montréal's time)."""
    lang, kind = question.state.lang, question.extra["kind"]
    what = "recurrence" if question.extra["of"] == "recurrence" else question.population.replace("/", "-")
    return (
        f"{t('carte.file.map', lang)}-{t(f'carte.file.{kind}', lang)}-{what}-{stamp(question.as_of)}.{ending}"
    )


def register(server: FastAPI, services: Services) -> None:
    """Add /feeds/map.parquet, /feeds/map.geojson and /feeds/map.csv."""
    for ending, (media_type, _) in FORMATS.items():
        server.get(
            f"/feeds/map.{ending}", tags=["map"], response_class=Response, name=f"map {ending}",
            responses={200: {"content": {media_type: {}}}, 422: {"model": Refusal}},
        )(_route(services, ending))  # fmt: skip


def _route(services: Services, ending: str) -> Callable[..., Any]:
    def make(mart: Mart, question: Question) -> File:
        return _file(mart, question, ending)

    async def get_file(
        _request: Request,
        query: Annotated[PageQuery, Query()],
        kind: Literal["hexagons", "boroughs", "sectors", "points", "problems"],
        bbox: Annotated[str, Query(max_length=120, description="west,south,east,north")],
        of: Annotated[
            Literal["requests", "recurrence"], Query(description="what hexagons and areas count")
        ] = "requests",
        resolution: Annotated[int, Query(ge=COARSEST_SHOWN, le=FINEST_SHOWN)] = 8,
    ) -> Response:
        """What the map shows of a view, as a file."""
        return await download(services, query, make, kind=kind, of=of, resolution=resolution, bbox=bbox)

    return get_file


def _file(mart: Mart, question: Question, ending: str) -> File:
    from dashboard.feeds.map_drawn import drawn  # noqa: PLC0415  # geopandas takes a second to import

    media_type, write = FORMATS[ending]
    return File(file_name(question, ending), media_type, write(drawn(mart, question), question))
