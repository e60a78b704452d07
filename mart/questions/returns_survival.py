"""Share of things to which something has happened by a time, where some were not watched long enough.

Kaplan & Meier (1958), J. Am. Stat. Assoc. 53:457–481; variance by Greenwood (1926); the interval on the log-log
scale, which stays inside 0 to 1 (Kalbfleisch & Prentice, The Statistical Analysis of Failure Time Data, 2nd ed.,
1.4). Where nothing happened, or it happened to all, there is no such interval: then it is Wilson's, of those who
were watched up to the time.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from mart.intervals import Floats, Z, wilson

Ints = npt.NDArray[np.int64]


class Happened(NamedTuple):
    """1 − S at some times with its 95 % interval, each (times,) and 0–1; NaN from where nobody was watched."""

    share: Floats
    low: Floats
    high: Floats


def happened(values: Ints, times: Ints) -> Happened:
    """Share of things to which it has happened by each time.

    Args:
        values: of each thing (n,) twice the time that it was watched for, until it happened or for as long as can be,
            and one more where it had not happened by then: of equal times, those at which it happened come first,
            since the others were still there.
        times: in the same unit, rising.
    """
    in_order = np.sort(values)
    watched, ended = in_order >> 1, in_order & 1 == 0
    there = np.arange(len(watched), 0, -1.0)
    with np.errstate(divide="ignore"):
        log_s = np.cumsum(np.where(ended, np.log1p(-1 / there), 0.0))
        variance = np.cumsum(np.where(ended, 1 / (there * (there - 1)), 0.0))
    row = np.searchsorted(watched, times, side="right")
    log_s, variance = (np.concatenate([[0.0], one])[row] for one in (log_s, variance))
    left = len(watched) - np.searchsorted(watched, times, side="left")
    share = np.where((left > 0) | np.isneginf(log_s), 0.0 - np.expm1(log_s), np.nan)
    low, high = _bounds(log_s, variance, left)
    known = ~np.isnan(share)
    return Happened(share, np.where(known, low, np.nan), np.where(known, high, np.nan))


def _bounds(log_s: Floats, variance: Floats, left: Ints) -> tuple[Floats, Floats]:
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        error = Z * np.sqrt(variance) / np.abs(log_s)
        low, high = -np.expm1(log_s * np.exp(-error)), -np.expm1(log_s * np.exp(error))
    none, all_ = log_s == 0, np.isneginf(log_s)
    watched = np.maximum(left, 1).astype(np.float64)
    plain = wilson(np.where(all_, watched, 0.0), watched)
    extreme = none | all_
    return np.where(extreme, plain.low, low), np.where(extreme, plain.high, high)
