"""What happened at one place: in the six months before a moment, and in all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import ibis.expr.types as ir
import pandas as pd

from geo.dedup.recurrence import Recurrence, recurrence
from mart.ask import frame, integer, moment
from mart.questions.recurring_places import PLACE
from mart.snapshot import Mart
from mart.spells import from_at

_COLUMNS = {
    "id": "id",
    "problem": "problem_id",
    "episode": "episode_id",
    "opened_at": "opened_at",
    "closed_at": "ended_at",
    "status": "status",
    "requesters": "requesters",
}


def place_history(mart: Mart, problem_id: int, at: datetime) -> Recurrence:
    """Recurrence of a problem to a moment: requests, people, episodes, statuses, and how soon it came back.

    A problem that is not there has none.
    """
    rows = frame(mart.run(_requests, (), {"problem_id": problem_id, "as_of": at}))
    return recurrence(rows, pd.Timestamp(at))


def _requests(requests: ir.Table) -> ir.Table:
    there = requests.filter(
        requests["problem_id"] == integer("problem_id"), requests["opened_at"] <= moment("as_of")
    )
    return there.select(**{name: there[column] for name, column in _COLUMNS.items()}).order_by("id")


@dataclass(frozen=True, slots=True, eq=False)
class PlaceStory:
    """All that is known by T of one place."""

    place: dict[str, Any]
    """Of the table `problems`: what and where it is (`PLACE`)."""
    requests: pd.DataFrame
    """One row per spell of each request, by opening: `id`, `external_id`, `episode_id`, `opened_at`, `since` (when
    the spell began: at the opening or a reopening), `closed_at` (NaT while open at T), `status` (what it was closed
    as, null while open), `requesters`, `is_again` (the spell ended with a reopening)."""
    episodes: pd.DataFrame
    """One row per episode, by begin: `episode_id`, `begin_at`, `end_at` (NaT where a request of it is open),
    `status` (of the last closing), `requests`, `requesters`, `back_after_days` (from the end of the one before to
    the begin; NaN of the first, or where that one was not closed by then)."""


def place_story(mart: Mart, problem_id: int, as_of: datetime) -> PlaceStory | None:
    """The whole course of a problem to T, which may be of any age; None where there is none by then."""
    values = {"problem_id": problem_id, "as_of": as_of}
    places = mart.run(_place, (), values, table="problems").to_pylist()
    if not places:
        return None
    first_at = places[0].pop("first_at")
    rows = frame(mart.run(_spells, (), values | {"first_at": first_at}, table="spells"))
    if rows.empty:
        return None
    known = rows["closed_at"] <= pd.Timestamp(as_of)
    rows["closed_at"] = rows["closed_at"].where(known)
    rows["status"] = rows["status"].astype(object).where(known, None)
    rows["is_again"] = rows.pop("undone_at") <= pd.Timestamp(as_of)
    return PlaceStory(places[0], rows, _episodes(rows))


def _episodes(rows: pd.DataFrame) -> pd.DataFrame:
    current = rows[~rows["is_again"]].assign(is_open=lambda now: now["closed_at"].isna())
    each = current.groupby("episode_id")
    found = each.agg(
        begin_at=("opened_at", "min"),
        end_at=("closed_at", "max"),
        is_open=("is_open", "any"),
        requests=("id", "size"),
        requesters=("requesters", "sum"),
    ).reset_index()
    last = current.sort_values(["closed_at", "id"]).drop_duplicates("episode_id", keep="last")
    found = found.merge(last[["episode_id", "status"]], on="episode_id")
    found = found.sort_values(["begin_at", "episode_id"], ignore_index=True)
    is_open = found.pop("is_open")
    found["end_at"] = found["end_at"].mask(is_open)
    found["status"] = found["status"].astype(object).mask(is_open, None)
    days = (found["begin_at"] - found["end_at"].shift(1)).dt.total_seconds() / 86_400
    return found.assign(back_after_days=days.where(days >= 0))


def _place(problems: ir.Table) -> ir.Table:
    there = problems.filter(problems["id"] == integer("problem_id"), problems["first_at"] <= moment("as_of"))
    return there.select("id", "first_at", *PLACE)


def _spells(spells: ir.Table) -> ir.Table:
    begin = from_at(spells)
    there = spells.filter(
        spells["problem_id"] == integer("problem_id"),
        spells["opened_at"].between(moment("first_at"), moment("as_of")),
        begin <= moment("as_of"),
    )
    return there.select(
        "id", "external_id", "episode_id", "opened_at",
        since=from_at(there), closed_at=there["ended_at"], status=there["status"], requesters=there["requesters"],
        undone_at=there["undone_at"],
    ).order_by("opened_at", "id", "since")  # fmt: skip
