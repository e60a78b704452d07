"""Episodes and problems in the mart: what a build says of requests about the same thing."""

import contextlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from domain.errors import InputRefused
from etl.build import build, plan
from geo.dedup.reasons import text_of, unpack
from geo.hexgrid import cells
from store.decisions import Verdict
from tests.support.building import START, Writer, assert_same, content, settings_of
from tests.support.reports import (
    CORNER,
    DAY,
    FAR,
    a_report,
    decide,
    groups_of,
    grown_and_whole,
    problems_of,
    requests_of,
)


def test_a_hole_reported_twice_and_back_after_its_repair_is_one_problem(
    store: Writer, tmp_path: Path
) -> None:
    store.write(
        a_report(1, 0, closed=10, requesters=3),
        a_report(2, 0.5, closed=10),
        a_report(3, 60, requesters=2),
        a_report(4, 61, activity="graffitis"),
        a_report(5, 61, precision="counter"),
    )
    done = build(settings_of(store, tmp_path))
    assert (done["problems"], done["alone"]) == (2, {"counter": 1})
    assert groups_of(tmp_path) == {
        1: (1, 1, None),
        2: (1, 1, 1),
        3: (1, 3, None),
        4: (4, 4, None),
        5: (None, 5, None),
    }
    hole, graffiti = problems_of(tmp_path)
    told = ("episodes", "requests", "requesters", "open", "recent_requests", "recent_episodes")
    assert [hole[name] for name in told] == [2, 3, 6, 1, 3, 2]
    assert (hole["first_at"], hole["last_at"], hole["ended_at"]) == (START, START + 60 * DAY, None)
    assert (hole["activity"], hole["borough"], hole["lon"]) == ("nids_de_poule", "VM", CORNER["lon"])
    assert (graffiti["id"], graffiti["requests"]) == (4, 1)


def test_every_join_says_why_in_both_languages(store: Writer, tmp_path: Path) -> None:
    store.write(a_report(1, 0), a_report(2, 0.5))
    build(settings_of(store, tmp_path))
    row = requests_of(tmp_path)[2]
    reasons = unpack(row["reasons"])
    assert sum(reason.bits for reason in reasons) == pytest.approx(row["score_bits"], abs=0.05)
    assert "au même point" in {text_of(reason, "fr") for reason in reasons}
    assert "the earlier one was still open" in {text_of(reason, "en") for reason in reasons}


def test_recurrence_counts_the_six_months_to_the_newest_event(store: Writer, tmp_path: Path) -> None:
    store.write(
        a_report(1, 0, closed=2, requesters=9),
        a_report(2, 100, closed=101, requesters=2),
        a_report(3, 200, closed=230),
    )
    build(settings_of(store, tmp_path))
    (place,) = problems_of(tmp_path)
    assert (place["episodes"], place["recent_episodes"]) == (3, 2)
    assert (place["recent_requests"], place["recent_requesters"], place["requesters"]) == (2, 3, 12)
    assert (place["open"], place["ended_at"]) == (0, START + 230 * DAY)
    assert content(tmp_path)[0].recent_to == START + 230 * DAY


def test_a_closing_that_comes_to_light_moves_who_was_not_touched(store: Writer, tmp_path: Path) -> None:
    store.write(a_report(1, 0), a_report(2, 9), a_report(3, 0, **FAR))
    build(settings_of(store, tmp_path / "grown"))
    assert groups_of(tmp_path / "grown")[2] == (1, 1, 1)
    store.write(a_report(1, 0, closed=3))
    assert grown_and_whole(store, tmp_path)[2] == (1, 2, None)
    assert requests_of(tmp_path / "grown")[2]["reasons"] is None


def test_a_request_that_moves_away_leaves_its_problem(store: Writer, tmp_path: Path) -> None:
    store.write(a_report(1, 0, closed=3), a_report(2, 9), a_report(3, 40))
    build(settings_of(store, tmp_path / "grown"))
    store.write(a_report(2, 9, **FAR))
    assert grown_and_whole(store, tmp_path) == {1: (1, 1, None), 2: (2, 2, None), 3: (1, 3, None)}


