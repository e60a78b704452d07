from datetime import date, datetime
from functools import partial
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import InputRefused
from domain.statuses import State
from mart.column_filters import ColumnFilter
from mart.filters import Filters
from mart.populations import Population
from mart.questions import page as page_module
from mart.questions.by_state import by_state
from mart.questions.page import EXPORTED, PAGED, export_batches, page
from mart.questions.request_row import request_row
from mart.state import SEVERITY
from tests.mart.made import Oracle, examples, made_filters, made_rows, moments, opened, state_of
from tests.support.mart import NOON, Row, a_row

MARCH = Filters(date(2025, 3, 1), date(2025, 3, 31))
EVERY = Filters(date(2025, 1, 1), date(2025, 12, 31))
SORTABLE = ("id", "external_id", "state", "activity", "borough", "street", "opened_at", "due_at", "closed_at",
            "age_days", "requesters", "sector")  # fmt: skip
populations = st.sampled_from(list(Population))
sorts = st.lists(st.tuples(st.sampled_from(SORTABLE), st.booleans()), max_size=2)


def in_order(rows: list[Row], sort: list[tuple[str, bool]], at: datetime) -> list[int]:
    """Ids sorted by one column after the other, the last one first; nulls last, ties by id."""

    def value(name: str, row: Row) -> Any:
        if name == "state":
            return SEVERITY.index(State(state_of(row, at)))
        return at - row["opened_at"] if name == "age_days" else row[name]

    found = sorted(rows, key=lambda r: r["id"])
    for name, descending in reversed(sort):
        filled = [r for r in found if value(name, r) is not None]
        empty = [r for r in found if value(name, r) is None]
        found = sorted(filled, key=partial(value, name), reverse=descending)
        found += empty  # `reverse` keeps ties in their order
    return [r["id"] for r in found]


@examples(20)
@given(made_rows(), made_filters(), moments, populations, sorts, st.integers(5, 12))
def test_pages_put_together_are_the_sorted_list(
    rows: list[Row],
    filters: Filters,
    as_of: datetime,
    population: Population,
    sort: list[tuple[str, bool]],
    limit: int,
) -> None:
    oracle = Oracle(rows, filters, as_of)
    expected = in_order(oracle.of(population), sort, oracle.at(population))
    with opened(rows) as mart:
        pages = [
            page(mart, filters, as_of, sort, offset, limit, population)
            for offset in range(0, len(expected) + 1, limit)
        ]
    assert [i for one in pages for i in one.rows["id"].tolist()] == expected
    assert {one.total for one in pages} == {len(expected)}


@examples(25)
@given(made_rows(), made_filters(), moments, populations)
def test_the_list_shows_each_request_as_it_is(
    rows: list[Row], filters: Filters, as_of: datetime, population: Population
) -> None:
    oracle = Oracle(rows, filters, as_of)
    with opened(rows) as mart:
        found = page(mart, filters, as_of, population=population).rows
        states = by_state(mart, filters, as_of, population)
        exported = pa.Table.from_batches(export_batches(mart, filters, as_of, population=population))
    given_rows = {r["id"]: r for r in rows}
    assert tuple(found.columns) == PAGED
    for listed in found.to_dict("records"):
        row = given_rows[listed["id"]]
        assert listed["state"] == state_of(row, oracle.at(population))
        age = (oracle.at(population) - row["opened_at"]).total_seconds() / 86_400
        assert listed["age_days"] == pytest.approx(age, abs=1e-6)
        assert listed["opened_at"] == row["opened_at"]
        assert listed["external_id"] == row["external_id"]
    assert states == {s.value: found["state"].tolist().count(s.value) for s in SEVERITY}
    assert tuple(exported.column_names) == EXPORTED
    assert exported["id"].to_pylist() == found["id"].tolist()


