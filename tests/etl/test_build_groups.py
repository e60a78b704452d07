"""Episodes and problems in the mart: what a build says of requests about the same thing."""

import contextlib
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from domain.errors import InputRefused
from etl.build import build, plan
from etl.decisions import export_decisions
from geo.dedup.parameters import load_parameters
from geo.dedup.reasons import text_of, unpack
from geo.dedup.requests import read_requests
from geo.hexgrid import cells
from store.decisions import Verdict, record
from tests.support.building import START, Writer, assert_same, content, settings_of

DAY = timedelta(days=1)
CORNER: dict[str, Any] = {"lon": -73.5747, "lat": 45.5, "precision": "exact"}
FAR = CORNER | {"lon": -73.5847}


def a_report(id_: int, day: float, closed: float | None = None, **more: Any) -> dict[str, Any]:
    """A pothole at the corner, opened and closed so many days after the start; open by default."""
    ended = None if closed is None else START + DAY * closed
    state = {"closed_at": ended, "status": "in_progress" if closed is None else "done"}
    return {"id": id_, "opened_at": START + DAY * day, **state, **CORNER} | more


def requests_of(root: Path) -> dict[int, dict[str, Any]]:
    """Requests of the current version by id."""
    tables = content(root)[1]
    rows = (
        row for name, table in tables.items() if name.startswith("requests/") for row in table.to_pylist()
    )
    return {row["id"]: row for row in rows}


def groups_of(root: Path) -> dict[int, tuple[Any, ...]]:
    """Problem, episode and parent of each request."""
    names = ("problem_id", "episode_id", "parent_id")
    return {id_: tuple(row[name] for name in names) for id_, row in sorted(requests_of(root).items())}


def problems_of(root: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = content(root)[1]["problems.parquet"].to_pylist()
    return found


def grown_and_whole(store: Writer, tmp_path: Path) -> dict[int, tuple[Any, ...]]:
    """Groups after an incremental build, which has to be what a full one gives."""
    assert build(settings_of(store, tmp_path / "grown"))["incremental"]
    build(settings_of(store, tmp_path / "whole"), full=True)
    assert_same(tmp_path / "grown", tmp_path / "whole")
    return groups_of(tmp_path / "grown")


def decide(store: Writer, first: int, second: int, verdict: Verdict) -> None:
    """Record a decision, and close the connection: a build reads through another copy of SQLite."""
    record(store.engine, first, second, verdict, "Ada Exemple")
    store.engine.dispose()


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


def test_what_people_decide_outranks_the_algorithm_until_it_is_undone(store: Writer, tmp_path: Path) -> None:
    store.write(a_report(1, 0), a_report(2, 0.5), a_report(3, 40, **FAR))
    build(settings_of(store, tmp_path / "grown"))
    alone = groups_of(tmp_path / "grown")
    assert alone == {1: (1, 1, None), 2: (1, 1, 1), 3: (3, 3, None)}
    for first, second, verdict in ((2, 1, Verdict.APART), (1, 3, Verdict.SAME)):
        decide(store, first, second, verdict)
    assert grown_and_whole(store, tmp_path) == {1: (1, 1, None), 2: (2, 2, None), 3: (1, 1, None)}
    for pair in ((1, 2), (3, 1)):
        decide(store, *pair, Verdict.UNDONE)
    assert grown_and_whole(store, tmp_path) == alone


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
    store.engine.dispose()


def test_a_decision_is_no_problem_where_its_requests_have_no_place(store: Writer, tmp_path: Path) -> None:
    store.write(a_report(1, 0), a_report(2, 1, precision="counter"))
    decide(store, 1, 2, Verdict.SAME)
    build(settings_of(store, tmp_path))
    assert groups_of(tmp_path) == {1: (1, 1, None), 2: (None, 1, None)}
    assert [(one["requests"], one["episodes"]) for one in problems_of(tmp_path)] == [(1, 1)]


def test_other_parameters_group_everything_anew(
    lite: Writer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(settings_of(lite, tmp_path))
    monkeypatch.setattr(plan, "grouping_fingerprint", lambda: "other")
    assert build(settings_of(lite, tmp_path))["reason"] == "the rules or parameters of duplicates changed"


@pytest.mark.parametrize(
    ("first", "second", "verdict", "words"),
    [
        (1, 1, Verdict.SAME, "about two requests"),
        (1, 77, Verdict.SAME, "no request number 77"),
        (1, 3, Verdict.APART, "Requests 25-1 and 25-3 were said not to be the same"),
    ],
)
def test_a_decision_that_cannot_hold_is_refused(
    store: Writer, first: int, second: int, verdict: Verdict, words: str
) -> None:
    store.write(*({"id": n} for n in range(1, 4)))
    record(store.engine, 1, 2, Verdict.SAME, "Ada Exemple")
    record(store.engine, 2, 3, Verdict.SAME, "Ada Exemple")
    with pytest.raises(InputRefused, match=words):
        record(store.engine, first, second, verdict, "Ada Exemple")


def test_what_people_decided_is_written_for_the_estimate(store: Writer, tmp_path: Path) -> None:
    store.write(a_report(1, 0, closed=2), a_report(2, 0.5, street=None), a_report(3, 40, **FAR))
    config, pairs, rows = settings_of(store, tmp_path), tmp_path / "pairs.csv", tmp_path / "requests.csv"
    with pytest.raises(InputRefused, match="nobody has decided"):
        export_decisions(config, pairs, rows)
    decide(store, 2, 1, Verdict.SAME)
    decide(store, 1, 3, Verdict.APART)
    assert export_decisions(config, pairs, rows)["requests"] == 3
    assert pd.read_csv(pairs).to_numpy().tolist() == [[1, 2, 1], [1, 3, 0]]
    found = read_requests(pd.read_csv(rows), load_parameters()).requests
    assert found.id.tolist() == [1, 2, 3]
    assert found.closed_s[0] == int((START + 2 * DAY).timestamp())
