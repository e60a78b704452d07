import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.dedup import incremental
from geo.dedup.decisions import read_decisions
from geo.dedup.group import group
from geo.dedup.parameters import load_parameters
from geo.dedup.requests import read_requests
from tests.geo.dedup.support import a_layout, value

PARAMETERS = load_parameters()


def full(frame: pd.DataFrame) -> pd.DataFrame:
    requests = read_requests(frame, PARAMETERS).requests
    return group(requests, PARAMETERS).frame(requests)


def same_groups(one: pd.DataFrame, other: pd.DataFrame) -> None:
    one, other = (frame.set_index("id").sort_index() for frame in (one, other))
    for name in ("problem", "episode", "parent", "score_bits", "crowd"):
        pd.testing.assert_series_equal(
            one[name].astype(float), other[name].astype(float), check_dtype=False, rtol=0, atol=1e-9
        )


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10**6), changes=st.integers(1, 6))
def test_an_incremental_grouping_is_exactly_the_full_one(seed: int, changes: int) -> None:
    whole = a_layout(seed, 150, 250)
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
    assert done.again < 60


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
        done.groups, group(requests, PARAMETERS, read_decisions(decisions, requests.id)[0]).frame(requests)
    )
