import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.dedup import candidates, incremental, problems
from geo.dedup.decisions import read_decisions
from geo.dedup.group import group
from geo.dedup.parameters import load_parameters
from geo.dedup.requests import read_requests
from tests.geo.dedup.support import a_layout, value

PARAMETERS = load_parameters()


def full(frame: pd.DataFrame) -> pd.DataFrame:
    requests = read_requests(frame, PARAMETERS).requests
    return group(requests, PARAMETERS).frame(requests, PARAMETERS)


def same_groups(one: pd.DataFrame, other: pd.DataFrame) -> None:
    one, other = (frame.set_index("id").sort_index() for frame in (one, other))
    pd.testing.assert_frame_equal(one, other, rtol=0, atol=1e-9)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10**6), changes=st.integers(1, 6))
def test_an_incremental_grouping_is_exactly_the_full_one(seed: int, changes: int) -> None:
    change_some(seed, changes, 250)


@pytest.mark.parametrize("wide_m", [40, 250, 1500])
def test_so_it_is_where_more_stand_in_a_cell_than_are_compared(
    wide_m: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (candidates, incremental):
        monkeypatch.setattr(module, "MOST_PER_BUCKET", 3)
    for module in (problems, incremental):
        monkeypatch.setattr(module, "MOST_EPISODES", 2)
    for seed in range(12):
        change_some(seed, 1 + seed % 3, wide_m)


def change_some(seed: int, changes: int, wide_m: float) -> None:
    """Add, close, move and remove requests of a random layout: grouping again gives what grouping all does."""
    whole = a_layout(seed, 150, wide_m)
    rng = np.random.default_rng(seed)
    new = whole.sample(changes, random_state=seed)
    old = whole.drop(new.index)
    changed = old.sample(changes, random_state=seed)
    now = whole.copy()
    closed = now.index.isin(changed.index[: changes // 2 + 1])
    now.loc[closed, "closed_at"] = now.loc[closed, "opened_at"] + pd.Timedelta("2h")
    moved = changed.index[changes // 2 + 1 :]
    now.loc[moved, "lat"] += rng.choice([0.0001, 0.001])
    gone = old.drop(changed.index).sample(1, random_state=seed)
    now = now.drop(gone.index)
    before = pd.concat([changed, gone])
    previous = full(old)
    incremental_ = incremental.regroup(now, before, set(new["id"]), previous, PARAMETERS)
    same_groups(incremental_.groups, full(now))


def test_only_the_neighbourhood_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = a_layout(7, 600, 4000)
    new = whole.tail(1)
    done = incremental.regroup(whole, whole.head(0), set(new["id"]), full(whole.iloc[:-1]), PARAMETERS)
    same_groups(done.groups, full(whole))
    assert len(done.again) < 60


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_a_new_decision_regroups_whom_it_is_about(seed: int) -> None:
    whole = a_layout(seed, 150, 900)
    a, b, c, d = (int(one) for one in whole["id"].sample(4, random_state=seed))
    decisions = pd.DataFrame([(a, b, 1), (c, d, 0)], columns=["id_a", "id_b", "same"])
    done = incremental.regroup(whole, whole.head(0), set(), full(whole), PARAMETERS, decisions, {a, b, c, d})
    groups = done.groups.set_index("id")
    assert value(groups, a, "episode") == value(groups, b, "episode")
    assert value(groups, c, "problem") != value(groups, d, "problem")
    requests = read_requests(whole, PARAMETERS).requests
    same_groups(
        done.groups,
        group(requests, PARAMETERS, read_decisions(decisions, requests.id)[0]).frame(requests, PARAMETERS),
    )
