"""What people decide about two requests, as a log that is never rewritten."""

import sqlalchemy as sa
from alembic import op

from store.types import Moment

revision = "0003"
down_revision = "0002"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
SENTENCE = "pair_decision is append-only"


def upgrade() -> None:
    op.create_table(
        "pair_decision",
        sa.Column("id", KEY, nullable=False),
        sa.Column("request_a", sa.BigInteger(), nullable=False, comment="the smaller id"),
        sa.Column("request_b", sa.BigInteger(), nullable=False, comment="the larger id"),
        sa.Column("verdict", sa.Text(), nullable=False, comment="same | apart | undone"),
        sa.Column("decided_at", Moment, nullable=False),
        sa.Column("actor", sa.Text(), nullable=False, comment="who decided"),
        sa.Column("tick", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pair_decision_pkey"),
        sa.ForeignKeyConstraint(["request_a"], ["request.id"], name="pair_decision_request_a_fkey"),
        sa.ForeignKeyConstraint(["request_b"], ["request.id"], name="pair_decision_request_b_fkey"),
        sa.CheckConstraint("request_a < request_b", name="pair_decision_in_order_check"),
        sa.CheckConstraint("verdict IN ('same', 'apart', 'undone')", name="pair_decision_verdict_check"),
    )
    op.create_index("pair_decision_request_a_request_b_idx", "pair_decision", ["request_a", "request_b"])
    refuse_changes()


def refuse_changes() -> None:
    """The engine itself refuses to change or delete a decision."""
    if op.get_bind().dialect.name == "sqlite":
        for action in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER pair_decision_no_{action.lower()} BEFORE {action} ON pair_decision "
                f"BEGIN SELECT RAISE(ABORT, '{SENTENCE}'); END"
            )
        return
    op.execute(
        "CREATE OR REPLACE FUNCTION pair_decision_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{SENTENCE}'; END $$"
    )
    op.execute(
        "CREATE TRIGGER pair_decision_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON pair_decision "
        "FOR EACH STATEMENT EXECUTE FUNCTION pair_decision_refuse()"
    )
