"""What share of the work that was done came back within 30, 90 and 180 days, and how soon.

Work is done where an episode's last request is closed as Terminée, which does not prove a repair. It came back
where the next episode of the same problem begins. Work that was done lately was not watched long enough: it
counts for as long as it was (`mart.questions.returns_survival`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, reduce
from operator import and_
from typing import Any, Literal

import ibis
import ibis.expr.types as ir
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from domain.localtime import MONTREAL
from mart.ask import epoch_us, frame, integers, moment
from mart.cuts import missing
from mart.filters import Filters, Shape, in_territory
from mart.questions.returns_survival import Happened, happened
from mart.snapshot import Mart
from mart.spells import DAY_US, current_at, is_done, open_at

WITHIN_DAYS = (30, 90, 180)
"""Within how many days (of 24 hours) work is asked to have held."""

MONTHS = 12
"""Work done in so many calendar months before T is looked at, whatever period a screen shows: within a shorter one
nobody could know what happens in 180 days."""

CUTS = ("borough", "activity")

Cut = Literal["borough", "activity"]
Ints = npt.NDArray[np.int64]

EPISODE_COLUMNS = ("problem_id", "episode_id", "request_id", "borough", "activity", "done_at", "back_at")


@dataclass(frozen=True, eq=False)
class Returns:
    """Work done in a window, and what came back."""

    since: datetime
    as_of: datetime
    """The window, both ends included."""
    episodes: pd.DataFrame
    """One row per episode whose last request was closed as done in the window (`EPISODE_COLUMNS`): `request_id`
    is that request, and `borough` and `activity` its own (`unlocated` where it has none); `back_at` is when the
    next episode began, NaT where none has by T."""

    def by(self, cut: Cut | None = None) -> pd.DataFrame:
        """Shares by borough or by activity; without a cut one row.

        Columns: the cut's name, `n`, and for each of `WITHIN_DAYS` `returned_D` (episodes seen to come back within
        D days), `share_D`, `low_D` and `high_D` (0–1, 95 %; NaN where nothing was watched for D days).
        """
        days = np.array(WITHIN_DAYS)
        rows = [{**name, "n": len(values), **_shares(values, days)} for name, values in self._parts(cut)]
        numbers = [f"{what}_{day}" for day in WITHIN_DAYS for what in ("returned", *Happened._fields)]
        return pd.DataFrame(rows, columns=[*([cut] if cut else []), "n", *numbers])

    def course(self, cut: Cut | None = None, last_day: int = WITHIN_DAYS[-1]) -> pd.DataFrame:
        """The cumulated share day by day: the cut's name, `n`, `day` (0 to `last_day`), `share`, `low`, `high`."""
        days = np.arange(last_day + 1)
        parts = [
            pd.DataFrame({**name, "n": len(values), "day": days, **happened(values, days * DAY_US)._asdict()})
            for name, values in self._parts(cut)
        ]
        empty = pd.DataFrame(columns=[*([cut] if cut else []), "n", "day", *Happened._fields])
        return pd.concat(parts, ignore_index=True) if parts else empty

    def _parts(self, cut: Cut | None) -> list[tuple[dict[str, Any], Ints]]:
        """What `happened` is given of each part of a cut, in the order of its codes."""
        if cut is None:
            return [({}, self._values)]
        rows = {str(code): rows for code, rows in self.episodes.groupby(cut, observed=True).indices.items()}
        return [({cut: code}, self._values[rows[code]]) for code in sorted(rows)]

    @cached_property
    def _values(self) -> Ints:
        watched = _us(self.episodes["back_at"].fillna(pd.Timestamp(self.as_of))) - _us(
            self.episodes["done_at"]
        )
        return watched * 2 + self.episodes["back_at"].isna().to_numpy().astype(np.int64)


def returns(mart: Mart, filters: Filters, as_of: datetime) -> Returns:
    """Work done in the twelve calendar months before T, and when it came back.

    An episode is done where all its requests were closed by T, and at the last closing, in the window, one of them
    as Terminée. It is where and what that request is (the last by id of several): that one has to be in the
    filters, whose period is not looked at. It came back at the opening of the first episode of its problem that
    begins after that closing, wherever and whatever its status. A closing that a reopening undid by T is no done
    work.
    """
    since = work_since(as_of)
    values = filters.values(as_of) | {"since": since, "until": as_of, "as_of": as_of}
    with mart.facts.table(since, as_of) as table:
        answer = mart.run(_requests, (filters.shape,), values, table=table)
    rows = {name: np.asarray(answer[name].to_numpy()) for name in _NUMBERS}
    done = _done(rows)
    back_us = _next_begin(rows, done)
    back_at = pd.to_datetime(pd.Series(np.where(back_us == _NEVER, 0, back_us)), unit="us", utc=True)
    parts = {name: answer[name].take(pa.array(done)).to_pandas() for name in ("done_at", *CUTS)}
    episodes = pd.DataFrame(
        {
            "problem_id": rows["problem_id"][done],
            "episode_id": rows["episode_id"][done],
            "request_id": rows["id"][done],
            **{cut: _named(parts[cut], missing(cut)) for cut in CUTS},
            "done_at": parts["done_at"],
            "back_at": back_at.where(back_us != _NEVER),
        }
    )
    return Returns(since, as_of, episodes[list(EPISODE_COLUMNS)])


