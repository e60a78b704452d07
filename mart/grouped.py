"""Counts, distinct counts, quantiles and survival medians of many groups at once, on arrays.

`group` is (n,) int64: the group (0 … groups - 1) of each row. Results are (groups,), NaN where there is
nothing to measure. Durations are whole microseconds, 0 or more. One sort of packed integers does most
of the work: it is several times as fast as sorting by group and value.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from mart.intervals import Estimate, Floats, Z, quantile_ranks

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

_WORD = 63
_HALF = np.log(0.5)
_ROUNDING = 1e-9


def counts(group: Ints, groups: int, weight: Ints | None = None) -> Floats:
    """Rows, or the sum of their weights, by group."""
    return np.bincount(group, weight, groups).astype(np.float64)


def distinct(group: Ints, groups: int, key: Ints) -> Floats:
    """Different keys by group."""
    by_group, keys = _sorted_by(group, key)
    return counts(by_group[_changes(by_group) | _changes(keys)], groups)


def astride(group: Ints, key: Ints) -> Flags:
    """Whether each row's key is met in more than one group."""
    by_key, groups = _sorted_by(key, group)
    again = ~_changes(by_key) & _changes(groups)
    if not again.any():
        return np.zeros(len(key), dtype=bool)
    several = np.unique(by_key[again])
    place = np.minimum(np.searchsorted(several, key), len(several) - 1)
    found: Flags = several[place] == key
    return found


def problems(group: Ints, groups: int, problem: Ints, episode: Ints) -> tuple[Floats, Floats]:
    """Different problems by group, and of these the ones with two or more different episodes there."""
    by_group, ids, episodes = _sorted_by(group, problem, episode)
    new_problem = _changes(by_group) | _changes(ids)
    first = np.flatnonzero(new_problem)
    # Episodes are sorted within a problem: it has several where the last is another than the first.
    last = np.append(first, len(ids))[1:] - 1
    several = episodes[first] != episodes[last]
    return counts(by_group[first], groups), counts(by_group[first[several]], groups)


class Ordered(NamedTuple):
    """Values of each group in order, one group after the other."""

    values: Ints
    n: Ints
    """Number of values, (groups,)."""
    first: Ints
    """Where those of each group begin, (groups,)."""


def ordered(group: Ints, groups: int, value: Ints) -> Ordered:
    """Values sorted within their groups."""
    n = np.bincount(group, minlength=groups)
    return Ordered(_sorted_within(group, value), n, np.cumsum(n) - n)


def quantile(of: Ordered, q: float) -> Estimate:
    """Quantile by group, interpolated between neighbours, with its order-statistic interval.

    Hyndman & Fan (1996), definition 7: that of NumPy, pandas and DuckDB's quantile_cont.
    """
    n, some = of.n, of.n > 0
    last = np.maximum(n - 1, 0)
    place = last * q
    below = np.floor(place).astype(np.int64)
    above = np.minimum(below + 1, last)
    low_value, high_value = (_picked(of.values, of.first + at, some) for at in (below, above))
    low, high = quantile_ranks(n.astype(np.float64), q)
    return Estimate(
        low_value + (high_value - low_value) * (place - below),
        _picked(of.values, of.first + low - 1, some & (low >= 1)),
        _picked(of.values, of.first + high - 1, some & (high <= n)),
    )


def survival_median(group: Ints, groups: int, lasted: Ints) -> Estimate:
    """Time by which half have ended, by group, where some have not ended yet: Kaplan–Meier.

    `lasted` is twice the time, and one more where it has not ended: of equal times, those that ended come first,
    since the others were still there. The interval is Brookmeyer and Crowley's
    (1982, Biometrics 38:29–41), from Greenwood's variance on the log-log scale. NaN: not reached.
    """
    packed = _sorted_within(group, lasted)
    n = np.bincount(group, minlength=groups)
    first = np.cumsum(n) - n
    # The median and its two bounds are looked for side by side.
    curve = _Survival(np.tile(first, 3), np.tile(n, 3), np.flatnonzero(packed & 1))
    row = _first_row(curve, np.repeat([0.0, Z, -Z], groups))
    found = _picked(packed, row, row < curve.first + curve.n) // 2
    return Estimate(*found.reshape(3, groups))


