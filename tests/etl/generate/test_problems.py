from bisect import bisect_left

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from etl.generate.city import City
from etl.generate.closing import NEVER
from etl.generate.problems import _episode_begins
from tests.etl.generate.conftest import Published


def test_the_truth_covers_every_request_once_in_the_order_of_the_file(published: Published) -> None:
    ids = [row["ID_UNIQUE"] for row in published.rows if row["NATURE"] != "Information"]
    assert [row["id"] for row in published.truth] == ids


def test_the_truth_agrees_with_the_file(published: Published) -> None:
    rows = {row["ID_UNIQUE"]: row for row in published.rows}
    closing = {"Terminée", "Refusée", "Annulée", "Supprimée"}
    for told in published.truth:
        row = rows[told["id"]]
        assert told["opened_at"] == row["DDS_DATE_CREATION"]
        closed = row["DATE_DERNIER_STATUT"] if row["DERNIER_STATUT"] in closing else ""
        assert told["closed_at"] == closed


def test_each_duplicate_is_opened_while_the_first_report_of_its_episode_is_open(published: Published) -> None:
    told = {row["id"]: row for row in published.truth}
    duplicates = [row for row in published.truth if row["duplicate"] == "1"]
    assert len(duplicates) > 0.02 * len(told)
    for row in duplicates:
        parent = told[row["parent_id"]]
        assert parent["duplicate"] == "0"
        assert parent["episode_id"] == row["episode_id"]
        assert parent["opened_at"] <= row["opened_at"]
        assert parent["closed_at"] == "" or row["opened_at"] < parent["closed_at"]


def test_an_episode_has_one_first_report_problem_and_activity(published: Published) -> None:
    firsts = [row["episode_id"] for row in published.truth if row["duplicate"] == "0"]
    assert len(firsts) == len(set(firsts)) == len({row["episode_id"] for row in published.truth})
    assert all(row["parent_id"] == "" for row in published.truth if row["duplicate"] == "0")
    for key in ("problem_id", "activity"):
        pairs = {(row["episode_id"], row[key]) for row in published.truth}
        assert len(pairs) == len(firsts)


def test_a_problem_comes_back_only_after_its_last_closing(city: City) -> None:
    first = city.truth.parent == city.requests.request
    problem, opened = city.truth.problem[first], city.requests.opened[first]
    closed = city.truth.closed[first]
    order = np.lexsort((opened, problem))
    problem, opened, closed = problem[order], opened[order], closed[order]
    again = problem[1:] == problem[:-1]
    assert again.mean() > 0.1
    assert (opened[1:][again] >= closed[:-1][again]).all()


def test_duplicates_arrive_within_minutes_to_days(city: City) -> None:
    duplicate = city.truth.parent != city.requests.request
    opened = city.requests.opened
    hours = (opened[duplicate] - opened[city.truth.parent[duplicate]]) / 3600
    assert np.percentile(hours, 10) < 3
    assert 6 < np.median(hours) < 72
    assert np.percentile(hours, 90) < 24 * 60


def test_pilot_activities_come_back_and_are_reported_again(city: City) -> None:
    activity = np.array(city.truth.activity)
    for code, repeated in (("nids_de_poule", 0.1), ("eclairage", 0.1), ("nettoyage_rues", 0.06)):
        mine = activity == code
        duplicate = (city.truth.parent != city.requests.request)[mine]
        assert repeated < duplicate.mean() < 0.25
        episodes = np.unique(np.column_stack((city.truth.problem[mine], city.truth.episode[mine])), axis=0)
        _, times = np.unique(episodes[:, 0], return_counts=True)
        assert 0.08 < (times > 1).mean() < 0.5


reports = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 50), st.integers(1, 30) | st.just(int(NEVER))), min_size=1
)


@given(reports)
def test_episodes_begin_where_a_plain_walk_through_each_problem_says(
    found: list[tuple[int, int, int]],
) -> None:
    found = sorted(found)
    problem, opened, lasts = (np.array(column, dtype=np.int64) for column in zip(*found, strict=True))
    closes = np.minimum(opened + lasts, NEVER)
    expected = []
    for number in sorted(set(problem.tolist())):
        until = -1
        for one in np.flatnonzero(problem == number):
            begins = opened[one] >= until
            until = closes[one] if begins else until
            expected.append(bool(begins))
    starts = np.array([bisect_left(problem, number) for number in sorted(set(problem.tolist()))])
    assert _episode_begins(opened, closes, starts).tolist() == expected
