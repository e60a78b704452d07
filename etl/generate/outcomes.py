"""How each request stands at the file's end: its last status and when it got it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from etl.generate.calibration import CLOSED, OPEN, Calibration
from etl.generate.clock import DAY_S, HOUR_S, Seconds, after_skipped_hour, before_skipped_hour
from etl.generate.closing import NEVER
from etl.generate.problems import Episodes, Reports
from etl.generate.seasons import draw

Integers = NDArray[np.int64]

STATUSES = (*CLOSED, *OPEN)
DONE, REFUSED, CANCELLED, DELETED = range(4)
REOPENED = STATUSES.index("Réactivée")

SAME_VISIT = 0.70  # of the further reports are closed with the first one, one after the other
SAME_VISIT_S = 45.0
NEXT_DAY = 0.27  # within some hours; the rest is forgotten for a while
NEXT_DAY_S = 8.0 * HOUR_S
FORGOTTEN_S = 12.0 * DAY_S
CANCELLED_IF_DUPLICATE = 3  # times as often
TAKEN_AFTER_S = 6.0 * HOUR_S  # median until somebody takes an open request; log-normal
TAKEN_SIGMA = 1.5


@dataclass(frozen=True)
class Outcomes:
    """Per request: number of its last status in `STATUSES`, its date, and its closing (`NEVER` if open)."""

    status: Integers
    status_at: Seconds
    closed: Seconds


def outcomes(
    rng: np.random.Generator,
    facts: Calibration,
    episodes: Episodes,
    reports: Reports,
    end: int,
) -> Outcomes:
    """Outcome of every report, as known at `end` (wall second, excluded)."""
    activity = reports.activity
    closed = episodes.closed[reports.episode]
    closed = after_skipped_hour(closed + _lag(rng, reports.first))
    withdrawn, as_status = _withdrawn(rng, facts, reports.first, activity)
    # A duplicate is withdrawn when somebody sees that it is one: before the thing is done.
    seen = withdrawn & ~reports.first
    room = np.minimum(episodes.closed[reports.episode], end) - 1 - reports.opened
    closed[seen] = reports.opened[seen] + (rng.random(seen.sum()) ** 2 * room[seen]).astype(np.int64)
    closed[seen] = np.maximum(before_skipped_hour(closed[seen]), reports.opened[seen])
    refused = _refused(rng, facts, reports)
    status = np.where(withdrawn, as_status, np.where(refused, REFUSED, DONE))
    is_open = closed >= end
    status[is_open] = _open_status(rng, facts, activity[is_open])
    status_at = closed.copy()
    status_at[is_open] = _taken(rng, reports.opened[is_open], status[is_open] == REOPENED, end)
    return Outcomes(status, status_at, np.where(is_open, NEVER, closed))


def _lag(rng: np.random.Generator, first: NDArray[np.bool_]) -> Seconds:
    """Seconds from the episode's closing to that of each report; 0 for the first one."""
    which = rng.random(len(first))
    mean = np.where(
        which < SAME_VISIT, SAME_VISIT_S, np.where(which < SAME_VISIT + NEXT_DAY, NEXT_DAY_S, FORGOTTEN_S)
    )
    return np.where(first, 0, mean * rng.standard_exponential(len(first))).astype(np.int64)


def _withdrawn(
    rng: np.random.Generator, facts: Calibration, first: NDArray[np.bool_], activity: Integers
) -> tuple[NDArray[np.bool_], Integers]:
    """Which reports were cancelled or deleted, and the status that says so."""
    cancelled = np.array([p.closed[CANCELLED] for p in facts.activities])[activity]
    deleted = np.array([p.closed[DELETED] for p in facts.activities])[activity]
    cancelled = cancelled * np.where(first, 1, CANCELLED_IF_DUPLICATE)
    chance = rng.random(len(first))
    return chance < cancelled + deleted, np.where(chance < cancelled, CANCELLED, DELETED)


def _refused(rng: np.random.Generator, facts: Calibration, reports: Reports) -> NDArray[np.bool_]:
    """Which reports are of a refused episode: what is refused once is refused to all who reported it."""
    share = np.array([p.closed[REFUSED] for p in facts.activities])[reports.activity]
    luck = rng.random(int(reports.first.sum()))
    refused: NDArray[np.bool_] = luck[reports.episode] < share
    return refused


def _open_status(rng: np.random.Generator, facts: Calibration, activity: Integers) -> Integers:
    found = np.empty(len(activity), dtype=np.int64)
    for number, profile in enumerate(facts.activities):
        mine = np.flatnonzero(activity == number)
        found[mine] = len(CLOSED) + draw(rng, profile.opened, len(mine))
    return found


def _taken(rng: np.random.Generator, opened: Seconds, reopened: NDArray[np.bool_], end: int) -> Seconds:
    """When an open request got its status: soon after its opening, or any time since if reopened."""
    so_far = end - 1 - opened
    after = TAKEN_AFTER_S * np.exp(TAKEN_SIGMA * rng.standard_normal(len(opened)))
    anywhere = rng.random(len(opened)) * so_far
    at = opened + np.where(reopened | (after > so_far), anywhere, after).astype(np.int64)
    return np.maximum(before_skipped_hour(at), opened)
