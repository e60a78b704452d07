"""The table of problems, made from the requests of a version: each place with what happened there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import ibis.expr.types as ir
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from geo.dedup.recurrence import six_months_before
from mart import ask
from mart.ask import moment
from mart.database import prepare, view_requests
from mart.schema import PROBLEMS

PLACE = (
    "activity", "label", "borough", "sector", "precision", "street", "street_from", "street_to", "lon", "lat",
    "geometry", "h3_12",
)  # fmt: skip
"""What a problem takes from its first request."""


class Window(NamedTuple):
    """The 6 calendar months (Montréal's) that count as recent, both ends included."""

    first: datetime
    last: datetime


def window_to(newest_event_at: datetime | None, built_at: datetime) -> Window:
    """The 6 months up to the newest event of a version; what is dated after the build is still to come."""
    last = min(newest_event_at or built_at, built_at).astimezone(UTC)
    return Window(six_months_before(pd.Timestamp(last)).to_pydatetime(), last)


def problems_of(folder: Path, files: Iterable[str], window: Window) -> pa.Table:
    """Problems of the requests in month files (paths inside a version or draft), ordered by id.

    Columns of `schema.PROBLEMS`.
    """
    with _requests(folder, files) as database:
        return ask.run(database, problems, (False,), _bounds(window)).cast(PROBLEMS)


class Before(NamedTuple):
    """A version before, and what changed since."""

    problems: pa.Table
    window: Window
    touched: npt.NDArray[np.int64]
    """Problems that a request came to, went from or changed in."""


def problems_again(folder: Path, files: Iterable[str], window: Window, before: Before) -> pa.Table:
    """The same as `problems_of`, where only what is touched, or newly recent or no longer, is summed up anew."""
    with _requests(folder, files) as database:
        shifted = [_shifted(database, *between) for between in _shifts(before.window, window)]
        touched = np.unique(np.concatenate([before.touched, *shifted]))
        values = _bounds(window) | {"touched": touched.tolist()}
        fresh = ask.run(database, problems, (True,), values).cast(PROBLEMS)
    kept = before.problems.filter(pa.array(~np.isin(before.problems["id"].to_numpy(), touched)))
    return pa.concat_tables([kept, fresh]).sort_by("id")


@contextmanager
def _requests(folder: Path, files: Iterable[str]) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as database:
        prepare(database)
        view_requests(database, folder, files)
        yield database


def _bounds(window: Window) -> dict[str, Any]:
    return {"recent_from": window.first, "recent_to": window.last}


def _shifts(old: Window, new: Window) -> list[tuple[datetime, datetime]]:
    """The spans in which a request is recent in one window and not in the other."""
    return [(min(pair), max(pair)) for pair in zip(old, new, strict=True) if pair[0] != pair[1]]


def _shifted(database: duckdb.DuckDBPyConnection, first: datetime, last: datetime) -> npt.NDArray[np.int64]:
    """Problems of the requests opened between two moments."""
    found = ask.run(database, _opened_between, (), {"recent_from": first, "recent_to": last})
    ids: npt.NDArray[np.int64] = found["problem_id"].to_numpy()
    return ids


def _opened_between(requests: ir.Table) -> ir.Table:
    inside = requests["opened_at"].between(moment("recent_from"), moment("recent_to"))
    return requests.filter(inside, requests["problem_id"].notnull()).select("problem_id").distinct()


def problems(requests: ir.Table, only_touched: bool) -> ir.Table:
    """One row per problem: of all, or of those whose ids are bound as `touched`."""
    there = requests.filter(requests["problem_id"].notnull())
    if only_touched:
        there = there.semi_join(ask.integers("touched", "touched_id"), [("problem_id", "touched_id")])
    recent = there["opened_at"].between(moment("recent_from"), moment("recent_to"))
    still_open = there["ended_at"].isnull()
    history = there.group_by("problem_id").agg(
        first_at=there["opened_at"].min(),
        last_at=there["opened_at"].max(),
        last_ended_at=there["ended_at"].max(),
        episodes=there["episode_id"].nunique(),
        requests=there.count(),
        requesters=there["requesters"].sum(),
        open=still_open.sum(),
        recent_requests=there.count(where=recent),
        recent_requesters=there["requesters"].sum(where=recent).fill_null(0),
        recent_episodes=there["episode_id"].nunique(where=recent),
    )
    firsts = there.filter(there["id"] == there["problem_id"])
    place = firsts.select(problem_id=firsts["id"], **{name: firsts[name] for name in PLACE})
    both = history.join(place, "problem_id")
    ended_at = (both["open"] == 0).ifelse(both["last_ended_at"], None)
    shown = both.mutate(id=both["problem_id"], ended_at=ended_at)
    return shown.select(*PROBLEMS.names).order_by("id")
