"""Problems: episodes of one activity at one place, joined across closures within a year.

An episode joins the nearest earlier problem of its kind: its first request within `place_m` of an earlier
episode's, whose last request was closed at most `RETURN_S` before (or is still open). A problem's id is
the id of its first request: what is added later never renames it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from geo.dedup.candidates import make_buckets, neighbours
from geo.dedup.decisions import NO_DECISIONS, Decisions
from geo.dedup.episodes import Episodes
from geo.dedup.join import join_rows
from geo.dedup.levels import DAY_S
from geo.dedup.parameters import Parameters, Reach
from geo.dedup.requests import NEVER, Requests, distance_m, flat

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]

RETURN_S = 365 * DAY_S
"""What comes back later than this is a new problem."""

MOST_EPISODES = 16
"""Of each bucket, the most recent episodes that a new one is compared with."""

WIDEST = 2.0
"""No two episodes of a problem begin farther apart than so many times `place_m`."""


@dataclass(frozen=True, slots=True, eq=False)
class EpisodeTable:
    """One entry per episode, in the order of their beginning."""

    first: Integers
    """Position of the episode's first request."""

    closed_s: Integers
    """When the last of its requests was closed; `NEVER` while one is open."""


def make_problems(
    requests: Requests, episodes: Episodes, parameters: Parameters, decisions: Decisions = NO_DECISIONS
) -> Integers:
    """Position of the first request of each request's problem."""
    table = episode_table(requests, episodes.episode)
    begins = _as_requests(requests, table)
    later, earlier = _returns(begins, parameters)
    x, y = flat(begins)
    bound = parameters.of_reach("place_m")[begins.profile] * WIDEST if len(begins) else x
    number = np.searchsorted(table.first, episodes.episode)
    joined = join_rows(later, earlier, x, y, bound, _of_episodes(decisions, number))
    return table.first[joined.group[number]]


def episode_table(requests: Requests, episode: Integers) -> EpisodeTable:
    """Episodes and when each was over."""
    first, number = np.unique(episode, return_inverse=True)
    closed = np.zeros(len(first), dtype=np.int64)
    np.maximum.at(closed, number, requests.closed_s)
    return EpisodeTable(first, closed)


def _as_requests(requests: Requests, table: EpisodeTable) -> Requests:
    """Each episode as one request: that of its first, closed when the last was."""
    return replace(requests.take(table.first), closed_s=table.closed_s)


def _returns(begins: Requests, parameters: Parameters) -> tuple[Integers, Integers]:
    """Links from each episode to earlier ones at its place within a year, the nearest first."""
    evidence = parameters.column("evidence")[begins.profile] if len(begins) else np.empty(0, dtype=np.int64)
    parts = []
    for reach in dict.fromkeys(parameters.reach):
        of_reach = np.isin(evidence, [e for e, one in enumerate(parameters.reach) if one == reach])
        rows = np.flatnonzero(begins.placed & of_reach)
        if len(rows):
            parts += _returns_within(begins, rows, reach)
    if not parts:
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    later, earlier, apart = (np.concatenate(column) for column in zip(*parts, strict=True))
    order = np.lexsort((-earlier, apart, later))
    return later[order], earlier[order]


def _returns_within(
    begins: Requests, rows: Integers, reach: Reach
) -> list[tuple[Integers, Integers, Floats]]:
    buckets = make_buckets(begins, rows, reach.place_m)
    found = []
    everyone = np.ones(len(begins), dtype=bool)
    for after, before in neighbours(begins, buckets, int(NEVER), everyone, MOST_EPISODES):
        recent = begins.opened_s[after] - begins.closed_s[before] <= RETURN_S
        later, earlier = after[recent], before[recent]
        apart = distance_m(begins, later, earlier)
        near = apart <= reach.place_m
        found.append((later[near], earlier[near], apart[near]))
    return found


def _of_episodes(decisions: Decisions, number: Integers) -> Decisions:
    """The same decisions, about episodes; "same" already holds within one."""
    if not decisions.cluster:
        return NO_DECISIONS
    of_cluster = {cluster: int(number[cluster]) for cluster in decisions.members}
    # Two clusters that nobody parted may share an episode: what holds for one then holds for both.
    apart: dict[int, set[int]] = {}
    for cluster, others in decisions.apart.items():
        apart.setdefault(of_cluster[cluster], set()).update(of_cluster[other] for other in others)
    episodes = sorted(set(of_cluster.values()))
    return Decisions({e: e for e in episodes}, {e: [e] for e in episodes}, apart)
