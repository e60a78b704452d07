"""Axes with round numbers."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import NamedTuple

_STEPS = (1, 2, 2.5, 5, 10)
_DECIMALS = 9
"""Of a mark."""


class Axis(NamedTuple):
    """A stretch of numbers with its round marks, the first and last of which are its ends."""

    marks: tuple[float, ...]

    def place(self, value: float) -> float:
        """Where a value lies on it, 0–1; what lies outside is at the nearer end."""
        low, high = self.marks[0], self.marks[-1]
        return min(1.0, max(0.0, (value - low) / (high - low)))


def axis(values: Iterable[float], about: int = 4, *, from_zero: bool = True, whole: bool = True) -> Axis:
    """An axis that holds all values (NaN is left out), of some `about` round steps.

    Args:
        values: what has to be on it.
        about: how many steps there may be, more or less.
        from_zero: it begins at 0, as lengths ask for; else near the lowest value, as positions allow.
        whole: its marks are whole numbers.
    """
    known = [value for value in values if not math.isnan(value)]
    low, high = (0.0 if from_zero else min(known, default=0.0)), max(known, default=1.0)
    if high <= low:
        low, high = (
            (0.0, max(1.0, high)) if from_zero or not high else (low - abs(low) / 10, high + abs(high) / 10)
        )
    step = _round_up(max((high - low) / about, 10.0**-_DECIMALS))
    step = max(1.0, float(math.ceil(step))) if whole else step
    first = math.floor(low / step + 1e-9)
    count = max(1, math.ceil(high / step - 1e-9) - first)
    return Axis(tuple(round((first + i) * step, _DECIMALS) for i in range(count + 1)))


def _round_up(rough: float) -> float:
    """The first of _STEPS times a power of ten at or above a number."""
    power = 10.0 ** math.floor(math.log10(rough))
    return next(step * power for step in _STEPS if step * power >= rough * (1 - 1e-9))
