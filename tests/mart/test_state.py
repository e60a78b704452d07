from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from domain.statuses import State
from mart.questions.request_row import request_row
from mart.state import SEVERITY
from tests.mart.made import opened, state_of
from tests.support.mart import NOON, a_row


@dataclass
class Case:
    """A request, and how it looks at NOON (a Thursday)."""

    state: State
    columns: dict[str, Any]


CASES = {
    "done": Case(State.DONE, {"opened_at": "-9d", "closed_at": "-1d", "status": "done"}),
    "refused": Case(State.CLOSED, {"opened_at": "-9d", "closed_at": "-1d", "status": "refused"}),
    "cancelled": Case(State.WITHDRAWN, {"opened_at": "-9d", "closed_at": "-1d", "status": "cancelled"}),
    "deleted": Case(State.WITHDRAWN, {"opened_at": "-9d", "closed_at": "-1d", "status": "deleted"}),
    "closed at T itself": Case(State.DONE, {"opened_at": "-9d", "closed_at": "+0s", "status": "done"}),
    "done, nobody knows when": Case(State.DONE, {"opened_at": "-9d", "status": "done"}),
    "past due": Case(State.LATE, {"opened_at": "-9d", "due_at": "-1s"}),
    "past due and in progress": Case(
        State.LATE, {"opened_at": "-9d", "due_at": "-1d", "status": "in_progress"}
    ),
    "due at T itself": Case(State.DUE_SOON, {"opened_at": "-9d", "due_at": "+0s"}),
    "due on Monday at noon": Case(State.DUE_SOON, {"due_at": "+4d"}),
    "due after Monday noon": Case(State.WAITING, {"due_at": NOON + timedelta(days=4, seconds=1)}),
    "in progress": Case(State.IN_PROGRESS, {"status": "in_progress", "status_at": "-1h"}),
    "accepted": Case(State.IN_PROGRESS, {"status": "accepted"}),
    "forwarded": Case(State.IN_PROGRESS, {"status": "forwarded"}),
    "urgent": Case(State.IN_PROGRESS, {"status": "urgent"}),
    "reopened": Case(State.WAITING, {"status": "reopened"}),
    "no status": Case(State.WAITING, {"status": None}),
    "no target": Case(State.WAITING, {"due_at": None}),
    "taken up only after T": Case(State.WAITING, {"status": "in_progress", "status_at": "+1h"}),
    "closed only after T": Case(State.WAITING, {"status": "done", "closed_at": "+1h", "status_at": "+1h"}),
    "late, and closed after T": Case(
        State.LATE, {"opened_at": "-9d", "due_at": "-2d", "status": "done", "closed_at": "+1h"}
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_state_at_a_moment(name: str) -> None:
    row = a_row(**CASES[name].columns)
    with opened([row]) as mart:
        found = request_row(mart, row["id"], NOON)
    assert found is not None
    assert found["state"] == CASES[name].state
    assert state_of(row, NOON) == CASES[name].state


def test_every_state_has_a_rank() -> None:
    assert set(SEVERITY) == set(State)
    assert len(SEVERITY) == len(State)
