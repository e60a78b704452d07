from dataclasses import replace
from datetime import date, datetime, timedelta

import pandas as pd
import pytest
from hypothesis import given

from mart.filters import Filters
from mart.populations import Population
from mart.questions.headline import COUNTS, Part, headline
from tests.mart.made import Oracle, examples, made_filters, made_rows, moments, opened
from tests.support.mart import NOON, Row, a_row

MARCH = Filters(date(2025, 3, 1), date(2025, 3, 31))


@examples(25)
@given(made_rows(), made_filters(), moments)
def test_every_count_is_that_of_a_loop_over_the_rows(
    rows: list[Row], filters: Filters, as_of: datetime
) -> None:
    with opened(rows) as mart:
        found = headline(mart, filters, as_of).iloc[0].to_dict()
        assert found == Oracle(rows, filters, as_of).counts()


@examples(25)
@given(made_rows(), made_filters(), moments)
def test_the_whole_is_the_sum_of_its_parts(rows: list[Row], filters: Filters, as_of: datetime) -> None:
    with opened(rows) as mart:
        whole = headline(mart, filters, as_of).iloc[0]
        for by in ("borough", "activity", "sector"):
            parts = headline(mart, filters, as_of, by=by)
            assert parts[by].is_unique
            assert parts[list(COUNTS)].sum().to_dict() == whole.to_dict(), by


@examples(25)
@given(made_rows(), made_filters(), moments)
def test_backlog_moves_by_what_was_received_and_closed(
    rows: list[Row], filters: Filters, as_of: datetime
) -> None:
    place = replace(filters, late_only=False)
    before = replace(place, end=filters.start - timedelta(days=1), start=filters.start - timedelta(days=1))
    with opened(rows) as mart:
        then, now = (headline(mart, of, as_of).iloc[0] for of in (before, place))
    assert now["backlog"] == then["backlog"] + now["received"] - now["closed"]


@examples(25)
@given(made_rows(), made_filters(), moments)
def test_other_periods_stand_beside_in_the_same_scan(
    rows: list[Row], filters: Filters, as_of: datetime
) -> None:
    against = {"before": filters.previous(), "last_year": filters.year_before()}
    with opened(rows) as mart:
        found = headline(mart, filters, as_of, against=against).iloc[0]
        for name, other in {"": filters, **{f"_{k}": v for k, v in against.items()}}.items():
            alone = headline(mart, other, as_of).iloc[0]
            assert {c: found[f"{c}{name}"] for c in COUNTS} == alone.to_dict(), name


def test_parts_without_a_borough_are_parts() -> None:
    rows = [a_row(borough=b) for b in ("VM", "hors_territoire", "ville_liee", None)]
    with opened(rows) as mart:
        parts = headline(mart, MARCH, NOON, by="borough")
    assert set(parts["borough"].dropna()) == {"VM", "hors_territoire", "ville_liee"}
    assert parts["borough"].isna().sum() == 1
    assert parts["received"].tolist() == [1, 1, 1, 1]


def test_who_is_another_borough_than_where() -> None:
    with opened([a_row(borough="VM", borough_who="RO")]) as mart:
        where = headline(mart, MARCH, NOON, by="borough")
        who = headline(mart, replace(MARCH, by="who"), NOON, by="borough")
    assert (where["borough"].tolist(), who["borough"].tolist()) == (["VM"], ["RO"])


@pytest.mark.parametrize("by", [None, "borough"])
def test_an_empty_mart_answers(by: Part | None) -> None:
    with opened([]) as mart:
        found = headline(mart, MARCH, NOON, by=by)
    assert len(found) == (1 if by is None else 0)
    assert pd.api.types.is_integer_dtype(found["backlog"])


def test_what_was_opened_or_closed_at_t_itself_counts() -> None:
    rows = [a_row(opened_at="+0s"), a_row(opened_at="-1d", closed_at="+0s", status="done")]
    with opened(rows) as mart:
        found = headline(mart, MARCH, NOON).iloc[0]
    assert (found["received"], found["closed"], found["backlog"]) == (2, 1, 1)


def test_periods_with_another_place_are_refused() -> None:
    with opened([]) as mart, pytest.raises(ValueError, match="differ"):
        headline(mart, MARCH, NOON, against={"before": replace(MARCH, boroughs=("VD",))})


def test_counts_are_named_as_the_populations() -> None:
    assert tuple(p.value for p in Population) == COUNTS
