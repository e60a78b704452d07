"""Every table and column of the mart, named once: type, unit, meaning.

Moments (`*_at`) are UTC. Codes (borough, activity, status, …) are text.
"""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

SCHEMA_VERSION = 4
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
    Column("target_days", pa.int16(), "its target, in working or calendar days"),
    Column("target_origin", pa.string(), "which line of data/activities.yml set it"),
    Column("status_at", MOMENT, "since when it has its status"),
    _required("requesters", pa.int32(), "people who reported it, at least 1"),
    _required("reopened", pa.bool_(), "it was closed once and is or was open again"),
    Column("reopened_at", MOMENT, "since when its present spell runs; null = since its opening"),
    Column("problem_id", pa.int64(), "id of its problem's first request; null for a request at no place"),
    _required("episode_id", pa.int64(), "id of its episode's first request; its own where it repeats none"),
    Column("parent_id", pa.int64(), "the earlier request that it repeats; null where it repeats none"),
    Column("score_bits", pa.float64(), "how surely it repeats `parent_id`: log2 of the odds"),
    Column(
        "reasons", pa.string(), "why: `code bits value;…`, see geo/dedup/reasons.py; null: first or alone"
    ),
)
"""Table `requests`: one row per request, in its present spell; those that lasted come last in each month."""

UNDONE_COLUMNS: tuple[Column, ...] = (
    *REQUEST_COLUMNS,
    Column("undone_at", MOMENT, "when a reopening ended this spell; null = it is the present one"),
)
"""Table `undone`: an earlier spell of a request that was opened again, as the request was in it, by (opened_at,
id, undone_at). The view `spells` is `requests` and `undone` together (docs/decisions/spells.md)."""

PROBLEM_COLUMNS: tuple[Column, ...] = (
    _required("id", pa.int64(), "id of its first request; requests opened later never change it"),
    _required("activity", pa.string(), "code of data/activities.yml"),
    Column("label", pa.string(), "activity label of the first request"),
    Column("borough", pa.string(), "where, as of the first request"),
    Column("sector", pa.string(), "the same"),
    _required("precision", pa.string(), "exact | segment: what the place is"),
    Column("street", pa.string(), "street of the first request"),
    Column("street_from", pa.string(), "its first cross street"),
    Column("street_to", pa.string(), "its second cross street"),
    _required("lon", pa.float64(), "degrees, WGS84: point of the first request"),
    _required("lat", pa.float64(), "degrees, WGS84"),
    _required("geometry", pa.binary(), "the same point: WKB, EPSG:4326, x = lon"),
    Column("h3_12", pa.int64(), "H3 cell at resolution 12"),
    _required("first_at", MOMENT, "when the first request was received"),
    _required("last_at", MOMENT, "when the last request was received"),
    Column("ended_at", MOMENT, "when the last of its requests was closed; null while one is open"),
    _required("episodes", pa.int32(), "how often it came: episodes"),
    _required("requests", pa.int32(), "requests of all its episodes"),
    _required("requesters", pa.int32(), "people behind these requests, as the source counts them"),
    _required("open", pa.int32(), "of the requests, those still open"),
    _required("recent_requests", pa.int32(), "recurrence: requests in the 6 months to `Manifest.recent_to`"),
    _required("recent_requesters", pa.int32(), "people behind these"),
    _required("recent_episodes", pa.int32(), "episodes that these belong to"),
)
"""Table `problems`: one activity at one place, ordered by id."""

INFORMATION_COLUMNS: tuple[Column, ...] = (
    _required("month", pa.date32(), "first day of the local month"),
    _required("label", pa.string(), "as published"),
    _required("n", pa.int64(), "calls for information"),
)
"""Table `information`: calls that are no requests, ordered by (month, label)."""


def _schema(columns: tuple[Column, ...]) -> pa.Schema:
    return pa.schema([pa.field(c.name, c.type, c.nullable) for c in columns])


REQUESTS: pa.Schema = _schema(REQUEST_COLUMNS)
SPELLS: pa.Schema = _schema(UNDONE_COLUMNS)
PROBLEMS: pa.Schema = _schema(PROBLEM_COLUMNS)
INFORMATION: pa.Schema = _schema(INFORMATION_COLUMNS)

_COUNTED = (
    "id", "borough", "borough_who", "sector", "activity", "label", "channel", "precision", "h3_12", "lon", "lat",
    "status", "opened_at", "closed_at", "ended_at", "due_at", "status_at", "reopened_at", "undone_at", "requesters",
    "episode_id", "problem_id", "parent_id",
)  # fmt: skip
FACTS: pa.Schema = pa.schema([SPELLS.field(name) for name in _COUNTED])
"""Columns of `spells` that KPIs are counted by: see `mart.facts`."""

GROUP_COLUMNS = ("problem_id", "episode_id", "parent_id", "score_bits", "reasons")
"""Columns of requests that depend on other requests: what `geo.dedup` makes of all of them."""

EVENT_COLUMNS = ("opened_at", "closed_at", "status_at")
"""Moments at which something happened to a request: the newest of them dates the data."""