def named_episodes(mart: Mart, found: Returns) -> pd.DataFrame:
    """The episodes behind the shares, by closing.

    `EPISODE_COLUMNS` with `external_id` of the closing request, and `back_after_days` (NaN where none came back by T).
    """
    values = {"ids": found.episodes["request_id"].tolist(), "as_of": found.as_of}
    names = frame(mart.run(_names, (), values))
    both = found.episodes.merge(names, on="request_id")
    days = (both["back_at"] - both["done_at"]).dt.total_seconds() / 86_400
    return both.assign(back_after_days=days).sort_values(["done_at", "request_id"], ignore_index=True)


def _names(requests: ir.Table) -> ir.Table:
    known = requests.filter(requests["opened_at"] <= moment("as_of"))
    named = known.semi_join(integers("ids", "wanted"), [("id", "wanted")])
    return named.select("external_id", request_id=named["id"])


_NEVER = np.iinfo(np.int64).max
_NUMBERS = ("id", "problem_id", "episode_id", "opened_us", "closed_us", "is_done", "inside")


def _done(rows: Mapping[str, npt.NDArray[Any]]) -> Ints:
    """The rows that close an episode as done, in the window and in the filters, by episode."""
    order = np.lexsort((rows["id"], rows["episode_id"]))
    episode, closed_us = rows["episode_id"][order], rows["closed_us"][order]
    begins = np.flatnonzero(np.diff(episode, prepend=-1))
    sizes = np.diff(begins, append=len(episode))
    # An open request is closed after all others: then the last closing is none that is done.
    last_us = np.maximum.reduceat(closed_us, begins) if len(begins) else closed_us
    closes = (closed_us == np.repeat(last_us, sizes)) & rows["is_done"][order]
    of_episode = np.repeat(np.arange(len(begins)), sizes)[closes]
    # Of several at once the last by id.
    kept = np.append(np.diff(of_episode) != 0, True)[: len(of_episode)]
    found: Ints = order[closes][kept]
    inside: Ints = found[rows["inside"][found]]
    return inside


def _next_begin(rows: Mapping[str, npt.NDArray[Any]], done: Ints) -> Ints:
    """When (µs) the first episode of the same problem begins that does so after each closing; `_NEVER`: none."""
    first = np.flatnonzero(rows["id"] == rows["episode_id"])
    order = first[np.lexsort((rows["opened_us"][first], rows["problem_id"][first]))]
    problem, begin_us = rows["problem_id"][order], rows["opened_us"][order]
    wanted, after_us = rows["problem_id"][done], rows["closed_us"][done]
    at = np.empty(len(done), dtype=np.int64)
    in_order = np.argsort(wanted, kind="stable")  # neighbours are looked for together, which is faster
    at[in_order] = np.searchsorted(problem, wanted[in_order], side="left")
    last = np.append(np.diff(problem) != 0, True)[: len(problem)]
    back_us = np.full(len(done), _NEVER)
    # Few problems have many episodes: one step at a time, for those that are not there yet.
    open_ = np.flatnonzero(at < len(problem))
    open_ = open_[problem[at[open_]] == wanted[open_]]
    while len(open_):
        here = at[open_]
        found = begin_us[here] > after_us[open_]
        back_us[open_[found]] = begin_us[here[found]]
        open_ = open_[~found & ~last[here]]
        at[open_] += 1
    return back_us


def _named(codes: pd.Series, missing_code: str) -> pd.Series:
    """Codes as a category, those without one named."""
    known = codes.astype("category").cat.remove_unused_categories()
    return known.cat.add_categories([missing_code]).fillna(missing_code) if known.isna().any() else known


def _us(moments: pd.Series) -> Ints:
    """Microseconds since 1970."""
    return moments.to_numpy(dtype="datetime64[us]").astype(np.int64)


def _shares(values: Ints, days: Ints) -> dict[str, float]:
    """Of each number of days: how many were seen to come back, and the share with its interval."""
    found = happened(values, days * DAY_US)
    ended = values[values & 1 == 0] >> 1
    row: dict[str, float] = {}
    for i, day in enumerate(days):
        row[f"returned_{day}"] = int((ended <= day * DAY_US).sum())
        row |= {f"{what}_{day}": float(shares[i]) for what, shares in found._asdict().items()}
    return row


def work_since(as_of: datetime) -> datetime:
    """When the twelve calendar months before T begin: the same local time a year earlier."""
    local = pd.Timestamp(as_of).tz_convert(MONTREAL).tz_localize(None) - pd.DateOffset(months=MONTHS)
    at = local.tz_localize(MONTREAL, ambiguous=True, nonexistent="shift_forward").tz_convert("UTC")
    found: datetime = at.to_pydatetime()
    return found


def _requests(spells: ir.Table, shape: Shape) -> ir.Table:
    """Requests of problems, each as it was at T: those that say of an episode how it ended, or when it began.

    `closed_us` is `_NEVER` of what is open at T.
    """
    known = spells["opened_at"] <= moment("as_of")
    placed = spells.filter(known, spells["problem_id"].notnull(), current_at(spells, moment("as_of")))
    within = in_territory(placed, shape)
    inside = reduce(and_, within).fill_null(False) if within else ibis.literal(True)
    ended = placed["ended_at"]
    return placed.select(
        "id",
        "problem_id",
        "episode_id",
        borough=placed[shape.borough_column],
        activity=placed["activity"],
        done_at=ended,
        opened_us=epoch_us(placed["opened_at"]),
        closed_us=open_at(placed, moment("as_of")).ifelse(ibis.literal(_NEVER), epoch_us(ended)),
        is_done=is_done(placed) & ended.between(moment("since"), moment("until")).fill_null(False),
        inside=inside,
    )
