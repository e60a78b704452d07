"""The whole chain: a frame of requests to episodes and problems."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from pandas.api.extensions import ExtensionArray

from geo.dedup.decisions import NO_DECISIONS, Decisions
from geo.dedup.episodes import Episodes, make_episodes
from geo.dedup.levels import compare
from geo.dedup.parameters import Parameters
from geo.dedup.problems import make_problems
from geo.dedup.reasons import Reason, pack, pack_pairs
from geo.dedup.requests import Requests
from geo.dedup.scores import find_links

Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Grouping:
    """Episode and problem of each request, as positions of their first requests."""

    episodes: Episodes
    problem: Integers

    def frame(self, requests: Requests, parameters: Parameters) -> pd.DataFrame:
        """One row per request: `id`, and ids of its `problem`, `episode` and `parent`.

        `parent`, `score_bits` and `reasons` (`reasons.unpack` reads them) are null where it joined nobody; where
        only a person put it into its episode, `reasons` alone says so.
        """
        parent = self.episodes.parent
        joined = np.flatnonzero(parent >= 0)
        pairs = compare(requests, joined, parent[joined], self.episodes.crowd[joined])
        whose = np.full(len(requests), -1, dtype=np.int64)
        whose[joined] = np.arange(len(joined))
        packed = pack_pairs(requests, pairs, parameters).take(pa.array(whose, mask=whose < 0))
        by_people = (parent < 0) & (self.episodes.episode != np.arange(len(requests)))
        packed = pc.if_else(pa.array(by_people), pack((Reason("decided", 0.0),)), packed)
        return pd.DataFrame(
            {
                "id": requests.id,
                "problem": requests.id[self.problem],
                "episode": requests.id[self.episodes.episode],
                "parent": _ids_or_null(requests.id, parent),
                "score_bits": self.episodes.score_bits,
                "reasons": pd.array(packed, dtype="str"),
            }
        )


def _ids_or_null(ids: NDArray[Any], at: Integers) -> ExtensionArray:
    """Id at each position, null where it is -1: `Int64` or text."""
    if ids.dtype.kind in "iu":
        return pd.arrays.IntegerArray(ids.astype(np.int64)[at], at < 0)
    texts: ExtensionArray = pd.array(pa.array(ids, pa.string()).take(pa.array(at, mask=at < 0)), dtype="str")
    return texts


def group(requests: Requests, parameters: Parameters, decisions: Decisions = NO_DECISIONS) -> Grouping:
    """Episodes and problems of requests; n log n in time."""
    links = find_links(requests, parameters)
    episodes = make_episodes(requests, links, parameters, decisions)
    return Grouping(episodes, make_problems(requests, episodes, parameters, decisions))
