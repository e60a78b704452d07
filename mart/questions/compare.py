"""KPIs beside those of the period before, of the year before, of the other boroughs, and of the goal.

An earlier period is seen at the same age as this one: a week is compared with what was known of the week
before at its own end, not with what became of it since. So a slow start is not news every Monday.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from domain.activities import goal_for
from domain.errors import InputRefused
from domain.localtime import MONTREAL
from domain.territory import boroughs
from mart import intervals
from mart.cuts import read_cut
from mart.filters import Filters
from mart.intervals import Estimate
from mart.kpi_model import Figure, Kpi
from mart.periods import local_date
from mart.questions.kpi import SMALL_N, KpiTable, columns_of, first_request, kpis
from mart.snapshot import Mart

BEFORE, YEAR = "before", "year"


class Earlier(NamedTuple):
    """An earlier period, and the T at which it is seen."""

    filters: Filters
    as_of: datetime


@dataclass(frozen=True, eq=False)
class Comparisons:
    """KPIs of a period with what they are compared with.

    `rows` has a line for each part of the cut and KPI, `total` for each KPI: the parts, `kpi`, `value`, `n`,
    `low`, `high`; of each earlier period (`before`, `year`) that the data reach `PERIOD`, `PERIOD_n`,
    `PERIOD_change`, `PERIOD_low`, `PERIOD_high` (95 % interval of the change) and `PERIOD_noise` (the interval
    holds 0; null where there is none); `others_median`, `others_low`, `others_high` of the other boroughs with
    n ≥ 5 and `others_n`, how many; `goal` and `goal_origin`. NaN: no data.
    """

    now: KpiTable
    rows: pd.DataFrame
    total: pd.DataFrame


def earlier(mart: Mart, filters: Filters, as_of: datetime) -> dict[str, Earlier]:
    """The period of equal length before and the same one of the year before, where the data reach them."""
    first = first_request(mart)
    if first is None:
        return {}
    since = local_date(first).replace(day=1)
    found = {}
    if (filters.start - since).days >= filters.days:
        found[BEFORE] = Earlier(filters.previous(), _days_before(as_of, filters.days))
    if filters.start.year > since.year and (one := filters.year_before()).start >= since:
        found[YEAR] = Earlier(one, _year_before(as_of))
    return {name: other for name, other in found.items() if other.as_of >= first}


def compare(
    mart: Mart, filters: Filters, as_of: datetime, codes: Iterable[str] = (), by: Iterable[str] = ()
) -> Comparisons:
    """KPIs of a period, cut by place or kind, each with what it is compared with.

    Raises:
        InputRefused: as `kpis`, or a cut by time.
    """
    cut = read_cut(by)
    if cut.time:
        raise InputRefused("whole periods are compared: cut them by place or kind, not by time.")
    asked = tuple(codes)
    now = kpis(mart, filters, as_of, asked, by)
    then = {
        name: kpis(mart, other.filters, other.as_of, asked, by)
        for name, other in earlier(mart, filters, as_of).items()
    }
    city = kpis(mart, replace(filters, boroughs=(), sectors=()), as_of, asked, ("borough",))
    lines = [_of_kpi(kpi, now.rows, {n: t.rows for n, t in then.items()}, cut.by) for kpi in now.kpis]
    whole = [
        _of_kpi(kpi, _one(now.total), {n: _one(t.total) for n, t in then.items()}, ()) for kpi in now.kpis
    ]
    rows, total = (_with_others(pd.concat(part, ignore_index=True), filters, city) for part in (lines, whole))
    return Comparisons(now, rows, total)


def estimate(kpi: Kpi, frame: pd.DataFrame) -> Estimate:
    """A KPI's values with what bounds them; a count is as sure as a count of independent events (Poisson)."""
    value = frame[kpi.code].to_numpy(dtype=np.float64)
    if kpi.figure is Figure.COUNT:
        return Estimate(value, *intervals.poisson(value))
    bounds = (f"{kpi.stem}_low", f"{kpi.stem}_high")
    unknown = np.full(len(value), np.nan)
    low, high = (frame[name].to_numpy(np.float64) if name in frame else unknown for name in bounds)
    return Estimate(value, low, high)


