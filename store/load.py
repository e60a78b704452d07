"""One load: the requests of a file go into the store, all of them or none.

New ids are inserted; known ids whose source fields changed are updated, with an event for a
change of status; a row that is older than what the store knows changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

import numpy as np
import pyarrow as pa
from sqlalchemy import Engine, and_, func, insert, literal, select, update

from store.append import append_requests, without_indexes
from store.bulk import BulkConnection, bulk, reader_of
from store.merge import Marks, add_faults, merge
from store.schema import information_count, load_run, rejected_row, request, store_clock

Batches = Callable[[], Iterable[pa.RecordBatch]]


@dataclass(frozen=True)
class LoadInput:
    """What a file gives. Batches may be asked for more than once."""

    source: str
    file_name: str
    file_bytes: int
    file_sha256: str
    started_at: datetime
    requests: Batches
    """Columns of `request` but its id, load and tick; each external_id once."""
    faults: Batches
    """external_id, field, code, value."""
    rejected: Batches
    """line, field, reason, value."""
    information: Mapping[tuple[date, str], int]
    read: int
    rejected_rows: int


@dataclass(frozen=True)
class LoadResult:
    """Requests by what became of them."""

    load_id: int
    inserted: int
    updated: int
    unchanged: int


def load(engine: Engine, given: LoadInput) -> LoadResult:
    """Put a file's requests into the store in one transaction.

    Raises:
        StoreUnavailable: the database failed; the store is as it was before.
    """
    with bulk(engine) as connection:
        # The first statement takes the store's write lock: loads come one after the other.
        connection.execute(update(store_clock).values(tick=store_clock.c.tick + 1))
        tick = int(connection.rows(select(store_clock.c.tick))[0][0])
        load_id = _begin(connection, given, tick)
        marks = Marks(given.source, load_id, tick, given.started_at)
        if _is_empty(connection):
            with without_indexes(connection):
                counts = append_requests(connection, given.requests(), load_id, tick), 0, 0
        else:
            counts = merge(connection, given.requests, marks)
        add_faults(connection, given.faults(), marks)
        if not _seen_before(connection, given, load_id):
            _add_rejected(connection, given, load_id)
        _add_information(connection, given)
        _finish(connection, load_id, counts)
        connection.commit()
    return LoadResult(load_id, *counts)


def _begin(connection: BulkConnection, given: LoadInput, tick: int) -> int:
    load_id = int(connection.rows(select(func.coalesce(func.max(load_run.c.id), 0) + 1))[0][0])
    connection.execute(
        insert(load_run).values(
            id=load_id,
            source=given.source,
            file_name=given.file_name,
            file_bytes=given.file_bytes,
            file_sha256=given.file_sha256,
            started_at=given.started_at,
            finished_at=given.started_at,
            tick=tick,
            read=given.read,
            inserted=0,
            updated=0,
            unchanged=0,
            information=sum(given.information.values()),
            rejected=given.rejected_rows,
        )
    )
    return load_id


def _finish(connection: BulkConnection, load_id: int, counts: tuple[int, int, int]) -> None:
    inserted, updated, unchanged = counts
    done = update(load_run).where(load_run.c.id == load_id)
    connection.execute(
        done.values(inserted=inserted, updated=updated, unchanged=unchanged, finished_at=datetime.now(tz=UTC))
    )


def _is_empty(connection: BulkConnection) -> bool:
    return not connection.rows(select(literal(1)).select_from(request).limit(1))


def _seen_before(connection: BulkConnection, given: LoadInput, load_id: int) -> bool:
    """Whether this very file was loaded before: its rejected rows are then already recorded."""
    same = and_(
        load_run.c.source == given.source,
        load_run.c.file_sha256 == given.file_sha256,
        load_run.c.id != load_id,
    )
    return bool(connection.rows(select(load_run.c.id).where(same).limit(1)))


def _add_rejected(connection: BulkConnection, given: LoadInput, load_id: int) -> None:
    if not given.rejected_rows:
        return
    texts = [(name, pa.string()) for name in ("field", "reason", "value")]
    schema = pa.schema([("line", pa.int64()), *texts, ("load_id", pa.int64()), ("file_name", pa.string())])

    def batches() -> Iterator[pa.RecordBatch]:
        for batch in given.rejected():
            loads = pa.array(np.full(batch.num_rows, load_id, dtype=np.int64))
            names = pa.array([given.file_name] * batch.num_rows, pa.string())
            yield pa.RecordBatch.from_arrays([*batch.columns, loads, names], schema=schema)

    connection.append(rejected_row.name, reader_of(schema, batches()))


def _add_information(connection: BulkConnection, given: LoadInput) -> None:
    """Counts by month and label. The most that one file gave stands: files overlap, rows have no id."""
    counts = information_count.c
    known = select(counts.month, counts.label, counts.n).where(counts.source == given.source)
    before = {(str(month), label): n for month, label, n in connection.rows(known)}
    for (month, label), n in sorted(given.information.items()):
        had = before.get((month.isoformat(), label))
        if had is None:
            row = {"source": given.source, "month": month, "label": label, "n": n}
            connection.execute(insert(information_count).values(row))
        elif n > had:
            same = and_(counts.source == given.source, counts.month == month, counts.label == label)
            connection.execute(update(information_count).where(same).values(n=n))
