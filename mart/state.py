"""The state of a request at a moment T: what a person sees as colour, icon and word.

Only the last status is known, with its date. What was closed after T was open at T, in a status
that nobody kept; such a request is waiting, unless it was late or due soon.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import ibis
import ibis.expr.types as ir

from domain.calendar import working_days_after
from domain.statuses import HANDLED, WITHDRAWN, State, Status
from mart.ask import moment

SOON_WORKING_DAYS = 2
"""Due soon is within 2 working days (DOMAIN: due date)."""

SEVERITY: tuple[State, ...] = (
    State.LATE,
    State.DUE_SOON,
    State.IN_PROGRESS,
    State.WAITING,
    State.DONE,
    State.CLOSED,
    State.WITHDRAWN,
)
"""States in the order of a list: what needs somebody first."""


def state_values(at: datetime) -> dict[str, datetime]:
    """Values of the moments that `state` compares with."""
    return {"state_at": at, "soon": working_days_after(at, SOON_WORKING_DAYS)}


def state(table: ir.Table) -> ir.StringValue:
    """State of each request at `state_at` (of those opened by then)."""
    at, soon = moment("state_at"), moment("soon")
    status = table["status"]
    closed = table["ended_at"].notnull() & (table["ended_at"] <= at)
    known = table["ended_at"].isnull() & (table["status_at"].isnull() | (table["status_at"] <= at))
    return ibis.cases(
        (closed & (status == Status.DONE.value), State.DONE.value),
        (closed & status.isin(sorted(WITHDRAWN)), State.WITHDRAWN.value),
        (closed, State.CLOSED.value),
        (table["due_at"] < at, State.LATE.value),
        (table["due_at"] <= soon, State.DUE_SOON.value),
        (known & status.isin(sorted(HANDLED)), State.IN_PROGRESS.value),
        else_=State.WAITING.value,
    )


def severity(states: ir.StringValue) -> ir.IntegerValue:
    """Rank of a state in a list, 0 first."""
    ranks = [(states == found.value, rank) for rank, found in enumerate(SEVERITY)]
    return ibis.cases(*ranks, else_=len(SEVERITY))


def age_days(at: datetime, opened_at: datetime) -> float:
    """Age of a request in days."""
    return (at - opened_at) / timedelta(days=1)
