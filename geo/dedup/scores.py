"""How surely a pair is about the same thing: a sum of weights in bits, in the manner of Fellegi and Sunter.

score = the activity's prior + one weight for the level of each field. The weights of all fields are
estimated together, so that fields that say the same (same point, same street) do not count twice.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.dedup.candidates import candidate_pairs, shares
from geo.dedup.levels import Levels, Pairs, levels_of
from geo.dedup.parameters import FIELDS, Parameters
from geo.dedup.requests import Requests

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

ANY_SCORE = -np.inf
MOST_LINKS = 32
"""Of each later request, the best links that are kept: on a busy corner 64 for each bucket are found."""


@dataclass(frozen=True, slots=True, eq=False)
class Links:
    """Scored pairs (positions, the later one first), by later request, the best earlier one first."""

    later: Integers
    earlier: Integers
    score_bits: Floats
    margin_bits: Floats
    """Score less the threshold of the pair's profile: at least 0 where the later one would join."""

    crowd: Integers

    def __len__(self) -> int:
        """Number of links."""
        return len(self.later)

    def take(self, chosen: Flags | Integers) -> Links:
        """Some of the links."""
        return Links(*(getattr(self, name)[chosen] for name in self.__slots__))


def pair_profile(requests: Requests, pairs: Pairs | Links, parameters: Parameters) -> Integers:
    """Profile that a pair is judged by: that of the coarser point, the later one's where they are alike."""
    evidence = parameters.column("evidence")
    a, b = requests.profile[pairs.later], requests.profile[pairs.earlier]
    return np.where(evidence[b] > evidence[a], b, a)


def score_levels(levels: Levels, profile: Integers, parameters: Parameters) -> Floats:
    """Bits of each pair."""
    evidence = parameters.column("evidence")[profile]
    bits = parameters.column("prior_bits").astype(np.float64)[profile]
    for field in range(len(FIELDS)):
        bits += parameters.weights[evidence, field, levels[field]]
    return bits


def score_pairs(requests: Requests, pairs: Pairs, parameters: Parameters) -> Links:
    """Links of pairs, in their order."""
    profile = pair_profile(requests, pairs, parameters)
    bits = score_levels(levels_of(requests, pairs), profile, parameters)
    margin = bits - parameters.column("threshold_bits")[profile]
    return Links(pairs.later, pairs.earlier, bits, margin, pairs.crowd)


def find_links(
    requests: Requests, parameters: Parameters, at_least: float = 0.0, later: Flags | None = None
) -> Links:
    """The best links whose margin is at least so many bits, by later request, the best first.

    No more than `MOST_LINKS` of each. Of equal scores the later earlier one is better: it is the freshest word
    about the thing.
    """

    def links_among(among: Flags) -> Links:
        parts = []
        for pairs in candidate_pairs(requests, parameters, later, among):
            links = score_pairs(requests, pairs, parameters)
            if at_least > ANY_SCORE:
                links = links.take(links.margin_bits >= at_least)
            parts.append(best_first(links))
        return joined(parts)

    mine = shares(requests)
    with ThreadPoolExecutor(len(mine)) as pool:
        links = joined(list(pool.map(links_among, mine)))
    if (links.later[1:] >= links.later[:-1]).all():
        return links
    # All links of a later request are in one part, already in their order.
    return links.take(np.argsort(links.later, kind="stable"))


def joined(parts: list[Links]) -> Links:
    """Parts as one."""
    if not parts:
        none = np.empty(0, dtype=np.int64)
        return Links(none, none, none.astype(np.float64), none.astype(np.float64), none)
    return Links(*(np.concatenate([getattr(part, name) for part in parts]) for name in Links.__slots__))


def best_first(links: Links) -> Links:
    """Links by later request, the highest margin first, the most recent earlier one first among equals."""
    order = np.lexsort((-links.earlier, -links.margin_bits, links.later))
    later = links.later[order]
    begins = np.append(True, later[1:] != later[:-1])[: len(later)]
    place = np.arange(len(later)) - np.maximum.accumulate(np.where(begins, np.arange(len(later)), 0))
    return links.take(order[place < MOST_LINKS])
