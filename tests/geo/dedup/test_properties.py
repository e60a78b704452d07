"""What holds whatever the requests are: symmetry, order, repetition, and what a larger radius does.

A larger radius never loses a candidate pair, so that requests connected through candidates stay connected;
and the same for pairs above the threshold, as long as the busyness of the place (which counts what is in
reach) weighs nothing. It does not hold for episodes, by design: each request joins its one best earlier
one, and with a larger radius another may be better.
"""

from dataclasses import replace
from typing import Any

import networkx as nx
import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.dedup.candidates import all_pairs
from geo.dedup.decisions import read_decisions
from geo.dedup.group import group
from geo.dedup.levels import COUNT, CROWD_M
from geo.dedup.parameters import EXACT, FIELDS, SEGMENT, Parameters, load_parameters
from geo.dedup.requests import read_requests
from geo.dedup.scores import ANY_SCORE, score_pairs
from tests.geo.dedup.support import a_layout, a_request, frame_of

PARAMETERS = load_parameters()
SEEDS = st.integers(0, 10**6)


def reaching(radius_m: float, parameters: Parameters = PARAMETERS) -> Parameters:
    return replace(parameters, reach=tuple(replace(one, radius_m=radius_m) for one in parameters.reach))


def without_crowd() -> Parameters:
    weights = PARAMETERS.weights.copy()
    weights[:, FIELDS.index("crowd")] = 0
    return replace(PARAMETERS, weights=weights)


def scores(frame: pd.DataFrame, parameters: Parameters = PARAMETERS, least: float = ANY_SCORE) -> Any:
    """Score of each pair of ids, whichever came first."""
    requests = read_requests(frame, parameters).requests
    links = score_pairs(requests, all_pairs(requests, parameters), parameters)
    links = links.take(links.margin_bits >= least)
    pairs = zip(requests.id[links.later].tolist(), requests.id[links.earlier].tolist(), strict=True)
    return dict(zip(map(frozenset, pairs), links.score_bits.round(9).tolist(), strict=True))


def components(frame: pd.DataFrame, pairs: Any) -> Any:
    graph = nx.Graph()
    graph.add_nodes_from(frame["id"])
    graph.add_edges_from(tuple(pair) for pair in pairs)
    return list(nx.connected_components(graph))


def whole_in(small: Any, large: Any) -> bool:
    """Whether each of the small groups lies in one of the large ones."""
    of = {one: number for number, members in enumerate(large) for one in members}
    return all(len({of[one] for one in members}) == 1 for members in small)


@settings(max_examples=30, deadline=None)
@given(seed=SEEDS)
def test_the_score_of_a_pair_does_not_depend_on_the_order_of_the_rows(seed: int) -> None:
    frame = a_layout(seed, wide_m=60)
    found = scores(frame)
    assert found == scores(frame.sample(frac=1, random_state=seed))
    assert found == scores(frame.iloc[::-1])


@settings(max_examples=40, deadline=None)
@given(seed=SEEDS, precision=st.sampled_from(["exact", "segment"]))
def test_two_reports_of_one_moment_may_be_swapped(seed: int, precision: str) -> None:
    rng = np.random.default_rng(seed)
    streets: list[Any] = ["12 rue Ontario", "14 rue Ontario", "Ontario & Bercy", "Bercy & Ontario", None]
    one, other = (
        a_request(
            number, rng.uniform(-12, 12), rng.uniform(-12, 12), "0h", [None, "9h"][rng.integers(2)],
            precision=precision, street=streets[rng.integers(5)],
        )
        for number in (1, 2)
    )  # fmt: skip
    swapped = frame_of(one | {"id": 2}, other | {"id": 1})
    assert scores(frame_of(one, other)) == scores(swapped)


@settings(max_examples=30, deadline=None)
@given(seed=SEEDS, radius_m=st.floats(2, 60), times=st.floats(1, 4))
def test_what_candidates_connect_a_larger_radius_never_splits(
    seed: int, radius_m: float, times: float
) -> None:
    frame = a_layout(seed, wide_m=150)
    small = scores(frame, reaching(radius_m))
    large = scores(frame, reaching(radius_m * times))
    assert set(small) <= set(large)
    assert whole_in(components(frame, small), components(frame, large))


@settings(max_examples=30, deadline=None)
@given(seed=SEEDS, radius_m=st.floats(2, 60), times=st.floats(1, 4))
def test_what_scores_above_the_threshold_a_larger_radius_never_parts(
    seed: int, radius_m: float, times: float
) -> None:
    frame = a_layout(seed, wide_m=80)
    small = scores(frame, reaching(radius_m, without_crowd()), 0.0)
    large = scores(frame, reaching(radius_m * times, without_crowd()), 0.0)
    assert small.items() <= large.items()
    assert whole_in(components(frame, small), components(frame, large))


@settings(max_examples=20, deadline=None)
@given(seed=SEEDS)
def test_beyond_the_reach_of_busyness_a_larger_radius_changes_no_score(seed: int) -> None:
    frame = a_layout(seed, wide_m=150)
    small, large = scores(frame, reaching(CROWD_M)), scores(frame, reaching(CROWD_M * 3))
    assert small.items() <= large.items()


@settings(max_examples=25, deadline=None)
@given(seed=SEEDS)
def test_episodes_lie_inside_the_components_of_what_scores_above_the_threshold(seed: int) -> None:
    frame = a_layout(seed, wide_m=60)
    requests = read_requests(frame, PARAMETERS).requests
    groups = group(requests, PARAMETERS).frame(requests, PARAMETERS)
    episodes = [set(ids) for _, ids in groups.groupby("episode")["id"]]
    assert whole_in(episodes, components(frame, scores(frame, least=0.0)))


@settings(max_examples=25, deadline=None)
@given(seed=SEEDS)
def test_with_decisions_too_order_does_not_matter_and_they_hold(seed: int) -> None:
    frame = a_layout(seed, wide_m=60)
    ends = frame["id"].sample(12, random_state=seed).to_numpy().reshape(-1, 2)
    told = pd.DataFrame(ends, columns=["id_a", "id_b"]).assign(same=[1, 1, 1, 0, 0, 0])

    def grouped(rows: pd.DataFrame, decided: pd.DataFrame) -> pd.DataFrame:
        requests = read_requests(rows, PARAMETERS).requests
        decisions, _ = read_decisions(decided, requests.id)
        return group(requests, PARAMETERS, decisions).frame(requests, PARAMETERS)

    groups = grouped(frame, told)
    mixed = frame.sample(frac=1, random_state=seed)
    turned = told.rename(columns={"id_a": "id_b", "id_b": "id_a"}).iloc[::-1]
    pd.testing.assert_frame_equal(groups, grouped(mixed, turned))
    by_id = groups.set_index("id")
    a, b = (by_id.loc[told[name]] for name in ("id_a", "id_b"))
    together = a["episode"].to_numpy() == b["episode"].to_numpy()
    assert together[:3].all()
    assert not (a["problem"].to_numpy() == b["problem"].to_numpy())[3:].any()


def test_a_busier_place_is_never_stronger_evidence() -> None:
    """Incremental builds may see fewer neighbours at the edge of what they look at: that may only add links."""
    field = FIELDS.index("crowd")
    for evidence in (EXACT, SEGMENT):
        assert (np.diff(PARAMETERS.weights[evidence, field, : COUNT["crowd"]]) <= 0).all()
