"""For a report that is being typed: the open episodes that it may be about, with the reasons in words."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

import orjson
from fastapi import FastAPI, Query, Response

from dashboard.feeds.answer import JSON, refusing
from dashboard.feeds.models import LikelyEpisode, LikelyEpisodes, Refusal
from dashboard.services import Services
from geo.dedup.reasons import text_of
from mart.questions.likely import LikelyHere, likely_same

MOST_EPISODES = 20


def written(found: LikelyHere, language: str) -> dict[str, Any]:
    """An episode as the feed sends it."""
    plain = {name: getattr(found, name) for name in LikelyEpisode.model_fields if name != "reasons"}
    reasons = [{"code": one.code, "bits": one.bits, "text": text_of(one, language)} for one in found.reasons]
    return plain | {"reasons": reasons}


def register(server: FastAPI, services: Services) -> None:
    """Add /feeds/likely.json."""

    @refusing
    def ask(
        point: tuple[float, float], activity: str, at: datetime | None, label: str | None, precision: str,
        limit: int, language: str,
    ) -> Response:  # fmt: skip
        with services.reader.lease() as mart:
            moment = at or mart.as_of()
            found = likely_same(mart, point, activity, moment, label=label, precision=precision, limit=limit)
            body = {"as_of": moment, "episodes": [written(one, language) for one in found]}
        return Response(orjson.dumps(body, option=orjson.OPT_UTC_Z), 200, {"Cache-Control": "no-store"}, JSON)

    @server.get(
        "/feeds/likely.json",
        tags=["list"],
        response_model=LikelyEpisodes,
        responses={422: {"model": Refusal}},
    )
    async def get_likely(
        lat: Annotated[float, Query(ge=-90, le=90, description="degrees, WGS84")],
        lon: Annotated[float, Query(ge=-180, le=180, description="degrees, WGS84")],
        activity: Annotated[str, Query(max_length=40, description="code of data/activities.yml")],
        at: Annotated[
            datetime | None, Query(description="the report's moment; else that of the figures")
        ] = None,
        label: Annotated[str | None, Query(max_length=200, description="as published")] = None,
        precision: Literal["exact", "segment"] = "exact",
        limit: Annotated[int, Query(ge=1, le=MOST_EPISODES)] = 5,
        lang: Literal["fr", "en"] = "fr",
    ) -> Response:
        """Open episodes that a report at a point may be about, the likeliest first, and why."""
        return await services.run(ask, (lat, lon), activity, at, label, precision, limit, lang)
