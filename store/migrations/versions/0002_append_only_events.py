"""The event log is append-only: the engine refuses to change or delete what was recorded."""

from alembic import op

revision = "0002"
down_revision = "0001"

SENTENCE = "request_event is append-only"


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for action in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER request_event_no_{action.lower()} BEFORE {action} ON request_event "
                f"BEGIN SELECT RAISE(ABORT, '{SENTENCE}'); END"
            )
        return
    op.execute(
        "CREATE OR REPLACE FUNCTION request_event_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{SENTENCE}'; END $$"
    )
    op.execute(
        "CREATE TRIGGER request_event_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON request_event "
        "FOR EACH STATEMENT EXECUTE FUNCTION request_event_refuse()"
    )
