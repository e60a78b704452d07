from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.dedup.evaluate import average_precision, best_threshold, evaluate
from geo.dedup.parameters import load_parameters
from geo.dedup.truths import agreement
from tests.support.made import made_requests
from tests.support.shared import shared_data

PARAMETERS = load_parameters()
KEYS = {
    "rows", "duplicates", "flagged", "precision", "recall", "f1", "average_precision", "parents",
    "parent_same_episode", "parent_at_1", "parent_at_3", "parent_at_5", "seconds",
}  # fmt: skip


def brute_agreement(found: Any, true: Any) -> tuple[float, float, float]:
    pairs = [(i, j) for i in range(len(found)) for j in range(i)]
    ours = {(i, j) for i, j in pairs if found[i] == found[j]}
    theirs = {(i, j) for i, j in pairs if true[i] == true[j]}
    both = len(ours & theirs)
    bcubed = [
        np.mean([true[j] == true[i] for j in range(len(true)) if found[j] == found[i]])
        for i in range(len(true))
    ]
    return both / len(ours) if ours else 1.0, both / len(theirs) if theirs else 1.0, float(np.mean(bcubed))


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=30))
def test_agreement_is_that_of_counting_pairs(both: list[tuple[int, int]]) -> None:
    found, true = (np.array(side) for side in zip(*both, strict=True))
    numbers = agreement(found, true)
    expected = brute_agreement(found, true)
    assert (numbers["pairwise_precision"], numbers["pairwise_recall"]) == pytest.approx(expected[:2])
    assert numbers["bcubed_precision"] == pytest.approx(expected[2])


def test_average_precision_takes_equal_scores_together() -> None:
    true = np.array([True, False, True, False])
    assert average_precision(np.array([3.0, 2.0, 1.0, 0.0]), true) == pytest.approx((1 + 2 / 3) / 2)
    assert average_precision(np.zeros(4), true) == 0.5
    assert 0 < best_threshold(np.array([3.0, 2.0, 1.0, 0.0]), true) <= 1


def test_quality_on_a_month_that_the_parameters_have_not_seen() -> None:
    path = shared_data("boston", "boston_2011_q3.csv")
    if path is None:
        pytest.skip("the shared data are not here")
    frame = pd.read_csv(path, dtype={"id": "str", "parent_id": "str"})
    numbers = evaluate(frame, PARAMETERS, "2011-09-01", sweep=True)
    assert set(numbers) >= KEYS
    assert numbers["rows"] == 9599
    assert numbers["duplicates"] == 396
    assert numbers["f1"] >= 1.3 * 0.3886
    assert numbers["parent_at_3"] >= 0.78
    assert sum(one["rows"] for one in numbers["by_activity"].values()) == numbers["rows"]
    at_zero = next(one for one in numbers["sweep"] if one["bits"] == 0)
    assert at_zero["f1"] == pytest.approx(numbers["f1"])


@pytest.mark.parametrize(("exact", "least"), [(True, 0.90), (False, 0.75)])
def test_episodes_of_made_requests_are_the_true_ones(tmp_path: Path, exact: bool, least: float) -> None:
    frame, truth = made_requests(tmp_path, 30_000, exact=exact, seed=5)
    labels = truth.set_index("id")[["duplicate", "parent_id", "episode_id", "problem_id"]]
    numbers = evaluate(frame.join(labels, on="id"), PARAMETERS)
    assert numbers["episode_pairwise_f1"] >= least
    assert numbers["episode_bcubed_f1"] >= 0.97
