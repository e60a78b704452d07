"""One pass in the order of time: each row joins the group of the best earlier row that it may join.

The one rule behind episodes and problems. A row may join a group if no two of its rows would then be
farther apart than the bound (the diagonal of the group's box, so never more), and no decision of people is
against it. Rows that only a decision put there, farther away, do not count for that. What came later never
changes what came before: the groups of the first n rows are the same whatever follows.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from math import inf

import numpy as np
from numpy.typing import NDArray

from geo.dedup.decisions import NO_DECISIONS, Decisions
from geo.projection import EARTH_RADIUS_M

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True, eq=False)
class Joined:
    """What the pass decided, for each row."""

    group: Integers
    """First row of the group that each row is in: its own number where it began one."""

    link: Integers
    """Position of the link by which a row joined; -1 where it joined by none."""


def join_rows(
    later: Integers,
    earlier: Integers,
    x: Floats,
    y: Floats,
    bound_m: Floats,
    decisions: Decisions = NO_DECISIONS,
) -> Joined:
    """Groups of rows.

    Args:
        later: row of each link, ascending; a row's links from the best to the worst.
        earlier: row that it may join, smaller than `later`.
        x: metres of each row along the equator; NaN where it has no point (then it has no links).
        y: metres of each row from the equator; what is `x` wide is there less by the cosine of the latitude.
        bound_m: of each row; a row joins only where no two rows of the group are then farther apart than its bound.
        decisions: of people, about rows.
    """
    group = np.arange(len(x))
    link = np.full(len(x), -1, dtype=np.int64)
    if not len(later) and not decisions.cluster:
        return Joined(group, link)
    first_link = np.flatnonzero(np.append(True, later[1:] != later[:-1])) if len(later) else later
    root = _roots(len(x), later[first_link], earlier[first_link])
    slow = _needs_pass(root, later, earlier, x, y, bound_m, decisions)
    easy = first_link[~slow[root[later[first_link]]]]
    group[later[easy]], link[later[easy]] = root[later[easy]], easy
    left = slow[root[later]]
    in_pass = np.zeros(len(x), dtype=bool)
    in_pass[later[left]] = in_pass[list(decisions.cluster)] = True
    rows = np.flatnonzero(in_pass)
    if not len(rows):
        return Joined(group, link)
    pass_ = _Pass(x, y, bound_m, decisions)
    first = np.searchsorted(later, rows, side="left").tolist()
    last = np.searchsorted(later, rows, side="right").tolist()
    targets = earlier
    for row, begin, end in zip(rows.tolist(), first, last, strict=True):
        found, by = pass_.place(row, targets, begin, end)
        if found != row:
            pass_.group[row] = found
            link[row] = by
    changed = np.fromiter(pass_.group, dtype=np.int64, count=len(pass_.group))
    group[changed] = np.fromiter(pass_.group.values(), dtype=np.int64, count=len(changed))
    return Joined(group, link)


def _roots(rows: int, later: Integers, best: Integers) -> Integers:
    """First row of the tree that each row is in, if each joined its best link's group."""
    root = np.arange(rows)
    root[later] = best
    while True:
        further = root[root[later]]
        if np.array_equal(further, root[later]):
            return root
        root[later] = further


def _needs_pass(
    root: Integers,
    later: Integers,
    earlier: Integers,
    x: Floats,
    y: Floats,
    bound_m: Floats,
    decisions: Decisions,
) -> NDArray[np.bool_]:
    """Roots of the trees that have to be gone through row by row.

    Most trees are within the bound as a whole and nothing is decided about them: then no row is ever refused,
    and the tree is the group. But who is refused in another tree may come to this one.
    """
    linked = np.zeros(len(root), dtype=bool)
    linked[later] = linked[earlier] = True
    ends = np.flatnonzero(linked)
    of = root[ends]
    sides = [(np.minimum, x), (np.maximum, x), (np.minimum, y), (np.maximum, y)]
    box = []
    for edge, values in sides:
        reached = values.copy()
        edge.at(reached, of, values[ends])
        box.append(reached)
    bound = bound_m.copy()
    np.minimum.at(bound, root[later], bound_m[later])
    shrink = np.cos(np.minimum(np.abs(box[2]), np.abs(box[3])) / EARTH_RADIUS_M)
    slow: NDArray[np.bool_] = ((box[1] - box[0]) * shrink) ** 2 + (box[3] - box[2]) ** 2 > bound**2
    slow[root[list(decisions.cluster)]] = True
    while True:
        targets = root[earlier[slow[root[later]]]]
        if slow[targets].all():
            return slow
        slow[targets] = True


class _Pass:
    """The groups so far; only rows that joined, or that something is decided about, are kept."""

    def __init__(self, x: Floats, y: Floats, bound_m: Floats, decisions: Decisions) -> None:
        self.x, self.y, self.bound_m = x, y, bound_m
        self.decisions = decisions
        self.group: dict[int, int] = {}
        self.boxes: dict[int, Box] = {}
        self.clusters: dict[int, set[int]] = {}
        self.placed: dict[int, int] = {}

    def place(self, row: int, targets: Integers, begin: int, end: int) -> tuple[int, int]:
        """Group of a row (its own number for a new one), and the link by which it joined or -1."""
        cluster = self.decisions.cluster.get(row)
        if cluster is not None and cluster in self.placed:
            decided = self.placed[cluster]
            self._grow(decided, row)
            wanted = (at for at in range(begin, end) if self._of(int(targets[at])) == decided)
            return decided, next(wanted, -1)
        x, y, bound = float(self.x[row]), float(self.y[row]), float(self.bound_m[row])
        refused: set[int] = set()
        for at in range(begin, end):
            candidate = self._of(int(targets[at]))
            if candidate in refused:
                continue
            box = self._fits(candidate, x, y, bound)
            if box is not None and self._allowed(cluster, candidate):
                self.boxes[candidate] = box
                self._note(cluster, candidate)
                return candidate, at
            refused.add(candidate)
        self._note(cluster, row)
        return row, -1

    def _of(self, row: int) -> int:
        return self.group.get(row, row)

    def _box(self, group: int) -> Box:
        box = self.boxes.get(group)
        if box is None:
            x, y = float(self.x[group]), float(self.y[group])
            # What has no point takes no room.
            box = (x, y, x, y) if x == x else (inf, inf, -inf, -inf)  # noqa: PLR0124
        return box

    def _fits(self, group: int, x: float, y: float, bound: float) -> Box | None:
        """The group's box with one more point; None where it would be too large."""
        west, south, east, north = self._box(group)
        west, south, east, north = min(west, x), min(south, y), max(east, x), max(north, y)
        shrink = math.cos(min(abs(south), abs(north)) / EARTH_RADIUS_M)
        if ((east - west) * shrink) ** 2 + (north - south) ** 2 > bound * bound:
            return None
        return west, south, east, north

    def _grow(self, group: int, row: int) -> None:
        """A decision outranks the bound; a box that it would make too large stays, so that others still fit."""
        x, y = float(self.x[row]), float(self.y[row])
        if x == x:  # noqa: PLR0124  (not NaN)
            box = self._fits(group, x, y, float(self.bound_m[row]))
            if box is not None:
                self.boxes[group] = box

    def _allowed(self, cluster: int | None, group: int) -> bool:
        return cluster is None or self.decisions.allow(cluster, self.clusters.get(group, set()))

    def _note(self, cluster: int | None, group: int) -> None:
        if cluster is not None:
            self.placed[cluster] = group
            self.clusters.setdefault(group, set()).add(cluster)
