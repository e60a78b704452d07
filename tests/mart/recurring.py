"""Generated places that come back, and loops that say what questions about them should answer."""

import math
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import pandas as pd
from hypothesis import strategies as st

from mart.filters import UNLOCATED, Filters
from tests.mart.made import BOROUGHS, MONTREAL, ended_at
from tests.support.mart import NOON, Row, a_row, an_undone_row

Z = 1.959963984540054
DAY = timedelta(days=1)


@st.composite
def lives_of_places(draw: st.DrawFn) -> tuple[list[Row], list[Row]]:
    """Requests over 14 months in a few problems, one episode after another, some at once; and undone spells."""
    rows: list[Row] = []
    undone: list[Row] = []
    number = 0
    for _ in range(draw(st.integers(0, 7))):
        problem, activity = 0, draw(st.sampled_from(("nids_de_poule", "graffitis")))
        at = NOON - timedelta(hours=draw(st.integers(24, 24 * 420)))
        for _ in range(draw(st.integers(1, 5))):
            episode = 0
            for _ in range(draw(st.integers(1, 3))):
                number += 1
                problem, episode = problem or number, episode or number
                row, spells = draw(_request(number, problem, episode, at, activity))
                rows.append(row)
                undone += spells
                at += timedelta(hours=draw(st.sampled_from((0, 1, 30))))
            at += timedelta(hours=draw(st.sampled_from((1, 100, 24 * 29, 24 * 60, 24 * 150))))
    return rows, undone


@st.composite
def _request(
    draw: st.DrawFn, number: int, problem: int, episode: int, at: datetime, activity: str
) -> tuple[Row, list[Row]]:
    status = draw(st.sampled_from((*["done"] * 9, "refused", "in_progress", "closed unknown")))
    lasted = timedelta(hours=draw(st.sampled_from((0, 5, 70, 24 * 40))))
    known = status in {"done", "refused"}
    columns: dict[str, Any] = {
        "id": number,
        "problem_id": problem,
        "episode_id": episode,
        "activity": activity,
        "opened_at": at,
        "status": "done" if status == "closed unknown" else status,
        "borough": draw(st.sampled_from(BOROUGHS)),
        "requesters": draw(st.integers(1, 3)),
    }
    if not known or draw(st.integers(0, 5)):
        return a_row(**columns, closed_at=at + lasted if known else None), []
    again = at + lasted + timedelta(hours=24)
    row = a_row(**columns, closed_at=again + lasted, reopened_at=again)
    return row, [an_undone_row(row, ended_at=at + lasted, undone_at=again)]


def seen_at(rows: Iterable[Row], undone: Iterable[Row], as_of: datetime) -> list[Row]:
    """Each placed request in the spell that it was in at a moment, with `end`: when it was closed by then."""
    found = []
    earlier = defaultdict(list)
    for spell in undone:
        earlier[spell["id"]].append(spell)
    for row in rows:
        if row["opened_at"] > as_of or row["problem_id"] is None:
            continue
        spells = [spell for spell in earlier[row["id"]] if spell["undone_at"] > as_of]
        spell = min(spells, key=lambda one: one["undone_at"]) if spells else row
        end = spell["ended_at"] if spells else ended_at(row)
        found.append(spell | {"end": end if end is not None and end <= as_of else None})
    return found


def months_back(as_of: datetime, months: int) -> datetime:
    """The same time of Montréal so many calendar months earlier."""
    local = as_of.astimezone(MONTREAL).replace(tzinfo=None)
    return (pd.Timestamp(local) - pd.DateOffset(months=months)).to_pydatetime().replace(tzinfo=MONTREAL)


def is_inside(row: Row, filters: Filters) -> bool:
    wanted = ((filters.boroughs, row["borough"] or UNLOCATED), (filters.activities, row["activity"]))
    return all(not codes or value in codes for codes, value in wanted)


