"""What people decided about two requests; it outranks the algorithm, always.

"Same": both are in one episode, however far apart or long ago. "Not the same": they are in different
episodes and in different problems. Requests that are the same, directly or through others, are one cluster,
and what is said of one of them holds for all.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from domain.errors import InputRefused

Integers = NDArray[np.int64]

COLUMNS = ("id_a", "id_b", "same")


@dataclass(frozen=True, slots=True)
class Decisions:
    """Decisions about rows: the cluster of each row that one is about, and which clusters must stay apart."""

    cluster: dict[int, int] = field(default_factory=dict)
    """First row of the cluster, by row."""

    members: dict[int, list[int]] = field(default_factory=dict)
    """Rows of each cluster, sorted, by its first row."""

    apart: dict[int, set[int]] = field(default_factory=dict)
    """Clusters that a cluster must not be with."""

    def allow(self, cluster: int, others: set[int]) -> bool:
        """Whether a cluster may be with others."""
        return self.apart.get(cluster, set()).isdisjoint(others)


NO_DECISIONS = Decisions()


def read_decisions(frame: pd.DataFrame, ids: NDArray[Any]) -> tuple[Decisions, int]:
    """Decisions of a frame (`id_a`, `id_b`, `same` as 0 or 1) about requests with these ids.

    Returns:
        The decisions, and how many were about a request that is not there (they wait until it is).

    Raises:
        InputRefused: a column is missing, or decisions contradict each other; the sentence names the requests.
    """
    if missing := [name for name in COLUMNS if name not in frame.columns]:
        raise InputRefused(f"The decisions have no column {', '.join(missing)}.")
    row_of = pd.Series(np.arange(len(ids)), index=pd.Index(ids))
    known = frame["id_a"].isin(row_of.index) & frame["id_b"].isin(row_of.index)
    kept = frame[known]
    a = row_of.reindex(kept["id_a"]).to_numpy(dtype=np.int64)
    b = row_of.reindex(kept["id_b"]).to_numpy(dtype=np.int64)
    same = kept["same"].astype(bool).to_numpy()
    return decide(
        list(zip(a[same], b[same], strict=True)), list(zip(a[~same], b[~same], strict=True)), ids
    ), int((~known).sum())


def decide(same: list[tuple[int, int]], apart: list[tuple[int, int]], ids: NDArray[Any]) -> Decisions:
    """Decisions about pairs of rows.

    Raises:
        InputRefused: two requests are to be apart and, directly or through others, the same.
    """
    parent: dict[int, int] = {}
    for a, b in [*same, *apart]:
        parent.setdefault(int(a), int(a))
        parent.setdefault(int(b), int(b))
    for a, b in same:
        low, high = sorted((_root(parent, int(a)), _root(parent, int(b))))
        parent[high] = low
    cluster = {row: _root(parent, row) for row in parent}
    members: dict[int, list[int]] = {}
    for row in sorted(cluster):
        members.setdefault(cluster[row], []).append(row)
    enemies: dict[int, set[int]] = {}
    for a, b in apart:
        first, second = cluster[int(a)], cluster[int(b)]
        if first == second:
            raise InputRefused(
                f"Requests {ids[int(a)]} and {ids[int(b)]} were said not to be the same, and to be the same, "
                "directly or through others: take back one of the decisions."
            )
        enemies.setdefault(first, set()).add(second)
        enemies.setdefault(second, set()).add(first)
    return Decisions(cluster, members, enemies)


def _root(parent: dict[int, int], row: int) -> int:
    while parent[row] != row:
        parent[row] = parent[parent[row]]
        row = parent[row]
    return row
