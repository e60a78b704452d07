"""Postal codes of blocks: real first halves of their boroughs, invented second halves."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from etl.generate.calibration import Calibration
from etl.generate.streets import Network

LETTERS = "ABCEGHJKLMNPRSTVWXYZ"
POSTAL_SEED = 514
BLUR = 0.1  # of an area's length, over which two first halves mingle


def postal_codes(facts: Calibration, streets: Network) -> pa.Array:
    """LIN_CODE_POSTAL of each block, then the empty one.

    The first halves of an area follow the order of its blocks, so that neighbours share them.
    """
    rng = np.random.Generator(np.random.PCG64(POSTAL_SEED))
    texts: list[str] = []
    for area, (first, last) in enumerate(zip(streets.first_of_area, streets.first_of_area[1:], strict=False)):
        halves = facts.assumed["boroughs"][facts.answers_for(facts.areas[area])]["postal"]
        count = last - first
        at = np.clip(np.linspace(0, 1, count) + BLUR * (rng.random(count) - 0.5), 0, 0.999)
        which = (at * len(halves)).astype(np.int64)
        digits, letters = rng.integers(0, 10, (count, 2)), rng.integers(0, len(LETTERS), count)
        texts += [
            f"{halves[half]}{a}{LETTERS[letter]}{b}"
            for half, letter, (a, b) in zip(which, letters, digits, strict=True)
        ]
    return pa.array([*texts, ""])
