"""How precisely a request is placed."""

from __future__ import annotations

from enum import StrEnum


class Precision(StrEnum):
    """What a point stands for; only the first two are ever drawn or grouped."""

    EXACT = "exact"  # a city database: the thing itself
    SEGMENT = "segment"  # published data: the middle of the street segment
    COUNTER = "counter"  # placed at the borough's service counter
    NONE = "none"  # no usable point


ON_MAP: frozenset[Precision] = frozenset({Precision.EXACT, Precision.SEGMENT})
