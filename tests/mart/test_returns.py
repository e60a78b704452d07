"""Returns of done work against a loop over the same requests, and by what has to hold of them."""

import math
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mart.filters import Filters
from mart.questions.returns import WITHIN_DAYS, Cut, Returns, returns
from mart.questions.returns_survival import happened
from mart.snapshot import open_mart
from tests.mart.made import examples
from tests.mart.recurring import done_by_hand, lives_of_places, seen_at, share_by_hand
from tests.support.mart import NOON, Row, a_row, make_mart

ANY = Filters(NOON.date(), NOON.date())
FILTERS = (ANY, ANY, Filters(NOON.date(), NOON.date(), boroughs=("VM", "unlocated")))


@examples(25)
@given(lives_of_places(), st.sampled_from((0, 0, 20, 100)), st.sampled_from(FILTERS))
def test_returns_are_what_a_loop_finds(
    tmp_path_factory: Any, lives: tuple[list[Row], list[Row]], days: int, filters: Filters
) -> None:
    rows, undone = lives
    as_of = NOON - timedelta(days=days)
    works = done_by_hand(seen_at(rows, undone, as_of), filters, as_of)
    with open_mart(make_mart(tmp_path_factory.mktemp("mart"), rows, undone=undone)) as mart:
        found = returns(mart, filters, as_of)
    told = {row["request_id"]: row for row in found.episodes.to_dict("records")}
    assert told.keys() == {work["request_id"] for work in works}
    for work in works:
        row = told[work["request_id"]]
        assert {name: row[name] for name in ("borough", "activity", "done_at")} == {
            name: work[name] for name in ("borough", "activity", "done_at")
        }
        assert (None if pd.isna(row["back_at"]) else row["back_at"]) == work["back_at"]
    check_shares(found, works, as_of)


def check_shares(found: Returns, works: list[dict[str, Any]], as_of: Any) -> None:
    cuts: tuple[Cut | None, ...] = (None, "borough", "activity")
    for cut in cuts:
        table = found.by(cut)
        for row in table.to_dict("records"):
            there = [work for work in works if cut is None or work[cut] == row[cut]]
            assert row["n"] == len(there)
            for within in WITHIN_DAYS:
                expected = share_by_hand(there, as_of, within)
                told = [row[f"{what}_{within}"] for what in ("share", "low", "high")]
                assert told == pytest.approx(expected, abs=1e-9, nan_ok=True)
        assert table["n"].sum() == len(works)
        for within in WITHIN_DAYS:
            whole = found.by().iloc[0]
            assert table[f"returned_{within}"].sum() == whole[f"returned_{within}"]


def worked(number: int, back_after_days: float | None, done: str = "-300d", **columns: Any) -> list[Row]:
    """Work that was done, and what came back after so many days."""
    first = a_row(id=number, opened_at="-320d", closed_at=done, status="done", **columns)
    if back_after_days is None:
        return [first]
    again = first["closed_at"] + timedelta(days=back_after_days)
    return [first, a_row(id=number + 1, problem_id=number, opened_at=again, status="in_progress", **columns)]


def asked(tmp_path: Path, rows: list[Row]) -> Returns:
    with open_mart(make_mart(tmp_path, rows)) as mart:
        return returns(mart, ANY, NOON)


def test_of_work_that_all_was_watched_the_shares_are_plain(tmp_path: Path) -> None:
    found = asked(tmp_path, [*worked(1, 10), *worked(11, 60), *worked(21, None), *worked(31, None)])
    [row] = found.by().to_dict("records")
    assert (row["n"], row["returned_30"], row["returned_90"], row["returned_180"]) == (4, 1, 2, 2)
    assert [row[f"share_{days}"] for days in WITHIN_DAYS] == pytest.approx([0.25, 0.5, 0.5])
    assert row["low_30"] < 0.25 < row["high_30"]


def test_late_work_counts_for_as_long_as_it_was_watched(tmp_path: Path) -> None:
    rows = [*worked(1, 10), *worked(11, None), *worked(21, None, done="-5d"), *worked(31, None, done="-40d")]
    [row] = asked(tmp_path, rows).by().to_dict("records")
    # Three were still watched when one came back on day 10; nobody left on day 30 had been watched less.
    assert row["share_30"] == pytest.approx(1 / 3)
    assert row["n"] == 4


def test_what_nobody_watched_for_long_enough_has_no_share(tmp_path: Path) -> None:
    [row] = asked(tmp_path, worked(1, None, done="-50d")).by().to_dict("records")
    assert (row["share_30"], row["low_30"]) == (0.0, 0.0)
    assert row["high_30"] > 0.5
    assert math.isnan(row["share_90"])


@pytest.mark.parametrize(
    "last",
    [
        {"status": "refused", "closed_at": "-290d"},
        {"status": "in_progress", "closed_at": None},
        {"status": "done", "closed_at": None},
    ],
    ids=["refused", "still open", "nobody knows when"],
)
def test_an_episode_counts_only_where_its_last_request_was_done(tmp_path: Path, last: dict[str, Any]) -> None:
    rows = [
        a_row(id=1, opened_at="-310d", closed_at="-300d", status="done"),
        a_row(id=2, problem_id=1, episode_id=1, opened_at="-305d", **last),
    ]
    counted = len(asked(tmp_path, rows).episodes)
    assert counted == (1 if last == {"status": "done", "closed_at": None} else 0)


def test_the_course_rises_to_the_shares_of_the_table(tmp_path: Path) -> None:
    rows = [
        row
        for i in range(30)
        for row in worked(i * 2 + 1, (i * 7) % 200, activity=("graffitis", "eclairage")[i % 2])
    ]
    found = asked(tmp_path, rows)
    course = found.course("activity")
    table = {row["activity"]: row for row in found.by("activity").to_dict("records")}
    for code, days in course.groupby("activity"):
        shares = days.set_index("day")["share"]
        assert shares.is_monotonic_increasing
        assert len(shares) == 181
        for within in WITHIN_DAYS:
            assert shares[within] == table[str(code)][f"share_{within}"]


def test_an_empty_mart_has_no_returns(tmp_path: Path) -> None:
    found = asked(tmp_path, [])
    assert found.by("borough").empty
    assert found.course("activity").empty
    assert found.by().iloc[0]["n"] == 0


@examples(50)
@given(st.lists(st.tuples(st.integers(0, 40), st.booleans()), max_size=30))
def test_shares_rise_and_lie_in_their_intervals(watched: list[tuple[int, bool]]) -> None:
    values = np.array([2 * time + (not came) for time, came in watched], dtype=np.int64)
    found = happened(values, np.arange(41))
    known = ~np.isnan(found.share)
    share, low, high = (one[known] for one in found)
    assert (np.diff(share) >= -1e-12).all()
    assert ((low <= share + 1e-12) & (share <= high + 1e-12)).all()
    assert ((low >= 0) & (high <= 1)).all()
