"""95 % intervals of counts, rates, ratios and quantiles, and of the difference between two of them.

Everything is an array of any length n; where there is no interval it is NaN. A number without its interval
tempts people to explain noise.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.special import bdtrik, ndtri

CONFIDENCE = 0.95
_TAIL = (1 - CONFIDENCE) / 2
Z = float(ndtri(1 - _TAIL))
"""Standard normal deviate of the confidence: 1.96."""

Floats = npt.NDArray[np.float64]
Ranks = npt.NDArray[np.int64]


class Interval(NamedTuple):
    """Lower and upper bounds, each (n,)."""

    low: Floats
    high: Floats


class Estimate(NamedTuple):
    """A value with its interval, each (n,)."""

    value: Floats
    low: Floats
    high: Floats


def wilson(part: Floats, whole: Floats) -> Interval:
    """Score interval of a proportion `part / whole`, 0–1; NaN where the whole is 0.

    Wilson (1927), J. Am. Stat. Assoc. 22:209–212.
    """
    n = np.where(whole > 0, whole, np.nan)
    p = part / n
    middle = (p + Z**2 / (2 * n)) / (1 + Z**2 / n)
    half = Z / (1 + Z**2 / n) * np.sqrt(p * (1 - p) / n + Z**2 / (4 * n**2))
    # Rounding must not make a bound of 0 or 1 miss the proportion itself.
    return Interval(np.minimum(np.maximum(middle - half, 0), p), np.maximum(np.minimum(middle + half, 1), p))


def ratio(part: Floats, other: Floats) -> Interval:
    """Interval of the ratio of two independent counts; NaN where `other` is 0.

    Given their sum, the first is binomial: the odds of its Wilson interval (Przyborowski & Wilenski 1940,
    Biometrika 31:313–323, with a score interval in the place of the exact one).
    """
    low, high = wilson(part, part + np.where(other > 0, other, np.nan))
    with np.errstate(divide="ignore"):
        return Interval(low / (1 - low), high / (1 - high))


def poisson(count: Floats) -> Interval:
    """Score interval of what a count would be on average, were the same time lived through again."""
    middle, half = count + Z**2 / 2, Z * np.sqrt(count + Z**2 / 4)
    return Interval(middle - half, middle + half)


def quantile_ranks(n: Floats, q: float) -> tuple[Ranks, Ranks]:
    """Ranks (from 1) of the sorted values that bound a quantile; 0 and n + 1 where no value does.

    Order statistics l and u with P(x_l ≤ quantile ≤ x_u) ≥ 95 %, whatever the distribution: how many of n
    values lie below the quantile is binomial (David & Nagaraja, Order Statistics, 3rd ed., 7.1).
    """
    whole = np.asarray(n, dtype=np.float64)
    some = np.maximum(whole, 1)
    lower = np.ceil(_below(_TAIL, some, q))
    upper = np.ceil(_below(1 - _TAIL, some, q)) + 1
    low = np.where(whole > 0, np.clip(lower, 0, some), 0)
    high = np.where(whole > 0, np.clip(upper, 1, some + 1), 1)
    return low.astype(np.int64), high.astype(np.int64)


def _below(probability: float, n: Floats, q: float) -> Floats:
    """The (real) number of values below a quantile whose cumulated probability this is; 0 where even none is.

    `bdtrik` has no answer (NaN) below the probability of none.
    """
    found: Floats = np.nan_to_num(bdtrik(probability, n, q), nan=0.0)
    return found


def difference(now: Estimate, before: Estimate) -> Estimate:
    """Change from one independent estimate to another, with its interval.

    MOVER: the variance is recovered from each one's own interval, on the side that matters; for two
    proportions this is Newcombe's method 10 (Zou & Donner 2008, Statistics in Medicine 27:1693–1702).
    """
    change = now.value - before.value
    down = np.hypot(now.value - now.low, before.high - before.value)
    up = np.hypot(now.high - now.value, before.value - before.low)
    return Estimate(change, change - down, change + up)
