"""A store that goes away, is locked, is read-only, or is written by two at once."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text

import store.bulk
import store.load
import store.merge
from domain.errors import StoreUnavailable
from store.bulk import BulkConnection
from store.engine import connect, open_store
from store.load import load
from store.schema import load_run, request, request_fault, store_clock
from tests.support.loading import a_load, a_row
from tests.support.shared import PROJECT
from tests.support.stores import rows_of

NOBODY = 65534
KEEPS_LOCK = """
import sqlite3, sys, time
holder = sqlite3.connect(sys.argv[1], isolation_level=None)
holder.execute("BEGIN IMMEDIATE")
print("held", flush=True)
time.sleep(float(sys.argv[2]))
holder.execute("ROLLBACK")
"""
LOADS = """
import sys, time
from pathlib import Path
from store.engine import open_store
from store.load import load
from tests.support.loading import a_load, a_row
url, go, first, end = sys.argv[1:]
rows = [a_row(external_id=str(n), content=0) for n in range(int(first), int(end))]
engine = open_store(url)
print("ready", flush=True)
while not Path(go).exists():
    time.sleep(0.01)
load(engine, a_load(*rows, per_batch=500))
"""


def started(code: str, *words: str) -> subprocess.Popen[str]:
    """A process of its own, once it has said that it is there."""
    process = subprocess.Popen(
        [sys.executable, "-c", code, *words],
        cwd=PROJECT,
        env=os.environ | {"PYTHONHASHSEED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    assert process.stdout.readline(), process.communicate()[1]
    return process


def end_the_others(url: str) -> None:
    """End every session with a PostgreSQL database but this one."""
    engine = connect(url)
    with engine.begin() as connection:
        connection.execute(
            text(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )
    engine.dispose()


MOMENTS: list[tuple[Any, str]] = [
    (store.load, "_begin"),
    (store.merge, "append_requests"),
    (store.merge, "_update"),
    (store.load, "add_faults"),
    (BulkConnection, "read"),
    (BulkConnection, "commit"),
]


@pytest.mark.postgis
@pytest.mark.parametrize(("where", "name"), MOMENTS, ids=[name for _, name in MOMENTS])
def test_a_server_that_goes_away_is_a_sentence_and_the_store_as_before(
    postgis_url: str, monkeypatch: pytest.MonkeyPatch, where: Any, name: str
) -> None:
    engine = open_store(postgis_url)
    load(engine, a_load(a_row(external_id="1"), faults=[("1", "zero")]))
    before = [rows_of(postgis_url, table) for table in (request, request_fault, load_run, store_clock)]
    newer = a_load(a_row(external_id="1", street="rue B"), a_row(), faults=[("1", "overlong")])
    usual = getattr(where, name)

    def going_away(*given: Any, **named: Any) -> Any:
        end_the_others(postgis_url)
        return usual(*given, **named)

    with monkeypatch.context() as patch:
        patch.setattr(where, name, going_away)
        with pytest.raises(StoreUnavailable, match=r"terminating connection.*it is as it was before") as said:
            load(engine, newer)
    assert "\n" not in str(said.value)
    assert "Query" not in str(said.value)
    assert [rows_of(postgis_url, t) for t in (request, request_fault, load_run, store_clock)] == before
    assert (load(engine, newer).inserted, len(rows_of(postgis_url, request))) == (1, 2)
    engine.dispose()


def test_a_load_waits_for_another_writer(sqlite_url: str) -> None:
    engine = open_store(sqlite_url)
    with started(KEEPS_LOCK, str(engine.url.database), "0.5") as holder:
        began = time.monotonic()
        assert load(engine, a_load(a_row())).inserted == 1
        assert time.monotonic() - began > 0.3
        holder.communicate()


def test_a_store_that_stays_locked_is_a_sentence(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = open_store(sqlite_url)
    monkeypatch.setattr(store.bulk, "BUSY_MS", 200)
    with started(KEEPS_LOCK, str(engine.url.database), "30") as holder:
        with pytest.raises(StoreUnavailable, match=r"locked.*it is as it was before"):
            load(engine, a_load(a_row()))
        holder.kill()
    assert rows_of(sqlite_url, request) == []


@contextmanager
def unprivileged() -> Iterator[None]:
    """As somebody whom permissions hold back, where we are root."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


def test_a_store_that_may_not_be_written_is_a_sentence() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        url = f"sqlite:///{folder / 'vigie.db'}"
        engine = open_store(url)
        load(engine, a_load(a_row()))
        engine.dispose()
        before = (folder / "vigie.db").read_bytes()
        (folder / "vigie.db").chmod(0o444)
        folder.chmod(0o555)
        with unprivileged(), pytest.raises(StoreUnavailable, match=r"vigie\.db failed") as said:
            load(engine, a_load(a_row()))
        folder.chmod(0o755)
        assert "\n" not in str(said.value)
        assert (folder / "vigie.db").read_bytes() == before


def test_two_loads_at_once_come_one_after_the_other(store_url: str, tmp_path: Path) -> None:
    open_store(store_url).dispose()
    go = tmp_path / "go"
    loads = [
        started(LOADS, store_url, str(go), *map(str, span)) for span in ((0, 4000), (2000, 6000), (0, 6000))
    ]
    go.touch()
    said = [process.communicate(timeout=90)[1] for process in loads]
    assert [process.returncode for process in loads] == [0, 0, 0], said
    assert {row["external_id"] for row in rows_of(store_url, request)} == {str(n) for n in range(6000)}
    assert len(rows_of(store_url, request)) == 6000
    runs = rows_of(store_url, load_run)
    assert [run["tick"] for run in runs] == [1, 2, 3]
    assert sum(run["inserted"] for run in runs) == 6000
    assert sum(run["unchanged"] for run in runs) == 8000


def test_readers_see_the_store_as_before_while_a_load_writes(
    store: Engine, store_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    load(store, a_load(*(a_row() for _ in range(4))))
    seen: list[int] = []
    code = (
        "import sys; from tests.support.stores import rows_of; from store.schema import request; "
        "print(len(rows_of(sys.argv[1], request)))"
    )
    look: Callable[[], str | bytes] = partial(
        subprocess.check_output, [sys.executable, "-c", code, store_url], cwd=PROJECT, timeout=60
    )
    usual = BulkConnection.commit

    def looked_at(connection: BulkConnection) -> None:
        seen.append(int(look()))
        usual(connection)
        seen.append(int(look()))

    monkeypatch.setattr(BulkConnection, "commit", looked_at)
    load(store, a_load(a_row()))
    assert seen == [4, 5]
