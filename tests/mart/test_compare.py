"""A change is news only where its interval says so."""

import math
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from domain.errors import InputRefused
from mart import intervals
from mart.filters import Filters
from mart.questions.compare import BEFORE, YEAR, compare, earlier
from tests.mart.kpi_lives import PLACES, POINTS, a_mart
from tests.mart.kpi_oracle import DAY, Life
from tests.support.mart import NOON

WEEK = Filters(date(2025, 3, 14), date(2025, 3, 20))


def lives(n: int, opened: datetime, late: int = 0, **place: Any) -> list[Life]:
    """Requests closed two days after; of these some were due after one day."""
    found = []
    for i in range(n):
        due = opened + (1 if i < late else 9) * DAY
        life = Life(opened + timedelta(minutes=i), [(opened + 2 * DAY, "done")], due=due)
        life.place = {k: v[0] for k, v in PLACES.items()} | {"point": POINTS[0]} | place
        found.append(life)
    for number, life in enumerate(found, 1):
        life.episode = life.problem = number
    return found


def old() -> list[Life]:
    """A request long before, so that the data reach earlier periods."""
    return lives(1, NOON - 60 * DAY)


def numbered(*groups: list[Life]) -> list[Life]:
    found = [life for group in groups for life in group]
    for number, life in enumerate(found, 1):
        life.episode = life.problem = number
    return found


def line(frame: Any, code: str, **parts: str) -> Any:
    kept = frame[frame["kpi"] == code]
    for name, value in parts.items():
        kept = kept[kept[name] == value]
    assert len(kept) == 1
    return kept.iloc[0]


def test_an_earlier_period_is_seen_at_the_same_age() -> None:
    with a_mart(lives(1, NOON - 400 * DAY)) as mart:
        before, year = (earlier(mart, WEEK, NOON)[name] for name in (BEFORE, YEAR))
    assert (before.filters.start, before.filters.end) == (date(2025, 3, 7), date(2025, 3, 13))
    # Noon of Montréal a week earlier, though the clocks moved forward on 9 March.
    assert before.as_of == datetime(2025, 3, 13, 16, tzinfo=UTC)
    assert (year.filters.start, year.as_of) == (date(2024, 3, 14), datetime(2024, 3, 20, 16, tzinfo=UTC))


def test_what_was_closed_since_does_not_make_the_week_before_look_better() -> None:
    slow = lives(20, NOON - 10 * DAY)
    for life in slow:
        life.closings, life.due = [(NOON - 1 * DAY, "done")], NOON - 6 * DAY
    with a_mart(numbered(old(), slow, lives(20, NOON - 3 * DAY))) as mart:
        found = compare(mart, WEEK, NOON, ["on_time_pct"]).total
    # On 13 March these twenty were open and not due: there was no rate to tell, not one of 0 %.
    assert math.isnan(line(found, "on_time_pct")["before"])


def test_a_large_change_is_news_and_a_small_one_is_noise() -> None:
    few = numbered(old(), lives(10, NOON - 10 * DAY, late=5), lives(10, NOON - 4 * DAY, late=6))
    many = numbered(old(), lives(200, NOON - 10 * DAY, late=20), lives(200, NOON - 4 * DAY, late=120))
    with a_mart(few) as mart:
        noise = line(compare(mart, WEEK, NOON, ["on_time_pct"]).total, "on_time_pct")
    with a_mart(many) as mart:
        news = line(compare(mart, WEEK, NOON, ["on_time_pct"]).total, "on_time_pct")
    assert noise["before_change"] == pytest.approx(-10)
    assert noise["before_noise"]
    assert news["before_change"] == pytest.approx(-50)
    assert not news["before_noise"]
    assert news["before_low"] < -50 < news["before_high"] < 0


def test_the_change_of_two_rates_has_newcombe_s_interval() -> None:
    # Newcombe 1998, Statistics in Medicine 17:873-890, table II (a), method 10: 56/70 and 48/80.
    one, other = (
        intervals.Estimate(np.array([p / n]), *intervals.wilson(*map(np.array, ([p], [n]))))
        for p, n in ((56.0, 70.0), (48.0, 80.0))
    )
    change = intervals.difference(one, other)
    assert (change.low[0], change.high[0]) == pytest.approx((0.0524, 0.3339), abs=5e-5)


def test_counts_are_compared_as_counts_of_events() -> None:
    with a_mart(numbered(old(), lives(100, NOON - 10 * DAY), lives(104, NOON - 4 * DAY))) as mart:
        found = line(compare(mart, WEEK, NOON, ["received"]).total, "received")
    assert (found["value"], found["before"], found["before_change"]) == (104, 100, 4)
    assert found["before_noise"]
    assert math.isnan(found["low"])


def test_the_other_boroughs_are_those_with_enough_and_without_oneself() -> None:
    some = numbered(
        lives(10, NOON - 4 * DAY, late=1, borough="VM"),
        lives(10, NOON - 4 * DAY, late=5, borough="VD"),
        lives(10, NOON - 4 * DAY, late=9, borough="RO"),
        lives(4, NOON - 4 * DAY, late=4, borough="CN"),
        lives(50, NOON - 4 * DAY, late=50, borough="ville_liee"),
    )
    with a_mart(some) as mart:
        found = compare(mart, WEEK, NOON, ["on_time_pct"], ["borough"]).rows
        alone = compare(mart, Filters(WEEK.start, WEEK.end, boroughs=("VM",)), NOON, ["on_time_pct"]).total
    mine = line(found, "on_time_pct", borough="VM")
    assert [mine[f"others_{name}"] for name in ("n", "low", "median", "high")] == pytest.approx(
        [2, 10, 30, 50]
    )
    assert line(alone, "on_time_pct")["others_median"] == pytest.approx(30)


