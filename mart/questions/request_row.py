"""One request, as the mart knows it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import ibis.expr.types as ir

from mart.ask import integer, moment
from mart.snapshot import Mart
from mart.state import age_days, state, state_values


def request_row(mart: Mart, request_id: int, as_of: datetime) -> dict[str, Any] | None:
    """Every column of a request but its geometry, with state and age_days at T; None where T knows none."""
    values = state_values(as_of) | {"id": request_id, "as_of": as_of}
    rows = mart.run(_one, (), values).to_pylist()
    if not rows:
        return None
    row: dict[str, Any] = rows[0]
    return row | {"age_days": age_days(as_of, row["opened_at"])}


def _one(requests: ir.Table) -> ir.Table:
    known = requests.filter(requests["id"] == integer("id"), requests["opened_at"] <= moment("as_of"))
    return known.mutate(state=state(known)).drop("geometry")
