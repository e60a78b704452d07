"""What a spell says at a moment: who is open, what became of what was received (table `spells`).

A spell is a stretch of a request's life: from its opening, or a reopening, to the next reopening. Within it
the request is open until `ended_at`. At any moment exactly one spell of a request is the current one.
Conditions are functions of the table and of the bound moments `start`, `until` (the period's last moment,
or T where that is earlier) and `as_of` (T). Those that filters are made of may be null, the others never are.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum

import ibis
import ibis.expr.types as ir

from domain.statuses import WITHDRAWN, Status
from mart.ask import epoch_us, moment

DAY_US = 86_400_000_000

Condition = Callable[[ir.Table], ir.BooleanValue]
"""Which rows of a table."""


def from_at(spells: ir.Table) -> ir.TimestampValue:
    """When a spell begins."""
    return ibis.coalesce(spells["reopened_at"], spells["opened_at"])


def gone_at(spells: ir.Table) -> ir.TimestampValue:
    """When a spell is no longer open; null while it is."""
    return ibis.coalesce(spells["ended_at"], spells["undone_at"])


def current_at(spells: ir.Table, at: ir.TimestampScalar) -> ir.BooleanValue:
    """Whether it is the current spell of a request known at a moment."""
    undone = spells["undone_at"]
    return (from_at(spells) <= at) & (undone.isnull() | (undone > at))


def open_at(spells: ir.Table, at: ir.TimestampScalar) -> ir.BooleanValue:
    """Open at a moment."""
    gone = gone_at(spells)
    return (from_at(spells) <= at) & (gone.isnull() | (gone > at))


def opened_in_period(spells: ir.Table) -> ir.BooleanValue:
    """Current spell, at T, of a request opened in the period: each such request once."""
    return spells["opened_at"].between(moment("start"), moment("until")) & current_at(spells, moment("as_of"))


def closed_in_period(spells: ir.Table) -> ir.BooleanValue:
    """Spell closed in the period; where nobody knows when it was closed, as soon as it was opened."""
    # Plain, for files: wrapped in a coalesce it would spare no row group. Unknown is left out all the same.
    found: ir.BooleanValue = spells["ended_at"].between(moment("start"), moment("until"))
    return found


def reopened_in_period(spells: ir.Table) -> ir.BooleanValue:
    """Spell that ended with a reopening in the period."""
    found: ir.BooleanValue = spells["undone_at"].between(moment("start"), moment("until"))
    return found


def open_at_end(spells: ir.Table) -> ir.BooleanValue:
    """Open at the period's end, whenever it was opened."""
    return open_at(spells, moment("until"))


def active_recently(spells: ir.Table) -> ir.BooleanValue:
    """Request of a problem, opened in the 6 calendar months before the period's end."""
    recent = spells["opened_at"].between(moment("recent_from"), moment("until"))
    return recent & spells["problem_id"].notnull() & current_at(spells, moment("as_of"))


def past(at: ir.TimestampValue, more_us: int) -> ir.BooleanValue:
    """Whether the period's end comes after a moment and so many microseconds more."""
    return _true(epoch_us(at) + more_us < epoch_us(moment("until")))


def was_closed(spells: ir.Table) -> ir.BooleanValue:
    """Known to have been closed."""
    return spells["ended_at"].notnull()


def is_closed(spells: ir.Table) -> ir.BooleanValue:
    """Closed at T (of current spells)."""
    return _true(spells["ended_at"] <= moment("as_of"))


class Fate(IntEnum):
    """What became of a request by T: exactly one of these."""

    CLOSED_ON_TIME = 0
    CLOSED_LATE = 1
    OPEN_PAST_DUE = 2
    OPEN_NOT_DUE = 3
    WITHDRAWN = 4
    """Closed without an answer: Annulée, Supprimée."""
    NOT_JUDGED = 5
    """It has no target, or was closed at an unknown moment: neither on time nor late."""


def with_fate(spells: ir.Table) -> ir.Table:
    """The same with a column `fate`: worked out once, it serves every part of what was received."""
    ended, due, at = spells["ended_at"], spells["due_at"], moment("as_of")
    fate = ibis.cases(
        (is_closed(spells) & _true(spells["status"].isin(sorted(WITHDRAWN))), Fate.WITHDRAWN),
        (due.isnull() | (is_closed(spells) & spells["closed_at"].isnull()), Fate.NOT_JUDGED),
        (ended <= ibis.least(due, at), Fate.CLOSED_ON_TIME),
        (ended <= at, Fate.CLOSED_LATE),
        (due < at, Fate.OPEN_PAST_DUE),
        else_=Fate.OPEN_NOT_DUE,
    )
    return spells.mutate(fate=fate)


def met(*fates: Fate) -> Condition:
    """Whether a request (see `with_fate`) met one of some fates."""

    def condition(spells: ir.Table) -> ir.BooleanValue:
        found: ir.BooleanValue = spells["fate"].isin(fates)
        return found

    return condition


def is_done(spells: ir.Table) -> ir.BooleanValue:
    """Closed as Terminée, at a known moment."""
    return _true(spells["status"] == Status.DONE.value) & spells["closed_at"].notnull()


def is_refused(spells: ir.Table) -> ir.BooleanValue:
    """Closed as Refusée."""
    return _true(spells["status"] == Status.REFUSED.value)


def has_known_end(spells: ir.Table) -> ir.BooleanValue:
    """Open at T, or closed at a known moment."""
    return ~is_closed(spells) | spells["closed_at"].notnull()


def joins_an_earlier_one(spells: ir.Table) -> ir.BooleanValue:
    """It repeats an earlier request."""
    return spells["parent_id"].notnull()


def everything(spells: ir.Table) -> ir.BooleanValue:
    """Every row."""
    return spells["id"].notnull()


def _true(condition: ir.BooleanValue) -> ir.BooleanValue:
    """Unknown is no."""
    known: ir.BooleanValue = condition.fill_null(False)
    return known
