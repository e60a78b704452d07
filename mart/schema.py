"""Every table and column of the mart, named once: type, unit, meaning.

Moments (`*_at`) are UTC. Codes (borough, activity, status, …) are text.
"""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

SCHEMA_VERSION = 2
"""Raised whenever a column or its meaning changes: a mart of another version has to be built anew."""

MOMENT = pa.timestamp("us", tz="UTC")


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a mart table."""

    name: str
    type: pa.DataType
    meaning: str
    nullable: bool = True


def _required(name: str, kind: pa.DataType, meaning: str) -> Column:
    return Column(name, kind, meaning, nullable=False)


REQUEST_COLUMNS: tuple[Column, ...] = (
    _required("id", pa.int64(), "the store's id"),
    _required("source", pa.string(), "name of the YAML in etl/sources"),
    _required("external_id", pa.string(), "the source's own id"),
    _required("nature", pa.string(), "request | complaint | comment"),
    _required("activity", pa.string(), "code of data/activities.yml"),
    Column("label", pa.string(), "the source's activity label, as published"),
    Column("borough", pa.string(), "where: code | ville_liee | hors_territoire | null"),
    Column("borough_who", pa.string(), "who fixes it: code | ville_liee | null"),
    _required("borough_basis", pa.string(), "what `borough` rests on: point | near | text | none"),
    Column("sector", pa.string(), "code of data/boroughs/sectors.geojson"),
    _required("precision", pa.string(), "exact | segment | counter | none"),
    Column("status", pa.string(), "last status known, code of domain.statuses"),
    Column("channel", pa.string(), "channel of the first requester"),
    Column("place_type", pa.string(), "address | segment | intersection | installation"),
    Column("street", pa.string(), "street"),
    Column("street_from", pa.string(), "first cross street"),
    Column("street_to", pa.string(), "second cross street"),
    Column("lon", pa.float64(), "degrees, WGS84; null where precision is counter or none"),
    Column("lat", pa.float64(), "degrees, WGS84"),
    Column("geometry", pa.binary(), "the same point: WKB, EPSG:4326, x = lon"),
    Column("h3_12", pa.int64(), "H3 cell at resolution 12"),
    _required("opened_at", MOMENT, "when it was received"),
    Column("closed_at", MOMENT, "when it was closed; null = open, or closed at an unknown moment"),
    Column(
        "ended_at", MOMENT, "closed_at, or opened_at where it was closed at an unknown moment; null = open"
    ),
    Column("due_at", MOMENT, "when it is due; null = its activity has no target"),
    Column("status_at", MOMENT, "since when it has its status"),
    _required("requesters", pa.int32(), "people who reported it, at least 1"),
    _required("reopened", pa.bool_(), "it was closed once and is or was open again"),
)
"""Table `requests`: one row per request, ordered by (opened_at, id)."""

INFORMATION_COLUMNS: tuple[Column, ...] = (
    _required("month", pa.date32(), "first day of the local month"),
    _required("label", pa.string(), "as published"),
    _required("n", pa.int64(), "calls for information"),
)
"""Table `information`: calls that are no requests, ordered by (month, label)."""


def _schema(columns: tuple[Column, ...]) -> pa.Schema:
    return pa.schema([pa.field(c.name, c.type, c.nullable) for c in columns])


REQUESTS: pa.Schema = _schema(REQUEST_COLUMNS)
INFORMATION: pa.Schema = _schema(INFORMATION_COLUMNS)

EVENT_COLUMNS = ("opened_at", "closed_at", "status_at")
"""Moments at which something happened to a request: the newest of them dates the data."""
