"""The whole chain: a frame of requests to episodes and problems."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.dedup.decisions import NO_DECISIONS, Decisions
from geo.dedup.episodes import Episodes, make_episodes
from geo.dedup.parameters import Parameters
from geo.dedup.problems import make_problems
from geo.dedup.requests import Requests
from geo.dedup.scores import find_links

Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Grouping:
    """Episode and problem of each request, as positions of their first requests."""

    episodes: Episodes
    problem: Integers

    def frame(self, requests: Requests) -> pd.DataFrame:
        """One row per request: `id`, and ids of its `problem`, `episode` and `parent`.

        Where it joined nobody, `parent` and `score_bits` are null, and `crowd` is 0.
        """
        ids = pd.Series(requests.id)
        parent = self.episodes.parent
        return pd.DataFrame(
            {
                "id": requests.id,
                "problem": requests.id[self.problem],
                "episode": requests.id[self.episodes.episode],
                "parent": ids.reindex(np.where(parent >= 0, parent, len(ids))).to_numpy(),
                "score_bits": self.episodes.score_bits,
                "crowd": self.episodes.crowd,
            }
        )


def group(requests: Requests, parameters: Parameters, decisions: Decisions = NO_DECISIONS) -> Grouping:
    """Episodes and problems of requests; n log n in time."""
    links = find_links(requests, parameters)
    episodes = make_episodes(requests, links, parameters, decisions)
    return Grouping(episodes, make_problems(requests, episodes, parameters, decisions))
