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

from domain.errors import InputRefused
from domain.localtime import MONTREAL
from mart import intervals
from mart.cuts import read_cut, recent_from
from mart.filters import Filters
from mart.intervals import Estimate
from mart.kpi_model import Base, Figure, Kpi
from mart.periods import local_date
from mart.questions.kpi import KpiTable, columns_of, first_request, kpis, n_of
from mart.questions.others import Others
from mart.snapshot import Mart

BEFORE, YEAR, OTHER = "before", "year", "other"

Columns = Mapping[str, Any]
"""Arrays of one length by name."""


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
    since = local_date(first)
    found = {}
    if (filters.start - since).days >= filters.days:
        found[BEFORE] = Earlier(filters.previous(), _days_before(as_of, filters.days))
    # A period of over a year overlaps the one before it: their difference has no interval of two samples.
    if (
        filters.start.year > since.year
        and (one := filters.year_before()).start >= since
        and one.end < filters.start
    ):
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
        name: known(mart, kpis(mart, other.filters, other.as_of, asked, by))
        for name, other in earlier(mart, filters, as_of).items()
    }
    whole = {name: _arrays(table.total) for name, table in then.items()}
    total = _compared(now.kpis, _arrays(now.total), whole, (), Others(mart, filters, as_of, asked, ()))
    if not cut.by:
        return Comparisons(now, total, total)
    mine = {str(name): now.rows[name].to_numpy() for name in now.rows}
    parts = now.rows.set_index(list(cut.by)).index
    theirs = {name: aligned(table, parts) for name, table in then.items()}
    others = Others(mart, filters, as_of, asked, cut.by)
    return Comparisons(now, _compared(now.kpis, mine, theirs, cut.by, others), total)


def known(mart: Mart, table: KpiTable) -> KpiTable:
    """The KPIs of an earlier period, no data where they look back at six months of which the data lack a part.

    Nothing came back before there was a first request: such a share would rise by itself.
    """
    first = first_request(mart)
    if first is None or recent_from(table.filters.until(table.as_of)) >= first:
        return table
    short = [kpi for kpi in table.kpis if kpi.numerator.base is Base.ACTIVE]
    blank = {name: np.nan for kpi in short for name in columns_of(kpi)}
    margins = {name: margin.assign(**blank) for name, margin in table.margins.items()}
    return replace(table, rows=table.rows.assign(**blank), margins=margins, total={**table.total, **blank})


def beside(
    mart: Mart, filters: Filters, as_of: datetime, other: Earlier, codes: Iterable[str] = ()
) -> pd.DataFrame:
    """KPIs of two views, side by side: a line for each KPI.

    Columns: `kpi`, `value`, `n`, `low`, `high` of the first; `other`, `other_n` of the second; `other_change` (first
    less second) with its 95 % interval `other_low`, `other_high`, and `other_noise` (it holds 0; null where there is
    none). NaN: no data.

    Raises:
        InputRefused: as `kpis`, of either view.
    """
    asked = tuple(codes)
    now = kpis(mart, filters, as_of, asked)
    there = kpis(mart, other.filters, other.as_of, asked)
    theirs = _arrays(known(mart, there).total)
    lines = [line_of(kpi, _arrays(now.total), {OTHER: theirs}) for kpi in now.kpis]
    columns = {name: np.concatenate([line[name] for line in lines]) for name in lines[0]}
    return pd.DataFrame({"kpi": [kpi.code for kpi in now.kpis]} | columns)


def at_same_age(filters: Filters, as_of: datetime, other: Filters) -> Earlier:
    """Another view as it was seen at the same age: T earlier by as many days as its period ends earlier."""
    return Earlier(other, _days_before(as_of, max((filters.end - other.end).days, 0)))


def estimate(kpi: Kpi, columns: Columns) -> Estimate:
    """A KPI's values with what bounds them; a count is as sure as a count of independent events (Poisson)."""
    value = columns[kpi.code]
    if kpi.figure is Figure.COUNT:
        return Estimate(value, *intervals.poisson(value))
    unknown = np.full(len(value), np.nan)
    low, high = (columns.get(f"{kpi.stem}_{end}", unknown) for end in ("low", "high"))
    return Estimate(value, low, high)


def _compared(
    asked: tuple[Kpi, ...], now: Columns, then: Mapping[str, Columns], by: tuple[str, ...], others: Others
) -> pd.DataFrame:
    """A line for each part and KPI."""
    parts = {name: now[name] for name in by}
    size = len(now[asked[0].code])
    lines = [line_of(kpi, now, then) | others.of(kpi, parts, size) for kpi in asked]
    columns: dict[str, Any] = {name: np.tile(values, len(asked)) for name, values in parts.items()}
    columns["kpi"] = np.repeat(np.array([kpi.code for kpi in asked], dtype=object), size)
    return pd.DataFrame(columns | {name: np.concatenate([line[name] for line in lines]) for name in lines[0]})


def line_of(kpi: Kpi, now: Columns, then: Mapping[str, Columns]) -> dict[str, Any]:
    """A KPI beside what it was: columns `value` to `high`, and for each earlier period those of `Comparisons`.

    `now` and each of `then` have the KPI's columns, of one length: the same parts in one order. `low` and `high` of a
    count are NaN: it is what was counted.
    """
    found = estimate(kpi, now)
    unknown = np.full(len(found.value), np.nan)
    shown = (unknown, unknown) if kpi.figure is Figure.COUNT else (found.low, found.high)
    columns: dict[str, Any] = {"value": found.value, "n": now[n_of(kpi)], "low": shown[0], "high": shown[1]}
    for name, there in then.items():
        change = intervals.difference(found, estimate(kpi, there))
        noise = ((change.low <= 0) & (change.high >= 0)).astype(object)
        noise[np.isnan(change.low) | np.isnan(change.high)] = None
        columns |= {name: there[kpi.code], f"{name}_n": there[n_of(kpi)], f"{name}_change": change.value}
        columns |= {f"{name}_low": change.low, f"{name}_high": change.high, f"{name}_noise": noise}
    return columns


def _arrays(total: Mapping[str, float]) -> Columns:
    return {name: np.array([value]) for name, value in total.items()}


def aligned(table: KpiTable, parts: pd.Index) -> Columns:
    """The rows of a table for some parts of its cut; a count of what was not there is 0, a rate unknown."""
    rows = table.rows.set_index(list(table.by))
    found = rows.reindex(parts)
    absent = ~parts.isin(rows.index)
    for kpi in table.kpis:
        found.loc[absent, n_of(kpi)] = 0.0
    return {str(name): found[name].to_numpy(dtype=np.float64) for name in found}


def _days_before(at: datetime, days: int) -> datetime:
    """The same local time so many days earlier."""
    local = at.astimezone(ZoneInfo(MONTREAL))
    return (local - timedelta(days=days)).astimezone(UTC)


def _year_before(at: datetime) -> datetime:
    """The same local time a year earlier (29 February becomes the 28th)."""
    local = at.astimezone(ZoneInfo(MONTREAL))
    day = 28 if (local.month, local.day) == (2, 29) else local.day
    return local.replace(year=local.year - 1, day=day).astimezone(UTC)
