"""Weights from labelled pairs: all fields together, so that what says the same thing twice counts once.

A logistic regression on the levels (Newton's method, a small ridge, neighbouring levels of an ordered field
pulled together) gives log odds; in bits, and each field shifted so that over all pairs compared its
likelihood ratio has mean 1, they are weights of evidence in the sense of Fellegi and Sunter, and a field that
is unknown weighs 0. The rest is each profile's prior. The same function serves a labelled file, made data with
its truth, and the decisions of people.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from geo.dedup.levels import COUNT, ORDERED, UNKNOWN, Levels
from geo.dedup.parameters import FIELDS, MOST_LEVELS

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

RIDGE = 1.0
"""Strength of the pull to 0, in pairs: a profile or level with few labelled pairs stays near the others."""

SMOOTH = 3.0
"""Strength of the pull of neighbouring levels to each other: one that no pair has lies between its neighbours."""

STEPS = 40
CLOSE_ENOUGH = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class Estimate:
    """What labelled pairs say."""

    weights: Floats
    """Bits by field and level."""

    prior_bits: Floats
    """By group of the pairs given; the last entry is for groups that are not among them."""


def estimate(
    levels: Levels,
    group: Integers,
    groups: int,
    same: NDArray[np.bool_],
    pull: float = RIDGE,
    present: Floats | None = None,
) -> Estimate:
    """Weights of levels and priors of groups.

    Args:
        levels: (fields, pairs), of labelled pairs only.
        group: of each pair, 0 to `groups` - 1; -1 for none.
        groups: how many there are.
        same: whether the pair is about the same thing.
        pull: ridge, in pairs.
        present: bits of each pair by other weights; then what is found is to be added to those.
    """
    columns, used = _columns(levels, group, groups)
    penalty = _penalty(1 + groups, used, pull)
    given = np.zeros(len(same)) if present is None else present * np.log(2)
    if present is not None:
        penalty[0, 0] = pull
    solved = _solve(columns, same.astype(np.float64), penalty, given)
    weights = np.zeros((len(FIELDS), MOST_LEVELS))
    for bits, (field, level) in zip(solved[1 + groups :] / np.log(2), used, strict=True):
        weights[field, level] = bits
    prior = solved[0] / np.log(2)
    for field, name in enumerate(FIELDS):
        known = [level for level in range(COUNT[name]) if level != UNKNOWN.get(name)]
        often = np.bincount(levels[field], minlength=MOST_LEVELS)[known].astype(np.float64)
        if not often.sum():
            continue
        shift = np.log2((often / often.sum() * 2.0 ** weights[field, known]).sum())
        weights[field, known] -= shift
        prior += shift
    offsets = np.append(solved[1 : 1 + groups] / np.log(2), 0.0)
    return Estimate(weights, prior + offsets)


def _columns(levels: Levels, group: Integers, groups: int) -> tuple[Floats, list[tuple[int, int]]]:
    """A column of ones, one per group, one per level of each field of which anything is known."""
    pairs = levels.shape[1]
    used = [
        (field, level)
        for field, name in enumerate(FIELDS)
        for level in range(COUNT[name])
        if level != UNKNOWN.get(name) and (levels[field] != UNKNOWN.get(name, -1)).any()
    ]
    columns = np.zeros((pairs, 1 + groups + len(used)))
    columns[:, 0] = 1.0
    has = np.flatnonzero(group >= 0)
    columns[has, 1 + group[has]] = 1.0
    for position, (field, level) in enumerate(used):
        columns[:, 1 + groups + position] = levels[field] == level
    return columns, used


def _penalty(before: int, used: list[tuple[int, int]], pull: float) -> Floats:
    """Matrix of the penalty: `before` columns and one per level; the first column is not pulled."""
    penalty = np.diag(np.full(before + len(used), pull))
    penalty[0, 0] = 1e-9
    for at, (this, following) in enumerate(pairwise(used), start=before):
        if this[0] == following[0] and FIELDS[this[0]] in ORDERED:
            penalty[at : at + 2, at : at + 2] += SMOOTH * np.array([[1.0, -1.0], [-1.0, 1.0]])
    return penalty


def _solve(columns: Floats, same: Floats, penalty: Floats, given: Floats) -> Floats:
    """Maximum of the penalised likelihood, the odds beginning at `given` (natural logarithms)."""
    found = np.zeros(columns.shape[1])
    if not given.any():
        share = np.clip(same.mean(), 1e-9, 1 - 1e-9)
        found[0] = np.log(share / (1 - share))
    for _ in range(STEPS):
        odds = given + columns @ found
        chance = 1 / (1 + np.exp(-np.clip(odds, -40, 40)))
        slope = columns.T @ (same - chance) - penalty @ found
        curve = (columns * (chance * (1 - chance))[:, None]).T @ columns + penalty
        step = np.linalg.solve(curve, slope)
        found = found + step * min(1.0, 4.0 / max(float(np.abs(step).max()), 1e-12))
        if float(np.abs(step).max()) < CLOSE_ENOUGH:
            break
    return found
