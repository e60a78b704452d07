"""The first tables.

Frozen as they were: a later schema comes by a later migration, not by a change here.
"""

import sqlalchemy as sa
from alembic import op

from store.types import Moment, point

revision = "0001"
down_revision = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "information_count",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False, comment="first day, local"),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False, comment="the most that one file has given"),
        sa.PrimaryKeyConstraint("source", "month", "label", name="information_count_pkey"),
    )
    op.create_table(
        "load_run",
        sa.Column("id", KEY, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("file_bytes", sa.BigInteger(), nullable=False),
        sa.Column("file_sha256", sa.Text(), nullable=False),
        sa.Column("started_at", Moment, nullable=False),
        sa.Column("finished_at", Moment, nullable=False),
        sa.Column("tick", sa.BigInteger(), nullable=False),
        sa.Column("read", sa.BigInteger(), nullable=False),
        sa.Column("inserted", sa.BigInteger(), nullable=False),
        sa.Column("updated", sa.BigInteger(), nullable=False),
        sa.Column("unchanged", sa.BigInteger(), nullable=False),
        sa.Column("information", sa.BigInteger(), nullable=False),
        sa.Column("rejected", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="load_run_pkey"),
    )
    op.create_table(
        "request",
        sa.Column("id", KEY, nullable=False),
        sa.Column("source", sa.Text(), nullable=False, comment="name of the YAML in etl/sources"),
        sa.Column("external_id", sa.Text(), nullable=False, comment="the source's own id"),
        sa.Column("nature", sa.Text(), nullable=False, comment="request | complaint | comment"),
        sa.Column("activity", sa.Text(), nullable=False, comment="code of data/activities.yml"),
        sa.Column("label", sa.Text(), comment="the source's activity label, as published"),
        sa.Column("place_type", sa.Text(), comment="address | segment | intersection | installation"),
        sa.Column("street", sa.Text()),
        sa.Column("street_from", sa.Text(), comment="first cross street"),
        sa.Column("street_to", sa.Text(), comment="second cross street"),
        sa.Column("postal_code", sa.Text()),
        sa.Column("borough", sa.Text(), comment="where it is: code | ville_liee | hors_territoire | NULL"),
        sa.Column("borough_basis", sa.Text(), nullable=False, comment="point | near | text | none"),
        sa.Column("borough_who", sa.Text(), comment="who fixes it: code | ville_liee | NULL"),
        sa.Column("unit", sa.Text(), comment="responsible unit, as published"),
        sa.Column("sector", sa.Text(), comment="code of data/boroughs/sectors.geojson"),
        sa.Column("lon", sa.Float(precision=53), comment="degrees, WGS84"),
        sa.Column("lat", sa.Float(precision=53), comment="degrees, WGS84"),
        sa.Column("geometry", point(), comment="the same point, SRID 4326; WKB on SQLite"),
        sa.Column("h3_12", sa.BigInteger(), comment="H3 cell at resolution 12"),
        sa.Column("precision", sa.Text(), nullable=False, comment="exact | segment | counter | none"),
        sa.Column("channel", sa.Text(), comment="channel of the first requester"),
        sa.Column("requesters_phone", sa.SmallInteger(), comment="requesters who came by it"),
        sa.Column("requesters_email", sa.SmallInteger(), comment="requesters who came by it"),
        sa.Column("requesters_person", sa.SmallInteger(), comment="requesters who came by it"),
        sa.Column("requesters_mail", sa.SmallInteger(), comment="requesters who came by it"),
        sa.Column("requesters_fax", sa.SmallInteger(), comment="requesters who came by it"),
        sa.Column("requesters_authority", sa.SmallInteger(), comment="requesters who came by it"),
        sa.Column("requesters_mobile", sa.SmallInteger(), comment="requesters who came by it"),
        sa.Column("requesters_social", sa.SmallInteger(), comment="requesters who came by it"),
        sa.Column("requesters_web", sa.SmallInteger(), comment="requesters who came by it"),
        sa.Column("requesters", sa.Integer(), nullable=False, comment="sum over channels, at least 1"),
        sa.Column("status", sa.Text(), comment="code of domain.statuses; NULL = unknown"),
        sa.Column("opened_at", Moment, nullable=False),
        sa.Column("status_at", Moment),
        sa.Column("closed_at", Moment),
        sa.Column("due_at", Moment, comment="NULL where the activity has no target"),
        sa.Column("target_days", sa.SmallInteger()),
        sa.Column("target_origin", sa.Text(), comment="which line of data/activities.yml set it"),
        sa.Column("content_hash", sa.BigInteger(), nullable=False, comment="of the source's own fields"),
        sa.Column("load_id", sa.BigInteger(), comment="load_run.id of the load that wrote it last"),
        sa.Column("changed_tick", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="request_pkey"),
    )
    op.create_index("request_changed_tick_idx", "request", ["changed_tick"])
    if op.get_bind().dialect.name == "postgresql":
        op.create_index("request_geometry_gist", "request", ["geometry"], postgresql_using="gist")
    op.create_index("request_h3_12_idx", "request", ["h3_12"])
    op.create_index(
        "request_open_idx",
        "request",
        ["borough", "activity", "due_at"],
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_index("request_opened_at_idx", "request", ["opened_at"])
    op.create_index("request_source_external_id_key", "request", ["source", "external_id"], unique=True)
    op.create_table(
        "store_clock",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column(
            "tick", sa.BigInteger(), nullable=False, comment="number of the newest writing transaction"
        ),
        sa.CheckConstraint("id = 1", name="store_clock_one_row_check"),
        sa.PrimaryKeyConstraint("id", name="store_clock_pkey"),
    )
    op.create_table(
        "rejected_row",
        sa.Column("id", KEY, nullable=False),
        sa.Column("load_id", sa.BigInteger(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("line", sa.BigInteger(), nullable=False, comment="1 is the header"),
        sa.Column("field", sa.Text(), nullable=False, comment="column of the file"),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), comment="at most 200 characters"),
        sa.ForeignKeyConstraint(["load_id"], ["load_run.id"], name="rejected_row_load_id_fkey"),
        sa.PrimaryKeyConstraint("id", name="rejected_row_pkey"),
    )
    op.create_index("rejected_row_load_id_idx", "rejected_row", ["load_id"])
    op.create_table(
        "request_event",
        sa.Column("id", KEY, nullable=False),
        sa.Column("request_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False, comment="status | …"),
        sa.Column("status_before", sa.Text()),
        sa.Column("status_before_at", Moment),
        sa.Column("status", sa.Text()),
        sa.Column("at", Moment, comment="when it happened, by its source"),
        sa.Column("recorded_at", Moment, nullable=False),
        sa.Column("actor", sa.Text(), nullable=False, comment="source:NAME, or a user"),
        sa.Column("load_id", sa.BigInteger()),
        sa.Column("tick", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["load_id"], ["load_run.id"], name="request_event_load_id_fkey"),
        sa.ForeignKeyConstraint(["request_id"], ["request.id"], name="request_event_request_id_fkey"),
        sa.PrimaryKeyConstraint("id", name="request_event_pkey"),
    )
    op.create_index("request_event_request_id_idx", "request_event", ["request_id"])
    op.create_table(
        "request_fault",
        sa.Column("id", KEY, nullable=False),
        sa.Column("request_id", sa.BigInteger(), nullable=False, comment="request.id"),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), comment="what the source said, at most 200 characters"),
        sa.Column("load_id", sa.BigInteger(), nullable=False, comment="load_run.id"),
        sa.PrimaryKeyConstraint("id", name="request_fault_pkey"),
    )
    op.create_index("request_fault_request_id_idx", "request_fault", ["request_id"])
    op.execute("INSERT INTO store_clock (id, tick) VALUES (1, 0)")
