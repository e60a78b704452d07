"""One place's six months, asked of a mart."""

from pathlib import Path

import pytest

from mart.questions.place_history import place_history
from mart.snapshot import open_mart
from tests.support.mart import NOON, a_row, make_mart


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
