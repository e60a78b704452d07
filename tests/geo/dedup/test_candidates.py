import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.errors import InputRefused
from geo import hexgrid
from geo.dedup import candidates
from geo.dedup.cellrings import EDGE_M, LARGEST_RADIUS_M, covering_rings, reach_m
from geo.dedup.levels import DAY_S
from geo.dedup.parameters import Reach, load_parameters
from geo.dedup.requests import Requests, distance_m, read_requests
from geo.projection import EARTH_RADIUS_M
from tests.geo.dedup.support import a_layout
from tests.support.made import one_corner

PARAMETERS = load_parameters()


def found_pairs(requests: Requests, reach: Reach) -> list[tuple[int, int]]:
    rows = np.flatnonzero(requests.placed)
    parts = list(candidates.pairs_within(requests, rows, reach, np.ones(len(requests), dtype=bool)))
    return [pair for part in parts for pair in zip(part.later.tolist(), part.earlier.tolist(), strict=True)]


def brute_force(requests: Requests, reach: Reach) -> set[tuple[int, int]]:
    rows = np.flatnonzero(requests.placed)
    later, earlier = (axis.ravel() for axis in np.meshgrid(rows, rows))
    first = earlier < later
    later, earlier = later[first], earlier[first]
    delay = requests.opened_s[later] - requests.opened_s[earlier]
    good = (requests.kind[later] == requests.kind[earlier]) & (delay <= reach.window_days * DAY_S)
    good &= requests.closed_s[earlier] >= requests.opened_s[later] - reach.closed_days * DAY_S
    good &= distance_m(requests, later, earlier) <= reach.radius_m
    return set(zip(later[good].tolist(), earlier[good].tolist(), strict=True))


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10**6), radius_m=st.floats(2, 400), wide_m=st.floats(1, 1500))
def test_every_pair_within_the_radius_is_found_once_and_no_other(
    seed: int, radius_m: float, wide_m: float
) -> None:
    requests = read_requests(a_layout(seed, 90, wide_m), PARAMETERS).requests
    reach = Reach(radius_m, 30.0, 10.0)
    found = found_pairs(requests, reach)
    assert len(found) == len(set(found))
    assert set(found) == brute_force(requests, reach)


@pytest.mark.parametrize("radius_m", [3, 10, 25, 30, 150, LARGEST_RADIUS_M])
def test_rings_reach_the_radius_anywhere_on_land(radius_m: float) -> None:
    resolution, rings = covering_rings(radius_m)
    rng = np.random.default_rng(311)
    lat, lon, angle = (rng.uniform(low, high, 20_000) for low, high in ((-60, 70), (-179, 179), (0, 6.3)))
    north, east = np.degrees(radius_m / EARTH_RADIUS_M) * np.array([np.cos(angle), np.sin(angle)])
    cells = hexgrid.parents(hexgrid.cells(lat, lon), resolution)
    others = hexgrid.cells(lat + north, lon + east / np.cos(np.radians(lat + north / 2)))
    owner, near = hexgrid.disk_pairs(cells, rings)
    found = np.unique(owner[near == hexgrid.parents(others, resolution)[owner]])
    assert len(found) == len(cells)


def test_a_radius_that_no_rings_reach_is_refused() -> None:
    for radius_m in (0, -1, float("nan"), float("inf"), LARGEST_RADIUS_M + 1):
        with pytest.raises(InputRefused, match="radius"):
            covering_rings(radius_m)


def test_more_rings_of_larger_cells_reach_farther() -> None:
    for resolution in EDGE_M:
        assert 0 == reach_m(resolution, 0) < reach_m(resolution, 1) < reach_m(resolution, 2)


def test_on_one_corner_each_request_is_compared_with_the_most_recent_only() -> None:
    requests = read_requests(one_corner(1000), PARAMETERS).requests
    parts = list(candidates.candidate_pairs(requests, PARAMETERS))
    later, earlier = (np.concatenate([getattr(p, name) for p in parts]) for name in ("later", "earlier"))
    assert np.bincount(later).max() == candidates.MOST_PER_BUCKET
    assert (later - earlier).max() == candidates.MOST_PER_BUCKET


def test_pairs_of_one_later_request_come_in_one_chunk(monkeypatch: pytest.MonkeyPatch) -> None:
    requests = read_requests(a_layout(1, 300, 60), PARAMETERS).requests
    whole = list(candidates.candidate_pairs(requests, PARAMETERS))
    monkeypatch.setattr(candidates, "PAIRS_AT_ONCE", 40)
    parts = list(candidates.candidate_pairs(requests, PARAMETERS))
    assert len(parts) > len(whole)
    seen = [set(part.later.tolist()) for part in parts]
    assert sum(len(one) for one in seen) == len(set().union(*seen))
    for name in ("later", "earlier", "crowd", "distance_m"):
        all_parts = np.concatenate([getattr(part, name) for part in parts])
        assert np.array_equal(all_parts, np.concatenate([getattr(part, name) for part in whole]))


def test_cells_that_are_given_are_taken_and_missing_ones_made() -> None:
    frame = a_layout(5, 60, 100)
    made = read_requests(frame, PARAMETERS).requests
    cells = pd.Series(hexgrid.cells(frame["lat"], frame["lon"])).astype("Int64")
    given = cells.where(frame["id"] % 3 > 0)
    read = read_requests(frame.assign(cell=given), PARAMETERS).requests
    assert np.array_equal(read.cell, made.cell)
    assert ((read.cell == hexgrid.NO_CELL) == ~read.placed).all()
