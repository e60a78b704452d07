"""Axes with round numbers."""

from __future__ import annotations

import math

_STEPS = (1, 2, 2.5, 5, 10)


def ticks(top: float, about: int = 3) -> list[float]:
    """Rising round numbers from 0 to the first at or above `top`, some `about` steps, whole numbers only."""
    if top <= 1:
        return [0.0, 1.0]
    rough = top / about
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(s * power for s in _STEPS if s * power >= rough)
    step = max(1.0, math.ceil(step))
    return [step * i for i in range(math.ceil(top / step) + 1)]
