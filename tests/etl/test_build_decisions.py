"""People's decisions in a build: they hold, and nothing else goes wrong because of them."""

from pathlib import Path

import pandas as pd
import pytest

from domain.errors import InputRefused
from etl.build import build
from etl.decisions import export_decisions
from geo.dedup.parameters import load_parameters
from geo.dedup.requests import read_requests
from store.decisions import Verdict, record
from tests.support.building import START, Writer, settings_of
from tests.support.reports import (
    CORNER,
    DAY,
    EAST,
    FAR,
    a_report,
    decide,
    groups_of,
    grown_and_whole,
    problems_of,
    requests_of,
)


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


@pytest.mark.parametrize("later", [False, True])
def test_what_has_no_place_never_stands_for_a_problem(store: Writer, tmp_path: Path, later: bool) -> None:
    store.write(
        a_report(1, 0, closed=5, precision="exact" if later else "counter"),
        a_report(2, 1, closed=5, **EAST),
        a_report(3, 2, closed=5, **EAST),
        a_report(4, 40, **EAST),
    )
    decide(store, 1, 2, Verdict.SAME)
    build(settings_of(store, tmp_path / "grown"))
    if later:
        store.write(a_report(1, 0, closed=5, precision="counter"))
        grown_and_whole(store, tmp_path)
    root = tmp_path / "grown"
    assert groups_of(root) == {1: (None, 1, None), 2: (2, 1, None), 3: (2, 1, 2), 4: (2, 4, None)}
    [place] = problems_of(root)
    assert (place["id"], place["requests"], place["episodes"], place["open"]) == (2, 3, 2, 1)
    assert requests_of(root)[2]["reasons"] == "decided 0 0"


def test_one_decision_about_the_counter_does_not_swallow_a_street(store: Writer, tmp_path: Path) -> None:
    street = [a_report(n, n / 100, **CORNER | {"lon": CORNER["lon"] + n * 0.00026}) for n in range(2, 12)]
    store.write(a_report(1, 0, precision="counter"), *street)
    decide(store, 1, 2, Verdict.SAME)
    build(settings_of(store, tmp_path))
    episodes: dict[int, list[float]] = {}
    for row in requests_of(tmp_path).values():
        if row["lon"] is not None:
            episodes.setdefault(row["episode_id"], []).append(row["lon"])
    assert max(max(lon) - min(lon) for lon in episodes.values()) < 0.0004


def test_a_far_decision_leaves_the_place_open_for_the_next_report(store: Writer, tmp_path: Path) -> None:
    store.write(a_report(1, 0), a_report(2, 0.1, **FAR), a_report(3, 0.2))
    decide(store, 1, 2, Verdict.SAME)
    build(settings_of(store, tmp_path))
    assert groups_of(tmp_path)[3] == (1, 1, 1)


def test_a_decision_is_no_problem_where_its_requests_have_no_place(store: Writer, tmp_path: Path) -> None:
    store.write(a_report(1, 0), a_report(2, 1, precision="counter"))
    decide(store, 1, 2, Verdict.SAME)
    build(settings_of(store, tmp_path))
    assert groups_of(tmp_path) == {1: (1, 1, None), 2: (None, 1, None)}
    assert [(one["requests"], one["episodes"]) for one in problems_of(tmp_path)] == [(1, 1)]


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
