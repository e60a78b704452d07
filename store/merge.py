"""Bringing a file's requests together with those that the store already has."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Insert,
    MetaData,
    Table,
    Text,
    and_,
    case,
    delete,
    func,
    insert,
    literal,
    not_,
    or_,
    select,
    update,
)
from sqlalchemy.schema import CreateTable, DropTable

from store.append import append_requests, marked_rows, without_indexes
from store.bulk import BulkConnection, reader_of
from store.schema import GIVEN, is_open, request, request_event, request_fault
from store.types import Moment

LARGE_SHARE = 0.5
"""From so many new rows per row there, indexes are made again rather than kept up to date."""

TARGET_COLUMNS = ("due_at", "target_days", "target_origin")

_NEW, _UNCHANGED = 0, -1  # in the array of verdicts; a positive number is the id to update

_temporary = MetaData()
_incoming = Table(
    "incoming",
    _temporary,
    Column("row_no", BigInteger, nullable=False),
    Column("external_id", Text, nullable=False),
    Column("content_hash", BigInteger, nullable=False),
    Column("status_at", Moment),
    prefixes=["TEMPORARY"],
)
_changed = Table(
    "changed",
    _temporary,
    *(Column(c.name, c.type) for c in request.c),
    prefixes=["TEMPORARY"],
)
_faults = Table(
    "incoming_fault",
    _temporary,
    *(Column(name, Text) for name in ("external_id", "field", "code", "value")),
    prefixes=["TEMPORARY"],
)

Batches = Callable[[], Iterable[pa.RecordBatch]]
Verdicts = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Marks:
    """What a load writes beside the fields of the file."""

    source: str
    load_id: int
    tick: int
    recorded_at: datetime


def merge(connection: BulkConnection, batches: Batches, marks: Marks) -> tuple[int, int, int]:
    """Insert what is new, update what changed; rows inserted, updated and unchanged."""
    verdicts = _verdicts(connection, batches, marks.source)
    new, updated = int((verdicts == _NEW).sum()), int((verdicts > 0).sum())
    there = int(connection.rows(select(func.count()).select_from(request))[0][0])
    with without_indexes(connection) if new > LARGE_SHARE * there else nullcontext():
        append_requests(connection, _chosen(batches, verdicts == _NEW), marks.load_id, marks.tick)
    if updated:
        _update(connection, batches, verdicts, marks)
    return new, updated, len(verdicts) - new - updated


def add_faults(connection: BulkConnection, batches: Iterable[pa.RecordBatch], marks: Marks) -> None:
    """Record the faults of the requests that this load wrote."""
    found = iter(batches)
    first = next(found, None)
    if first is None:
        return
    connection.execute(CreateTable(_faults))
    connection.append(_faults.name, reader_of(first.schema, chain([first], found)), temporary=True)
    columns = ["request_id", "field", "code", "value", "load_id"]
    rows = (
        select(request.c.id, _faults.c.field, _faults.c.code, _faults.c.value, literal(marks.load_id))
        .join(request, request.c.external_id == _faults.c.external_id)
        .where(request.c.source == marks.source, request.c.load_id == marks.load_id)
    )
    connection.execute(insert(request_fault).from_select(columns, rows))
    connection.execute(DropTable(_faults))


def _verdicts(connection: BulkConnection, batches: Batches, source: str) -> Verdicts:
    """What is to become of each row of the file, in its order."""
    connection.execute(CreateTable(_incoming))
    total = connection.append(_incoming.name, _numbered(batches()), temporary=True)
    older = or_(
        _incoming.c.status_at < request.c.status_at,
        and_(_incoming.c.status_at.is_(None), request.c.status_at.is_not(None)),
    )
    same = request.c.content_hash == _incoming.c.content_hash
    known = select(
        _incoming.c.row_no, case((or_(same, older), literal(_UNCHANGED)), else_=request.c.id).label("verdict")
    ).join(request, and_(request.c.source == source, request.c.external_id == _incoming.c.external_id))
    schema = pa.schema([("row_no", pa.int64()), ("verdict", pa.int64())])
    verdicts = np.full(total, _NEW, dtype=np.int64)
    for batch in connection.read(known, schema):
        verdicts[batch.column("row_no").to_numpy()] = batch.column("verdict").to_numpy()
    connection.execute(DropTable(_incoming))
    return verdicts


def _numbered(batches: Iterable[pa.RecordBatch]) -> pa.RecordBatchReader:
    names = ["external_id", "content_hash", "status_at"]
    schema = pa.schema(
        [
            ("row_no", pa.int64()),
            ("external_id", pa.string()),
            ("content_hash", pa.int64()),
            ("status_at", pa.timestamp("us", tz="UTC")),
        ]
    )

    def numbered() -> Iterator[pa.RecordBatch]:
        first = 0
        for batch in batches:
            numbers = pa.array(np.arange(first, first + batch.num_rows, dtype=np.int64))
            yield pa.RecordBatch.from_arrays([numbers, *(batch.column(n) for n in names)], schema=schema)
            first += batch.num_rows

    return reader_of(schema, numbered())


def _chosen(batches: Batches, where: npt.NDArray[np.bool_]) -> Iterator[pa.RecordBatch]:
    first = 0
    for batch in batches():
        chosen = where[first : first + batch.num_rows]
        first += batch.num_rows
        if chosen.all():
            yield batch
        elif chosen.any():
            yield batch.filter(pa.array(chosen))


def _update(connection: BulkConnection, batches: Batches, verdicts: Verdicts, marks: Marks) -> None:
    connection.execute(CreateTable(_changed))
    ids = verdicts[verdicts > 0]
    connection.append(_changed.name, _with_ids(_chosen(batches, verdicts > 0), ids, marks), temporary=True)
    connection.execute(_status_events(marks))
    old = select(_changed.c.id)
    connection.execute(delete(request_fault).where(request_fault.c.request_id.in_(old)))
    written: dict[str, ColumnElement[Any]] = {
        c.name: _changed.c[c.name] for c in request.c if c.name not in {"id", "source", "external_id"}
    }
    written |= {
        name: case((_keeps_target(), request.c[name]), else_=_changed.c[name]) for name in TARGET_COLUMNS
    }
    connection.execute(update(request).values(written).where(request.c.id == _changed.c.id))
    connection.execute(DropTable(_changed))


def _keeps_target() -> ColumnElement[bool]:
    """Whether what is closed keeps the target that it had while it was open.

    It does unless it is now about something else, or its source says itself when it was due.
    """
    one, other = request.c, _changed.c
    same_thing = (
        one[name].is_not_distinct_from(other[name]) for name in ("opened_at", "activity", "borough")
    )
    # SQLAlchemy leaves parameters in IS DISTINCT FROM on SQLite, where literals are needed: hence coalesce.
    same_label = _without_star(one.label) == _without_star(other.label)
    ours = func.coalesce(other.target_origin, "") != GIVEN
    return and_(not_(is_open(_changed)), ours, same_label, *same_thing)


def _without_star(label: ColumnElement[Any]) -> ColumnElement[str]:
    """A label without the star that the city puts before those it retires: it makes no other target."""
    return func.coalesce(func.ltrim(label, "* "), "")


def _with_ids(
    batches: Iterator[pa.RecordBatch], ids: npt.NDArray[np.int64], marks: Marks
) -> pa.RecordBatchReader:
    def complete() -> Iterator[pa.RecordBatch]:
        first = 0
        for batch in batches:
            rows = marked_rows(batch, marks.load_id, marks.tick)
            yield rows.append_column("id", pa.array(ids[first : first + batch.num_rows]))
            first += batch.num_rows

    rows = complete()
    one = next(rows)
    return reader_of(one.schema, chain([one], rows))


def _status_events(marks: Marks) -> Insert:
    """One event for each request whose status, or the moment of it, changed."""
    columns = [
        "request_id",
        "kind",
        "status_before",
        "status_before_at",
        "status",
        "at",
        "recorded_at",
        "actor",
        "load_id",
        "tick",
    ]
    rows = (
        select(
            request.c.id,
            literal("status"),
            request.c.status,
            request.c.status_at,
            _changed.c.status,
            _changed.c.status_at,
            literal(marks.recorded_at, Moment),
            literal(f"source:{marks.source}"),
            literal(marks.load_id),
            literal(marks.tick),
        )
        .join(_changed, _changed.c.id == request.c.id)
        .where(
            or_(
                request.c.status.is_distinct_from(_changed.c.status),
                request.c.status_at.is_distinct_from(_changed.c.status_at),
            )
        )
    )
    return insert(request_event).from_select(columns, rows)
