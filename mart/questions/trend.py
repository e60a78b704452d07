"""How the counts went, day by day, week by week or month by month."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

import ibis
import ibis.expr.types as ir
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from mart.ask import epoch_us, moment
from mart.filters import Filters, Shape, in_territory
from mart.periods import local_date, local_days
from mart.snapshot import Mart

Freq = Literal["day", "week", "month"]
_HOUR_US = 3_600_000_000
_HOUR_S = 3600
Days = npt.NDArray[np.datetime64]
Counts = npt.NDArray[np.int64]


def trend(mart: Mart, filters: Filters, as_of: datetime, freq: Freq = "week") -> pd.DataFrame:
    """Received and closed in each part of the period, backlog and overdue at its end.

    Columns: period_start (datetime64[s], Montréal's day; the first is the period's own start where
    that is inside a week or month), received, closed, backlog, overdue. Parts that begin after T
    are left out; one that T cuts counts up to T. Weeks begin on Monday.
    """
    last = min(filters.end, local_date(as_of))
    if last < filters.start:
        return _series(np.array([], dtype="datetime64[D]"), {})
    values = filters.values(as_of) | filters.period_values(as_of)
    flows = mart.run(_flows, (filters.shape,), values)
    starts = _part_starts(filters.start, last, freq)
    return _series(starts, _by_part(starts, flows))


_FLOWS = ("opened", "closed", "fell_due", "late_closed")
"""Things that change the counts; a request may be in all four, each at its own hour."""


def _flows(requests: ir.Table, shape: Shape) -> ir.Table:
    """Columns flow, hour (UTC, since 1970; -1 = before the period, for the opening stock) and n."""
    until = moment("until")
    # What was closed before the period came and went again in the opening stock.
    present = requests["ended_at"].isnull() | (requests["ended_at"] >= moment("start"))
    concerned = requests.filter(*in_territory(requests, shape), requests["opened_at"] <= until, present)
    kept = concerned.select("opened_at", "ended_at", "due_at")
    ended, due = kept["ended_at"], kept["due_at"]
    flows = {
        "opened": (kept["opened_at"], kept["opened_at"] <= until),
        "closed": (ended, ended <= until),
        "fell_due": (due, (due < until) & (ended.isnull() | (due < ended))),
        "late_closed": (ended, (ended <= until) & (due < ended)),
    }
    return ibis.union(*(_hourly(kept, name, at, counted) for name, (at, counted) in flows.items()))


def _hourly(kept: ir.Table, flow: str, at: ir.TimestampValue, counted: ir.BooleanValue) -> ir.Table:
    hour = ibis.ifelse(at < moment("start"), ibis.literal(-1, type="int64"), epoch_us(at) // _HOUR_US)
    by_hour = kept.filter(counted).group_by(hour=hour).aggregate(n=lambda rows: rows.count())
    return by_hour.select("hour", "n", flow=ibis.literal(flow))


def _part_starts(start: date, last: date, freq: Freq) -> Days:
    """First day of each part that begins by `last`."""
    days = np.arange(np.datetime64(start), np.datetime64(last) + 1)
    if freq == "day":
        return days
    if freq == "month":
        first = days.astype("datetime64[M]").astype("datetime64[D]") == days
    else:
        first = (days.astype(np.int64) + 3) % 7 == 0  # 1970-01-01 was a Thursday
    first[0] = True
    starts: Days = days[first]
    return starts


def _by_part(starts: Days, flows: pa.Table) -> dict[str, Counts]:
    days = local_days(flows["hour"].to_numpy() * _HOUR_S)
    part = np.searchsorted(starts, days, side="right")  # 0 is the stock from before the period
    name, n = flows["flow"].to_numpy(zero_copy_only=False), flows["n"].to_numpy()
    sums = {
        flow: np.bincount(part[name == flow], n[name == flow], len(starts) + 1).astype(np.int64)
        for flow in _FLOWS
    }
    return {
        "received": sums["opened"][1:],
        "closed": sums["closed"][1:],
        "backlog": np.cumsum(sums["opened"] - sums["closed"])[1:],
        "overdue": np.cumsum(sums["fell_due"] - sums["late_closed"])[1:],
    }


def _series(starts: Days, columns: dict[str, Counts]) -> pd.DataFrame:
    names = ("received", "closed", "backlog", "overdue")
    data = {name: columns.get(name, np.array([], dtype=np.int64)) for name in names}
    return pd.DataFrame({"period_start": starts.astype("datetime64[s]"), **data})