def test_a_goal_stands_beside_with_its_origin() -> None:
    with a_mart(lives(3, NOON - 4 * DAY)) as mart:
        total = compare(mart, WEEK, NOON, ["on_time_pct", "received"]).total
    assert (line(total, "on_time_pct")["goal"], line(total, "on_time_pct")["goal_origin"]) == (90, "default")
    assert math.isnan(line(total, "received")["goal"])


def test_a_part_that_was_not_there_before_had_none() -> None:
    some = numbered(old(), lives(3, NOON - 4 * DAY, borough="VM"), lives(3, NOON - 10 * DAY, borough="VD"))
    with a_mart(some) as mart:
        found = compare(mart, WEEK, NOON, ["received", "on_time_pct"], ["borough"]).rows
    assert line(found, "received", borough="VM")["before"] == 0
    assert math.isnan(line(found, "on_time_pct", borough="VM")["before"])


def test_periods_before_the_data_are_not_compared_with() -> None:
    with a_mart(lives(3, NOON - 4 * DAY)) as mart:
        found = compare(mart, WEEK, NOON, ["received"]).total
    assert not {BEFORE, YEAR} & set(found)
    with a_mart(numbered(lives(1, NOON - 15 * DAY), lives(3, NOON - 4 * DAY))) as mart:
        found = compare(mart, WEEK, NOON, ["received"]).total
    assert line(found, "received")["before"] == 0
    assert YEAR not in found
    with a_mart(numbered(lives(1, NOON - 11 * DAY), lives(3, NOON - 4 * DAY))) as mart:
        found = compare(mart, WEEK, NOON, ["received"]).total
    assert not {BEFORE, YEAR} & set(found)  # its first days have no data: a rise would be no news


def test_what_looks_back_six_months_is_not_compared_before_there_are_six() -> None:
    with a_mart(numbered(lives(5, NOON - 30 * DAY), lives(5, NOON - 4 * DAY))) as mart:
        found = compare(mart, WEEK, NOON, ["recurring_pct", "received"]).total
    assert math.isnan(line(found, "recurring_pct")["before"])
    assert line(found, "received")["before"] == 0


def test_a_period_of_over_a_year_is_not_set_beside_one_that_it_overlaps() -> None:
    long = Filters(date(2024, 1, 1), date(2025, 3, 20))
    with a_mart(numbered(lives(5, NOON - 1200 * DAY), lives(5, NOON - 4 * DAY))) as mart:
        assert set(earlier(mart, long, NOON)) == {BEFORE}
        assert set(earlier(mart, WEEK, NOON)) == {BEFORE, YEAR}


@pytest.mark.parametrize("by", ["sector", "activity", "label", "channel", "precision", "hexagon"])
def test_every_cut_can_be_compared(by: str) -> None:
    some = numbered(
        lives(6, NOON - 4 * DAY, activity="graffitis", borough="VD"),
        lives(8, NOON - 4 * DAY, borough="VM"),
        lives(9, NOON - 4 * DAY, borough="RO"),
        lives(9, NOON - 12 * DAY, borough="RO"),
    )
    with a_mart(some) as mart:
        rows = compare(mart, WEEK, NOON, ["received", "on_time_pct"], [by]).rows
    assert len(rows) == 2 * rows[by].nunique()
    inside = by in {"sector", "hexagon"}
    assert (
        rows["others_median"].isna().all()
        if inside
        else rows["others_n"].max() == (2 if by == "activity" else 3)
    )


def test_others_are_of_the_same_kind_and_none_of_them_is_chosen() -> None:
    some = numbered(
        lives(6, NOON - 4 * DAY, activity="graffitis", borough="VD"),
        lives(8, NOON - 4 * DAY, activity="graffitis", borough="VM"),
        lives(50, NOON - 4 * DAY, activity="nids_de_poule", borough="RO"),
    )
    two = Filters(WEEK.start, WEEK.end, boroughs=("VD", "VM"))
    with a_mart(some) as mart:
        by_kind = compare(mart, WEEK, NOON, ["received"], ["borough", "activity"]).rows
        both = compare(mart, two, NOON, ["received"]).total
        sector = compare(mart, Filters(WEEK.start, WEEK.end, sectors=("VM-1",)), NOON, ["received"]).total
    mine = line(by_kind, "received", borough="VD", activity="graffitis")
    assert (mine["others_n"], mine["others_median"]) == (1, 8)
    assert (line(both, "received")["others_n"], line(both, "received")["others_median"]) == (1, 50)
    assert math.isnan(line(sector, "received")["others_median"])


def test_stretches_of_time_are_not_compared() -> None:
    with a_mart(lives(3, NOON - 4 * DAY)) as mart, pytest.raises(InputRefused, match="not by time"):
        compare(mart, WEEK, NOON, ["received"], ["week"])