def places_by_hand(seen: list[Row], filters: Filters, as_of: datetime, rank: str) -> list[dict[str, Any]]:
    """The ranked places, one at a time."""
    bounds = [months_back(as_of, months) for months in range(6, -1, -1)]
    members = defaultdict(list)
    for row in seen:
        if row["opened_at"] >= bounds[0] and is_inside(row, filters):
            members[row["problem_id"]].append(row)
    this_month = as_of.astimezone(MONTREAL).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    found = []
    for problem, those in members.items():
        begins: dict[int, datetime] = {}
        for row in those:
            begins[row["episode_id"]] = min(begins.get(row["episode_id"], as_of), row["opened_at"])
        if len(begins) < 2:
            continue
        months = [sum(row["opened_at"] > bound for bound in bounds[1:-1]) for row in those]
        found.append(
            {
                "problem_id": problem,
                "requests": len(those),
                "requesters": sum(row["requesters"] for row in those),
                "episodes": len(begins),
                "spread": len(set(months)),
                "open": sum(row["end"] is None for row in those),
                "first_at": min(row["opened_at"] for row in those),
                "last_at": max(row["opened_at"] for row in those),
                "is_new": sorted(begins.values())[1] >= this_month,
                "months": [months.count(month) for month in range(6)],
            }
        )
    order = dict.fromkeys([rank, "requests", "episodes", "requesters", "spread"])
    return sorted(found, key=lambda one: ([-one[name] for name in order], one["problem_id"]))


def done_by_hand(seen: list[Row], filters: Filters, as_of: datetime) -> list[dict[str, Any]]:
    """Done work of twelve months, one episode at a time: when, where, and when it came back."""
    since = months_back(as_of, 12)
    episodes = defaultdict(list)
    for row in seen:
        episodes[row["episode_id"]].append(row)
    found = []
    for those in episodes.values():
        if any(row["end"] is None for row in those):
            continue
        end = max(row["end"] for row in those)
        last = [
            row
            for row in those
            if row["end"] == end and row["status"] == "done" and row["closed_at"] is not None
        ]
        if not last or end < since:
            continue
        closing = max(last, key=lambda row: row["id"])
        if not is_inside(closing, filters):
            continue
        begins = [
            row["opened_at"]
            for row in seen
            if row["problem_id"] == closing["problem_id"]
            and row["id"] == row["episode_id"]
            and row["opened_at"] > end
        ]
        found.append(
            {
                "request_id": closing["id"],
                "borough": closing["borough"] or UNLOCATED,
                "activity": closing["activity"],
                "done_at": end,
                "back_at": min(begins, default=None),
            }
        )
    return found


def share_by_hand(works: list[dict[str, Any]], as_of: datetime, days: int) -> tuple[float, float, float]:
    """The product-limit estimate and its log-log interval, step by step; NaN where there is none."""
    watched = [((one["back_at"] or as_of) - one["done_at"], one["back_at"] is not None) for one in works]
    survival, variance = 1.0, 0.0
    for time in sorted({time for time, came in watched if came and time <= days * DAY}):
        at_risk = sum(other >= time for other, _ in watched)
        events = sum(other == time and came for other, came in watched)
        survival *= 1 - events / at_risk
        variance += events / (at_risk * (at_risk - events)) if at_risk > events else math.inf
    left = sum(time >= days * DAY for time, _ in watched)
    if survival > 0 and not left:
        return math.nan, math.nan, math.nan
    if survival in (0.0, 1.0):
        return (1 - survival, *_wilson(1 - survival, max(left, 1)))
    error = Z * math.sqrt(variance) / abs(math.log(survival))
    return 1 - survival, 1 - survival ** math.exp(-error), 1 - survival ** math.exp(error)


def _wilson(p: float, n: int) -> tuple[float, float]:
    middle = (p + Z**2 / (2 * n)) / (1 + Z**2 / n)
    half = Z / (1 + Z**2 / n) * math.sqrt(p * (1 - p) / n + Z**2 / (4 * n**2))
    return min(max(middle - half, 0), p), max(min(middle + half, 1), p)
