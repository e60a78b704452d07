"""For a report that is being typed: the open episodes that it may be about, the likeliest first, and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import ibis.expr.types as ir
import pandas as pd

from domain.activities import activities
from domain.errors import InputRefused
from geo.dedup.parameters import load_parameters
from geo.dedup.rank import Likely, OpenIndex
from geo.dedup.reasons import Reason
from geo.dedup.requests import read_requests
from mart.ask import frame, moment
from mart.snapshot import Mart

_COLUMNS = (
    "id", "external_id", "activity", "label", "precision", "lon", "lat", "opened_at", "street", "street_from",
    "street_to", "channel", "requesters", "episode_id", "problem_id", "due_at", "ended_at",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class LikelyHere:
    """An open episode that a report may be about, and the request of it that is most like the report."""

    episode_id: int
    problem_id: int
    request_id: int
    external_id: str
    street: str | None
    opened_at: datetime
    due_at: datetime | None
    requests: int
    """Open requests of the episode."""

    requesters: int
    """People behind them."""

    distance_m: float
    score_bits: float
    joins: bool
    """Whether a build would join the report to it."""

    reasons: tuple[Reason, ...]
    """The prior, then the strongest first; their bits add up to the score."""


@dataclass(frozen=True, slots=True, eq=False)
class OpenRequests:
    """Requests that are not closed at one moment, ready to be compared with; threads may share them."""

    index: OpenIndex
    by_id: pd.DataFrame
    by_episode: pd.DataFrame


def likely_same(
    mart: Mart,
    point: tuple[float, float],
    activity: str,
    at: datetime,
    *,
    label: str | None = None,
    precision: str = "exact",
    limit: int = 5,
) -> list[LikelyHere]:
    """Open episodes that a report at a point (latitude, longitude) may be about, the likeliest first.

    Args:
        mart: the version asked.
        point: degrees, WGS84.
        activity: code of data/activities.yml.
        at: the report's moment (UTC where it has no zone), which is also that of what is open.
        label: as published; without it nothing is compared under `autre`, which is no one thing.
        precision: what the point stands for: `exact` or `segment`.
        limit: episodes at most.

    Raises:
        InputRefused: an activity, point or precision that cannot be compared.
    """
    codes = [known.code for known in activities()]
    if activity not in codes:
        raise InputRefused(f"There is no activity {activity!r}: it is one of {', '.join(codes)}.")
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    end = mart.manifest.recent_to or mart.built_at
    # What is open at the end of a version serves every later report; an earlier one is asked once.
    there = (
        mart.remembered("likely", lambda: open_requests(mart, end)) if at >= end else open_requests(mart, at)
    )
    found = there.index.likely_same(point, activity, at, label=label, precision=precision, limit=limit)
    return [_here(there, one) for one in found]


def open_requests(mart: Mart, at: datetime) -> OpenRequests:
    """An index of the placed requests that are open at a moment, and of those opened later.

    Only those within the longest window before it: older ones are never compared.
    """
    parameters = load_parameters()
    since = at - timedelta(days=max(reach.window_days for reach in parameters.reach))
    found = mart.run(_open, (), {"as_of": at, "since": since})
    rows = frame(found).rename(columns={"ended_at": "closed_at"})
    read = read_requests(rows, parameters)
    index = OpenIndex(read, rows, rows["episode_id"].to_numpy()[read.order], parameters)
    by_episode = rows.groupby("episode_id").agg(requests=("id", "size"), requesters=("requesters", "sum"))
    return OpenRequests(index, rows.set_index("id"), by_episode)


def _here(there: OpenRequests, one: Likely) -> LikelyHere:
    row: dict[str, Any] = there.by_id.loc[one.request].to_dict()
    episode = there.by_episode.loc[one.episode]
    return LikelyHere(
        episode_id=int(one.episode),
        problem_id=int(row["problem_id"]),
        request_id=int(one.request),
        external_id=str(row["external_id"]),
        street=row["street"] if isinstance(row["street"], str) else None,
        opened_at=row["opened_at"].to_pydatetime(),
        due_at=None if pd.isna(row["due_at"]) else row["due_at"].to_pydatetime(),
        requests=int(episode["requests"]),
        requesters=int(episode["requesters"]),
        distance_m=one.distance_m,
        score_bits=one.score_bits,
        joins=one.joins,
        reasons=one.reasons,
    )


def _open(requests: ir.Table) -> ir.Table:
    placed = requests.filter(requests["problem_id"].notnull())
    not_closed = placed["ended_at"].isnull() | (placed["ended_at"] > moment("as_of"))
    return placed.filter(not_closed, placed["opened_at"] >= moment("since")).select(*_COLUMNS)
