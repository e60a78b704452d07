"""What people decide about two requests: that they are about the same thing, or that they are not.

A log: a new word about a pair replaces the older one, and "undone" leaves the pair to the algorithm again.
Decisions outrank it, so that two which contradict each other are refused when the second one is made.
"""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum

import numpy as np
from sqlalchemy import Connection, Engine, Select, func, insert, select, update

from domain.errors import InputRefused
from geo.dedup.decisions import decide
from store.engine import explained
from store.schema import pair_decision, request, store_clock


class Verdict(StrEnum):
    """What was decided about a pair."""

    SAME = "same"
    APART = "apart"
    UNDONE = "undone"


def record(
    engine: Engine, first: int, second: int, verdict: Verdict, actor: str, at: datetime | None = None
) -> None:
    """Record a decision about two requests, by their ids in the store, in either order.

    Raises:
        InputRefused: it is one request, one of them is not there, or the decision contradicts others.
        StoreUnavailable: the database failed; the store is as it was before.
    """
    if first == second:
        raise InputRefused("A decision is about two requests, not about one and itself.")
    a, b = sorted((first, second))
    with (
        explained(str(engine.url)),
        engine.execution_options(sqlite_begin="IMMEDIATE").begin() as connection,
    ):
        # Writers come one after the other, so that no two make decisions that contradict each other.
        connection.execute(update(store_clock).values(tick=store_clock.c.tick + 1))
        tick = connection.execute(select(store_clock.c.tick)).scalar_one()
        if missing := {a, b} - _names(connection, [a, b]).keys():
            raise InputRefused(f"There is no request number {min(missing)} in the store.")
        _refuse_contradiction(connection, a, b, verdict)
        row = {"request_a": a, "request_b": b, "verdict": verdict.value, "actor": actor, "tick": tick}
        connection.execute(insert(pair_decision).values(row | {"decided_at": at or datetime.now(UTC)}))
        changed = update(request).where(request.c.id.in_((a, b)))
        connection.execute(changed.values(changed_tick=tick))


def standing() -> Select[tuple[int, int, str]]:
    """The decisions that hold: `request_a`, `request_b`, `verdict` (same or apart), by pair."""
    log = pair_decision.c
    newest = select(func.max(log.id)).group_by(log.request_a, log.request_b)
    chosen = select(log.request_a, log.request_b, log.verdict).where(log.id.in_(newest))
    return chosen.where(log.verdict != Verdict.UNDONE.value).order_by(log.request_a, log.request_b)


def find_request(engine: Engine, external_id: str, source: str | None = None) -> int:
    """The store's id of a request by its source's own id.

    Raises:
        InputRefused: there is none, or several sources have one.
        StoreUnavailable: the database failed.
    """
    wanted = select(request.c.id, request.c.source).where(request.c.external_id == external_id)
    if source is not None:
        wanted = wanted.where(request.c.source == source)
    with explained(str(engine.url)), engine.connect() as connection:
        found = connection.execute(wanted.order_by(request.c.source)).all()
    if not found:
        raise InputRefused(f"There is no request {external_id} in the store.")
    if len(found) > 1:
        sources = ", ".join(row.source for row in found)
        raise InputRefused(f"Several sources have a request {external_id} ({sources}): say which.")
    return int(found[0].id)


def _names(connection: Connection, ids: list[int]) -> dict[int, str]:
    """The sources' own ids of those requests that are there."""
    rows = connection.execute(select(request.c.id, request.c.external_id).where(request.c.id.in_(ids)))
    return {int(row.id): str(row.external_id) for row in rows}


def _refuse_contradiction(connection: Connection, a: int, b: int, verdict: Verdict) -> None:
    """Refuse a new decision that could not hold together with all others."""
    told = {(row.request_a, row.request_b): row.verdict for row in connection.execute(standing())}
    told.pop((a, b), None)
    if verdict is not Verdict.UNDONE:
        told[a, b] = verdict.value
    ids = sorted({one for pair in told for one in pair})
    row_of = {one: row for row, one in enumerate(ids)}
    same, apart = (
        [(row_of[one], row_of[other]) for (one, other), said in told.items() if said == kind]
        for kind in (Verdict.SAME.value, Verdict.APART.value)
    )
    try:
        decide(same, apart, np.array(ids))
    except InputRefused:  # only now are the sources' own ids needed, for the sentence
        names = _names(connection, ids)
        decide(same, apart, np.array([names.get(one, one) for one in ids], dtype=object))
