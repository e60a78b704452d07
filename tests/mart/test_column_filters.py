from datetime import date, datetime
from typing import Any

import pytest

from domain.errors import InputRefused
from mart.column_filters import CODES, KIND, MOMENTS, ColumnFilter, fold, from_grid
from mart.filters import Filters
from mart.populations import Population
from mart.questions.page import LISTED, page
from tests.mart.made import opened
from tests.support.mart import NOON, a_row

YEAR = Filters(date(2025, 1, 1), date(2025, 12, 31))


def text(kind: str, value: str | None = None) -> dict[str, Any]:
    return {"filterType": "text", "type": kind, "filter": value}


@pytest.mark.parametrize(
    ("condition", "kept"),
    [
        (text("contains", "ÉMER"), {"Rue Émery", "rue emery"}),
        (text("notContains", "emery"), {"avenue du Mont-Royal"}),
        (text("equals", "RUE EMERY"), {"Rue Émery", "rue emery"}),
        (text("notEqual", "rue emery"), {"avenue du Mont-Royal"}),
        (text("startsWith", "Avenue"), {"avenue du Mont-Royal"}),
        (text("endsWith", "royal"), {"avenue du Mont-Royal"}),
        (text("contains", "%"), set()),
        (text("contains", "' OR 1=1 --"), set()),
        (text("blank"), {None}),
        (text("notBlank"), {"Rue Émery", "rue emery", "avenue du Mont-Royal"}),
        ({"filterType": "set", "values": ["rue emery"]}, {"Rue Émery", "rue emery"}),
        (
            {"operator": "AND", "conditions": [text("contains", "e"), text("notContains", "emery")]},
            {"avenue du Mont-Royal"},
        ),
    ],
)
def test_texts_are_found_without_capitals_and_accents(
    condition: dict[str, Any], kept: set[str | None]
) -> None:
    streets = ["Rue Émery", "rue emery", "avenue du Mont-Royal", None]
    with opened([a_row(street=street) for street in streets]) as mart:
        found = page(mart, YEAR, NOON, column_filters=from_grid({"street": condition}))
    assert (
        set(found.rows["street"].dropna()) | ({None} if found.rows["street"].isna().any() else set()) == kept
    )
    assert found.total == len(found.rows)


@pytest.mark.parametrize(
    ("kind", "value", "other", "kept"),
    [
        ("equals", 2, None, [2]),
        ("notEqual", 2, None, [1, 3, 4]),
        ("lessThan", 2, None, [1]),
        ("lessThanOrEqual", 2, None, [1, 2]),
        ("greaterThan", 2, None, [3, 4]),
        ("greaterThanOrEqual", 2, None, [2, 3, 4]),
        ("inRange", 2, 3, [2, 3]),
        ("blank", None, None, []),
    ],
)
def test_numbers_are_compared(kind: str, value: float | None, other: float | None, kept: list[int]) -> None:
    condition = {"filterType": "number", "type": kind, "filter": value, "filterTo": other}
    with opened([a_row(requesters=n) for n in (1, 2, 3, 4)]) as mart:
        found = page(
            mart,
            YEAR,
            NOON,
            sort=[("requesters", False)],
            column_filters=from_grid({"requesters": condition}),
        )
    assert found.rows["requesters"].tolist() == kept


@pytest.mark.parametrize(
    ("kind", "day", "other", "kept"),
    [
        ("equals", "2025-03-10 00:00:00", None, {1, 2}),
        ("notEqual", "2025-03-10", None, {0, 3}),
        ("lessThan", "2025-03-10", None, {0}),
        ("greaterThan", "2025-03-10", None, {3}),
        ("inRange", "2025-03-09", "2025-03-10", {0, 1, 2}),
    ],
)
def test_a_date_is_a_day_of_montreal(kind: str, day: str, other: str | None, kept: set[int]) -> None:
    times = ["03-10T03:59:59", "03-10T04:00:00", "03-11T03:59:59", "03-11T04:00:00"]
    rows = [a_row(opened_at=datetime.fromisoformat(f"2025-{t}+00:00")) for t in times]
    condition = {"filterType": "date", "type": kind, "dateFrom": day, "dateTo": other}
    with opened(rows) as mart:
        found = page(mart, YEAR, NOON, column_filters=from_grid({"opened_at": condition}))
    assert {[r["id"] for r in rows].index(i) for i in found.rows["id"]} == kept


def test_codes_are_compared_as_they_are() -> None:
    with opened([a_row(borough="VM"), a_row(borough="VD")]) as mart:
        chosen = from_grid({"borough": {"filterType": "set", "values": ["VM"]}})
        assert page(mart, YEAR, NOON, column_filters=chosen).rows["borough"].tolist() == ["VM"]


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
    "model",
    [
        {"geometry": text("contains", "x")},
        {"street": text("regexp", "x")},
        {"street": text("contains")},
        {"street": text("contains", "x" * 201)},
        {"street": {"filterType": "text", "type": "contains", "filter": 3}},
        {"street": {"operator": "OR", "conditions": [text("contains", "a"), text("contains", "b")]}},
        {"street": "rue"},
        {"street": {"filterType": "set", "values": []}},
        {"street": {"filterType": "set", "values": ["x"] * 65}},
        {"requesters": {"type": "equals", "filter": "2"}},
        {"requesters": {"type": "equals", "filter": True}},
        {"requesters": {"type": "equals", "filter": float("inf")}},
        {"requesters": {"type": "contains", "filter": 2}},
        {"requesters": {"type": "inRange", "filter": 2}},
        {"opened_at": {"type": "equals", "dateFrom": "yesterday"}},
        {"opened_at": {"type": "equals"}},
    ],
)
def test_what_is_no_filter_is_refused_in_a_sentence(model: dict[str, Any]) -> None:
    with pytest.raises(InputRefused, match=r"filter|condition|wants"):
        from_grid(model)


def test_folding_is_the_engines() -> None:
    assert fold("ÉÀÇ Œuvre") == "eac œuvre"
    with opened([a_row(street="ÉÀÇ Œuvre")]) as mart:
        kept = (ColumnFilter("street", "equals", ("éàç œuvre",)),)
        assert page(mart, YEAR, NOON, column_filters=kept).total == 1


def test_codes_and_moments_are_kinds_of_columns() -> None:
    assert not set(CODES) & set(MOMENTS)
