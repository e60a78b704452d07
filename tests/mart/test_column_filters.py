from datetime import date, datetime
from typing import Any

import pytest

from domain.errors import InputRefused
from mart.column_filters import CODES, KIND, MOMENTS, ColumnFilter, fold
from mart.filters import Filters
from mart.populations import Population
from mart.questions.page import LISTED, page
from tests.mart.made import opened
from tests.support.mart import NOON, a_row

YEAR = Filters(date(2025, 1, 1), date(2025, 12, 31))


@pytest.mark.parametrize(
    ("operator", "values", "kept"),
    [
        ("contains", ("ÉMER",), {"Rue Émery", "rue emery"}),
        ("contains", ("%",), set()),
        ("contains", ("' OR 1=1 --",), set()),
        ("blank", (), {None}),
        ("filled", (), {"Rue Émery", "rue emery", "avenue du Mont-Royal"}),
        ("one_of", ("rue emery",), {"Rue Émery", "rue emery"}),
    ],
)
def test_texts_are_found_without_capitals_and_accents(
    operator: str, values: tuple[str, ...], kept: set[str | None]
) -> None:
    streets = ["Rue Émery", "rue emery", "avenue du Mont-Royal", None]
    with opened([a_row(street=street) for street in streets]) as mart:
        found = page(mart, YEAR, NOON, column_filters=(ColumnFilter("street", operator, values),))
    assert (
        set(found.rows["street"].dropna()) | ({None} if found.rows["street"].isna().any() else set()) == kept
    )
    assert found.total == len(found.rows)


@pytest.mark.parametrize(
    ("operator", "values", "kept"),
    [
        ("equals", (2,), [2]),
        ("to", (2,), [1, 2]),
        ("from", (2,), [2, 3, 4]),
        ("between", (2, 3), [2, 3]),
        ("blank", (), []),
    ],
)
def test_numbers_are_compared(operator: str, values: tuple[float, ...], kept: list[int]) -> None:
    condition = ColumnFilter("requesters", operator, values)
    with opened([a_row(requesters=n) for n in (1, 2, 3, 4)]) as mart:
        found = page(mart, YEAR, NOON, sort=[("requesters", False)], column_filters=(condition,))
    assert found.rows["requesters"].tolist() == kept


@pytest.mark.parametrize(
    ("operator", "days", "kept"),
    [
        ("equals", (10,), {1, 2}),
        ("to", (10,), {0, 1, 2}),
        ("from", (10,), {1, 2, 3}),
        ("between", (9, 10), {0, 1, 2}),
    ],
)
def test_a_date_is_a_day_of_montreal(operator: str, days: tuple[int, ...], kept: set[int]) -> None:
    times = ["03-10T03:59:59", "03-10T04:00:00", "03-11T03:59:59", "03-11T04:00:00"]
    rows = [a_row(opened_at=datetime.fromisoformat(f"2025-{t}+00:00")) for t in times]
    condition = ColumnFilter("opened_at", operator, tuple(date(2025, 3, day) for day in days))
    with opened(rows) as mart:
        found = page(mart, YEAR, NOON, column_filters=(condition,))
    assert {[r["id"] for r in rows].index(i) for i in found.rows["id"]} == kept


def test_codes_are_compared_as_they_are() -> None:
    with opened([a_row(borough="VM"), a_row(borough="VD")]) as mart:
        for values, kept in ((("VM",), ["VM"]), (("vm",), [])):
            chosen = (ColumnFilter("borough", "one_of", values),)
            assert page(mart, YEAR, NOON, column_filters=chosen).rows["borough"].tolist() == kept


@pytest.mark.parametrize("column", sorted(KIND))
def test_every_column_that_filters_is_listed_and_can_be_blank(column: str) -> None:
    with opened([a_row()]) as mart:
        blank, filled = (
            page(mart, YEAR, NOON, population=Population.RECEIVED, column_filters=(ColumnFilter(column, o),))
            for o in ("blank", "filled")
        )
    assert column in LISTED
    assert blank.total + filled.total == 1


@pytest.mark.parametrize(
    ("column", "operator", "values"),
    [
        ("geometry", "contains", ("x",)),
        ("street", "regexp", ("x",)),
        ("street", "contains", ()),
        ("street", "contains", (None,)),
        ("street", "contains", ("x" * 201,)),
        ("street", "contains", (3,)),
        ("street", "contains", ("a", "b")),
        ("street", "one_of", ()),
        ("street", "one_of", ("x",) * 65),
        ("requesters", "equals", ("2",)),
        ("requesters", "equals", (True,)),
        ("requesters", "equals", (float("inf"),)),
        ("requesters", "contains", (2,)),
        ("requesters", "between", (2,)),
        ("opened_at", "equals", ("yesterday",)),
        ("opened_at", "equals", (None,)),
    ],
)
def test_what_is_no_filter_is_refused_in_a_sentence(
    column: str, operator: str, values: tuple[Any, ...]
) -> None:
    with pytest.raises(InputRefused, match=r"filter|wants"):
        ColumnFilter(column, operator, values)


def test_folding_is_the_engines() -> None:
    assert fold("ÉÀÇ Œuvre") == "eac œuvre"
    with opened([a_row(street="ÉÀÇ Œuvre")]) as mart:
        kept = (ColumnFilter("street", "one_of", ("éàç œuvre",)),)
        assert page(mart, YEAR, NOON, column_filters=kept).total == 1


def test_codes_and_moments_are_kinds_of_columns() -> None:
    assert not set(CODES) & set(MOMENTS)
