"""What loads said: each load, the rows it rejected and why, the fields it had to empty. Read only.

The questions are a screen's: they wait a few seconds at most, and each uses a connection of its own, for the pool
of an engine that lives long would keep a SQLite file open beside a load in the same process (see store.bulk).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any

from sqlalchemy import Connection, Row, RowMapping, Select, and_, func, or_, select
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from domain.errors import InputRefused, StoreUnavailable
from store.engine import connect, explained
from store.schema import load_run, rejected_row, request_fault, store_clock

WAIT_S = 4
"""How long a screen waits for a server that does not answer, and for an answer."""

MOST_LOADS = 50
MOST_ROWS = 500
LONGEST_VALUE = 200


@dataclass(frozen=True, slots=True)
class Load:
    """One load of a file."""

    id: int
    source: str
    file: str
    """Name without folders."""
    finished_at: datetime
    read: int
    inserted: int
    updated: int
    unchanged: int
    information: int
    rejected: int
    reasons: dict[str, int]
    """Rejected rows by reason, the most first; empty too where the very same file was loaded before: its rows
    are those of that load."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Fields of requests that loads found wanting, of one kind."""

    code: str
    field: str
    n: int
    """Requests: a fault stays until a load writes that request again."""


@dataclass(frozen=True, slots=True)
class Loads:
    """What the store knows of its loads."""

    loads: list[Load]
    """The newest first, at most `MOST_LOADS`."""
    total: int
    """How many there were."""
    faults: list[Fault]
    """The most frequent first."""


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row that cannot be a request."""

    id: int
    line: int
    """In its file; 1 is the header."""
    field: str
    """Column of the file; empty where the row as a whole is wrong."""
    value: str
    reason: str


@dataclass(frozen=True, slots=True)
class RejectedPage:
    """Some rejected rows of a load, in the order of its file."""

    load: Load
    rows: list[Rejected]
    total: int


def tick_of(url: str) -> int:
    """Number of the store's newest writing transaction: while it is the same, so is every answer here.

    Raises:
        StoreUnavailable: see `read_loads`.
    """
    with _reading(url) as connection:
        return int(connection.execute(select(store_clock.c.tick)).scalar_one())


def read_loads(url: str) -> Loads:
    """The loads of a store, with their reasons, and the faults of its requests.

    Raises:
        StoreUnavailable: there is no such store, or it does not answer in time.
        InputRefused: the URL is none.
    """
    with _reading(url) as connection:
        total = connection.execute(select(func.count()).select_from(load_run)).scalar_one()
        found = connection.execute(select(load_run).order_by(load_run.c.id.desc()).limit(MOST_LOADS))
        rows = list(found.mappings())
        reasons = _reasons(connection, [row["id"] for row in rows])
        n = func.count().label("n")
        fault = request_fault.c
        kinds = select(fault.code, fault.field, n).group_by(fault.code, fault.field)
        faults = [Fault(*row) for row in connection.execute(kinds)]
    loads = [_load(row, reasons.get(row["id"], {})) for row in rows]
    return Loads(loads, int(total), sorted(faults, key=lambda one: (-one.n, one.code, one.field)))


def read_rejected(url: str, load: int, offset: int = 0, limit: int = 100) -> RejectedPage:
    """Rejected rows `offset` to `offset + limit` of a load.

    Raises:
        StoreUnavailable: see `read_loads`.
        InputRefused: there is no such load, or the page cannot be.
    """
    if not 1 <= limit <= MOST_ROWS or offset < 0:
        raise InputRefused(f"a page has 1 to {MOST_ROWS} rows from row 0 on, not {limit} from {offset}.")
    with _reading(url) as connection:
        row = connection.execute(select(load_run).where(load_run.c.id == load)).mappings().first()
        if row is None:
            raise InputRefused(f"there is no load {load}.")
        found = _load(row, _reasons(connection, [load]).get(load, {}))
        total = select(func.count()).select_from(rejected_row).where(rejected_row.c.load_id == load)
        listed = _rejected().where(rejected_row.c.load_id == load).offset(offset).limit(limit)
        rows = [_row(one) for one in connection.execute(listed)]
        return RejectedPage(found, rows, int(connection.execute(total).scalar_one()))


def rejected_after(url: str, load: int, last: Rejected | None = None, limit: int = 5_000) -> list[Rejected]:
    """The next rejected rows of a load after one of them (None for the first): all of them, part by part.

    Raises:
        StoreUnavailable: see `read_loads`.
    """
    statement = _rejected().where(rejected_row.c.load_id == load).limit(limit)
    if last is not None:
        line, key = rejected_row.c.line, rejected_row.c.id
        statement = statement.where(or_(line > last.line, and_(line == last.line, key > last.id)))
    with _reading(url) as connection:
        return [_row(one) for one in connection.execute(statement)]


def _rejected() -> Select[Any]:
    row = rejected_row.c
    return select(row.id, row.line, row.field, row.value, row.reason).order_by(row.line, row.id)


def _row(found: Row[Any]) -> Rejected:
    return Rejected(found.id, found.line, found.field, (found.value or "")[:LONGEST_VALUE], found.reason)


def _reasons(connection: Connection, loads: list[int]) -> dict[int, dict[str, int]]:
    """Rejected rows by load and reason, the most first."""
    row, n = rejected_row.c, func.count().label("n")
    statement = select(row.load_id, row.reason, n).where(row.load_id.in_(loads))
    found: dict[int, dict[str, int]] = {}
    grouped = statement.group_by(row.load_id, row.reason).order_by(row.load_id, n.desc(), row.reason)
    for load, reason, count in connection.execute(grouped):
        found.setdefault(load, {})[reason] = count
    return found


def _load(row: RowMapping, reasons: dict[str, int]) -> Load:
    names = (
        "id",
        "source",
        "finished_at",
        "read",
        "inserted",
        "updated",
        "unchanged",
        "information",
        "rejected",
    )
    return Load(
        **{name: row[name] for name in names},
        file=PurePosixPath(row["file_name"].replace("\\", "/")).name,
        reasons=reasons,
    )


@contextmanager
def _reading(url: str) -> Iterator[Connection]:
    """A connection that only reads; a SQLite file that is not there is not made."""
    parsed = _parsed(url)
    if parsed.get_backend_name() == "sqlite":
        if not Path(parsed.database or "").is_file():
            raise StoreUnavailable(f"there is no request store at {parsed.database}.")
    else:
        limits = {"connect_timeout": str(WAIT_S), "options": f"-c statement_timeout={WAIT_S}s"}
        parsed = parsed.update_query_dict(limits)
    engine = connect(parsed.render_as_string(hide_password=False))
    try:
        with explained(url), engine.connect() as connection:
            yield connection
    except SQLAlchemyError as error:
        raise StoreUnavailable("the request store did not answer.") from error
    finally:
        engine.dispose()


def _parsed(url: str) -> URL:
    try:
        return make_url(url)
    except ArgumentError as error:
        raise InputRefused("VIGIE_STORE is not a database URL.") from error
