"""Appending requests, with and without the indexes of their table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import chain

import numpy as np
import pyarrow as pa
from sqlalchemy import Index
from sqlalchemy.schema import CreateIndex, DropIndex

from store.bulk import BulkConnection, reader_of
from store.schema import request

_SORT_MEMORY = "256MB"
_POSTGIS_ONLY = frozenset({"request_geometry_gist"})


def append_requests(
    connection: BulkConnection, batches: Iterable[pa.RecordBatch], load_id: int, tick: int
) -> int:
    """Append request rows, marked with their load and tick; rows appended."""
    found = iter(batches)
    first = next(found, None)
    if first is None:
        return 0
    marked = (marked_rows(batch, load_id, tick) for batch in chain([first], found))
    return connection.append(request.name, reader_of(marked_rows(first, load_id, tick).schema, marked))


def marked_rows(batch: pa.RecordBatch, load_id: int, tick: int) -> pa.RecordBatch:
    """The columns of a batch that `request` has, with the load and the tick that wrote them."""
    columns = {name: batch.column(name) for name in batch.schema.names if name in request.c}
    for name, value in {"load_id": load_id, "changed_tick": tick}.items():
        columns[name] = pa.array(np.full(batch.num_rows, value, dtype=np.int64))
    return pa.RecordBatch.from_pydict(columns)


@contextmanager
def without_indexes(connection: BulkConnection) -> Iterator[None]:
    """Drop the indexes of `request` and make them again afterwards, in the same transaction.

    For an append that is large beside the table this is several times faster than keeping them
    up to date row by row.
    """
    indexes = _indexes(connection)
    if not connection.is_sqlite:
        connection.execute(f"SET LOCAL maintenance_work_mem = '{_SORT_MEMORY}'")
    for index in indexes:
        connection.execute(DropIndex(index))
    yield
    for index in indexes:
        connection.execute(CreateIndex(index))


def _indexes(connection: BulkConnection) -> list[Index]:
    return sorted(
        (i for i in request.indexes if not (connection.is_sqlite and i.name in _POSTGIS_ONLY)),
        key=lambda index: str(index.name),
    )
