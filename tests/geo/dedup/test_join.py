from typing import Any

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.errors import InputRefused
from geo.dedup.decisions import decide
from geo.dedup.join import join_rows


def random_links(seed: int, rows: int = 60, many: int = 80) -> Any:
    rng = np.random.default_rng(seed)
    ends = np.sort(rng.integers(0, rows, (many, 2)), axis=1)
    ends = np.unique(ends[ends[:, 0] != ends[:, 1]], axis=0)
    ends = ends[rng.permutation(len(ends))]
    ends = ends[np.argsort(ends[:, 1], kind="stable")]
    return ends[:, 1], ends[:, 0], rng.uniform(0, 40, rows), rng.uniform(0, 40, rows)


def by_the_rule(later: Any, earlier: Any, x: Any, y: Any, bound: float) -> Any:
    """The rule, said slowly: each row joins the group of its best link that stays within the bound."""
    group = {}
    for row in range(len(x)):
        group[row] = row
        for target in earlier[later == row]:
            members = [one for one in group if group[one] == group[target] and one != row] + [row]
            if np.hypot(np.ptp(x[members]), np.ptp(y[members])) <= bound:
                group[row] = group[target]
                break
    return np.array([group[row] for row in range(len(x))])


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10**6), bound=st.floats(1, 60))
def test_groups_are_those_of_the_rule_said_slowly(seed: int, bound: float) -> None:
    later, earlier, x, y = random_links(seed)
    joined = join_rows(later, earlier, x, y, np.full(len(x), bound))
    assert np.array_equal(joined.group, by_the_rule(later, earlier, x, y, bound))


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_without_a_bound_groups_lie_inside_the_components_of_the_links(seed: int) -> None:
    later, earlier, x, y = random_links(seed)
    joined = join_rows(later, earlier, x, y, np.full(len(x), np.inf))
    graph = nx.Graph()
    graph.add_nodes_from(range(len(x)))
    graph.add_edges_from(zip(later.tolist(), earlier.tolist(), strict=True))
    component = {row: number for number, rows in enumerate(nx.connected_components(graph)) for row in rows}
    assert all(component[row] == component[first] for row, first in enumerate(joined.group.tolist()))
    one_link = np.unique(later, return_index=True)[1]
    forest = nx.Graph()
    forest.add_nodes_from(range(len(x)))
    forest.add_edges_from(zip(later[one_link].tolist(), earlier[one_link].tolist(), strict=True))
    by_best = {min(rows): rows for rows in nx.connected_components(forest)}
    assert {
        int(g): set(np.flatnonzero(joined.group == g).tolist()) for g in np.unique(joined.group)
    } == by_best


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10**6), bound=st.floats(5, 40))
def test_no_group_is_wider_than_the_bound(seed: int, bound: float) -> None:
    later, earlier, x, y = random_links(seed)
    joined = join_rows(later, earlier, x, y, np.full(len(x), bound))
    for first in np.unique(joined.group):
        rows = np.flatnonzero(joined.group == first)
        assert np.hypot(np.ptp(x[rows]), np.ptp(y[rows])) <= bound


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10**6), bound=st.floats(5, 60))
def test_decisions_always_hold(seed: int, bound: float) -> None:
    later, earlier, x, y = random_links(seed)
    rng = np.random.default_rng(seed)
    drawn = rng.permuted(np.tile(np.arange(len(x)), (12, 1)), axis=1)[:, :2].tolist()
    pairs = [(int(a), int(b)) for a, b in drawn]
    told = [pairs[:6], pairs[6:]]
    try:
        decisions = decide(told[0], told[1], np.arange(len(x)))
    except InputRefused:
        return
    joined = join_rows(later, earlier, x, y, np.full(len(x), bound), decisions)
    assert all(joined.group[a] == joined.group[b] for a, b in told[0])
    assert all(joined.group[a] != joined.group[b] for a, b in told[1])


def test_decisions_that_contradict_each_other_are_refused_by_name() -> None:
    with pytest.raises(InputRefused, match="Requests a and c"):
        decide([(0, 1), (1, 2)], [(0, 2)], np.array(["a", "b", "c"]))
