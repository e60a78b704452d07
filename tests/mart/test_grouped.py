"""Many groups at once give what one group after the other gives, said plainly."""

import math
from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mart import grouped
from mart.grouped import Ints, Ordered, Span
from mart.intervals import Z, quantile_ranks
from mart.survival import survival_median

HUGE = 2**62
GROUPS = 5

values = st.one_of(st.integers(0, 12), st.integers(0, HUGE))
rows = st.lists(st.tuples(st.integers(0, GROUPS - 1), values, st.integers(0, 6)), max_size=60)


def columns(found: Sequence[tuple[int, ...]], width: int) -> list[Ints]:
    """The columns of rows, also where there is none."""
    return list(np.array(found, dtype=np.int64).reshape(-1, width).T)


def of(group: Ints, value: Ints, groups: int = GROUPS) -> Ordered:
    """Values by group, as the KPIs make them."""
    code, ordered = grouped.by_value(group.astype(grouped.code_type(groups)), value)
    return grouped.ordered(code, np.bincount(group, minlength=groups), ordered)


@pytest.mark.parametrize(
    ("codes", "kind"), [(0, "u1"), (256, "u1"), (257, "u2"), (65_537, "i4"), (2**31 + 1, "i8")]
)
def test_codes_take_the_least_room(codes: int, kind: str) -> None:
    assert grouped.code_type(codes) == np.dtype(kind)


@given(rows)
def test_values_are_in_order_within_their_groups(found: list[tuple[int, int, int]]) -> None:
    group, value, _ = columns(found, 3)
    made = of(group, value)
    there = made.picked(np.arange(len(found)), np.ones(len(found), dtype=bool))
    expected = [float(v) for g in range(GROUPS) for v in sorted(value[group == g].tolist())]
    assert there.tolist() == expected
    assert made.first.tolist() == (np.cumsum(made.n) - made.n).tolist()


@pytest.mark.parametrize("groups", [1, 200, 300, 70_000])
def test_order_is_stable_however_many_groups_there_are(groups: int) -> None:
    code = np.random.default_rng(7).integers(0, groups, 5_000).astype(grouped.code_type(groups))
    assert grouped.order_of(code).tolist() == np.argsort(code, kind="stable").tolist()


@given(rows, st.sampled_from([0.0, 0.25, 0.5, 0.9, 1.0]))
def test_a_quantile_is_that_of_numpy(found: list[tuple[int, int, int]], q: float) -> None:
    group, value, _ = columns(found, 3)
    made = grouped.quantile(of(group, value), q)
    for g in range(GROUPS):
        own = np.sort(value[group == g])
        if not len(own):
            assert np.isnan([made.value[g], made.low[g], made.high[g]]).all()
            continue
        assert math.isclose(made.value[g], np.quantile(own.astype(np.float64), q), rel_tol=1e-12)
        low, high = (int(rank[0]) for rank in quantile_ranks(np.array([float(len(own))]), q))
        assert math.isnan(made.low[g]) if low < 1 else made.low[g] == float(own[low - 1])
        assert math.isnan(made.high[g]) if high > len(own) else made.high[g] == float(own[high - 1])


@given(rows)
def test_distinct_counts_are_those_of_sets(found: list[tuple[int, int, int]]) -> None:
    group, key, _ = columns(found, 3)
    expected = [len(set(key[group == g].tolist())) for g in range(GROUPS)]
    assert grouped.distinct(group, GROUPS, key).tolist() == expected


@given(st.lists(values, max_size=60))
def test_repeated_keys_are_those_met_twice(keys: list[int]) -> None:
    assert grouped.repeated(np.array(keys, dtype=np.int64)).tolist() == [keys.count(key) > 1 for key in keys]


@pytest.mark.parametrize("spread", [1, 1_000, 1_000_000, 2**40])
def test_repeated_keys_are_found_however_far_apart_they_are(spread: int) -> None:
    keys = np.random.default_rng(3).integers(0, 900, 1_000) * spread + 5
    seen, times = np.unique(keys, return_counts=True)
    assert (grouped.repeated(keys) == np.isin(keys, seen[times > 1])).all()


def problems_by_sets(found: Sequence[tuple[int, ...]], group: int) -> tuple[int, int]:
    """Different problems of a group, and those with two episodes or more."""
    episodes = defaultdict(set)
    for g, problem, episode in found:
        if g == group:
            episodes[problem].add(episode)
    return len(episodes), sum(len(of) > 1 for of in episodes.values())


@given(rows)
def test_problems_are_those_of_sets(found: list[tuple[int, int, int]]) -> None:
    all_, recurring = grouped.problems(columns(found, 3)[0], GROUPS, *columns(found, 3)[1:])
    assert list(zip(all_, recurring, strict=True)) == [problems_by_sets(found, g) for g in range(GROUPS)]


