"""Number scales: which class of the sequential ramp a value falls in.

Breaks are round numbers, so that a legend can name them, and follow the distribution: half of
the cells of a city hold one or two requests, a few hold hundreds.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

CLASSES = 7
"""Steps of the ramp (theme.RAMP)."""

SHARE_BREAKS = (0.02, 0.05, 0.1, 0.2, 0.3, 0.5)
"""Shares (0–1) keep one scale everywhere: 30 % is 30 % on every map."""

_NARROW = 3.0
"""Below this ratio of the largest to the smallest value, equal steps tell more than quantiles."""

_SEVERAL = 3
_ALIKE = 1.5
"""Of fewer parts than several, one that is less than this many times the other is drawn like it."""

_ONE_SHADE = 2

_ROUND = (1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)


def round_number(value: float, *, whole: bool = True) -> float:
    """The nearest number that a legend can show (1, 1.5, 2, … 8 times a power of ten)."""
    if value <= 0:
        return 0.0
    power = 10.0 ** math.floor(math.log10(value))
    nearest = min(_ROUND, key=lambda step: abs(step - value / power)) * power
    return float(max(1.0, round(nearest))) if whole else float(nearest)


def breaks(values: ArrayLike, classes: int = CLASSES, *, whole: bool = True) -> tuple[float, ...]:
    """At most `classes - 1` rising break points of a number scale; class i holds breaks[i-1] ≤ v < breaks[i].

    Between quantiles (every cell its share of the colours) and equal steps of the square root
    (large values keep apart): their mean. Values that hardly differ get equal steps. NaN is left
    out; without values there is no break.
    """
    usable = _finite(values)
    if usable.size == 0:
        return ()
    low, high = float(usable.min()), float(usable.max())
    if high < _NARROW * low:
        return _even_steps(low, high, classes, whole=whole)
    inner = np.linspace(0.0, 1.0, classes + 1)[1:-1]
    by_rank = np.quantile(usable, inner)
    by_size = (math.sqrt(low) + inner * (math.sqrt(high) - math.sqrt(low))) ** 2
    found = (round_number(float(v), whole=whole) for v in (by_rank + by_size) / 2)
    return tuple(sorted({v for v in found if low < v <= high}))


def breaks_of_parts(values: Sequence[float], *, whole: bool = True) -> tuple[float, ...]:
    """The same for the parts of a whole: as many steps as parts at most, or the scale would say more than they do.

    Two parts that hardly differ have one shade.
    """
    if len(values) < _SEVERAL and max(values, default=0.0) < _ALIKE * min(values, default=0.0):
        return ()
    return breaks(values, min(CLASSES, max(2, len(values))), whole=whole)


def spread_of_parts(scale: tuple[float, ...]) -> tuple[int, ...]:
    """The same as `spread` for the parts of a whole: borders show on the one shade of parts that are alike."""
    return spread(scale) if scale else (_ONE_SHADE,)


def _even_steps(low: float, high: float, classes: int, *, whole: bool) -> tuple[float, ...]:
    """Multiples of one round step inside the range."""
    step = round_number((high - low) / classes, whole=whole)
    if step == 0.0:
        return ()
    first = math.floor(low / step) + 1
    count = min(classes - 1, math.floor(high / step) - first + 1)
    return tuple(round((first + i) * step, 9) for i in range(count))


def class_of(value: float | None, scale: tuple[float, ...]) -> int | None:
    """Class of a value on a scale, 0 to len(scale); None for no value."""
    if value is None or math.isnan(value):
        return None
    return sum(value >= step for step in scale)


def spread(scale: tuple[float, ...], classes: int = CLASSES) -> tuple[int, ...]:
    """Step of the ramp (1 to `classes`) of each class, the whole ramp being used when classes are few."""
    count = len(scale) + 1
    if count == 1:
        return ((classes + 1) // 2,)
    return tuple(1 + round(i * (classes - 1) / (count - 1)) for i in range(count))


def _finite(values: ArrayLike | Iterable[float]) -> NDArray[np.float64]:
    array = np.asarray(values, dtype=np.float64)
    usable: NDArray[np.float64] = array[np.isfinite(array) & (array >= 0)]
    return usable
