"""Arrow batches into and out of the store, through ADBC.

One transaction on one connection: a load writes a million rows in it and then commits, or nothing
of it is there. On PostgreSQL an append is a binary COPY.

ADBC brings its own copy of the SQLite library. Two copies in one process do not see each other's
file locks (closing a file in one drops the locks of the other), so a bulk connection on SQLite
first closes the idle connections of the engine that it is given; hold no other connection of this
process open meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from typing import Any

import adbc_driver_manager
import adbc_driver_manager.dbapi as adbc
import pyarrow as pa
from sqlalchemy import Engine
from sqlalchemy.sql import ClauseElement

from domain.errors import StoreUnavailable
from store.engine import BUSY_MS, failure_sentence

MOMENT = pa.timestamp("us", tz="UTC")
"""Arrow type of a moment read from a store or appended to it."""

_BATCH_ROWS = 65_536
_CACHE_KIB = 24 * 1024
_SAMPLE_LITERALS = {"int": "0", "float": "0.0", "str": "'x'", "bin": "x'00'"}


class BulkConnection:
    """One transaction with a store; see `bulk`."""

    def __init__(self, engine: Engine, raw: adbc.Connection) -> None:
        self.dialect = engine.dialect
        self.is_sqlite = engine.dialect.name == "sqlite"
        self._raw = raw

    def execute(self, statement: ClauseElement | str) -> None:
        """Run a statement whose values are literals of our own."""
        with self._raw.cursor() as cursor:
            cursor.execute(self._sql(statement))

    def rows(self, statement: ClauseElement | str) -> list[tuple[Any, ...]]:
        """Rows of a small answer."""
        with self._raw.cursor() as cursor:
            cursor.execute(self._sql(statement))
            return list(cursor.fetchall())

    def append(self, table: str, batches: pa.RecordBatchReader, temporary: bool = False) -> int:
        """Append batches to a (temporary) table whose columns have the batches' names; rows appended.

        Moments (`MOMENT`) go as what the engine keeps. The other types have to be the columns' own.
        """
        with self._raw.cursor() as cursor:
            given = self._for_engine(batches)
            return int(cursor.adbc_ingest(table, given, mode="append", temporary=temporary))

    def read(self, statement: ClauseElement, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
        """Batches of a query's answer, with the columns and types of `schema`.

        The columns of the query have to stand in the order of the schema.
        """
        sql = self._sql(statement)
        with self._raw.cursor() as cursor:
            cursor.adbc_statement.set_options(**self._read_options())
            if self.is_sqlite:
                sql = f"SELECT {_typed_row(schema)} UNION ALL SELECT * FROM ({sql})"
            cursor.execute(sql)
            reader = cursor.fetch_record_batch()
            skip = 1 if self.is_sqlite else 0
            for batch in reader:
                kept, skip = batch.slice(skip), 0
                if kept.num_rows:
                    yield _typed(kept, schema)

    def commit(self) -> None:
        """Make the transaction's work stand."""
        self._raw.commit()

    def _read_options(self) -> dict[str, str]:
        return {"adbc.sqlite.query.batch_rows": str(_BATCH_ROWS)} if self.is_sqlite else {}

    def _sql(self, statement: ClauseElement | str) -> str:
        if isinstance(statement, str):
            return statement
        compiled = statement.compile(dialect=self.dialect, compile_kwargs={"literal_binds": True})
        # psycopg doubles a percent sign for its own parameters; ADBC has none.
        return str(compiled).replace("%%", "%") if not self.is_sqlite else str(compiled)

    def _for_engine(self, batches: pa.RecordBatchReader) -> pa.RecordBatchReader:
        if not self.is_sqlite:
            return batches
        fields = [pa.field(f.name, pa.int64()) if f.type == MOMENT else f for f in batches.schema]
        schema = pa.schema(fields)
        return pa.RecordBatchReader.from_batches(schema, (_seconds(b, schema) for b in batches))


@contextmanager
def bulk(engine: Engine) -> Iterator[BulkConnection]:
    """A bulk connection on the store of an engine; what was not committed is rolled back.

    Raises:
        StoreUnavailable: whatever the database said, in one sentence.
    """
    engine.dispose()
    try:
        with closing(_connect(engine)) as raw:
            try:
                yield BulkConnection(engine, raw)
            finally:
                # Where the server is gone there is nothing to roll back; what went wrong first is to be told.
                with suppress(adbc_driver_manager.Error):
                    raw.rollback()
    except adbc_driver_manager.Error as error:
        url = engine.url.render_as_string(hide_password=False)
        raise StoreUnavailable(failure_sentence(url, error)) from error


def reader_of(schema: pa.Schema, batches: Iterable[pa.RecordBatch]) -> pa.RecordBatchReader:
    """A reader over batches made on the way."""
    return pa.RecordBatchReader.from_batches(schema, batches)


def _connect(engine: Engine) -> adbc.Connection:
    if engine.dialect.name == "sqlite":
        import adbc_driver_sqlite.dbapi as sqlite  # noqa: PLC0415  # only the driver in use is loaded

        raw = sqlite.connect(engine.url.database)
        # A cache that indexes are sorted in, by a second thread too: they take half the time.
        pragmas = {"busy_timeout": BUSY_MS, "cache_size": -_CACHE_KIB, "threads": 2}
        try:
            with raw.cursor() as cursor:
                for name, value in pragmas.items():
                    cursor.execute(f"PRAGMA {name}={value}")
                    cursor.fetchall()
        except adbc_driver_manager.Error:  # a file that is no database shows it only here
            raw.close()
            raise
        return raw
    import adbc_driver_postgresql.dbapi as postgresql  # noqa: PLC0415

    url = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    # SQLAlchemy lets a space stand in a user or password; PostgreSQL's own library does not.
    connection: adbc.Connection = postgresql.connect(url.replace(" ", "%20"))
    return connection


def _typed_row(schema: pa.Schema) -> str:
    """A first row that tells the SQLite driver each column's type, which it infers from rows."""
    return ", ".join(f"{_SAMPLE_LITERALS[_kind(f.type)]} AS {f.name}" for f in schema)


def _kind(kind: pa.DataType) -> str:
    if pa.types.is_floating(kind):
        return "float"
    if pa.types.is_binary(kind):
        return "bin"
    return "str" if pa.types.is_string(kind) or pa.types.is_date(kind) else "int"


def _typed(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    columns = [_cast(batch.column(i), field.type) for i, field in enumerate(schema)]
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def _cast(column: pa.Array, kind: pa.DataType) -> pa.Array:
    if kind == MOMENT and pa.types.is_integer(column.type):
        return column.cast(pa.timestamp("s", tz="UTC")).cast(MOMENT)
    return column if column.type == kind else column.cast(kind)


def _seconds(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    columns = [
        c.cast(pa.timestamp("s", tz="UTC"), safe=False).cast(pa.int64()) if c.type == MOMENT else c
        for c in batch.columns
    ]
    return pa.RecordBatch.from_arrays(columns, schema=schema)
