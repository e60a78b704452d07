from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import ibis.expr.types as ir
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import InputRefused
from mart.ask import TABLES, statement
from mart.filters import Filters
from mart.periods import day_end, day_start, local_date
from mart.questions.kpi import kpis
from mart.selection import Selection, SelectionShape, selected
from tests.mart.made import made_filters, opened
from tests.support.mart import NOON, a_row

MARCH = Filters(date(2025, 3, 1), date(2025, 3, 31))


def test_a_period_is_in_montreals_days() -> None:
    assert day_start(date(2025, 3, 9)) == datetime(2025, 3, 9, 5, tzinfo=UTC)
    assert day_end(date(2025, 3, 9)) == datetime(2025, 3, 10, 3, 59, 59, 999_999, tzinfo=UTC)
    assert day_start(date(2025, 11, 2)) == datetime(2025, 11, 2, 4, tzinfo=UTC)
    assert local_date(datetime(2025, 1, 1, 4, 59, tzinfo=UTC)) == date(2024, 12, 31)


def test_the_period_before_is_as_long_and_ends_the_day_before() -> None:
    before = MARCH.previous()
    assert (before.start, before.end) == (date(2025, 1, 29), date(2025, 2, 28))
    assert before.days == MARCH.days


def test_the_same_days_of_the_year_before() -> None:
    leap = Filters(date(2024, 2, 29), date(2024, 3, 2)).year_before()
    assert (leap.start, leap.end) == (date(2023, 2, 28), date(2023, 3, 2))


def test_the_end_of_a_period_is_never_after_t() -> None:
    assert MARCH.until(NOON) == NOON
    assert replace(MARCH, end=date(2025, 3, 2)).until(NOON) == day_end(date(2025, 3, 2))


def test_equal_choices_are_equal_filters() -> None:
    one = replace(MARCH, boroughs=("VM", "VD", "VM"))
    assert one == replace(MARCH, boroughs=("VD", "VM"))
    assert len({one, replace(MARCH, boroughs=("VD", "VM"))}) == 1


@given(made_filters(), st.sampled_from(["2024-01-01", "2023-05-05"]))
def test_only_the_period_may_differ_in_the_same_place(filters: Filters, day: str) -> None:
    other = replace(filters, start=date.fromisoformat(day))
    assert filters.same_place(other)
    assert not filters.same_place(replace(other, late_only=not filters.late_only))


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"end": date(2025, 2, 1)}, "before it starts"),
        ({"by": "whose"}, "`where` or `who`"),
        ({"h3": ("zzz",)}, "zzz"),
        ({"h3": ("8e2baa441ae451f",)}, "hexagon"),
        ({"h3": tuple(f"{i:x}" for i in range(600))}, "512"),
    ],
)
def test_what_cannot_be_a_filter_is_refused(wrong: dict[str, Any], says: str) -> None:
    with pytest.raises(InputRefused, match=says):
        replace(MARCH, **wrong)


def _received(spells: ir.Table, shape: SelectionShape) -> ir.Table:
    return selected(spells, shape).aggregate(n=lambda kept: kept.count())


def test_values_are_bound_and_never_part_of_the_sql() -> None:
    hostile = "x') OR 1=1; --"
    filters = replace(MARCH, boroughs=("VM", hostile), sectors=(hostile,))
    asked = statement(_received, (Selection(filters, NOON, "received").shape,), "spells", paged=False)
    assert hostile not in asked.sql
    assert "2025" not in asked.sql
    assert asked.parameters <= filters.values(NOON).keys() | {"start", "until", "as_of", "state_at", "soon"}
    with opened([a_row(borough="VM"), a_row(borough="VD")]) as mart:
        assert kpis(mart, filters, NOON, ["received"]).total["received"] == 0


def test_filters_of_one_shape_share_a_statement() -> None:
    three, four = (replace(MARCH, boroughs=codes) for codes in (("a", "b", "c"), ("a", "b", "c", "d")))
    assert three.shape == four.shape
    shapes = [(Selection(filters, NOON, "received").shape,) for filters in (three, four)]
    first = statement(_received, shapes[0], "spells", paged=False)
    assert statement(_received, shapes[1], "spells", paged=False) is first


def test_tables_are_those_of_the_schema() -> None:
    assert set(TABLES) == {"requests", "spells", "facts", "problems", "information"}