class _Survival:
    """Log of survival, and Greenwood's variance of it, after any row of each group, sorted by time.

    Had all ended, both would telescope: (n − 1)/n · (n − 2)/(n − 1) · … = remaining / n. So only the steps that
    were not taken have to be summed, those of the few that have not ended.
    """

    def __init__(self, first: Ints, n: Ints, not_ended: Ints) -> None:
        self.first, self.n = first, n
        self._not_ended = np.append(not_ended, np.iinfo(np.int64).max)
        self._before = np.searchsorted(not_ended, first, side="left")
        ends = np.unique(first + n)
        at_risk = ends[np.searchsorted(ends, not_ended, side="right")] - not_ended
        later = np.maximum(at_risk, 2)  # a last one steps to nothing: `at` sees to it
        self._log = np.concatenate([[0.0], np.cumsum(np.log1p(-1 / later))])
        self._variance = np.concatenate([[0.0], np.cumsum(1 / (later * (later - 1.0)))])

    def at(self, row: Ints) -> tuple[Floats, Floats]:
        """After a row of each group, (groups,)."""
        is_last = row == self.first + self.n - 1
        is_censored = self._not_ended[np.searchsorted(self._not_ended, row, side="left")] == row
        row = np.where(is_last & is_censored, row - 1, row)
        here = np.searchsorted(self._not_ended, row, side="right")
        seen, remaining = row - self.first + 1, self.n - (row - self.first + 1)
        log_s = np.log(remaining / self.n) - (self._log[here] - self._log[self._before])
        variance = 1 / remaining - 1 / self.n - (self._variance[here] - self._variance[self._before])
        none_ended = seen == here - self._before
        return np.where(none_ended, 0.0, log_s), np.where(none_ended, 0.0, np.maximum(variance, 0.0))


def _first_row(curve: _Survival, stretch: Floats) -> Ints:
    """The first row of each group at which survival, or a bound of it, is at most one half; past the last: none.

    S to the power exp(±z·error) is a bound of S, where `error` is that of log(−log S). Found by halving: as more
    have ended, survival and its bounds only fall.
    """
    low, high = curve.first.copy(), curve.first + curve.n
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        while (open_ := low < high).any():
            middle = np.where(open_, (low + high) // 2, curve.first)
            log_s, variance = curve.at(middle)
            error = np.nan_to_num(np.sqrt(variance) / np.abs(log_s), nan=0.0)
            holds = log_s * np.exp(stretch * error) <= _HALF + _ROUNDING
            high = np.where(open_ & holds, middle, high)
            low = np.where(open_ & ~holds, middle + 1, low)
    return low


def _picked(ordered: Ints, place: Ints, known: Flags) -> Floats:
    found = np.full(len(place), np.nan)
    found[known] = ordered[place[known]]
    return found


def _changes(values: Ints) -> Flags:
    """Whether each value differs from the one before (the first does)."""
    found = np.ones(len(values), dtype=bool)
    found[1:] = values[1:] != values[:-1]
    return found


def _sorted_within(group: Ints, value: Ints) -> Ints:
    """Values (0 or more) in order within their groups, one group after the other."""
    bits = int(value.max(initial=0)).bit_length()
    if int(group.max(initial=0)).bit_length() + bits > _WORD:
        return value[np.lexsort((value, group))]
    # In place: at this size, new arrays cost as much as what is done with them.
    packed = group << bits
    packed |= value
    packed.sort()
    packed &= (1 << bits) - 1
    return packed


def _sorted_by(*columns: Ints) -> list[Ints]:
    """Columns of whole numbers, 0 or more, with their rows sorted by the first, and so on."""
    bits = [max(int(column.max(initial=0)).bit_length(), 1) for column in columns]
    if sum(bits) > _WORD:
        order = np.lexsort(columns[::-1])
        return [column[order] for column in columns]
    packed = columns[0].copy()
    for column, width in zip(columns[1:], bits[1:], strict=True):
        packed <<= width
        packed |= column
    packed.sort()
    found = []
    for width in reversed(bits[1:]):
        found.append(packed & ((1 << width) - 1))
        packed >>= width
    return [packed, *reversed(found)]
