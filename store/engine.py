"""Opening a store: an engine on its URL, brought to the newest schema."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError

from domain.errors import InputRefused, StoreUnavailable

BUSY_MS = 30_000
"""How long a SQLite writer waits for another before it gives up."""

_STATEMENT = re.compile(r"\.? (?:Query was: |(?<!prepare )(?<!execute )query: )")
_MIGRATION_LOCK = 311  # of this store's own; PostgreSQL asks for a number


def open_store(url: str) -> Engine:
    """An engine on a store whose schema is the newest; a SQLite file is made where missing.

    Raises:
        InputRefused: the URL is not one of SQLite or PostgreSQL.
        StoreUnavailable: the store cannot be reached or migrated.
    """
    engine = connect(url)
    with ExitStack() as opening, explained(url):
        opening.callback(engine.dispose)
        if not is_current(engine):
            migrate(engine)
        opening.pop_all()
    return engine


def connect(url: str) -> Engine:
    """An engine on a store as it is, without migrating (see `open_store` for errors)."""
    parsed = _parsed(url)
    if parsed.get_backend_name() == "sqlite":
        if parsed.database and parsed.database != ":memory:":
            try:
                Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise StoreUnavailable(f"the folder of the store {url} cannot be made: {error}.") from error
        engine = create_engine(parsed, connect_args={"timeout": BUSY_MS / 1000})
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    return create_engine(parsed, pool_pre_ping=True)


def migrate(engine: Engine, revision: str = "head") -> None:
    """Bring a store to a revision of store/migrations (`head` = the newest), wholly or not at all.

    Of several processes that open a new store at once, one makes it and the others wait.
    """
    config = _alembic_config()
    with engine.execution_options(sqlite_begin="IMMEDIATE").begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text(f"SELECT pg_advisory_xact_lock({_MIGRATION_LOCK})"))
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def is_current(engine: Engine) -> bool:
    """Whether the store has the newest schema."""
    newest = ScriptDirectory.from_config(_alembic_config()).get_current_head()
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() == newest


def reachable(engine: Engine) -> bool:
    """Whether the store answers."""
    try:
        with engine.connect() as connection:
            connection.execute(text("SELECT 1"))
    except SQLAlchemyError:
        return False
    return True


@contextmanager
def explained(url: str) -> Iterator[None]:
    """Turn what a database says when it fails into one sentence.

    Raises:
        StoreUnavailable: with the database's own words.
    """
    try:
        yield
    except DBAPIError as error:
        raise StoreUnavailable(failure_sentence(url, error.orig or error)) from error
    except sqlite3.Error as error:
        raise StoreUnavailable(failure_sentence(url, error)) from error
    except CommandError as error:
        shown = _parsed(url).render_as_string(hide_password=True)
        words = " ".join(str(error).split()).rstrip(".")
        raise StoreUnavailable(
            f"the schema of the store {shown} is of another version of Vigie 311 ({words}): use that version."
        ) from error


def failure_sentence(url: str, error: BaseException) -> str:
    """What a database said when it failed, as one sentence without a password."""
    shown = _parsed(url).render_as_string(hide_password=True)
    # ADBC ends with the whole statement, which may be long.
    words = _STATEMENT.split(" ".join(str(error).split()))[0].rstrip(".")
    return f"the store {shown} failed ({words}); it is as it was before."


def _parsed(url: str) -> URL:
    try:
        parsed = make_url(url)
        backend = parsed.get_backend_name()
    except (ArgumentError, NoSuchModuleError) as error:
        shown = re.sub(r":[^:/]*@", ":***@", url)
        raise InputRefused(f"VIGIE_STORE={shown!r} is not a database URL.") from error
    if backend == "sqlite":
        return parsed
    if backend in {"postgresql", "postgres"}:
        return parsed.set(drivername="postgresql+psycopg")
    raise InputRefused(f"VIGIE_STORE has to be a SQLite or PostgreSQL URL, not {backend}.")


def _prepare_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    # The module's own transactions leave out CREATE TABLE: `_begin_sqlite` begins them instead.
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql(f"BEGIN {connection.get_execution_options().get('sqlite_begin', 'DEFERRED')}")


def _alembic_config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")))
    return config
