"""What happened at one place in the six months before a moment."""

from __future__ import annotations

from datetime import datetime

import ibis.expr.types as ir
import pandas as pd

from geo.dedup.recurrence import Recurrence, recurrence
from mart.ask import frame, integer, moment
from mart.snapshot import Mart

_COLUMNS = {
    "id": "id",
    "problem": "problem_id",
    "episode": "episode_id",
    "opened_at": "opened_at",
    "closed_at": "ended_at",
    "status": "status",
    "requesters": "requesters",
}


def place_history(mart: Mart, problem_id: int, at: datetime) -> Recurrence:
    """Recurrence of a problem to a moment: requests, people, episodes, statuses, and how soon it came back.

    A problem that is not there has none.
    """
    rows = frame(mart.run(_requests, (), {"problem_id": problem_id, "as_of": at}))
    return recurrence(rows, pd.Timestamp(at))


def _requests(requests: ir.Table) -> ir.Table:
    there = requests.filter(
        requests["problem_id"] == integer("problem_id"), requests["opened_at"] <= moment("as_of")
    )
    return there.select(**{name: there[column] for name, column in _COLUMNS.items()}).order_by("id")
