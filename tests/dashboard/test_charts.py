"""Charts: pure functions from numbers to a picture."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.charts.scales import ticks
from dashboard.charts.spark import HEIGHT, WIDTH, places, sparkline
from dashboard.charts.trend import Step, columns

counts = st.lists(st.floats(0, 1e6), min_size=2, max_size=60)


@given(counts)
def test_a_sparkline_stays_in_its_box_and_goes_from_edge_to_edge(values: list[float]) -> None:
    points = places(values)
    assert (points[0][0], round(points[-1][0], 6)) == (0, WIDTH)
    assert all(0 <= y <= HEIGHT for _, y in points)


def test_a_flat_series_looks_flat() -> None:
    ys = [y for _, y in places([1000, 1010, 1005])]
    assert max(ys) - min(ys) < HEIGHT / 10


def test_a_sparkline_needs_two_values() -> None:
    assert "<svg" not in sparkline([5], "one value")
    assert 'aria-label="two values"' in sparkline([5, 6], "two values")


@given(st.floats(0, 1e7))
def test_ticks_begin_at_zero_and_reach_the_top_in_whole_steps(top: float) -> None:
    marks = ticks(top)
    assert marks[0] == 0
    assert marks[-1] >= top
    assert 2 <= len(marks) <= 5
    assert all(mark == int(mark) for mark in marks)


def test_every_column_is_a_link_with_its_words() -> None:
    steps = [
        Step(4, 2, "1 mars", "1 mars : 4", "/carte?from=2025-03-01"),
        Step(8, None, "2 mars", "2 mars : 8", "/carte"),
    ]
    drawn = columns(steps, str, "Par jour")
    assert re.findall(r'aria-label="(\d mars : \d)"', drawn) == ["1 mars : 4", "2 mars : 8"]
    assert drawn.count("vg-trend-before") == 1
    assert 'style="height:80.00%"' in drawn  # 8 of an axis that ends at 10


@pytest.mark.parametrize("count", [1, 7, 30, 53])
def test_dates_under_columns_keep_apart(count: int) -> None:
    drawn = columns([Step(1, None, "x", "x", "/")] * count, str, "x")
    assert 1 <= drawn.count("vg-trend-tick") <= 13
