"""The requests of a problem, and its episodes."""

import pandas as pd

from mart.questions.same_problem import episodes, same_problem
from tests.mart.made import opened
from tests.support.mart import NOON, a_row

ROWS = [
    a_row(id=1, external_id="25-1", opened_at="-90d", closed_at="-80d", status="done", problem_id=1, requesters=2),
    a_row(id=2, external_id="25-2", opened_at="-89d", closed_at="-79d", status="done", problem_id=1, episode_id=1,
          parent_id=1, score_bits=3.9, reasons="prior 4.1 0;distance.segment 0 0;delay -0.84 86400"),
    a_row(id=3, external_id="25-3", opened_at="-20d", problem_id=1, requesters=4),
    a_row(id=4, external_id="25-4", opened_at="-2d", problem_id=1, episode_id=3, parent_id=3, score_bits=1.0),
    a_row(id=5, external_id="25-5", opened_at="-2d"),
]  # fmt: skip


def test_a_problem_has_its_requests_with_why_they_were_joined() -> None:
    with opened(ROWS) as mart:
        found = same_problem(mart, 1, NOON)
        assert same_problem(mart, 99, NOON).empty
    assert found["id"].tolist() == [1, 2, 3, 4]
    assert found["reasons"].tolist()[1] == ROWS[1]["reasons"]
    assert found["state"].tolist() == ["done", "done", "waiting", "waiting"]


def test_episodes_come_newest_first_and_one_that_is_open_has_no_end() -> None:
    with opened(ROWS) as mart:
        found = episodes(same_problem(mart, 1, NOON))
    assert found["episode_id"].tolist() == [3, 1]
    assert found[["requests", "requesters"]].to_numpy().tolist() == [[2, 5], [2, 3]]
    assert found["external_id"].tolist() == ["25-3", "25-1"]
    assert pd.isna(found["ended_at"].iloc[0])
    assert found["ended_at"].iloc[1] == ROWS[1]["closed_at"]


def test_what_comes_after_the_moment_is_not_known_yet() -> None:
    before = NOON - (NOON - ROWS[0]["opened_at"]) / 90 * 85  # 85 days ago
    with opened(ROWS) as mart:
        found = same_problem(mart, 1, before)
    assert found["id"].tolist() == [1, 2]
    assert found["ended_at"].isna().all()
