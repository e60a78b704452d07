"""A quick first choice of who may be concerned, before any cell or bucket is made."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.dedup.buckets import Near
from geo.dedup.cellrings import span_m
from geo.dedup.levels import DAY_S
from geo.dedup.parameters import Parameters
from geo.dedup.requests import Requests

Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]

SQUARES = 2
MOST_SQUARES = 1 << 16
"""A square is one number: its kind, row, column and window, each times so many and the next."""

ALL_TIME_S = 1 << 42


@dataclass(frozen=True, slots=True, eq=False)
class Squares:
    """Requests by squares on the ground, so wide that nothing is compared over more than `SQUARES` of them."""

    rows: Integers
    """Requests that have a point."""

    square: Integers
    """Number of each one's square, kind and window of time; a neighbour's differs by one of `around`."""

    around: Integers

    @classmethod
    def of(cls, requests: Requests, parameters: Parameters, name: str) -> Squares:
        """Squares for comparing within `radius_m` and the window of time, or within `place_m` at any time."""
        present = np.bincount(parameters.column("evidence")[requests.profile]) if len(requests) else ()
        reaches = [parameters.reach[evidence] for evidence in np.flatnonzero(present)]
        span = max((span_m(getattr(reach, name)) for reach in reaches), default=1.0) / SQUARES
        window_s = int(max((reach.window_days for reach in reaches), default=1) * DAY_S)
        rows = np.flatnonzero(requests.placed)
        high, wide = Near(span, 0, 0, 0).degrees(requests.lat[rows])
        square, around = requests.kind[rows], np.zeros(1, dtype=np.int64)
        for value, size, far in (
            (requests.lat[rows], high, SQUARES),
            (requests.lon[rows], wide, SQUARES),
            (requests.opened_s[rows], window_s if name == "radius_m" else ALL_TIME_S, 1),
        ):
            square = square * MOST_SQUARES + np.floor(value / size).astype(np.int64)
            around = (around[:, None] * MOST_SQUARES + np.arange(-far, far + 1)).ravel()
        return cls(rows, square, around)

    def near(self, front: Flags) -> Integers:
        """Rows of all requests that have any part in comparing those of the front, and more."""
        wanted = pd.unique(self.square[front[self.rows]])[:, None] + self.around
        chosen: Flags = pd.Index(self.square).isin(wanted.ravel())
        return self.rows[chosen]
