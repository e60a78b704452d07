"""Conditions on columns in an address: what is valid is kept, what is not is said, nothing else happens."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.column_query import FILTERED, codes, kind, read, write
from dashboard.components.column_words import filter_words
from dashboard.components.listing_columns import COLUMNS, definitions, described
from dashboard.state import ViewState
from mart.column_filters import KIND, ColumnFilter
from mart.questions.page import LISTED


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("street~saint denis", ColumnFilter("street", "contains", ("saint denis",))),
        ("activity~graffitis,eclairage", ColumnFilter("activity", "one_of", ("graffitis", "eclairage"))),
        ("requesters~2..", ColumnFilter("requesters", "from", (2,))),
        ("age_days~..3.5", ColumnFilter("age_days", "to", (3.5,))),
        ("age_days~9..2", ColumnFilter("age_days", "between", (2, 9))),
        ("opened_at~2025-03-01", ColumnFilter("opened_at", "equals", (date(2025, 3, 1),))),
        ("opened_at~2025-03-01..2025-03-31",
         ColumnFilter("opened_at", "between", (date(2025, 3, 1), date(2025, 3, 31)))),
        ("closed_at~-", ColumnFilter("closed_at", "blank")),
        ("due_at~*", ColumnFilter("due_at", "filled")),
        ("label~a~b", ColumnFilter("label", "contains", ("a~b",))),
    ],
)  # fmt: skip
def test_a_condition_is_read(text: str, expected: ColumnFilter) -> None:
    assert read(text) == ("columns", (expected,), [])


@pytest.mark.parametrize(
    "part",
    ["street~", "street", "geometry~x", "state~late", "id~5", "borough~XX", "requesters~many", "age_days~nan",
     "age_days~inf", "requesters~1e400", "opened_at~2025-02-30", "opened_at~0001-01-01", "opened_at~x..y", "~", "1=1~1",
     f"street~{'x' * 300}", "age_days~٣"],
)  # fmt: skip
def test_what_cannot_be_is_said_and_the_rest_holds(part: str) -> None:
    name, found, refused = read(f"{part};requesters~2..")
    assert (name, refused) == ("columns", [part])
    assert found == (ColumnFilter("requesters", "from", (2,)),)


def test_a_column_is_filtered_once() -> None:
    assert read("requesters~2..;requesters~3..")[2] == ["requesters~3.."]


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60) | st.text(alphabet="strequopnd_a~;.,-*0123456789", max_size=60))
def test_any_text_is_read_without_an_accident(text: str) -> None:
    _, found, _ = read(text)
    again = read(write(found or ()))
    assert again[1] == found
    assert again[2] == []


def test_what_is_written_is_read_again() -> None:
    text = (
        "street~saint denis;opened_at~2025-03-01..2025-03-31;activity~graffitis;age_days~..7;sector~*;label~-"
    )
    assert write(read(text)[1] or ()) == text


def test_the_address_carries_it() -> None:
    state, ignored = ViewState.from_query("cf=street~peel;nothing~1&kpi=received", screen="liste")
    assert state.columns == (ColumnFilter("street", "contains", ("peel",)),)
    assert [part.value for part in ignored] == ["nothing~1"]
    assert ViewState.from_query(state.to_query(), screen="liste") == (state, [])


def test_every_column_that_the_list_shows_is_known() -> None:
    fields = [column.field for column in COLUMNS]
    assert set(fields) == set(LISTED) - {"id"}
    assert {field for field in fields if field in KIND} - {"state"} == set(FILTERED)
    assert len(fields) == len(set(fields))


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_every_code_and_every_filter_has_words(lang: str) -> None:
    for column in described(lang):
        if column["kind"] == "codes":
            assert set(column["codes"]) == set(codes(column["field"]))
    for text in ("activity~graffitis", "status~done,refused", "precision~segment", "opened_at~2025-03-01..",
                 "age_days~1..2.5", "street~x", "sector~-", "sector~*", "requesters~3", "borough~VD"):  # fmt: skip
        (one,) = read(text)[1] or ()
        assert "{" not in filter_words(one, lang)
    assert all(definition["headerName"] for definition in definitions(lang))


def test_kinds() -> None:
    assert [kind(name) for name in ("borough", "street", "age_days", "due_at")] == [
        "codes",
        "text",
        "number",
        "date",
    ]
