"""KPIs of a period, as a whole and cut by place, kind or time, with what each rests on."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any, NamedTuple

import ibis.expr.types as ir
import numpy as np
import pandas as pd

from domain.errors import InputRefused
from mart.cuts import Cut, Stretches, moment_of, read_cut, stretches
from mart.filters import Filters
from mart.kpi_levels import Counting, Level
from mart.kpi_model import Base, Figure, Kpi
from mart.kpi_places import Places
from mart.kpi_rows import Pulled, pull, queries
from mart.kpis import chosen
from mart.periods import local_date
from mart.snapshot import Mart

SMALL_N = 5
"""Below this a rate or a median is shown as such, and never ranked."""

MOST_PARTS = 200_000
_MOST_THREADS = 4


@dataclass(frozen=True, eq=False)
class KpiTable:
    """KPIs at every level of a cut.

    Frames have the names of the cut (text), then of each KPI its `code`, and of those that are no counts
    `STEM_n`, `STEM_low` and `STEM_high` (the code without `_pct`); NaN where there is no data.
    """

    as_of: datetime
    filters: Filters
    by: tuple[str, ...]
    kpis: tuple[Kpi, ...]
    rows: pd.DataFrame
    """By all parts of the cut; one row where there is none."""
    margins: Mapping[str, pd.DataFrame]
    """By each single part of a cut of several."""
    total: Mapping[str, float]
    """Of the whole."""


def kpis(
    mart: Mart, filters: Filters, as_of: datetime, codes: Iterable[str] = (), by: Iterable[str] = ()
) -> KpiTable:
    """KPIs (all, unless codes are given) of a period seen at T, cut by parts of `mart.cuts`.

    Every place and kind that any row has is there; over time also the stretches in which nothing happened.

    Raises:
        InputRefused: an unknown code or part, T before the first request, or a period that begins after T.
    """
    asked, cut = chosen(codes), read_cut(by)
    _check(mart, filters, as_of)
    plain = Cut(cut.columns, cut.resolution)
    # Over time a row of the backlog counts in some stretches only: the whole period is a question of its own.
    sheets = {one.time: _sheet(mart, filters, as_of, asked, one) for one in {plain, cut}}

    def frame(names: tuple[str, ...]) -> pd.DataFrame:
        columns = tuple(name for name in cut.columns if name in names)
        time = cut.time if cut.time in names else None
        return _frame(sheets[time], columns, time, asked)

    levels = [(), *([(name,) for name in cut.by] if len(cut.by) > 1 else []), *([cut.by] if cut.by else [])]
    frames = dict(zip(levels, _threads().map(frame, levels), strict=True))
    total: dict[str, float] = {str(name): value for name, value in frames[()].iloc[0].items()}
    margins = {names[0]: frames[names] for names in levels if len(names) == 1 and len(cut.by) > 1}
    return KpiTable(as_of, filters, cut.by, asked, frames[cut.by][_ordered(cut, asked)], margins, total)


def _ordered(cut: Cut, asked: tuple[Kpi, ...]) -> list[str]:
    return [*cut.by, *(name for kpi in asked for name in columns_of(kpi))]


def columns_of(kpi: Kpi) -> tuple[str, ...]:
    """Names of a KPI's columns: of a count its code, of others also n and bounds."""
    if kpi.figure is Figure.COUNT:
        return (kpi.code,)
    if kpi.figure is Figure.MEAN:
        return kpi.code, f"{kpi.stem}_n"
    return kpi.code, f"{kpi.stem}_n", f"{kpi.stem}_low", f"{kpi.stem}_high"


def n_of(kpi: Kpi) -> str:
    """Name of the column that says what a KPI rests on; of a count it is the count itself."""
    return kpi.code if kpi.figure is Figure.COUNT else columns_of(kpi)[1]


def first_request(mart: Mart) -> datetime | None:
    """When the first request was opened (UTC); None of an empty mart."""
    found: datetime | None = mart.remembered("first request", lambda: _opened_first(mart))
    return found.astimezone(UTC) if found else None


def _opened_first(mart: Mart) -> datetime | None:
    found: datetime | None = mart.run(_first, (), {})["at"][0].as_py()
    return found


def _first(requests: ir.Table) -> ir.Table:
    return requests.aggregate(at=requests["opened_at"].min())


def _check(mart: Mart, filters: Filters, as_of: datetime) -> None:
    first = first_request(mart)
    if first is None:
        raise InputRefused("the mart has no request yet: load a file, then run `vigie build`.", code="empty")
    if as_of < first:
        raise InputRefused(
            f"on {local_date(as_of)} there was no request yet: the first is of {local_date(first)}.",
            code="before",
        )
    if filters.start > local_date(as_of):
        raise InputRefused(
            f"the period begins on {filters.start}, after the as-of day, {local_date(as_of)}.", code="future"
        )


def _threads() -> ThreadPoolExecutor:
    return _threads_of(os.getpid())


@cache
def _threads_of(process: int) -> ThreadPoolExecutor:
    """Threads that stay, for each has a connection of its own; a process that was forked has none yet."""
    return ThreadPoolExecutor(min(os.cpu_count() or 1, _MOST_THREADS), f"kpi-{process}")


class _Sheet(NamedTuple):
    """The rows that are counted, and their places."""

    counting: Counting
    places: Places


def _sheet(mart: Mart, filters: Filters, as_of: datetime, asked: tuple[Kpi, ...], cut: Cut) -> _Sheet:
    over = stretches(filters, as_of, cut.time)
    pulled = _pulled(mart, filters, as_of, asked, cut, over)
    places = Places(pulled, cut)
    if places.count * len(over.names) > MOST_PARTS:
        raise InputRefused(
            f"this cut has over {MOST_PARTS:,} parts: cut by less, or filter.", code="too_fine"
        )
    counting = Counting(pulled, places.of_row, places.count, over)
    counting.prepare(asked, _threads().map)
    return _Sheet(counting, places)


def _pulled(
    mart: Mart, filters: Filters, as_of: datetime, asked: tuple[Kpi, ...], cut: Cut, over: Stretches
) -> list[Pulled]:
    moments = {
        "start": over.start_us[0],
        "until": over.until_us[-1],
        "first_until": over.until_us[0],
        "recent_from": over.recent_from_us.min(),  # at a month’s end a later one may begin earlier
    }
    bounds = {name: moment_of(us) for name, us in moments.items()}
    timed = len(over.names) > 1
    wanted = queries(asked, timed=timed)
    recent = any(query.base is Base.ACTIVE for query in wanted)
    earliest = min(bounds["start"], bounds["recent_from"]) if recent else bounds["start"]
    here = cut if timed else Cut(cut.columns, cut.resolution)
    with mart.facts.table(earliest, bounds["until"]) as table:
        pulls = _threads().map(lambda query: pull(mart, table, filters, as_of, bounds, query, here), wanted)
        return list(pulls)


def _frame(sheet: _Sheet, columns: tuple[str, ...], time: str | None, asked: tuple[Kpi, ...]) -> pd.DataFrame:
    group, shown = sheet.places.level(columns)
    level = Level(sheet.counting, group, len(shown))
    names = sheet.counting.over.names
    parts: dict[str, Any] = {name: np.repeat(shown[name].to_numpy(), len(names)) for name in columns}
    if time:
        parts[time] = np.tile(np.array(names, dtype=object), len(shown))
    numbers: dict[str, Any] = {}
    for kpi in asked:
        numbers |= dict(zip(columns_of(kpi), level.number(kpi), strict=False))
    return pd.DataFrame(parts | numbers)
