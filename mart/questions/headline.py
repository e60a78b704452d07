"""How many requests were received and closed, how many are open, and how many of those are late."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

import ibis.expr.types as ir
import pandas as pd

from mart.ask import frame, moment
from mart.filters import Filters, Shape, in_territory
from mart.populations import CONDITIONS, Population
from mart.snapshot import Mart

Part = Literal["borough", "activity", "sector"]
COUNTS: tuple[str, ...] = tuple(population.value for population in Population)


def headline(
    mart: Mart,
    filters: Filters,
    as_of: datetime,
    by: Part | None = None,
    against: Mapping[str, Filters] | None = None,
) -> pd.DataFrame:
    """Counts of the period, as a whole (one row) or by part, in one scan of the mart.

    Columns: the part (null = unlocated; `borough` is where or who, as the filters say), received,
    closed, backlog, overdue, and the same four with `_NAME` for each period in `against`, such as
    `{"before": filters.previous()}`. Only parts that have a request in one of these are there;
    their sums are the whole.

    Raises:
        ValueError: a period in `against` is filtered by something else too.
    """
    periods = {"": filters} | {f"_{name}": other for name, other in (against or {}).items()}
    values = filters.values(as_of)
    for suffix, other in periods.items():
        if not filters.same_place(other):
            raise ValueError(f"the filters of {suffix[1:]!r} differ in more than the period")
        values |= other.period_values(as_of, suffix)
    # Where T is before a period, `until` is before `start`: its backlog is that of T.
    values["earliest"] = min(values[f"{bound}{suffix}"] for suffix in periods for bound in ("start", "until"))
    values["latest"] = max(values[f"until{suffix}"] for suffix in periods)
    return frame(mart.run(_counts, (filters.shape, by, tuple(periods)), values))


def _counts(requests: ir.Table, shape: Shape, by: Part | None, suffixes: tuple[str, ...]) -> ir.Table:
    kept = requests.filter(*in_territory(requests, shape), *_concerned(requests))
    counts = {
        f"{population.value}{suffix}": kept.count(where=condition(kept, suffix))
        for suffix in suffixes
        for population, condition in CONDITIONS.items()
    }
    if by is None:
        return kept.aggregate(**counts)
    part = kept[shape.borough_column if by == "borough" else by]
    return kept.group_by(part.name(by)).aggregate(**counts).order_by(by)


def _concerned(requests: ir.Table) -> list[ir.BooleanValue]:
    """Opened by the end of the last period and not closed before the first: the rest counts nowhere."""
    ended = requests["ended_at"]
    return [requests["opened_at"] <= moment("latest"), ended.isnull() | (ended >= moment("earliest"))]
