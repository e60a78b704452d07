"""The places that keep coming back: problems with several episodes in the six calendar months to T, ranked.

They are the numerator of the KPI `recurring_pct`, place by place: the same rows, so the same number of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import add
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd
import pyarrow as pa

from domain.errors import InputRefused
from domain.localtime import MONTREAL
from geo.dedup.recurrence import MONTHS
from mart.ask import frame, integers, moment
from mart.cuts import recent_from
from mart.filters import Filters, Shape, in_territory
from mart.periods import day_start, local_date
from mart.snapshot import Mart
from mart.spells import active_recently, open_at

RANKS = ("requests", "episodes", "requesters", "spread")
"""What places may be ranked by, `spread` being of the six months those with a request there."""

LEAST_EPISODES = 2
"""A place came back if it has so many episodes."""

MOST_ROWS = 500
PLACE = (
    "activity", "label", "street", "street_from", "street_to", "borough", "sector", "lon", "lat", "precision",
)  # fmt: skip
"""What is said of a place: as of its first request."""

MONTH_COLUMNS = tuple(f"month_{i}" for i in range(MONTHS))
"""Requests in each of the six months, the oldest first."""

_COUNTED = ("requests", "requesters", "episodes", "spread", "open")
COLUMNS = (
    "position", "problem_id", *PLACE, *_COUNTED, "first_at", "last_at", "is_new", *MONTH_COLUMNS,
)  # fmt: skip

Bounds = tuple[datetime, ...]


@dataclass(frozen=True, slots=True, eq=False)
class RecurringPlaces:
    """Some of the ranked places."""

    rows: pd.DataFrame
    """`COLUMNS`: `position` from 1; `open` are requests open at T; `is_new`: see `recurring_places`."""
    total: int
    """Places that came back."""
    new: int
    """Of these, those that are new this month."""
    active: int
    """Problems with any request in the six months."""
    bounds: Bounds
    """The seven moments (UTC) between which the six months lie, the oldest first; the last is T."""


def recurring_places(
    mart: Mart,
    filters: Filters,
    as_of: datetime,
    rank: str = "requests",
    *,
    offset: int = 0,
    limit: int | None = 50,
    new_only: bool = False,
) -> RecurringPlaces:
    """Problems with two episodes or more in the six calendar months to T, most first.

    Requests count as in `recurring_pct`: opened in the six months (both ends included), of any status, seen
    at T. The period of the filters is not looked at. Equal places are told apart by the other measures, in the
    order of `RANKS`, then by id. `spread` counts the months back from T (the last runs from the same day of the
    month before to T), for six calendar months from the middle of one touch seven. A place is *new this month*
    where the second of its episodes of the six months began in T's calendar month (Montréal's). `limit` None: all.

    Raises:
        InputRefused: an unknown rank, or a page that cannot be.
    """
    if rank not in RANKS:
        raise InputRefused(f"places are ranked by {', '.join(RANKS)}, not {rank!r}.")
    if offset < 0 or not (limit is None or 1 <= limit <= MOST_ROWS):
        raise InputRefused(f"a page has 1 to {MOST_ROWS} places from place 0 on, not {limit} from {offset}.")
    found = _count(mart, filters, as_of)
    places = found.places[found.places["is_new"]] if new_only else found.places
    keys = [-places[name].to_numpy() for name in reversed(_keys(rank))]
    order = np.lexsort([places["problem_id"].to_numpy(), *keys])
    last = None if limit is None else offset + limit
    page = places.iloc[order[offset:last]].reset_index(drop=True)
    page.insert(0, "position", np.arange(offset + 1, offset + len(page) + 1))
    values = _values(filters, as_of)
    ids = {"ids": page["problem_id"].tolist()}
    described = page.merge(_described(mart, ids), on="problem_id", how="left").merge(
        _by_month(mart, filters, values | ids), on="problem_id", how="left"
    )
    total, new = len(found.places), int(found.places["is_new"].sum())
    return RecurringPlaces(described[list(COLUMNS)], total, new, found.active, month_bounds(as_of))


def month_bounds(as_of: datetime) -> Bounds:
    """The moments so many calendar months before T (Montréal's clock), from six to none."""
    local = pd.Timestamp(as_of).tz_convert(MONTREAL).tz_localize(None)
    earlier = [local - pd.DateOffset(months=back) for back in range(MONTHS - 1, 0, -1)]
    between = [
        at.tz_localize(MONTREAL, ambiguous=True, nonexistent="shift_forward")
        .tz_convert("UTC")
        .to_pydatetime()
        for at in earlier
    ]
    return (recent_from(as_of), *between, as_of)


@dataclass(frozen=True, slots=True, eq=False)
class _Counted:
    """Every place that came back, and how many there were in all."""

    places: pd.DataFrame
    active: int


def _keys(rank: str) -> list[str]:
    return list(dict.fromkeys([rank, *RANKS]))


def _count(mart: Mart, filters: Filters, as_of: datetime) -> _Counted:
    values = _values(filters, as_of)
    with mart.facts.table(values["recent_from"], as_of) as table:
        places = frame(_whole(mart.run(_places, (filters.shape,), values, table=table)))
        active = int(mart.run(_active, (filters.shape,), values, table=table)["n"][0].as_py())
    spread = np.bitwise_count(places.pop("months").to_numpy()).astype(np.int64)
    return _Counted(places.assign(spread=spread, is_new=places.pop("older") < LEAST_EPISODES), active)


def _whole(answer: pa.Table) -> pa.Table:
    """Sums are as wide as can be in DuckDB, which pandas would hold as objects."""
    fields = [pa.field(f.name, pa.int64() if pa.types.is_decimal(f.type) else f.type) for f in answer.schema]
    return answer.cast(pa.schema(fields))


def _values(filters: Filters, as_of: datetime) -> dict[str, Any]:
    between = {f"bound_{i}": at for i, at in enumerate(month_bounds(as_of))}
    month_start = day_start(local_date(as_of).replace(day=1))
    return (
        filters.values(as_of)
        | between
        | {"recent_from": between["bound_0"], "until": as_of, "as_of": as_of, "month_start": month_start}
    )


def _there(spells: ir.Table, shape: Shape) -> ir.Table:
    """Requests of the six months, with the month (0 to 5) that each was opened in."""
    kept = spells.filter(active_recently(spells), *in_territory(spells, shape))
    later = [(kept["opened_at"] > moment(f"bound_{i}")).ifelse(1, 0) for i in range(1, MONTHS)]
    return kept.mutate(month=reduce(add, later))


def _places(spells: ir.Table, shape: Shape) -> ir.Table:
    """One row per problem. First by episode: counting different ones of each group takes twice as long."""
    there = _there(spells, shape)
    episodes = there.group_by("problem_id", "episode_id").agg(
        first_at=there["opened_at"].min(),
        last_at=there["opened_at"].max(),
        requests=there.count(),
        requesters=there["requesters"].sum(),
        open=open_at(there, moment("as_of")).sum(),
        months=(ibis.literal(1) << there["month"]).bit_or(),
    )
    problems = episodes.group_by("problem_id").agg(
        first_at=episodes["first_at"].min(),
        last_at=episodes["last_at"].max(),
        requests=episodes["requests"].sum(),
        requesters=episodes["requesters"].sum(),
        episodes=episodes.count(),
        open=episodes["open"].sum(),
        months=episodes["months"].bit_or(),
        older=episodes.count(where=episodes["first_at"] < moment("month_start")),
    )
    return problems.filter(problems["episodes"] >= LEAST_EPISODES)


def _active(spells: ir.Table, shape: Shape) -> ir.Table:
    kept = spells.filter(active_recently(spells), *in_territory(spells, shape))
    return kept.aggregate(n=kept["problem_id"].nunique())


def _by_month(mart: Mart, filters: Filters, values: dict[str, Any]) -> pd.DataFrame:
    """Requests of some places in each of the six months."""
    with mart.facts.table(values["recent_from"], values["as_of"]) as table:
        return frame(mart.run(_months, (filters.shape,), values, table=table))


def _months(spells: ir.Table, shape: Shape) -> ir.Table:
    there = _there(spells, shape).semi_join(integers("ids", "wanted"), [("problem_id", "wanted")])
    counted = {name: there.count(where=there["month"] == i) for i, name in enumerate(MONTH_COLUMNS)}
    return there.group_by("problem_id").agg(**counted)


def _described(mart: Mart, ids: dict[str, Any]) -> pd.DataFrame:
    return frame(mart.run(_by_id, (), ids, table="problems"))


def _by_id(problems: ir.Table) -> ir.Table:
    named = problems.semi_join(integers("ids", "wanted"), [("id", "wanted")])
    return named.select(problem_id=named["id"], **{name: named[name] for name in PLACE})
