"""Intervals against formulas written out, SciPy and published examples."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from mart import intervals
from mart.intervals import Estimate, Z


def one(value: float) -> intervals.Floats:
    """An array of one."""
    return np.array([float(value)])


def proportion(part: float, whole: float) -> Estimate:
    """A proportion with its Wilson interval."""
    return Estimate(one(part / whole), *intervals.wilson(one(part), one(whole)))


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"),
    [
        (5, 10, 0.2366, 0.7634),
        (0, 10, 0.0, 0.2775),
        (10, 10, 0.7225, 1.0),
        (1, 1, 0.2065, 1.0),
        (81, 263, 0.2553, 0.3662),  # Newcombe 1998, Statistics in Medicine 17:857–872, table I, method 3
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_is_as_published(part: float, whole: float, low: float, high: float) -> None:
    found = intervals.wilson(one(part), one(whole))
    assert found.low[0] == pytest.approx(low, abs=6e-5)
    assert found.high[0] == pytest.approx(high, abs=6e-5)


@given(st.integers(1, 10**7).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_bounds_are_where_the_score_test_just_rejects(of: tuple[int, int]) -> None:
    part, n = of
    low, high = (bound[0] for bound in intervals.wilson(one(part), one(n)))
    assert 0 <= low <= part / n <= high <= 1
    for bound in (low, high):
        if 0 < bound < 1:
            score = abs(part / n - bound) / math.sqrt(bound * (1 - bound) / n)
            assert score == pytest.approx(Z, rel=1e-4)


def test_nothing_has_no_interval() -> None:
    for found in (intervals.wilson(one(0), one(0)), intervals.ratio(one(3), one(0))):
        assert np.isnan(found.low).all()
        assert np.isnan(found.high).all()


@given(st.integers(0, 10**6), st.integers(1, 10**6))
def test_a_ratio_lies_in_its_interval(part: int, other: int) -> None:
    low, high = (bound[0] for bound in intervals.ratio(one(part), one(other)))
    assert 0 <= low <= part / other * (1 + 1e-9)
    assert high >= part / other * (1 - 1e-9)
    share = intervals.wilson(one(part), one(part + other))
    assert low == pytest.approx(share.low[0] / (1 - share.low[0]))


@given(st.integers(1, 10**5), st.integers(1, 10**5))
def test_a_ratio_turned_round_has_its_interval_turned_round(part: int, other: int) -> None:
    low, high = (bound[0] for bound in intervals.ratio(one(part), one(other)))
    back_low, back_high = (bound[0] for bound in intervals.ratio(one(other), one(part)))
    assert (1 / back_high, 1 / back_low) == pytest.approx((low, high), rel=1e-6)


@given(st.integers(0, 10**7))
def test_poisson_bounds_are_where_the_score_test_just_rejects(count: int) -> None:
    low, high = (bound[0] for bound in intervals.poisson(one(count)))
    assert 0 <= low <= count <= high
    for bound in (low, high):
        if bound > 1e-6:
            assert abs(count - bound) / math.sqrt(bound) == pytest.approx(Z, rel=1e-4)


@pytest.mark.parametrize("q", [0.1, 0.5, 0.9])
def test_ranks_are_those_of_the_binomial(q: float) -> None:
    n = np.arange(1, 3_000)
    low, high = intervals.quantile_ranks(n.astype(np.float64), q)
    expected_low = np.clip(binom.ppf(0.025, n, q), 0, n)
    expected_high = np.clip(binom.ppf(0.975, n, q) + 1, 1, n + 1)
    assert (low == expected_low).all()
    assert (high == expected_high).all()


@given(st.integers(1, 400), st.sampled_from([0.25, 0.5, 0.9]))
def test_ranks_cover_the_quantile_often_enough(n: int, q: float) -> None:
    low, high = (int(rank[0]) for rank in intervals.quantile_ranks(one(n), q))
    # x_low ≤ quantile where at least `low` values are below it; x_high ≥ quantile where fewer than `high` are.
    covered = binom.cdf(high - 1, n, q) - (binom.cdf(low - 1, n, q) if low else 0)
    assert covered >= 0.95 - 1e-12


def test_few_values_bound_no_quantile() -> None:
    low, high = intervals.quantile_ranks(np.array([0.0, 1, 5, 6]), 0.5)
    assert low.tolist() == [0, 0, 0, 1]
    assert high.tolist() == [1, 2, 6, 6]


@pytest.mark.parametrize(
    ("now", "before", "low", "high"),
    [  # Newcombe 1998, Statistics in Medicine 17:873–890, table II, method 10
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((10, 10), (0, 10), 0.6075, 1.0),
        ((5, 56), (0, 29), -0.0381, 0.1926),
    ],
)
def test_the_difference_of_proportions_is_newcombes(
    now: tuple[int, int], before: tuple[int, int], low: float, high: float
) -> None:
    found = intervals.difference(proportion(*now), proportion(*before))
    assert found.value[0] == pytest.approx(now[0] / now[1] - before[0] / before[1])
    assert (found.low[0], found.high[0]) == pytest.approx((low, high), abs=6e-5)


@given(st.integers(0, 50), st.integers(0, 50))
def test_a_difference_the_other_way_round_is_its_opposite(now: int, before: int) -> None:
    found = intervals.difference(proportion(now, 50), proportion(before, 50))
    back = intervals.difference(proportion(before, 50), proportion(now, 50))
    assert (-back.high[0], -back.low[0]) == pytest.approx((found.low[0], found.high[0]))
    assert found.low[0] <= found.value[0] <= found.high[0]
