"""One place's six months, asked of a mart."""

from datetime import timedelta
from pathlib import Path

import pytest

from mart.questions.place_history import place_history, place_story
from mart.snapshot import open_mart
from tests.support.mart import NOON, a_row, an_undone_row, make_mart


def test_a_place_tells_its_episodes_and_how_soon_it_came_back(tmp_path: Path) -> None:
    rows = [
        a_row(id=1, opened_at="-300d", closed_at="-290d", status="done", problem_id=1),
        a_row(id=2, opened_at="-90d", closed_at="-80d", status="done", problem_id=1, requesters=3),
        a_row(id=3, opened_at="-89d", closed_at="-80d", status="refused", problem_id=1, episode_id=2),
        a_row(id=4, opened_at="-60d", status="in_progress", problem_id=1),
        a_row(id=5, opened_at="-1d", problem_id=5),
    ]
    with open_mart(make_mart(tmp_path, rows)) as mart:
        found = place_history(mart, 1, NOON)
        assert (found.requests, found.requesters, found.episodes) == (3, 5, 2)
        assert found.statuses == {"done": 1, "in_progress": 1, "refused": 1}
        assert list(found.gap_days) == [pytest.approx(20)]
        assert place_history(mart, 99, NOON).requests == 0


def test_a_story_has_every_episode_and_when_each_came_back(tmp_path: Path) -> None:
    reopened = a_row(
        id=4, problem_id=1, opened_at="-60d", reopened_at="-40d", closed_at="-10d", status="done"
    )
    rows = [
        a_row(id=1, opened_at="-300d", closed_at="-290d", status="done", street="rue Peel"),
        a_row(id=2, opened_at="-90d", closed_at="-80d", status="done", problem_id=1, requesters=3),
        a_row(id=3, opened_at="-89d", closed_at="-70d", status="refused", problem_id=1, episode_id=2),
        reopened,
        a_row(id=5, opened_at="-1d", status="in_progress", problem_id=1),
    ]
    undone = [an_undone_row(reopened, ended_at="-50d", undone_at="-40d")]
    with open_mart(make_mart(tmp_path, rows, undone=undone)) as mart:
        story = place_story(mart, 1, NOON)
        before = place_story(mart, 1, NOON - timedelta(days=75))
        assert place_story(mart, 1, NOON - timedelta(days=999)) is None
        assert place_story(mart, 99, NOON) is None
    assert story is not None
    assert before is not None
    assert story.place["street"] == "rue Peel"
    assert story.episodes["episode_id"].tolist() == [1, 2, 4, 5]
    assert story.episodes["requests"].tolist() == [1, 2, 1, 1]
    assert story.episodes["requesters"].tolist() == [1, 4, 1, 1]
    assert story.episodes["status"].tolist() == ["done", "refused", "done", None]
    assert story.episodes["back_after_days"].tolist() == pytest.approx(
        [float("nan"), 200, 10, 9], nan_ok=True
    )
    assert story.requests["is_again"].tolist() == [False, False, False, True, False, False]
    # Seventy-five days ago the second request of the second episode was still open.
    assert before.episodes["end_at"].isna().tolist() == [False, True]
    assert before.requests["status"].tolist() == ["done", "done", None]
