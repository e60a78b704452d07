"""The ranked places against a loop over the same requests, and against the KPI that counts them."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import InputRefused
from mart.filters import Filters
from mart.questions.kpi import kpis
from mart.questions.recurring_places import (
    COLUMNS,
    MONTH_COLUMNS,
    RANKS,
    RecurringPlaces,
    month_bounds,
    recurring_places,
)
from mart.snapshot import Mart, open_mart
from tests.mart.made import examples
from tests.mart.recurring import lives_of_places, places_by_hand, seen_at
from tests.support.mart import NOON, Row, a_row, make_mart

ANY = Filters(NOON.date(), NOON.date())
FILTERS = (ANY, Filters(NOON.date(), NOON.date(), boroughs=("VM", "unlocated"), activities=("graffitis",)))
TOLD = ("problem_id", "requests", "requesters", "episodes", "spread", "open", "first_at", "last_at", "is_new")


@examples(25)
@given(
    lives_of_places(), st.sampled_from((0, 0, 20, 100, 200)), st.sampled_from(RANKS), st.sampled_from(FILTERS)
)
def test_places_are_what_a_loop_finds(
    tmp_path_factory: Any, lives: tuple[list[Row], list[Row]], days: int, rank: str, filters: Filters
) -> None:
    rows, undone = lives
    as_of = NOON - timedelta(days=days)
    expected = places_by_hand(seen_at(rows, undone, as_of), filters, as_of, rank)
    with open_mart(make_mart(tmp_path_factory.mktemp("mart"), rows, undone=undone)) as mart:
        found = recurring_places(mart, filters, as_of, rank)
    told = found.rows.to_dict("records")
    assert [{name: one[name] for name in TOLD} for one in told] == [
        {name: one[name] for name in TOLD} for one in expected
    ]
    assert [[one[name] for name in MONTH_COLUMNS] for one in told] == [one["months"] for one in expected]
    assert found.total == len(expected)
    assert found.new == sum(one["is_new"] for one in expected)


def a_place(number: int, *opened: str, **columns: Any) -> list[Row]:
    """Requests of one problem, each an episode of its own, closed after an hour."""
    return [
        a_row(id=number + i, problem_id=number, opened_at=at, closed_at=at, status="done", **columns)
        for i, at in enumerate(opened)
    ]


@pytest.fixture
def mart(tmp_path: Path) -> Any:
    rows = [
        *a_place(10, "-100d", "-70d", "-40d", street="rue Peel", street_from="rue Ontario", borough="VM"),
        *a_place(20, "-100d", "-2d", requesters=3, borough="VD"),
        *a_place(30, "-200d", "-2d", borough="VD"),
        *a_place(40, "-60d", "-3d", borough="VD"),
        a_row(id=99, opened_at="-2d", precision="counter"),
    ]
    with open_mart(make_mart(tmp_path, rows)) as found:
        yield found


def ids(found: RecurringPlaces) -> list[int]:
    return [int(number) for number in found.rows["problem_id"]]


def test_a_place_that_came_once_in_the_six_months_is_not_there(mart: Mart) -> None:
    found = recurring_places(mart, ANY, NOON)
    assert ids(found) == [10, 20, 40]
    assert (found.total, found.active) == (3, 4)
    assert list(found.rows.columns) == list(COLUMNS)
    first = found.rows.iloc[0]
    assert (first["position"], first["street"], first["street_from"]) == (1, "rue Peel", "rue Ontario")


def test_each_order_has_its_own_first_and_ids_settle_what_is_equal(mart: Mart) -> None:
    assert ids(recurring_places(mart, ANY, NOON, "requesters")) == [20, 10, 40]
    assert ids(recurring_places(mart, ANY, NOON, "spread")) == [10, 20, 40]


def test_new_this_month_is_where_the_second_episode_began_in_it(mart: Mart) -> None:
    found = recurring_places(mart, ANY, NOON, new_only=True)
    assert ids(found) == [20, 40]
    assert (found.total, found.new) == (3, 2)


def test_a_past_moment_knows_nothing_of_what_came_later(mart: Mart) -> None:
    assert ids(recurring_places(mart, ANY, NOON - timedelta(days=10))) == [10]


def test_pages_follow_each_other(mart: Mart) -> None:
    pages = [recurring_places(mart, ANY, NOON, offset=offset, limit=1) for offset in range(4)]
    assert [ids(page) for page in pages] == [[10], [20], [40], []]
    assert [page.rows["position"].tolist() for page in pages] == [[1], [2], [3], []]


def test_there_are_as_many_as_the_kpi_counts(mart: Mart) -> None:
    for filters in (ANY, Filters(NOON.date(), NOON.date(), boroughs=("VD",))):
        found = recurring_places(mart, filters, NOON)
        kpi = kpis(mart, filters, NOON, ("recurring_pct",)).total
        assert (found.total, found.active) == (
            round(kpi["recurring_pct"] * kpi["recurring_n"] / 100),
            kpi["recurring_n"],
        )


def test_what_cannot_be_asked_is_refused(mart: Mart) -> None:
    with pytest.raises(InputRefused, match="ranked by"):
        recurring_places(mart, ANY, NOON, "street; DROP TABLE")
    with pytest.raises(InputRefused, match="a page has"):
        recurring_places(mart, ANY, NOON, limit=501)


def test_six_months_are_counted_back_by_montreal_s_clock() -> None:
    last = datetime.fromisoformat("2025-08-31T16:00:00+00:00")
    assert [at.isoformat() for at in month_bounds(last)[:2]] == [
        "2025-02-28T17:00:00+00:00",
        "2025-03-31T16:00:00+00:00",
    ]
    assert month_bounds(last)[-1] == last
