"""Lives of requests as the store is told of them, and what a build makes of them."""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa

from domain.statuses import CLOSED
from tests.support.building import START, Writer, content

Row = dict[str, Any]


class Step(NamedTuple):
    """A status and since when, in hours after the opening: by the source (None: it does not say), as recorded."""

    status: str | None
    at: float | None
    recorded: float

    @property
    def closes(self) -> bool:
        return self.status in CLOSED


class Spell(NamedTuple):
    """A spell in hours after START."""

    begin: float
    ended: float | None
    undone: float | None


def a_life(*steps: tuple[str | None, float | None] | Step) -> list[Step]:
    """Steps in order, the first as the source gave it first; recorded when they happened, or at 50."""
    return [one if isinstance(one, Step) else Step(*one, 50 if one[1] is None else one[1]) for one in steps]


def write_lives(store: Writer, lives: dict[int, list[Step]], told: dict[int, int] | None = None) -> None:
    """Write requests by id that live so; of what was told before (how many steps of each) there is no event."""
    known = told or {}
    rows = [_row(id_, life[-1]) for id_, life in lives.items()]
    events = [one for id_, life in lives.items() for one in _events(id_, life, known.get(id_, 1))]
    store.write(*rows, events=events)


def hours(at: datetime | None) -> float | None:
    """Hours after START."""
    return None if at is None else (at - START) / timedelta(hours=1)


def moment(at: float | None) -> datetime | None:
    """The moment so many hours after START."""
    return None if at is None else START + timedelta(hours=at)


def spell_rows(root: Path) -> dict[int, list[Row]]:
    """Spells of each request of the current version, in time."""
    _, tables = content(root)
    months = [table for name, table in tables.items() if name.startswith("requests/")]
    rows = [row | {"undone_at": None} for row in pa.concat_tables(months).to_pylist()]
    rows += tables["undone.parquet"].to_pylist()
    found: dict[int, list[Row]] = {}
    for row in sorted(rows, key=lambda row: (row["undone_at"] is None, row["undone_at"])):
        found.setdefault(row["id"], []).append(row)
    return found


def spells_of(rows: Iterable[Row]) -> list[Spell]:
    """Rows in hours."""
    return [
        Spell(
            hours(row["reopened_at"] or row["opened_at"]) or 0,
            hours(row["ended_at"]),
            hours(row["undone_at"]),
        )
        for row in rows
    ]


def check_spells(rows: list[Row]) -> None:
    """Whatever was told: spells follow each other without a gap, none closed before it begins or after it ends."""
    spells = spells_of(rows)
    assert spells[0].begin == hours(rows[0]["opened_at"])
    assert rows[0]["reopened_at"] is None
    assert [one.undone for one in spells[:-1]] == [one.begin for one in spells[1:]]
    assert spells[-1].undone is None
    for one in spells[:-1]:
        assert one.undone is not None
        assert one.begin < one.undone
        assert one.ended is None or one.begin <= one.ended <= one.undone
    if len(spells) > 1:
        last = spells[-1]
        assert last.ended is None or last.begin <= last.ended
        assert all(row["reopened"] for row in rows)


def some_lives(rng: random.Random, ids: Iterable[int], orderly: bool) -> dict[int, list[Step]]:
    """Random lives: with `orderly` no moment comes before an earlier one, though some are not known."""
    return {id_: (_orderly if orderly else _dirty)(rng) for id_ in ids}


_STATUSES = ("done", "done", "refused", "cancelled", "in_progress", "reopened", "reopened", "accepted", None)


def _orderly(rng: random.Random) -> list[Step]:
    at, life = 0.0, []
    for _ in range(rng.randint(1, 7)):
        at += rng.choice((0, 1, 5, 24))
        life.append(Step(rng.choice(_STATUSES), None if rng.random() < 0.15 else at, at))
    return life


def _dirty(rng: random.Random) -> list[Step]:
    moments = (None, -30, 0, 5, 5, *range(0, 60, 7))
    return [
        Step(rng.choice(_STATUSES), rng.choice(moments), rng.choice(range(0, 60, 7)))
        for _ in range(rng.randint(1, 7))
    ]


def _row(id_: int, last: Step) -> Row:
    since = moment(last.at)
    closed = since if last.closes else None
    return {"id": id_, "status": last.status, "status_at": since, "closed_at": closed}


def _events(id_: int, life: list[Step], known: int) -> list[Row]:
    return [
        {
            "request_id": id_,
            "status_before": before.status,
            "status_before_at": moment(before.at),
            "status": after.status,
            "at": moment(after.at),
            "recorded_at": moment(after.recorded),
        }
        for before, after in list(pairwise(life))[known - 1 :]
    ]
