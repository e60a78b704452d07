"""Kaplan–Meier medians of many groups at once, on sorted arrays."""

from __future__ import annotations

import numpy as np

from mart.grouped import Ints, Ordered
from mart.intervals import Estimate, Floats, Z

_HALF = np.log(0.5)
_ROUNDING = 1e-9


def survival_median(of: Ordered) -> Estimate:
    """Time by which half have ended, by group, where some have not ended yet: Kaplan–Meier.

    Values are twice the time, and one more where it has not ended: of equal times, those that ended come first,
    since the others were still there. The interval is Brookmeyer and Crowley's
    (1982, Biometrics 38:29–41), from Greenwood's variance on the log-log scale. NaN: not reached.
    """
    groups = len(of.n)
    not_ended = (of.values & 1).astype(np.bool_)
    if of.order is not None:
        not_ended = not_ended[of.order]
    # The median and its two bounds are looked for side by side.
    curve = _Survival(np.tile(of.first, 3), np.tile(of.n, 3), np.flatnonzero(not_ended))
    row = _first_row(curve, np.repeat([0.0, Z, -Z], groups))
    found = of.picked(row, row < curve.first + curve.n) // 2
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