@examples(25)
@given(made_rows(), moments, st.sets(st.sampled_from([s.value for s in State]), min_size=1))
def test_states_filter_the_list_but_not_their_own_numbers(
    rows: list[Row], as_of: datetime, states: set[str]
) -> None:
    chosen = ColumnFilter("state", "one_of", tuple(states))
    with opened(rows) as mart:
        numbers = by_state(mart, EVERY, as_of, Population.RECEIVED)
        found = page(mart, EVERY, as_of, population=Population.RECEIVED, column_filters=(chosen,))
        assert by_state(mart, EVERY, as_of, Population.RECEIVED, (chosen,)) == numbers
    assert found.total == sum(numbers[s] for s in states)
    assert set(found.rows["state"]) <= states


def test_the_most_urgent_come_first_without_a_sort() -> None:
    rows = [
        a_row(status="in_progress", due_at="+20d"),
        a_row(due_at="+20d"),
        a_row(due_at="+1d"),
        a_row(opened_at="-9d", due_at="-1d"),
        a_row(opened_at="-9d", due_at="-3d"),
    ]
    with opened(rows) as mart:
        found = page(mart, MARCH, NOON).rows
    assert found["state"].tolist() == ["late", "late", "due_soon", "in_progress", "waiting"]
    assert found["id"].tolist()[:2] == [rows[4]["id"], rows[3]["id"]]


@pytest.mark.parametrize(("offset", "limit"), [(0, 0), (0, 501), (-1, 10)])
def test_a_page_has_bounds(offset: int, limit: int) -> None:
    with opened([]) as mart, pytest.raises(InputRefused, match="1 to 500 rows"):
        page(mart, MARCH, NOON, offset=offset, limit=limit)


def test_only_listed_columns_sort() -> None:
    with opened([]) as mart, pytest.raises(InputRefused, match="no column 'geometry; DROP'"):
        page(mart, MARCH, NOON, sort=[("geometry; DROP", True)])


def test_a_page_beyond_the_end_is_empty_and_has_its_columns() -> None:
    with opened([a_row()]) as mart:
        found = page(mart, MARCH, NOON, offset=50)
    assert found.total == 1
    assert found.rows.empty
    assert tuple(found.rows.columns) == PAGED


def test_one_request_has_every_column_with_its_state_at_t() -> None:
    row = a_row(opened_at="-40d", due_at="-30d", status="done", closed_at="-1d", status_at="-1d")
    with opened([row]) as mart:
        now = request_row(mart, row["id"], NOON)
        assert now is not None
        assert (now["state"], now["street"], now["age_days"]) == ("done", row["street"], pytest.approx(40))
        before = request_row(mart, row["id"], row["closed_at"] - (NOON - row["closed_at"]))
        assert before is not None
        assert before["state"] == "late"
        assert request_row(mart, row["id"], row["opened_at"] - (NOON - row["closed_at"])) is None
        assert request_row(mart, 10**12, NOON) is None


@pytest.mark.parametrize("population", list(Population))
def test_a_period_still_to_come_has_no_list(population: Population) -> None:
    with opened([a_row(), a_row(status="done", closed_at=NOON)]) as mart:
        found = page(mart, Filters(date(2031, 1, 1), date(2031, 1, 31)), NOON, population=population)
        assert (found.total, len(found.rows)) == (0, 0)
        assert page(mart, Filters(date(2025, 1, 1), date(2031, 1, 31)), NOON).total == 1


@pytest.mark.parametrize("most_slices", [100, 2])
def test_the_whole_list_is_the_same_in_however_many_slices(
    monkeypatch: pytest.MonkeyPatch, most_slices: int
) -> None:
    rows = [a_row(id=i, opened_at=f"-{i % 4}d", label=f"l{i % 3}") for i in range(10)]
    with opened(rows) as mart:
        whole = pa.Table.from_batches(export_batches(mart, EVERY, NOON, [("label", True)]))
        monkeypatch.setattr(page_module, "SLICE_ROWS", 3)
        monkeypatch.setattr(page_module, "_MOST_SLICES", most_slices)
        slices = list(export_batches(mart, EVERY, NOON, [("label", True)]))
    assert [one.num_rows for one in slices] == ([3, 3, 3, 1] if most_slices == 100 else [5, 5])
    assert pa.Table.from_batches(slices).equals(whole)
    assert [text[1:] for text in whole["label"].to_pylist()] == sorted("0120120120", reverse=True)
