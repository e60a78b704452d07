"""What tests ask a store: its rows as dictionaries, and loads of a few published rows."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, Table, select

import store.bulk
from domain.settings import Settings
from etl.ingest import ingest
from store.engine import connect
from store.schema import (
    information_count,
    load_run,
    rejected_row,
    request,
    request_event,
    request_fault,
    store_clock,
)
from tests.support.rows import Row, write_csv

CONTENT = (request, request_event, request_fault, rejected_row, information_count)
_OF_A_RUN = {"load_id", "changed_tick", "recorded_at", "tick", "id", "request_id"}


def rows_of(url: str, table: Table) -> list[dict[str, Any]]:
    """All rows of a table, in the order of its key."""
    engine = connect(url)
    try:
        with engine.connect() as connection:
            found = connection.execute(select(table).order_by(*table.primary_key.columns))
            return [dict(row) for row in found.mappings()]
    finally:
        engine.dispose()


def only(url: str, table: Table = request) -> dict[str, Any]:
    """The one row of a table."""
    (row,) = rows_of(url, table)
    return row


def content(url: str) -> dict[str, list[tuple[Any, ...]]]:
    """Everything that loads brought, without numbers that tell one run from another."""
    return {
        table.name: sorted(
            tuple((k, str(v)) for k, v in row.items() if k not in _OF_A_RUN and k != "geometry")
            for row in rows_of(url, table)
        )
        for table in CONTENT
    }


def tick(url: str) -> int:
    """Number of the newest writing transaction."""
    return int(only(url, store_clock)["tick"])


def loads(url: str) -> list[dict[str, Any]]:
    """The loads that finished."""
    return rows_of(url, load_run)


def settings_for(url: str, folder: Path) -> Settings:
    """Settings of a store, with everything else in a test's folder."""
    return Settings(store=url, mart=str(folder / "mart"), media=folder / "media")


def load_rows(
    url: str, folder: Path, rows: Iterable[Row], name: str = "requetes311.csv", **options: Any
) -> dict[str, Any]:
    """Write published rows to a file and ingest it; what `ingest` returns.

    Every share of rejected rows is let pass unless `max_rejected_share` says otherwise.
    """
    path = write_csv(folder / name, rows)
    given = {"max_rejected_share": 1.0} | options
    return ingest(settings_for(url, folder), "montreal", [path], **given)


@contextmanager
def read_only(url: str) -> Iterator[None]:
    """Bulk connections that may read a store and not write it."""
    usual = store.bulk._connect

    def held_back(engine: Engine) -> Any:
        raw = usual(engine)
        with raw.cursor() as cursor:
            is_sqlite = engine.dialect.name == "sqlite"
            cursor.execute("PRAGMA query_only = ON" if is_sqlite else "SET TRANSACTION READ ONLY")
        return raw

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(store.bulk, "_connect", held_back)
        yield
