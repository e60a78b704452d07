"""Statuses of a request, and which of them close it (DOMAIN: published statuses)."""

from __future__ import annotations

from enum import StrEnum


class Status(StrEnum):
    """The last status of a request, in a source-independent code."""

    IN_PROGRESS = "in_progress"  # Prise en charge
    DONE = "done"  # Terminée
    REFUSED = "refused"  # Refusée
    CANCELLED = "cancelled"  # Annulée
    FORWARDED = "forwarded"  # Transmise pour traitement
    ACCEPTED = "accepted"  # Acceptée
    DELETED = "deleted"  # Supprimée
    REOPENED = "reopened"  # Réactivée
    URGENT = "urgent"  # Urgente


CLOSED: frozenset[Status] = frozenset({Status.DONE, Status.REFUSED, Status.CANCELLED, Status.DELETED})
"""A request is closed in these, at the moment of its last status; only DONE counts as done."""

WITHDRAWN: frozenset[Status] = frozenset({Status.CANCELLED, Status.DELETED})
"""Closed without an answer; left out of every on-time rate."""

HANDLED: frozenset[Status] = frozenset({Status.IN_PROGRESS, Status.ACCEPTED, Status.FORWARDED, Status.URGENT})
"""Open, and somebody has it."""


class State(StrEnum):
    """What a person is shown: the status of a request at a moment T, with its due date."""

    LATE = "late"
    DUE_SOON = "due_soon"
    IN_PROGRESS = "in_progress"
    WAITING = "waiting"
    DONE = "done"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


OPEN_STATES: tuple[State, ...] = (
    State.LATE,
    State.DUE_SOON,
    State.IN_PROGRESS,
    State.WAITING,
)