def _of_kpi(
    kpi: Kpi, now: pd.DataFrame, then: Mapping[str, pd.DataFrame], by: tuple[str, ...]
) -> pd.DataFrame:
    found = estimate(kpi, now)
    n = now[_n_of(kpi)]
    columns: dict[str, Any] = {name: now[name] for name in by} | {"kpi": kpi.code, "value": found.value}
    columns |= {"n": n, "low": found.low, "high": found.high}
    if kpi.figure is Figure.COUNT:
        columns |= {"low": np.nan, "high": np.nan}
    for name, other in then.items():
        there = _aligned(kpi, now, other, by)
        before = estimate(kpi, there)
        change = intervals.difference(found, before)
        known = ~np.isnan(change.low) & ~np.isnan(change.high)
        noise = pd.array((change.low <= 0) & (change.high >= 0), dtype="boolean")
        noise[~known] = pd.NA
        rests = there[_n_of(kpi)]
        columns |= {name: before.value, f"{name}_n": rests, f"{name}_change": change.value}
        columns |= {f"{name}_low": change.low, f"{name}_high": change.high, f"{name}_noise": noise}
    return pd.DataFrame(columns)


def _aligned(kpi: Kpi, now: pd.DataFrame, other: pd.DataFrame, by: tuple[str, ...]) -> pd.DataFrame:
    """The rows of another table in the order of this one; a count of what was not there is 0, a rate unknown."""
    if not by:
        return other
    there = now[list(by)].merge(other, on=list(by), how="left")
    return there.fillna({_n_of(kpi): 0.0})


def _n_of(kpi: Kpi) -> str:
    """Name of the column that says what a KPI rests on."""
    return kpi.code if kpi.figure is Figure.COUNT else columns_of(kpi)[1]


def _with_others(lines: pd.DataFrame, filters: Filters, city: KpiTable) -> pd.DataFrame:
    """The same with the other boroughs and the goal."""
    codes = {borough.code for borough in boroughs()}
    there = city.rows[city.rows["borough"].isin(codes)]
    mine = filters.boroughs[0] if len(filters.boroughs) == 1 else None
    more = []
    for borough, code in zip(lines.get("borough", pd.Series([mine] * len(lines))), lines["kpi"], strict=True):
        kpi = next(kpi for kpi in city.kpis if kpi.code == code)
        goal = goal_for(code, borough)
        more.append(
            _others(kpi, there[there["borough"] != borough])
            | {"goal": goal.value if goal else np.nan, "goal_origin": goal.origin if goal else None}
        )
    return pd.concat([lines, pd.DataFrame(more, index=lines.index)], axis=1)


def _others(kpi: Kpi, there: pd.DataFrame) -> dict[str, Any]:
    enough = there if kpi.figure is Figure.COUNT else there[there[_n_of(kpi)] >= SMALL_N]
    values = enough[kpi.code].dropna()
    if values.empty:
        return {"others_median": np.nan, "others_low": np.nan, "others_high": np.nan, "others_n": 0}
    bounds = {"others_low": values.min(), "others_high": values.max()}
    return {"others_median": values.median(), **bounds, "others_n": len(values)}


def _one(total: Mapping[str, float]) -> pd.DataFrame:
    return pd.DataFrame([dict(total)])


def _days_before(at: datetime, days: int) -> datetime:
    """The same local time so many days earlier."""
    local = at.astimezone(ZoneInfo(MONTREAL))
    return (local - timedelta(days=days)).astimezone(UTC)


def _year_before(at: datetime) -> datetime:
    """The same local time a year earlier (29 February becomes the 28th)."""
    local = at.astimezone(ZoneInfo(MONTREAL))
    day = 28 if (local.month, local.day) == (2, 29) else local.day
    return local.replace(year=local.year - 1, day=day).astimezone(UTC)
