"""Problems: episodes of one activity at one place, joined across closures within a year.

An episode joins the nearest earlier problem of its kind: its first request within `place_m` of an earlier
episode's, whose last request was closed at most `RETURN_S` before (or is still open). A problem's id is
the id of its first request: what is added later never renames it.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from geo.dedup.buckets import Near, make_buckets
from geo.dedup.candidates import neighbours, shares
from geo.dedup.decisions import NO_DECISIONS, Decisions
from geo.dedup.episodes import Episodes
from geo.dedup.join import join_rows
from geo.dedup.levels import DAY_S
from geo.dedup.metres import flat
from geo.dedup.parameters import Parameters
from geo.dedup.requests import NEVER, Requests

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

RETURN_S = 365 * DAY_S
"""What comes back later than this is a new problem."""

MOST_EPISODES = 16
"""Of each bucket, the most recent episodes that a new one is compared with."""

WIDEST = 2.0
"""No two episodes of a problem begin farther apart than so many times `place_m`."""


def make_problems(
    requests: Requests, episodes: Episodes, parameters: Parameters, decisions: Decisions = NO_DECISIONS
) -> Integers:
    """Position of the first placed request of each request's problem; of the first where none is placed."""
    stands = stands_for(requests, episodes.episode)
    begins = replace(requests, closed_s=episode_closings(requests, stands))
    later, earlier = _returns(begins, stands == np.arange(len(requests)), parameters)
    x, y = flat(requests.lat, requests.lon)
    bound = parameters.of_reach("place_m")[requests.profile] * WIDEST if len(requests) else x
    joined = join_rows(later, earlier, x, y, bound, _of_episodes(decisions, stands))
    return joined.group[stands]


def stands_for(requests: Requests, episode: Integers) -> Integers:
    """Which request stands for each one's episode, says where it is: its first placed one, if there is any.

    Only people put what has no place into an episode with what has.
    """
    rows = np.arange(len(episode))
    late = np.flatnonzero(requests.placed & ~requests.placed[episode])
    first_placed = np.full(len(episode), len(episode))
    np.minimum.at(first_placed, episode[late], late)
    return np.where(first_placed < len(episode), first_placed, rows)[episode]


def episode_closings(requests: Requests, episode: Integers) -> Integers:
    """When the last request of each episode was closed, at what stands for it; `NEVER` while one is open.

    At the positions of the others, when that request itself was closed.
    """
    closed = requests.closed_s.copy()
    others = np.flatnonzero(episode != np.arange(len(episode)))
    np.maximum.at(closed, episode[others], requests.closed_s[others])
    return closed


def _returns(begins: Requests, is_first: Flags, parameters: Parameters) -> tuple[Integers, Integers]:
    """Links from each episode to earlier ones at its place within a year, the nearest first.

    Episodes stand for their first requests, closed when the last of them was.
    """
    mine = shares(begins)
    with ThreadPoolExecutor(len(mine)) as pool:
        found = list(pool.map(lambda among: _returns_among(begins, is_first & among, parameters), mine))
    parts = [part for share in found for part in share]
    if not parts:
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    later, earlier, apart = (np.concatenate(column) for column in zip(*parts, strict=True))
    order = np.lexsort((-earlier, apart, later))
    return later[order], earlier[order]


def _returns_among(
    begins: Requests, is_first: Flags, parameters: Parameters
) -> list[tuple[Integers, Integers, Floats]]:
    """Later and earlier episodes at one place, and how many metres apart, in no order."""
    evidence = parameters.column("evidence")[begins.profile] if len(begins) else np.empty(0, dtype=np.int64)
    parts: list[tuple[Integers, Integers, Floats]] = []
    for reach in dict.fromkeys(parameters.reach):
        of_reach = np.isin(evidence, [e for e, one in enumerate(parameters.reach) if one == reach])
        rows = np.flatnonzero(is_first & begins.placed & of_reach)
        if len(rows):
            near = Near(reach.place_m, int(NEVER), RETURN_S, MOST_EPISODES)
            buckets = make_buckets(begins, rows, near.radius_m)
            parts += neighbours(begins, buckets, near, is_first)
    return parts


def _of_episodes(decisions: Decisions, episode: Integers) -> Decisions:
    """The same decisions, about episodes; "same" already holds within one."""
    if not decisions.cluster:
        return NO_DECISIONS
    of_cluster = {cluster: int(episode[cluster]) for cluster in decisions.members}
    # Two clusters that nobody parted may share an episode: what holds for one then holds for both.
    apart: dict[int, set[int]] = {}
    for cluster, others in decisions.apart.items():
        apart.setdefault(of_cluster[cluster], set()).update(of_cluster[other] for other in others)
    episodes = sorted(set(of_cluster.values()))
    return Decisions({e: e for e in episodes}, {e: [e] for e in episodes}, apart)
