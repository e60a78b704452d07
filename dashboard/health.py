"""What /health says: is the store reachable, which mart is served, and how old it is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel
from sqlalchemy import Engine
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from dashboard.services import Services
from domain.errors import MartMissing, VigieError
from mart.layout import current_version
from store.engine import connect, reachable

STALE_AFTER = timedelta(hours=36)
"""A mart built longer ago gets a notice: a nightly build that ran is never that old."""


class StoreHealth(BaseModel):
    """Whether the request store answers."""

    reachable: bool
    kind: str


class MartHealth(BaseModel):
    """The mart that is served. `old` = of another version of Vigie; `stale` = built long ago."""

    state: Literal["ok", "stale", "old", "missing"]
    version: str | None = None
    built_at: datetime | None = None
    newest_event_at: datetime | None = None
    age_s: float | None = None
    requests: int | None = None
    detail: str | None = None


class Health(BaseModel):
    """The answer of /health."""

    status: Literal["ok", "degraded"]
    store: StoreHealth
    mart: MartHealth


def store_health(url: str) -> StoreHealth:
    """Whether the store answers a cheap question; a SQLite file is not made by asking."""
    try:
        kind = make_url(url).get_backend_name()
        if kind == "sqlite" and not Path(make_url(url).database or "").is_file():
            return StoreHealth(reachable=False, kind=kind)
        return StoreHealth(reachable=reachable(_engine(url)), kind=kind)
    except (VigieError, ArgumentError):
        return StoreHealth(reachable=False, kind="unknown")


@cache
def _engine(url: str) -> Engine:
    return connect(url)


def mart_health(services: Services, now: datetime | None = None) -> MartHealth:
    """State of the mart that readers get now."""
    try:
        with services.reader.lease() as mart:
            age = (now or datetime.now(UTC)) - mart.built_at
            return MartHealth(
                state="stale" if age > STALE_AFTER else "ok",
                version=mart.version,
                built_at=mart.built_at,
                newest_event_at=mart.newest_event_at,
                age_s=round(age.total_seconds(), 1),
                requests=mart.requests_count,
            )
    except MartMissing as error:
        published = current_version(services.settings.mart) is not None
        return MartHealth(state="old" if published else "missing", detail=str(error))


def health(services: Services) -> Health:
    """Store and mart; `degraded` where either keeps a person from working."""
    store, mart = store_health(services.settings.store), mart_health(services)
    good = store.reachable and mart.state in {"ok", "stale"}
    return Health(status="ok" if good else "degraded", store=store, mart=mart)
