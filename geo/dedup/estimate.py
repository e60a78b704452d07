"""Weights from labelled pairs: all fields together, so that what says the same thing twice counts once.

A logistic regression on the levels (Newton's method, a small ridge) gives log odds; in bits, and each field
shifted so that over all pairs compared its likelihood ratio has mean 1, they are weights of evidence in the
sense of Fellegi and Sunter, and a field that is unknown weighs 0. The rest is each profile's prior. The
same function serves a labelled file, made data with its truth, and the decisions of people.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.dedup.levels import COUNT, UNKNOWN, Levels
from geo.dedup.parameters import FIELDS, MOST_LEVELS

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

RIDGE = 1.0
"""Strength of the pull to 0, in pairs: a profile or level with few labelled pairs stays near the others."""

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
    levels: Levels, group: Integers, groups: int, same: NDArray[np.bool_], pull: float = RIDGE
) -> Estimate:
    """Weights of levels and priors of groups.

    Args:
        levels: (fields, pairs), of labelled pairs only.
        group: of each pair, 0 to `groups` - 1; -1 for none.
        groups: how many there are.
        same: whether the pair is about the same thing.
        pull: ridge, in pairs.
    """
    columns, used = _columns(levels, group, groups)
    solved = _solve(columns, same.astype(np.float64), pull)
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
    """A column of ones, one per group, one per level that is known and occurs."""
    pairs = levels.shape[1]
    used = [
        (field, level)
        for field, name in enumerate(FIELDS)
        for level in range(COUNT[name])
        if level != UNKNOWN.get(name) and (levels[field] == level).any()
    ]
    columns = np.zeros((pairs, 1 + groups + len(used)))
    columns[:, 0] = 1.0
    has = np.flatnonzero(group >= 0)
    columns[has, 1 + group[has]] = 1.0
    for position, (field, level) in enumerate(used):
        columns[:, 1 + groups + position] = levels[field] == level
    return columns, used


def _solve(columns: Floats, same: Floats, pull: float) -> Floats:
    """Maximum of the penalised likelihood; the first column is not pulled."""
    penalty = np.full(columns.shape[1], pull)
    penalty[0] = 1e-9
    found = np.zeros(columns.shape[1])
    share = np.clip(same.mean(), 1e-9, 1 - 1e-9)
    found[0] = np.log(share / (1 - share))
    for _ in range(STEPS):
        odds = columns @ found
        chance = 1 / (1 + np.exp(-np.clip(odds, -40, 40)))
        slope = columns.T @ (same - chance) - penalty * found
        curve = (columns * (chance * (1 - chance))[:, None]).T @ columns + np.diag(penalty)
        step = np.linalg.solve(curve, slope)
        found = found + step * min(1.0, 4.0 / max(float(np.abs(step).max()), 1e-12))
        if float(np.abs(step).max()) < CLOSE_ENOUGH:
            break
    return found
