"""Every table of the request store.

Names carry units; `*_at` are moments (UTC). Codes (status, activity, borough, …) are text, so that
a person with SQL reads them without a key.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ColumnElement,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    SmallInteger,
    Table,
    Text,
    and_,
    or_,
    text,
)

from domain.statuses import CLOSED
from store.types import Moment, point

metadata = MetaData(
    naming_convention={
        "pk": "%(table_name)s_pkey",
        "uq": "%(table_name)s_%(column_0_N_name)s_key",
        "ix": "%(table_name)s_%(column_0_N_name)s_idx",
        "fk": "%(table_name)s_%(column_0_name)s_fkey",
        "ck": "%(table_name)s_%(constraint_name)s_check",
    }
)

Id = BigInteger().with_variant(Integer(), "sqlite")  # SQLite numbers only INTEGER keys by itself

CHANNELS = ("phone", "email", "person", "mail", "fax", "authority", "mobile", "social", "web")
"""Ways a requester reaches the city, in the order of the published columns."""

GIVEN = "source"
"""`target_origin` of a due date that the source itself gives: no target of ours changes it."""

store_clock = Table(
    "store_clock",
    metadata,
    Column("id", SmallInteger, primary_key=True, autoincrement=False),
    Column("tick", BigInteger, nullable=False, comment="number of the newest writing transaction"),
    CheckConstraint("id = 1", name="one_row"),
)

load_run = Table(
    "load_run",
    metadata,
    Column("id", Id, primary_key=True),
    Column("source", Text, nullable=False),
    Column("file_name", Text, nullable=False),
    Column("file_bytes", BigInteger, nullable=False),
    Column("file_sha256", Text, nullable=False),
    Column("started_at", Moment, nullable=False),
    Column("finished_at", Moment, nullable=False),
    Column("tick", BigInteger, nullable=False),
    Column("read", BigInteger, nullable=False),
    Column("inserted", BigInteger, nullable=False),
    Column("updated", BigInteger, nullable=False),
    Column("unchanged", BigInteger, nullable=False),
    Column("information", BigInteger, nullable=False),
    Column("rejected", BigInteger, nullable=False),
)

request = Table(
    "request",
    metadata,
    Column("id", Id, primary_key=True),
    Column("source", Text, nullable=False, comment="name of the YAML in etl/sources"),
    Column("external_id", Text, nullable=False, comment="the source's own id"),
    Column("nature", Text, nullable=False, comment="request | complaint | comment"),
    Column("activity", Text, nullable=False, comment="code of data/activities.yml"),
    Column("label", Text, comment="the source's activity label, as published"),
    Column("place_type", Text, comment="address | segment | intersection | installation"),
    Column("street", Text),
    Column("street_from", Text, comment="first cross street"),
    Column("street_to", Text, comment="second cross street"),
    Column("postal_code", Text),
    Column("borough", Text, comment="where it is: code | ville_liee | hors_territoire | NULL"),
    Column("borough_basis", Text, nullable=False, comment="point | near | text | none"),
    Column("borough_who", Text, comment="who fixes it: code | ville_liee | NULL"),
    Column("unit", Text, comment="responsible unit, as published"),
    Column("sector", Text, comment="code of data/boroughs/sectors.geojson"),
    Column("lon", Float(53), comment="degrees, WGS84"),
    Column("lat", Float(53), comment="degrees, WGS84"),
    Column("geometry", point(), comment="the same point, SRID 4326; WKB on SQLite"),
    Column("h3_12", BigInteger, comment="H3 cell at resolution 12"),
    Column("precision", Text, nullable=False, comment="exact | segment | counter | none"),
    Column("channel", Text, comment="channel of the first requester"),
    *(
        Column(f"requesters_{channel}", SmallInteger, comment="requesters who came by it")
        for channel in CHANNELS
    ),
    Column("requesters", Integer, nullable=False, comment="sum over channels, at least 1"),
    Column("status", Text, comment="code of domain.statuses; NULL = unknown"),
    Column("opened_at", Moment, nullable=False),
    Column("status_at", Moment),
    Column("closed_at", Moment),
    Column("due_at", Moment, comment="NULL where the activity has no target"),
    Column("target_days", SmallInteger),
    Column("target_origin", Text, comment="which line of data/activities.yml set it"),
    Column("content_hash", BigInteger, nullable=False, comment="of the source's own fields"),
    # No foreign key: checking one per row would double the time of a million-row load.
    Column("load_id", BigInteger, comment="load_run.id of the load that wrote it last"),
    Column("changed_tick", BigInteger, nullable=False),
    # An index rather than a constraint: a bulk load can drop and remake it.
    Index("request_source_external_id_key", "source", "external_id", unique=True),
    Index(None, "h3_12"),
    Index("request_geometry_gist", "geometry", postgresql_using="gist").ddl_if("postgresql"),
    Index(None, "opened_at"),
    Index(None, "changed_tick"),
    Index(
        "request_open_idx",
        "borough",
        "activity",
        "due_at",
        sqlite_where=text("closed_at IS NULL"),
        postgresql_where=text("closed_at IS NULL"),
    ),
)

request_event = Table(
    "request_event",
    metadata,
    Column("id", Id, primary_key=True),
    Column("request_id", BigInteger, ForeignKey("request.id"), nullable=False, index=True),
    Column("kind", Text, nullable=False, comment="status | …"),
    Column("status_before", Text),
    Column("status_before_at", Moment),
    Column("status", Text),
    Column("at", Moment, comment="when it happened, by its source"),
    Column("recorded_at", Moment, nullable=False),
    Column("actor", Text, nullable=False, comment="source:NAME, or a user"),
    Column("load_id", BigInteger, ForeignKey("load_run.id")),
    Column("tick", BigInteger, nullable=False),
)
"""Append-only: the engine itself refuses UPDATE and DELETE (triggers of the first migration)."""

request_fault = Table(
    "request_fault",
    metadata,
    Column("id", Id, primary_key=True),
    # No foreign keys here either, for the same reason: faults come by the hundred thousand.
    Column("request_id", BigInteger, nullable=False, index=True, comment="request.id"),
    Column("field", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("value", Text, comment="what the source said, at most 200 characters"),
    Column("load_id", BigInteger, nullable=False, comment="load_run.id"),
)

rejected_row = Table(
    "rejected_row",
    metadata,
    Column("id", Id, primary_key=True),
    Column("load_id", BigInteger, ForeignKey("load_run.id"), nullable=False, index=True),
    Column("file_name", Text, nullable=False),
    Column("line", BigInteger, nullable=False, comment="1 is the header"),
    Column("field", Text, nullable=False, comment="column of the file"),
    Column("reason", Text, nullable=False),
    Column("value", Text, comment="at most 200 characters"),
)

information_count = Table(
    "information_count",
    metadata,
    Column("source", Text, primary_key=True),
    Column("month", Date, primary_key=True, comment="first day, local"),
    Column("label", Text, primary_key=True),
    Column("n", BigInteger, nullable=False, comment="the most that one file has given"),
)

pair_decision = Table(
    "pair_decision",
    metadata,
    Column("id", Id, primary_key=True),
    Column("request_a", BigInteger, ForeignKey("request.id"), nullable=False, comment="the smaller id"),
    Column("request_b", BigInteger, ForeignKey("request.id"), nullable=False, comment="the larger id"),
    Column("verdict", Text, nullable=False, comment="same | apart | undone"),
    Column("decided_at", Moment, nullable=False),
    Column("actor", Text, nullable=False, comment="who decided"),
    Column("tick", BigInteger, nullable=False),
    CheckConstraint("request_a < request_b", name="in_order"),
    CheckConstraint("verdict IN ('same', 'apart', 'undone')", name="verdict"),
    Index(None, "request_a", "request_b"),
)
"""What people decided about two requests: the newest row of a pair counts. Append-only like the events."""

target_change = Table(
    "target_change",
    metadata,
    Column("id", Id, primary_key=True),
    Column("fingerprint", Text, nullable=False, comment="of all targets and days off"),
    Column("applied_at", Moment, nullable=False),
    Column("open", BigInteger, nullable=False, comment="requests that were open then"),
    Column("changed", BigInteger, nullable=False, comment="of these, got another due date or target"),
    Column("tick", BigInteger, nullable=False),
)
"""Each time other targets or days off were applied to what was open: the newest row is what it has.
Append-only like the events."""


def is_open(requests: Table) -> ColumnElement[bool]:
    """Whether a row of `request`, or of a table with its columns, is open: neither closed nor in a closing status."""
    status = requests.c.status
    return and_(requests.c.closed_at.is_(None), or_(status.is_(None), status.not_in(sorted(CLOSED))))
