"""The requests of one problem: those of one episode with why they were joined, and its other episodes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import ibis.expr.types as ir
import pandas as pd

from mart.ask import frame, integer, moment
from mart.snapshot import Mart
from mart.state import state, state_values

_COLUMNS = (
    "id", "external_id", "episode_id", "parent_id", "score_bits", "reasons", "opened_at", "ended_at", "status",
    "requesters",
)  # fmt: skip


def same_problem(mart: Mart, problem_id: int, at: datetime) -> pd.DataFrame:
    """Requests of a problem that are known at a moment, the earliest first; no row where there is no such problem.

    Columns: id, external_id, episode_id, parent_id, score_bits, reasons, opened_at, ended_at (null: open at the
    moment), status, requesters, state.
    """
    values: dict[str, Any] = state_values(at) | {"problem_id": problem_id, "as_of": at}
    found = frame(mart.run(_requests, (), values))
    found["ended_at"] = found["ended_at"].where(found["ended_at"] <= pd.Timestamp(at))
    return found


def episodes(requests: pd.DataFrame) -> pd.DataFrame:
    """Episodes of such requests, the newest first.

    Columns: episode_id, first_id, external_id (of its first request), opened_at, ended_at (null: one is open),
    requests, requesters.
    """
    ordered = requests.sort_values(["opened_at", "id"])
    found = ordered.groupby("episode_id", as_index=False).agg(
        first_id=("id", "first"),
        external_id=("external_id", "first"),
        opened_at=("opened_at", "min"),
        ended_at=("ended_at", "max"),
        still_open=("ended_at", lambda ended: bool(ended.isna().any())),
        requests=("id", "size"),
        requesters=("requesters", "sum"),
    )
    found["ended_at"] = found["ended_at"].where(~found.pop("still_open").astype(bool))
    return found.sort_values(["opened_at", "episode_id"], ascending=False).reset_index(drop=True)


def _requests(requests: ir.Table) -> ir.Table:
    known = requests.filter(
        requests["problem_id"] == integer("problem_id"), requests["opened_at"] <= moment("as_of")
    )
    return known.mutate(state=state(known)).select(*_COLUMNS, "state").order_by("opened_at", "id")
