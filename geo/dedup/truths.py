"""How well a grouping agrees with the true one: pairwise and B-cubed precision, recall and F1."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray


def agreement(found: NDArray[Any], true: NDArray[Any]) -> dict[str, float]:
    """Agreement of two groupings of the same items; pairs of items, and B-cubed (mean over the items).

    Where neither groups anything, all is 1.
    """
    found_code, true_code = pd.factorize(found)[0], pd.factorize(true)[0]
    both = pd.factorize(found_code.astype(np.int64) * (true_code.max(initial=0) + 1) + true_code)[0]
    sizes = [np.bincount(codes).astype(np.float64) for codes in (both, found_code, true_code)]
    pairs = [float((size * (size - 1) / 2).sum()) for size in sizes]
    precision, recall = _share(pairs[0], pairs[1]), _share(pairs[0], pairs[2])
    shared = sizes[0][both]
    b_precision = float((shared / sizes[1][found_code]).mean()) if len(both) else 1.0
    b_recall = float((shared / sizes[2][true_code]).mean()) if len(both) else 1.0
    return {
        "pairwise_precision": precision,
        "pairwise_recall": recall,
        "pairwise_f1": f1(precision, recall),
        "bcubed_precision": b_precision,
        "bcubed_recall": b_recall,
        "bcubed_f1": f1(b_precision, b_recall),
    }


def f1(precision: float, recall: float) -> float:
    """Harmonic mean; 0 where both are 0."""
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def _share(part: float, whole: float) -> float:
    return part / whole if whole else 1.0
