"""Opening a store: made, upgraded or refused wholly, by one process or by several at once."""

import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

import pytest
from psycopg import sql
from sqlalchemy import Engine, select, text

from domain.errors import InputRefused, StoreUnavailable
from store.bulk import bulk
from store.engine import connect, is_current, migrate, open_store
from store.schema import request, store_clock
from tests.support.postgres import PrivateServer
from tests.support.shared import PROJECT
from tests.support.stores import rows_of

DIES_AT = """
import os, signal, sys
from sqlalchemy import event
from sqlalchemy.engine import Engine
from store.engine import open_store

url, moment = sys.argv[1], sys.argv[2]

@event.listens_for(Engine, "before_cursor_execute")
def die(_connection, _cursor, statement, *_rest):
    if moment in statement:
        os.kill(os.getpid(), signal.SIGKILL)

open_store(url).dispose()
"""
OPENS = "import sys; from store.engine import open_store; open_store(sys.argv[1]).dispose()"


def started(code: str, *words: str) -> subprocess.Popen[str]:
    """A process of its own at work on a store."""
    command = [sys.executable, "-c", code, *words]
    return subprocess.Popen(command, cwd=PROJECT, stderr=subprocess.PIPE, text=True)


@pytest.mark.parametrize("moment", ["CREATE TABLE request_fault", "CREATE TRIGGER", "UPDATE alembic_version"])
def test_a_store_whose_making_was_killed_is_made_by_the_next_who_opens_it(
    store_url: str, moment: str
) -> None:
    process = started(DIES_AT, store_url, moment)
    process.communicate(timeout=60)
    assert process.returncode == -9
    engine = open_store(store_url)
    assert is_current(engine)
    engine.dispose()
    assert [row["tick"] for row in rows_of(store_url, store_clock)] == [0]


def test_several_may_open_a_new_store_at_once(store_url: str) -> None:
    processes = [started(OPENS, store_url) for _ in range(3)]
    said = [process.communicate(timeout=60)[1] for process in processes]
    assert [process.returncode for process in processes] == [0, 0, 0], said
    assert len(rows_of(store_url, store_clock)) == 1


def test_an_upgrade_keeps_the_rows_that_are_there(store_url: str) -> None:
    old = connect(store_url)
    migrate(old, "0001")
    with old.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO request (source, external_id, nature, activity, borough_basis, precision, "
                "requesters, opened_at, content_hash, changed_tick) VALUES "
                "('m', '25-1', 'request', 'autre', 'none', 'none', 1, "
                f"{'1700000000' if old.dialect.name == 'sqlite' else 'to_timestamp(1700000000)'}, 0, 1)"
            )
        )
    old.dispose()
    upgraded = open_store(store_url)
    with upgraded.connect() as connection:
        (row,) = connection.execute(select(request.c.external_id, request.c.opened_at))
        assert (row[0], row[1].timestamp()) == ("25-1", 1_700_000_000)
    upgraded.dispose()


def test_a_store_of_a_newer_version_is_left_alone_and_says_so(store: Engine, store_url: str) -> None:
    with store.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreUnavailable, match=r"another version of Vigie 311 .*'9999'"):
        open_store(store_url)


@pytest.mark.parametrize("url", ["postgresql//ann:hunter2@host/db", "ftp+x://ann:hunter2@host/db"])
def test_a_url_that_is_none_is_shown_without_its_password(url: str) -> None:
    with pytest.raises(InputRefused, match="VIGIE_STORE") as refused:
        open_store(url)
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize("name", ["garbage.db", "folder.db"])
def test_what_is_no_database_is_a_sentence(tmp_path: Path, name: str) -> None:
    (tmp_path / "garbage.db").write_bytes(b"this is not a database " * 100)
    (tmp_path / "folder.db").mkdir()
    with pytest.raises(StoreUnavailable, match=name):
        open_store(f"sqlite:///{tmp_path / name}")


def test_any_folder_name_will_do(tmp_path: Path) -> None:
    engine = open_store(f"sqlite:///{tmp_path}/été 100% 'n' #1/vigie.db")
    with bulk(engine) as connection:
        assert connection.rows(select(store_clock.c.tick)) == [(0,)]
    engine.dispose()
    assert (tmp_path / "été 100% 'n' #1" / "vigie.db").exists()


@pytest.mark.postgis
def test_user_password_and_database_may_have_any_character(postgres_server: PrivateServer) -> None:
    user, password, database = "rôle @/:% +?#", "p@ss w/%25:é+", "base é 100%+@/:?#&="
    execute, named = postgres_server.execute, sql.Identifier
    execute(sql.SQL("CREATE ROLE {} SUPERUSER LOGIN").format(named(user)))
    execute(sql.SQL("CREATE DATABASE {} TEMPLATE vigie_template").format(named(database)))
    who = f"{quote(user, safe='')}:{quote(password, safe='')}"
    engine = open_store(f"postgresql://{who}@127.0.0.1:{postgres_server.port}/{quote(database, safe='')}")
    with bulk(engine) as connection:
        found = connection.rows("SELECT current_user, current_database()")
    engine.dispose()
    execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(named(database)))
    execute(sql.SQL("DROP ROLE {}").format(named(user)))
    assert found == [(user, database)]
