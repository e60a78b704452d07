"""The requests behind each count: a number and its list use the same condition."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum

import ibis.expr.types as ir

from mart.ask import moment
from mart.filters import Filters, open_at


class Population(StrEnum):
    """Which requests a list, a map or a count is of (DOMAIN: KPIs)."""

    RECEIVED = "received"
    CLOSED = "closed"
    BACKLOG = "backlog"
    OVERDUE = "overdue"


def received(table: ir.Table, suffix: str = "") -> ir.BooleanValue:
    """Opened in the period."""
    return table["opened_at"].between(moment(f"start{suffix}"), moment(f"until{suffix}"))


def closed(table: ir.Table, suffix: str = "") -> ir.BooleanValue:
    """Closed in the period; where nobody knows when it was closed, as soon as it was opened."""
    return table["ended_at"].between(moment(f"start{suffix}"), moment(f"until{suffix}"))


def backlog(table: ir.Table, suffix: str = "") -> ir.BooleanValue:
    """Open at the period's end, or at T where that is earlier, whenever it was opened."""
    return open_at(table, moment(f"until{suffix}"))


def overdue(table: ir.Table, suffix: str = "") -> ir.BooleanValue:
    """In the backlog, and due before that moment."""
    return backlog(table, suffix) & (table["due_at"] < moment(f"until{suffix}"))


CONDITIONS: dict[Population, Callable[..., ir.BooleanValue]] = {
    Population.RECEIVED: received,
    Population.CLOSED: closed,
    Population.BACKLOG: backlog,
    Population.OVERDUE: overdue,
}


def moment_of(population: Population, filters: Filters, as_of: datetime) -> datetime:
    """The moment at which the state of these requests is shown.

    The backlog is that of the period's end; what was received or closed is shown as it is at T.
    """
    if population in {Population.BACKLOG, Population.OVERDUE}:
        return filters.until(as_of)
    return as_of
