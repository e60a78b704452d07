"""The lists behind the numbers of Récurrence: as many rows as the number says, whatever the lives of the places."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import InputRefused
from mart.filters import Filters
from mart.questions.place_requests import place_requests
from mart.questions.recurring_places import recurring_places
from mart.questions.returns import WITHIN_DAYS, Cut, returns
from mart.questions.returns_list import SORTED, work_behind, work_page
from mart.snapshot import Mart, open_mart
from tests.mart.made import examples
from tests.mart.recurring import lives_of_places
from tests.support.mart import NOON, Row, a_row, make_mart

ANY = Filters(NOON.date(), NOON.date())
FILTERS = (ANY, Filters(NOON.date(), NOON.date(), boroughs=("VM", "unlocated")))
CELLS: tuple[Cut | None, ...] = (None, "borough", "activity")


@examples(20)
@given(lives_of_places(), st.sampled_from((0, 20, 100)), st.sampled_from(FILTERS))
def test_behind_each_cell_are_as_many_pieces_of_work_as_it_says(
    tmp_path_factory: Any, lives: tuple[list[Row], list[Row]], days: int, filters: Filters
) -> None:
    rows, undone = lives
    with open_mart(make_mart(tmp_path_factory.mktemp("mart"), rows, undone=undone)) as mart:
        found = returns(mart, filters, NOON - timedelta(days=days))
        for cut in CELLS:
            for row in found.by(cut).to_dict("records"):
                code = row[cut] if cut else ""
                assert len(work_behind(found, cut, code)) == row["n"]
                for within in WITHIN_DAYS:
                    work = work_behind(found, cut, code, within)
                    assert len(work) == row[f"returned_{within}"]
                    assert (work["back_after_days"] <= within).all()
                page = work_page(mart, found, work_behind(found, cut, code), limit=None)
                assert page.total == row["n"] == len(page.rows)
                assert page.rows["external_id"].notna().all()


@examples(20)
@given(lives_of_places(), st.sampled_from((0, 20, 100)), st.sampled_from(FILTERS))
def test_behind_each_place_are_the_requests_that_its_line_counts(
    tmp_path_factory: Any, lives: tuple[list[Row], list[Row]], days: int, filters: Filters
) -> None:
    rows, undone = lives
    as_of = NOON - timedelta(days=days)
    with open_mart(make_mart(tmp_path_factory.mktemp("mart"), rows, undone=undone)) as mart:
        for line in recurring_places(mart, filters, as_of).rows.to_dict("records"):
            behind = place_requests(mart, filters, as_of, line["problem_id"])
            told = (len(behind), behind["requesters"].sum(), behind["episode"].max(), behind["is_open"].sum())
            assert told == tuple(line[name] for name in ("requests", "requesters", "episodes", "open"))
            still = place_requests(mart, filters, as_of, line["problem_id"], open_only=True)
            assert len(still) == line["open"]
            assert still["closed_at"].isna().all()


@pytest.fixture
def mart(tmp_path: Path) -> Any:
    """Three pieces of work, done 100, 60 and 20 days ago; what was done first came back first."""
    done = {"closed_at": "-100d", "status": "done"}
    rows = [
        a_row(id=1, opened_at="-110d", street="rue Peel", **done),
        a_row(id=2, problem_id=1, opened_at="-70d", **(done | {"closed_at": "-60d"})),
        a_row(id=3, problem_id=1, opened_at="-50d", **(done | {"closed_at": "-20d"})),
    ]
    with open_mart(make_mart(tmp_path, rows)) as found:
        yield found


@pytest.mark.parametrize(
    ("sort", "ids"),
    [
        (("done_at", True), [3, 2, 1]),
        (("done_at", False), [1, 2, 3]),
        (("back_after_days", False), [2, 1, 3]),
        (("back_after_days", True), [1, 2, 3]),
    ],
)
def test_pages_follow_each_other_in_the_order_asked_for(
    mart: Mart, sort: tuple[str, bool], ids: list[int]
) -> None:
    found = returns(mart, ANY, NOON)
    pages = [work_page(mart, found, work_behind(found), sort, offset, 1).rows for offset in range(4)]
    assert [int(page["request_id"].iloc[0]) for page in pages[:3]] == ids
    assert pages[3].empty
    assert [page["street"].iloc[0] for page in pages[:3]].index("rue Peel") == ids.index(1)


def test_what_cannot_be_asked_is_refused(mart: Mart) -> None:
    found = returns(mart, ANY, NOON)
    assert set(SORTED) <= {*work_behind(found).columns}
    refused: tuple[dict[str, Any], ...] = (
        {"sort": ("street", True)},
        {"offset": -1},
        {"limit": 0},
        {"limit": 501},
    )
    for given_in in refused:
        with pytest.raises(InputRefused):
            work_page(mart, found, work_behind(found), **given_in)


def test_a_place_that_is_not_there_has_no_requests(mart: Mart) -> None:
    assert place_requests(mart, ANY, NOON, 99).empty
    assert place_requests(mart, ANY, NOON, 99, open_only=True).empty
