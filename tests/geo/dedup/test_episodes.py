"""Golden cases that read as sentences: potholes around one corner, metres and hours from noon."""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.dedup.decisions import read_decisions
from geo.dedup.group import group
from geo.dedup.parameters import load_parameters
from geo.dedup.requests import distance_m, read_requests
from geo.dedup.scores import ANY_SCORE, find_links
from tests.geo.dedup.support import a_layout, a_request, frame_of, value

PARAMETERS = load_parameters()


def grouped(frame: pd.DataFrame, decisions: pd.DataFrame | None = None) -> pd.DataFrame:
    """Groups by id: a frame with `episode`, `problem` and `parent`."""
    requests = read_requests(frame, PARAMETERS).requests
    told = () if decisions is None else (read_decisions(decisions, requests.id)[0],)
    return group(requests, PARAMETERS, *told).frame(requests, PARAMETERS).set_index("id")


def sets_of(groups: pd.DataFrame, name: str) -> Any:
    return {frozenset(rows) for rows in groups.groupby(name).groups.values()}


def told(*rows: tuple[Any, ...]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["id_a", "id_b", "same"])


def test_a_report_two_metres_away_an_hour_later_repeats_the_first() -> None:
    groups = grouped(frame_of(a_request(1), a_request(2, east_m=2, opened="1h")))
    assert value(groups, 2, "episode") == 1
    assert value(groups, 2, "parent") == 1
    assert pd.isna(value(groups, 1, "parent"))


def test_a_report_after_the_closing_is_a_new_episode_of_the_same_problem() -> None:
    groups = grouped(frame_of(a_request(1, closed="5h"), a_request(2, east_m=2, opened="900h")))
    assert value(groups, 2, "episode") == 2
    assert value(groups, 2, "problem") == 1


def test_what_comes_back_after_more_than_a_year_is_a_new_problem() -> None:
    groups = grouped(frame_of(a_request(1, closed="1D"), a_request(2, opened="367D")))
    assert value(groups, 2, "problem") == 2
    groups = grouped(frame_of(a_request(1, closed="1D"), a_request(2, opened="365D")))
    assert value(groups, 2, "problem") == 1


def test_another_activity_at_the_same_point_is_another_problem() -> None:
    groups = grouped(frame_of(a_request(1), a_request(2, opened="1h", activity="graffitis")))
    assert value(groups, 2, "problem") == 2


def test_what_is_everything_else_is_the_same_only_under_the_same_label() -> None:
    one: dict[str, Any] = {"activity": "autre", "label": "Bruit"}
    other: dict[str, Any] = {"activity": "autre", "label": "Fossé"}
    groups = grouped(
        frame_of(a_request(1, **one), a_request(2, opened="1h", **other), a_request(3, opened="2h", **one))
    )
    assert groups["problem"].tolist() == [1, 2, 1]


def test_reports_at_the_counter_or_nowhere_stay_alone() -> None:
    frame = frame_of(
        a_request(1, precision="counter"), a_request(2, opened="1h", precision="counter"),
        a_request(3, opened="2h", precision="none"), a_request(4, opened="2h", precision="none"),
    )  # fmt: skip
    assert grouped(frame)["problem"].tolist() == [1, 2, 3, 4]


def test_on_one_segment_a_report_weeks_later_needs_more_than_the_same_point() -> None:
    def margin(precision: str) -> float:
        frame = frame_of(a_request(1, precision=precision), a_request(2, opened="25D", precision=precision))
        return float(
            find_links(read_requests(frame, PARAMETERS).requests, PARAMETERS, ANY_SCORE).margin_bits[0]
        )

    assert margin("segment") < margin("exact") - 1


def test_a_chain_does_not_creep_along_the_street() -> None:
    step = 7
    frame = frame_of(*(a_request(i, east_m=step * i, opened=f"{i * 10}min") for i in range(30)))
    requests = read_requests(frame, PARAMETERS).requests
    episodes = group(requests, PARAMETERS).episodes.episode
    assert len(np.unique(episodes)) < len(requests)
    for first in np.unique(episodes):
        rows = np.flatnonzero(episodes == first)
        apart = distance_m(requests, np.repeat(rows, len(rows)), np.tile(rows, len(rows)))
        assert apart.max() <= PARAMETERS.reach[0].radius_m * 1.001


def test_people_join_what_the_algorithm_would_not_and_part_what_it_would() -> None:
    frame = frame_of(
        a_request(1), a_request(2, east_m=500, opened="90D"), a_request(3, east_m=1, opened="1h")
    )
    groups = grouped(frame, told((1, 2, 1), (3, 1, 0)))
    assert groups["episode"].tolist() == [1, 3, 1] or value(groups, 2, "episode") == 1
    assert value(groups, 3, "problem") != value(groups, 1, "problem")


def test_a_decision_about_a_request_that_is_not_there_waits() -> None:
    requests = read_requests(frame_of(a_request(1)), PARAMETERS).requests
    decisions, waiting = read_decisions(told((1, 99, 1)), requests.id)
    assert (len(decisions.cluster), waiting) == (0, 1)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_the_order_of_rows_does_not_matter_and_twice_is_the_same_as_once(seed: int) -> None:
    frame = a_layout(seed)
    groups = grouped(frame)
    again = grouped(frame)
    shuffled = grouped(frame.sample(frac=1, random_state=seed))
    assert groups.equals(again)
    assert groups.equals(shuffled)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10**6), first=st.integers(1, 119))
def test_what_comes_later_never_renames_or_splits_what_was_there(seed: int, first: int) -> None:
    frame = a_layout(seed).sort_values(["opened_at", "id"])
    whole, part = grouped(frame), grouped(frame.iloc[:first])
    assert whole.loc[part.index].equals(part)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_problems_hold_whole_episodes_and_decisions_hold(seed: int) -> None:
    frame = a_layout(seed)
    rng = np.random.default_rng(seed)
    pairs = rng.choice(frame["id"], (6, 2), replace=False)
    decisions = told(*((a, b, int(i < 3)) for i, (a, b) in enumerate(pairs)))
    groups = grouped(frame, decisions)
    assert len(groups.drop_duplicates(["episode", "problem"])) == groups["episode"].nunique()
    for a, b, same in decisions.itertuples(index=False):
        if same:
            assert value(groups, a, "episode") == value(groups, b, "episode")
        else:
            assert value(groups, a, "problem") != value(groups, b, "problem")


def test_requests_of_one_kind_only_share_groups() -> None:
    frame = a_layout(5, 300, 50)
    groups = grouped(frame)
    activity = frame.set_index("id")["activity"]
    assert (
        len(groups.assign(activity=activity).drop_duplicates(["problem", "activity"]))
        == groups["problem"].nunique()
    )


@pytest.mark.parametrize("radius_m", [10, 20, 30])
def test_a_wider_search_never_loses_a_pair(radius_m: float) -> None:
    requests = read_requests(a_layout(3, 200, 80), PARAMETERS).requests

    def pairs(metres: float) -> set[tuple[int, int]]:
        reach = tuple(replace(one, radius_m=metres) for one in PARAMETERS.reach)
        links = find_links(requests, replace(PARAMETERS, reach=reach), ANY_SCORE)
        return set(zip(links.later.tolist(), links.earlier.tolist(), strict=True))

    assert pairs(radius_m) <= pairs(radius_m * 2)
