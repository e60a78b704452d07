"""Episodes: requests about one thing while it is unsolved.

Each request joins the best earlier one whose score is above the threshold of its activity. No two requests
of an episode are farther apart than their precision's radius, so chains cannot creep along a street; only
people's decisions reach farther.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.dedup.decisions import NO_DECISIONS, Decisions
from geo.dedup.join import join_rows
from geo.dedup.metres import flat
from geo.dedup.parameters import Parameters
from geo.dedup.requests import Requests
from geo.dedup.scores import Links

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Episodes:
    """Per request: its episode, and the earlier request that it was joined to."""

    episode: Integers
    """Position of the episode's first request."""

    parent: Integers
    """Position of the request that it repeats; -1 for the first of an episode, and where only people say so."""

    score_bits: Floats
    """Score of the pair (request, parent); NaN where there is no parent."""

    crowd: Integers
    """Open requests of the kind in reach at the opening; 0 where there is no parent."""


def make_episodes(
    requests: Requests, links: Links, parameters: Parameters, decisions: Decisions = NO_DECISIONS
) -> Episodes:
    """Episodes from the links whose margin is not negative; `links` as `scores.find_links` gives them."""
    if len(links) and links.margin_bits.min() < 0:
        links = links.take(links.margin_bits >= 0)
    x, y = flat(requests.lat, requests.lon)
    bound = parameters.of_reach("radius_m")[requests.profile] * WIDEST if len(requests) else x
    joined = join_rows(links.later, links.earlier, x, y, bound, decisions)
    has = joined.link >= 0
    parent = np.full(len(requests), -1, dtype=np.int64)
    score = np.full(len(requests), np.nan)
    crowd = np.zeros(len(requests), dtype=np.int64)
    parent[has] = links.earlier[joined.link[has]]
    score[has] = links.score_bits[joined.link[has]]
    crowd[has] = links.crowd[joined.link[has]]
    return Episodes(joined.group, parent, score, crowd)


WIDEST = 1.0
"""Bound of an episode: how many times its precision's radius two of its requests may be apart."""