@settings(max_examples=200)
@given(
    st.lists(
        st.tuples(st.integers(0, 2), st.integers(0, 4), st.integers(0, 3), st.integers(0, 20)), max_size=40
    ),
    st.lists(st.integers(0, 20), min_size=1, max_size=8, unique=True),
    st.integers(0, 9),
)
def test_problems_over_time_are_those_of_each_window(
    found: list[tuple[int, int, int, int]], ends: list[int], length: int
) -> None:
    found.sort(key=lambda row: row[3])
    group, problem, episode, at = columns(found, 4)
    until = np.sort(np.array(ends))
    span = Span(np.searchsorted(until, at, side="left"), np.searchsorted(until - length, at, side="right"))
    all_, recurring = grouped.problems_over(group, 3, len(until), span, problem, episode)
    for stretch, end in enumerate(until.tolist()):
        there = [row[:3] for row in found if end - length <= row[3] <= end]
        for g in range(3):
            assert (all_[g, stretch], recurring[g, stretch]) == problems_by_sets(there, g)


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 7), st.integers(0, 7)), max_size=40))
def test_who_is_there_is_counted_in_every_stretch(found: list[tuple[int, int, int]]) -> None:
    group, begins, ends = columns(found, 3)
    counted = grouped.present(group, 3, 5, Span(begins, ends))
    for g in range(3):
        expected = [sum(of == g and a <= s < b for of, a, b in found) for s in range(5)]
        assert counted[g].tolist() == expected


def kaplan_meier(times: Sequence[tuple[int, bool]]) -> tuple[float, float, float]:
    """Median and its bounds, event by event: the first time at which the curve, or a bound of it, is ½ or less."""
    survival, variance = 1.0, 0.0
    found = [math.nan] * 3
    for i, (time, has_ended) in enumerate(sorted(times, key=lambda one: (one[0], not one[1]))):
        at_risk = len(times) - i
        if has_ended:
            survival *= 1 - 1 / at_risk
            variance += 1 / (at_risk * (at_risk - 1)) if at_risk > 1 else 0.0
        bounds = [survival] * 3
        if 0 < survival < 1:
            error = math.sqrt(variance) / abs(math.log(survival))
            bounds = [survival, survival ** math.exp(Z * error), survival ** math.exp(-Z * error)]
        for which, bound in enumerate(bounds):
            if math.isnan(found[which]) and bound <= 0.5 + 1e-9:
                found[which] = time
    return found[0], found[1], found[2]


@settings(max_examples=300)
@given(
    st.lists(
        st.tuples(
            st.integers(0, GROUPS - 1), st.one_of(st.integers(0, 8), st.integers(0, 2**50)), st.booleans()
        ),
        max_size=70,
    )
)
def test_a_survival_median_is_that_of_a_plain_loop(found: list[tuple[int, int, bool]]) -> None:
    group, twice = columns([(g, time * 2 + (not ended)) for g, time, ended in found], 2)
    made = survival_median(of(group, twice))
    for g in range(GROUPS):
        expected = kaplan_meier([(time, ended) for of_group, time, ended in found if of_group == g])
        got = (made.value[g], made.low[g], made.high[g])
        assert np.allclose(expected, got, rtol=1e-12, equal_nan=True), (expected, got)


def test_survival_of_a_textbook() -> None:
    """Remission of 21 patients on 6-MP, weeks (Freireich et al. 1963; + is censored): median 23."""
    ended = [6, 6, 6, 7, 10, 13, 16, 22, 23]
    not_ended = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
    twice = np.array([t * 2 for t in ended] + [t * 2 + 1 for t in not_ended])
    made = survival_median(of(np.zeros(21, dtype=np.int64), twice, 1))
    assert made.value.tolist() == [23]
    assert made.low.tolist() == [13]
    assert np.isnan(made.high).all()


def test_nothing_is_not_measured() -> None:
    none = np.zeros(0, dtype=np.int64)
    assert np.isnan(grouped.quantile(of(none, none), 0.5).value).all()
    assert np.isnan(survival_median(of(none, none)).value).all()
    assert grouped.counts(none, 3).tolist() == [0, 0, 0]
    assert grouped.distinct(none, 3, none).tolist() == [0, 0, 0]
    assert [found.tolist() for found in grouped.problems(none, 2, none, none)] == [[0, 0], [0, 0]]


def test_sorting_does_not_change_what_it_is_given() -> None:
    group, value = np.array([1, 0, 1], dtype=np.uint8), np.array([3, 2, 1])
    grouped.by_value(group, value)
    grouped.distinct(group, 2, value)
    grouped.repeated(value)
    assert (group.tolist(), value.tolist()) == ([1, 0, 1], [3, 2, 1])
    assert all(a <= b for a, b in pairwise(grouped.by_value(group, value)[1].tolist()))