def a_town(rng: np.random.Generator, ids: range) -> list[dict[str, Any]]:
    """Requests of two activities at some hundred spots of a town 1.5 km wide, over a year; half are closed."""
    spots = np.random.default_rng(1).uniform(-0.01, 0.01, (100, 2))
    found = []
    for id_ in ids:
        east, north = spots[rng.integers(len(spots))] + rng.normal(0, 3e-5, 2) * rng.integers(0, 2)
        day = float(rng.uniform(0, 365))
        row = a_report(id_, day, closed=day + float(rng.exponential(20)) if rng.random() < 0.5 else None)
        row |= {"lon": CORNER["lon"] + east, "lat": CORNER["lat"] + north, "h3_12": None}
        row |= {"activity": str(rng.choice(["nids_de_poule", "autre"])), "label": str(rng.choice(["A", "B"]))}
        found.append(row | {"precision": str(rng.choice(["exact", "segment", "exact", "counter"]))})
    for row in found:
        row["h3_12"] = int(cells([row["lat"]], [row["lon"]])[0])
    return found


@pytest.mark.parametrize("seed", range(4))
def test_a_town_that_changes_day_by_day_is_grouped_as_if_at_once(
    sqlite_url: str, tmp_path: Path, seed: int
) -> None:
    store, rng, there = Writer(sqlite_url), np.random.default_rng(seed), 400
    store.write(*a_town(rng, range(1, there + 1)))
    build(settings_of(store, tmp_path / "grown"))
    for _ in range(5):
        again = rng.choice(there, 6, replace=False) + 1
        changed = [row for one in again.tolist() for row in a_town(rng, range(one, one + 1))]
        store.write(*changed, *a_town(rng, range(there + 1, there + 4)))
        there += 3
        first, second = (int(one) + 1 for one in rng.choice(there, 2, replace=False))
        with contextlib.suppress(InputRefused):  # it may contradict an earlier one
            decide(store, first, second, Verdict(str(rng.choice(list(Verdict)))))
        assert build(settings_of(store, tmp_path / "grown"))["incremental"]
    build(settings_of(store, tmp_path / "whole"))
    assert_same(tmp_path / "grown", tmp_path / "whole")
    agree(tmp_path / "grown")
    store.engine.dispose()


def agree(root: Path) -> None:
    """What the columns of requests and problems have to say of each other, whatever was decided."""
    rows, places = requests_of(root), {place["id"]: place for place in problems_of(root)}
    placed = {id_: row for id_, row in rows.items() if row["problem_id"] is not None}
    assert {row["problem_id"] for row in placed.values()} == set(places)
    assert all(rows[id_]["problem_id"] == id_ for id_ in places)
    assert all((row["problem_id"] is None) == (row["lon"] is None) for row in rows.values())
    assert sum(place["requests"] for place in places.values()) == len(placed)
    assert sum(place["requesters"] for place in places.values()) == sum(
        r["requesters"] for r in placed.values()
    )
    for row in placed.values():
        assert rows[row["problem_id"]]["opened_at"] <= row["opened_at"]
        assert (row["reasons"] is None) == (row["episode_id"] == row["id"])
        if row["parent_id"] is not None:
            assert rows[row["parent_id"]]["episode_id"] == row["episode_id"]
            assert sum(one.bits for one in unpack(row["reasons"])) == pytest.approx(
                row["score_bits"], abs=0.05
            )


def test_what_the_store_does_not_say_of_a_place_is_found_all_the_same(store: Writer, tmp_path: Path) -> None:
    unlabelled: dict[str, Any] = {"activity": "autre", "label": None}
    store.write(a_report(1, 0, h3_12=None), a_report(2, 0, **unlabelled))
    build(settings_of(store, tmp_path / "grown"))
    store.write(a_report(7, 0.01, h3_12=None), a_report(8, 0.01, **unlabelled | {"label": ""}))
    groups = grown_and_whole(store, tmp_path)
    assert (groups[7], groups[8]) == ((1, 1, 1), (2, 2, 2))


def test_what_cannot_be_is_counted(store: Writer, tmp_path: Path) -> None:
    store.write(
        a_report(3, 0, lat=95.0), a_report(4, 0, lon=None), a_report(5, 40_000), a_report(6, 9, closed=8)
    )
    done = build(settings_of(store, tmp_path))
    assert (done["alone"], done["odd"]) == ({"exact": 2}, {"closed_before_opened": 1, "in_future": 1})
    assert [groups_of(tmp_path)[id_][0] for id_ in (3, 4)] == [None, None]


def test_other_parameters_group_everything_anew(
    lite: Writer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(settings_of(lite, tmp_path))
    monkeypatch.setattr(plan, "grouping_fingerprint", lambda: "other")
    assert build(settings_of(lite, tmp_path))["reason"] == "the rules or parameters of duplicates changed"
