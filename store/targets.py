"""The targets of what is open: which were applied last, and applying others.

Closed requests keep the target that they had.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import Column, Engine, MetaData, Select, Table, func, insert, select, update
from sqlalchemy.schema import CreateTable, DropTable

from store.bulk import MOMENT, BulkConnection, bulk, reader_of
from store.schema import is_open, request, store_clock, target_change

PAGE_ROWS = 65_536
"""So many open requests are in memory at once (about 150 bytes each)."""

OPEN: pa.Schema = pa.schema(
    [
        ("id", pa.int64()),
        ("source", pa.string()),
        ("activity", pa.string()),
        ("label", pa.string()),
        ("borough", pa.string()),
        ("opened_at", MOMENT),
        ("due_at", MOMENT),
        ("target_days", pa.int16()),
        ("target_origin", pa.string()),
    ]
)
"""What is read of an open request."""

TARGETS: pa.Schema = pa.schema([OPEN.field(n) for n in ("id", "due_at", "target_days", "target_origin")])
"""What is written of it."""

_retargeted = Table(
    "retargeted",
    MetaData(),
    *(Column(name, request.c[name].type) for name in TARGETS.names),
    prefixes=["TEMPORARY"],
)

Compute = Callable[[pa.RecordBatch], pa.RecordBatch]
"""Of open requests (columns OPEN) those that get something else (columns TARGETS)."""


@dataclass(frozen=True)
class Retargeted:
    """What applying targets did."""

    open: int
    changed: int


def applied_targets(engine: Engine) -> str | None:
    """Fingerprint of the targets that open requests have; None where nobody has noted any.

    Raises:
        StoreUnavailable: the database failed.
    """
    with bulk(engine) as connection:
        return _applied(connection)


def apply_targets(engine: Engine, fingerprint: str, compute: Compute) -> Retargeted:
    """Give open requests the targets of a fingerprint, in one transaction; nothing if they have them already.

    Only what changes is written, with a new tick; the line in `target_change` is written in any case.

    Raises:
        StoreUnavailable: the database failed; the store is as it was before.
    """
    with bulk(engine) as connection:
        # As in a load, the first statement takes the store's write lock.
        connection.execute(update(store_clock).values(tick=store_clock.c.tick))
        if _applied(connection) == fingerprint:
            return Retargeted(0, 0)
        connection.execute(CreateTable(_retargeted))
        done = _gather(connection, compute)
        if done.changed:
            connection.execute(update(store_clock).values(tick=store_clock.c.tick + 1))
        tick = int(connection.rows(select(store_clock.c.tick))[0][0])
        if done.changed:
            _write(connection, tick)
        connection.execute(DropTable(_retargeted))
        _record(connection, fingerprint, done, tick)
        connection.commit()
    return done


def _gather(connection: BulkConnection, compute: Compute) -> Retargeted:
    """Put what changes into the temporary table, page by page.

    PostgreSQL cannot read one table and fill another at once on a connection: hence pages and not a stream.
    """
    seen = changed = last = 0
    while page := list(connection.read(_open_after(last), OPEN)):
        for batch in page:
            made = compute(batch)
            seen, changed = seen + batch.num_rows, changed + made.num_rows
            last = max(last, pc.max(batch.column("id")).as_py())
            if made.num_rows:
                connection.append(_retargeted.name, reader_of(TARGETS, [made]), temporary=True)
    return Retargeted(seen, changed)


def _open_after(last: int) -> Select[tuple[object, ...]]:
    columns = (request.c[name] for name in OPEN.names)
    return (
        select(*columns).where(is_open(request), request.c.id > last).order_by(request.c.id).limit(PAGE_ROWS)
    )


def _write(connection: BulkConnection, tick: int) -> None:
    written = {name: _retargeted.c[name] for name in TARGETS.names if name != "id"}
    connection.execute(
        update(request).values(written | {"changed_tick": tick}).where(request.c.id == _retargeted.c.id)
    )


def _record(connection: BulkConnection, fingerprint: str, done: Retargeted, tick: int) -> None:
    row = {
        "id": int(connection.rows(select(func.coalesce(func.max(target_change.c.id), 0) + 1))[0][0]),
        "fingerprint": fingerprint,
        "applied_at": datetime.now(UTC),
        "open": done.open,
        "changed": done.changed,
        "tick": tick,
    }
    connection.execute(insert(target_change).values(row))


def _applied(connection: BulkConnection) -> str | None:
    newest = select(target_change.c.fingerprint).order_by(target_change.c.id.desc()).limit(1)
    found = connection.rows(newest)
    return str(found[0][0]) if found else None
