"""Which targets the open requests have: a log that is never rewritten."""

import sqlalchemy as sa
from alembic import op

from store.types import Moment

revision = "0004"
down_revision = "0003"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
SENTENCE = "target_change is append-only"


def upgrade() -> None:
    op.create_table(
        "target_change",
        sa.Column("id", KEY, nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False, comment="of all targets and days off"),
        sa.Column("applied_at", Moment, nullable=False),
        sa.Column("open", sa.BigInteger(), nullable=False, comment="requests that were open then"),
        sa.Column(
            "changed", sa.BigInteger(), nullable=False, comment="of these, got another due date or target"
        ),
        sa.Column("tick", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="target_change_pkey"),
    )
    refuse_changes()


def refuse_changes() -> None:
    """The engine itself refuses to change or delete a line."""
    if op.get_bind().dialect.name == "sqlite":
        for action in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER target_change_no_{action.lower()} BEFORE {action} ON target_change "
                f"BEGIN SELECT RAISE(ABORT, '{SENTENCE}'); END"
            )
        return
    op.execute(
        "CREATE OR REPLACE FUNCTION target_change_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{SENTENCE}'; END $$"
    )
    op.execute(
        "CREATE TRIGGER target_change_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON target_change "
        "FOR EACH STATEMENT EXECUTE FUNCTION target_change_refuse()"
    )
