"""One schema, whichever way a store came to it."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import DBAPIError

from domain.errors import InputRefused, StoreUnavailable
from store.engine import connect, is_current, migrate, open_store, reachable
from store.schema import metadata
from store.targets import apply_targets

POSTGIS_OWN = {"spatial_ref_sys", "alembic_version"}


def shape(engine: Engine) -> dict[str, object]:
    """Columns, indexes and keys of every table."""
    seen = inspect(engine)
    return {
        table: (
            [(c["name"], str(c["type"]), c["nullable"]) for c in seen.get_columns(table)],
            sorted((i["name"] or "", tuple(i["column_names"]), i["unique"]) for i in seen.get_indexes(table)),
            sorted(tuple(k["constrained_columns"]) for k in seen.get_foreign_keys(table)),
        )
        for table in sorted(set(seen.get_table_names()) - POSTGIS_OWN)
    }


def differences(engine: Engine) -> list[object]:
    """What the migrated schema lacks beside the declared one."""

    def ours(thing: object, name: str | None, kind: str, _reflected: bool, _other: object) -> bool:
        if kind == "index" and name == "request_geometry_gist":
            return engine.dialect.name == "postgresql"
        return name not in POSTGIS_OWN

    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_object": ours, "compare_type": True})
        found: list[object] = compare_metadata(context, metadata)
        return found


def test_the_migrations_make_what_is_declared(store: Engine) -> None:
    assert differences(store) == []
    assert is_current(store)


def test_an_upgrade_gives_the_schema_of_a_new_store_and_keeps_its_rows(store_url: str) -> None:
    old = connect(store_url)
    migrate(old, "0001")
    assert not is_current(old)
    with old.begin() as connection:
        connection.execute(text("UPDATE store_clock SET tick = 41"))
    upgraded = open_store(store_url)
    assert is_current(upgraded)
    with upgraded.connect() as connection:
        assert connection.scalar(text("SELECT tick FROM store_clock")) == 41
    seen = shape(upgraded)
    with upgraded.begin() as connection:
        metadata.drop_all(connection)
        connection.execute(text("DROP TABLE alembic_version"))
    new = open_store(store_url)
    assert shape(new) == seen
    for engine in (old, upgraded, new):
        engine.dispose()


def test_opening_twice_changes_nothing(store_url: str) -> None:
    first = open_store(store_url)
    before = shape(first)
    first.dispose()
    second = open_store(store_url)
    assert shape(second) == before
    assert reachable(second)
    second.dispose()


@pytest.mark.parametrize("action", ["UPDATE request_event SET actor = 'x'", "DELETE FROM request_event"])
def test_the_event_log_is_append_only(store: Engine, action: str) -> None:
    now = "1700000000" if store.dialect.name == "sqlite" else "now()"
    with store.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO request (source, external_id, nature, activity, borough_basis, precision, "
                "requesters, opened_at, content_hash, changed_tick) VALUES "
                f"('m', '1', 'request', 'autre', 'none', 'none', 1, {now}, 0, 1)"
            )
        )
        connection.execute(
            text(
                "INSERT INTO request_event (request_id, kind, recorded_at, actor, tick) "
                f"SELECT id, 'status', {now}, 'test', 1 FROM request"
            )
        )
    with pytest.raises(DBAPIError, match="append-only"), store.begin() as connection:
        connection.execute(text(action))


@pytest.mark.parametrize("action", ["UPDATE target_change SET changed = 0", "DELETE FROM target_change"])
def test_the_log_of_targets_is_append_only(store: Engine, action: str) -> None:
    apply_targets(store, "of today", lambda rows: rows)
    with pytest.raises(DBAPIError, match="append-only"), store.begin() as connection:
        connection.execute(text(action))


@pytest.mark.parametrize("url", ["mysql://x/y", "nonsense", "oracle://h"])
def test_another_kind_of_url_is_refused_in_a_sentence(url: str) -> None:
    with pytest.raises(InputRefused, match="VIGIE_STORE"):
        open_store(url)


def test_a_server_that_is_not_there_is_a_sentence_without_the_password() -> None:
    with pytest.raises(StoreUnavailable) as refused:
        open_store("postgresql://someone:hunter2@127.0.0.1:1/vigie")
    assert "hunter2" not in str(refused.value)
    assert "127.0.0.1" in str(refused.value)


def test_a_folder_that_cannot_be_made_is_a_sentence() -> None:
    with pytest.raises(StoreUnavailable, match="cannot be made"):
        open_store("sqlite:////proc/nowhere/vigie.db")
