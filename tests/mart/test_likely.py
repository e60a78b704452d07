"""What a new report may be about, asked of a mart."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from domain.errors import InputRefused
from mart.questions.likely import likely_same
from mart.snapshot import Mart, open_mart
from tests.support.mart import NOON, a_row, make_mart

POINT = (45.5, -73.5747)
NEAR = (-73.57475, 45.50001)
FAR = (-73.60, 45.52)


@pytest.fixture
def mart(tmp_path: Path) -> Iterator[Mart]:
    rows = [
        a_row(id=1, point=POINT[::-1], precision="exact", opened_at="-3d", requesters=4),
        a_row(
            id=2, point=NEAR, precision="exact", opened_at="-2d", problem_id=1, episode_id=1, parent_id=1,
            requesters=2,
        ),
        a_row(id=3, point=NEAR, precision="exact", opened_at="-9d", closed_at="-4d", status="done"),
        a_row(id=4, point=FAR, precision="exact", opened_at="-1d"),
        a_row(id=5, point=NEAR, precision="counter", opened_at="-1d"),
        a_row(id=6, point=NEAR, precision="exact", opened_at="-1d", activity="autre", label="Élagage"),
        a_row(id=7, point=NEAR, precision="exact", opened_at="-1h", status="done", closed_at="-30s"),
    ]  # fmt: skip
    with open_mart(make_mart(tmp_path, rows)) as opened:
        yield opened


def test_the_open_episode_at_the_corner_is_named_with_all_who_reported_it(mart: Mart) -> None:
    [found] = likely_same(mart, POINT, "nids_de_poule", NOON)
    assert (found.episode_id, found.problem_id, found.request_id in (1, 2)) == (1, 1, True)
    assert (found.requests, found.requesters, found.joins) == (2, 6, True)
    assert sum(reason.bits for reason in found.reasons) == pytest.approx(found.score_bits, abs=0.05)


def test_what_is_closed_elsewhere_at_the_counter_or_another_activity_is_not_asked_about(mart: Mart) -> None:
    assert likely_same(mart, POINT, "graffitis", NOON) == []
    assert likely_same(mart, (45.55, -73.7), "nids_de_poule", NOON) == []
    assert [one.episode_id for one in likely_same(mart, (FAR[1], FAR[0]), "nids_de_poule", NOON)] == [4]


def test_everything_else_is_compared_by_its_label(mart: Mart) -> None:
    assert likely_same(mart, POINT, "autre", NOON) == []
    assert [one.episode_id for one in likely_same(mart, POINT, "autre", NOON, label="Élagage")] == [6]


def test_a_past_moment_sees_what_was_then_open(mart: Mart) -> None:
    then = likely_same(mart, POINT, "nids_de_poule", NOON - timedelta(days=5))
    assert [one.episode_id for one in then] == [3]


@pytest.mark.parametrize(
    ("point", "activity", "precision", "words"),
    [
        (POINT, "nid", "exact", "no activity 'nid'.*nids_de_poule"),
        ((99.0, -73.0), "graffitis", "exact", "no point on the globe"),
        (POINT, "graffitis", "counter", "cannot be compared"),
    ],
)
def test_what_cannot_be_compared_is_refused(
    mart: Mart, point: tuple[float, float], activity: str, precision: str, words: str
) -> None:
    with pytest.raises(InputRefused, match=words):
        likely_same(mart, point, activity, NOON, precision=precision)


def test_an_empty_mart_knows_nothing(tmp_path: Path) -> None:
    with open_mart(make_mart(tmp_path)) as mart:
        assert likely_same(mart, POINT, "nids_de_poule", NOON) == []
