"""Spells of requests that were closed and opened again: what the present one began with, and the earlier ones.

A spell is a stretch of a request's life, from its opening or a reopening to the next reopening. Events come
from files and people: their moments may be missing, equal, or before the opening. Whatever they say, the
spells of a request follow each other without a gap, and none is closed before it begins or after it ends.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from domain.statuses import CLOSED, Status
from mart.schema import REQUESTS, SPELLS

Ids = npt.NDArray[np.int64]


class Reopening(NamedTuple):
    """One event that opened a request again."""

    at: datetime
    status_before: str | None
    closed_at: datetime | None
    """When it had been closed; None where nobody knows, or the status before did not close it."""


@dataclass(frozen=True, slots=True)
class Reopenings:
    """Reopenings by request id, in the order in which they were recorded."""

    by_id: dict[int, list[Reopening]]
    ids: pa.Array
    """Of the requests that some event opened again, at a known moment or not."""

    def of(self, row: dict[str, Any]) -> list[Reopening]:
        """Those of a request, in time; a source that gives the last status only may tell of one more."""
        found = sorted(self.by_id.get(row["id"], []), key=lambda one: one.at)
        since = row["status_at"] if row["status"] == Status.REOPENED.value else None
        if since is not None and (not found or found[-1].at < since):
            found.append(Reopening(since, None, None))
        return found


def read_reopenings(events: pa.Table) -> Reopenings:
    """Reopenings from events: request_id, at, status, status_before, status_before_at."""
    by_id: dict[int, list[Reopening]] = {}
    for event in events.to_pylist():
        found = by_id.setdefault(event["request_id"], [])
        before, since = event["status_before"], event["status_before_at"]
        if before == Status.REOPENED.value and since is not None:
            found.append(Reopening(since, None, None))
        if event["status"] not in CLOSED and before in CLOSED:
            found.append(Reopening(event["at"], before, since))
        elif event["status"] == Status.REOPENED.value and before != event["status"]:
            found.append(Reopening(event["at"], before, None))
    return Reopenings(by_id, pa.array(by_id, pa.int64()))


def with_spells(rows: pa.Table, reopenings: Reopenings) -> tuple[pa.Table, pa.Table]:
    """Requests (columns of REQUESTS) with `reopened` and `reopened_at`, and their earlier spells (SPELLS)."""
    is_now = pc.equal(rows["status"], Status.REOPENED.value).fill_null(False)
    reopened = pc.or_(is_now, pc.is_in(rows["id"], reopenings.ids))
    places = np.flatnonzero(reopened.to_numpy())
    began: list[datetime | None] = [None] * rows.num_rows
    undone: list[dict[str, Any]] = []
    for place, row in zip(places.tolist(), rows.take(pa.array(places)).to_pylist(), strict=True):
        earlier = list(_earlier_spells(row | {"reopened": True}, reopenings.of(row)))
        if earlier:
            began[place] = earlier[-1]["undone_at"]
        undone += earlier
    moment = REQUESTS.field("reopened_at").type
    columns = {"reopened": reopened, "reopened_at": pa.array(began, moment)}
    for name, column in columns.items():
        rows = rows.set_column(rows.column_names.index(name), REQUESTS.field(name), column)
    return rows, pa.Table.from_pylist(undone, schema=SPELLS)


def undone_again(before: pa.Table, changed: Ids, mine: pa.Table) -> pa.Table:
    """Earlier spells of a version, without those of requests that changed, and with the ones that they have now."""
    stays = ~np.isin(before["id"].to_numpy(), changed)
    return ordered_spells(pa.concat_tables([before.filter(pa.array(stays)), mine]))


def ordered_spells(rows: pa.Table) -> pa.Table:
    """In the order of the mart."""
    return rows.sort_by([(name, "ascending") for name in ("opened_at", "id", "undone_at")])


def _earlier_spells(row: dict[str, Any], reopenings: list[Reopening]) -> Iterator[dict[str, Any]]:
    begin, began = row["opened_at"], None
    last = row["ended_at"]
    for one in reopenings:
        end = one.at if last is None else min(one.at, last)
        if end <= begin:
            continue  # told twice, or before the opening: nothing lies between
        closed = None if one.closed_at is None else min(max(one.closed_at, begin), end)
        spell = {"ended_at": closed, "closed_at": closed, "status_at": closed, "status": one.status_before}
        yield row | spell | {"reopened_at": began, "undone_at": end}
        begin = began = end
