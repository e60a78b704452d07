"""The requests of one place that its line in the ranking counts (`mart.questions.recurring_places`)."""

from __future__ import annotations

from datetime import datetime

import ibis.expr.types as ir
import pandas as pd

from mart.ask import frame, integer, moment
from mart.cuts import recent_from
from mart.filters import Filters, Shape, in_territory
from mart.snapshot import Mart
from mart.spells import active_recently, open_at

COLUMNS = (
    "id", "external_id", "episode_id", "opened_at", "closed_at", "status", "requesters", "is_open", "activity",
    "label", "street", "street_from", "street_to", "borough",
)  # fmt: skip


def place_requests(
    mart: Mart, filters: Filters, as_of: datetime, problem_id: int, *, open_only: bool = False
) -> pd.DataFrame:
    """`COLUMNS` and `episode` (1 for the first of the six months), the newest request first.

    Within the filters and the six months, of any status, seen at T: `closed_at` and `status` are null where it was
    still open. There are as many as `requests` of the place's line, from as many people as its `requesters`, in as
    many episodes; those that are open are as many as its `open`.
    """
    values = filters.values(as_of) | {
        "problem_id": problem_id,
        "recent_from": recent_from(as_of),
        "until": as_of,
        "as_of": as_of,
    }
    rows = frame(mart.run(_there, (filters.shape,), values, table="spells"))
    begun = rows.groupby("episode_id")["opened_at"].transform("min")
    order = pd.MultiIndex.from_arrays([begun, rows["episode_id"]])
    rows = rows.assign(episode=order.factorize(sort=True)[0] + 1)
    rows["closed_at"] = rows["closed_at"].mask(rows["is_open"])
    rows["status"] = rows["status"].astype(object).mask(rows["is_open"], None)
    return rows[rows["is_open"]].reset_index(drop=True) if open_only else rows


def _there(spells: ir.Table, shape: Shape) -> ir.Table:
    there = spells.filter(
        spells["problem_id"] == integer("problem_id"), active_recently(spells), *in_territory(spells, shape)
    )
    told = there.mutate(is_open=open_at(there, moment("as_of")), closed_at=there["ended_at"])
    return told.select(*COLUMNS).order_by(told["opened_at"].desc(), told["id"].desc())
