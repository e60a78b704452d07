"""What a build reads from the store: its state at one tick, as rows of the mart."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import ColumnElement, Engine, and_, func, or_, select

from domain.precision import ON_MAP
from domain.statuses import CLOSED, Status
from etl.build.spells import Reopenings, read_reopenings
from mart.geoparquet import points_wkb
from mart.schema import GROUP_COLUMNS, INFORMATION, MOMENT, REQUESTS
from store.bulk import BulkConnection, bulk
from store.decisions import standing
from store.schema import information_count, load_run, request, request_event, store_clock

Ids = npt.NDArray[np.int64]

_MADE_HERE = ("geometry", "ended_at", "reopened", "reopened_at", *GROUP_COLUMNS)
READ: pa.Schema = pa.schema([field for field in REQUESTS if field.name not in _MADE_HERE])
"""Columns of the mart that the store has as they are; the others are made from them."""

COMPARED = (
    "id", "activity", "label", "precision", "lon", "lat", "h3_12", "opened_at", "ended_at", "street", "street_from",
    "street_to", "channel", "requesters",
)  # fmt: skip
"""Columns of the mart by which requests are compared with each other."""

COMPARED_CODED: pa.Schema = pa.schema(
    [
        (name, pa.dictionary(pa.int32(), pa.string()) if pa.types.is_string(kind) else kind)
        for name, kind in ((name, REQUESTS.field(name).type) for name in COMPARED)
    ]
)
"""The same with dictionaries: a few thousand streets instead of a million texts."""

_READ_TO_COMPARE = pa.schema(
    [READ.field(name) for name in ("status", "closed_at", *(n for n in COMPARED if n != "ended_at"))]
)
_DECISIONS: pa.Schema = pa.schema(
    [("request_a", pa.int64()), ("request_b", pa.int64()), ("verdict", pa.string())]
)

_REOPENINGS: pa.Schema = pa.schema(
    [
        ("request_id", pa.int64()),
        ("at", MOMENT),
        ("status", pa.string()),
        ("status_before", pa.string()),
        ("status_before_at", MOMENT),
    ]
)
_COUNTS: pa.Schema = pa.schema([("month", pa.string()), ("label", pa.string()), ("n", pa.int64())])


class View:
    """The store at one tick, through one connection (not for two threads at once)."""

    def __init__(self, connection: BulkConnection) -> None:
        self._connection = connection
        self.tick = int(connection.rows(select(store_clock.c.tick))[0][0])
        """Number of the newest writing transaction that this view sees."""

    def span(self) -> tuple[datetime, datetime] | None:
        """First and last opening (UTC); None of an empty store."""
        ends = pa.schema([READ.field("opened_at"), READ.field("opened_at").with_name("last")])
        statement = select(
            func.min(request.c.opened_at).label("opened_at"), func.max(request.c.opened_at).label("last")
        ).having(func.count() > 0)
        for batch in self._connection.read(statement, ends):
            return batch.column(0)[0].as_py(), batch.column(1)[0].as_py()
        return None

    def opened_between(self, first: datetime, end: datetime) -> pa.Table:
        """Rows opened from `first` on and before `end` (columns READ, any order)."""
        return self._rows(and_(request.c.opened_at >= first, request.c.opened_at < end))

    def changed_count(self, since: int) -> int:
        """How many requests were written after a tick."""
        counted = select(func.count()).select_from(request).where(request.c.changed_tick > since)
        return int(self._connection.rows(counted)[0][0])

    def changed(self, since: int) -> pa.Table:
        """Rows written after a tick (columns READ, any order)."""
        return self._rows(request.c.changed_tick > since)

    def compared(self) -> pa.Table:
        """Of all requests what they are compared by (columns COMPARED, any order), texts dictionary-encoded."""
        statement = select(*(request.c[name] for name in _READ_TO_COMPARE.names))
        batches = self._connection.read(statement, _READ_TO_COMPARE)
        tables = [compared_of(pa.Table.from_batches([batch])) for batch in batches]
        return pa.concat_tables(tables or [compared_of(READ.empty_table())]).unify_dictionaries()

    def decisions(self) -> pa.Table:
        """What people decided about pairs and still holds: `request_a`, `request_b`, `verdict`."""
        return pa.Table.from_batches(self._connection.read(standing(), _DECISIONS), schema=_DECISIONS)

    def reopenings(self, since: int | None = None) -> Reopenings:
        """What opened requests again (all, or those written after a tick)."""
        event = request_event.c
        closing = sorted(CLOSED)
        not_closed = or_(event.status.is_(None), event.status.not_in(closing))
        again = or_(
            event.status == Status.REOPENED.value,
            event.status_before == Status.REOPENED.value,
            and_(event.status_before.in_(closing), not_closed),
        )
        at = func.coalesce(event.at, event.recorded_at)
        told = (event.request_id, at.label("at"), event.status, event.status_before, event.status_before_at)
        statement = select(*told).where(again).order_by(event.request_id, event.id)
        if since is not None:
            written = select(request.c.id).where(request.c.changed_tick > since)
            statement = statement.where(event.request_id.in_(written))
        batches = self._connection.read(statement, _REOPENINGS)
        return read_reopenings(pa.Table.from_batches(batches, schema=_REOPENINGS))

    def information(self) -> pa.Table:
        """Calls for information by month and label, over all sources (`mart.schema.INFORMATION`)."""
        month, label, n = information_count.c.month, information_count.c.label, information_count.c.n
        statement = select(_iso(month, self._connection), label, func.sum(n)).group_by(month, label)
        table = pa.Table.from_batches(self._connection.read(statement, _COUNTS), schema=_COUNTS)
        days = [date.fromisoformat(text) for text in table["month"].to_pylist()]
        table = table.set_column(0, "month", pa.array(days, pa.date32())).cast(INFORMATION)
        return table.sort_by([("month", "ascending"), ("label", "ascending")])

    def history(self, until: int) -> str:
        """Fingerprint of the loads up to a tick: another one means another (or a restored) store."""
        run = load_run.c
        statement = select(run.id, run.tick, run.file_sha256).where(run.tick <= until).order_by(run.id)
        return hashlib.sha256(repr(self._connection.rows(statement)).encode()).hexdigest()[:16]

    def _rows(self, where: ColumnElement[bool]) -> pa.Table:
        statement = select(*(request.c[name] for name in READ.names)).where(where)
        return pa.Table.from_batches(self._connection.read(statement, READ), schema=READ)


@contextmanager
def view(engine: Engine) -> Iterator[View]:
    """A view of the store as it is now; what is written later is not in it.

    Raises:
        StoreUnavailable: the store cannot be read.
    """
    with bulk(engine) as connection:
        if not connection.is_sqlite:  # SQLite's transactions always see one state
            connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield View(connection)


def mart_rows(rows: pa.Table) -> pa.Table:
    """Rows of the store (columns READ) as requests of the mart (`mart.schema.REQUESTS`), each still alone.

    None is reopened yet (see `etl.build.spells`).
    """
    lon, lat = _on_map(rows, "lon"), _on_map(rows, "lat")
    made: dict[str, Any] = {
        "lon": lon,
        "lat": lat,
        "geometry": points_wkb(lon, lat),
        "ended_at": _ended_at(rows),
        "reopened": pa.array(np.zeros(rows.num_rows, dtype=bool)),
        "episode_id": rows["id"],
    }
    for name in ("reopened_at", *GROUP_COLUMNS):
        made.setdefault(name, pa.nulls(rows.num_rows, REQUESTS.field(name).type))
    columns = [made[name] if name in made else rows[name] for name in REQUESTS.names]
    return pa.Table.from_arrays(columns, schema=REQUESTS)


def compared_of(rows: pa.Table) -> pa.Table:
    """Of rows of the store what they are compared by (`COMPARED_CODED`), with the points that a map shows."""
    made = {"lon": _on_map(rows, "lon"), "lat": _on_map(rows, "lat"), "ended_at": _ended_at(rows)}
    table = pa.table({name: made[name] if name in made else rows[name] for name in COMPARED})
    return table.cast(COMPARED_CODED)


def _ended_at(rows: pa.Table) -> pa.ChunkedArray:
    """When a request was closed; where that is not known, the opening; null while it is open."""
    closed = pc.is_in(rows["status"], pa.array(sorted(CLOSED)))
    return pc.coalesce(rows["closed_at"], pc.if_else(closed, rows["opened_at"], None))


def _on_map(rows: pa.Table, name: str) -> pa.ChunkedArray:
    """A coordinate where it says where the thing is: a service counter is no place of a pothole."""
    drawn = pc.is_in(rows["precision"], pa.array(sorted(ON_MAP), pa.string()))
    return pc.if_else(drawn, rows[name], pa.scalar(None, pa.float64()))


def _iso(month: ColumnElement[date], connection: BulkConnection) -> ColumnElement[str]:
    """A date as `YYYY-MM-DD` on both engines."""
    return month if connection.is_sqlite else func.to_char(month, "YYYY-MM-DD")  # type: ignore[return-value]
