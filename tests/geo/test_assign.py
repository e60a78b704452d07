"""Assignment by cells says what the shapes say, point by point."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.territory import HORS_TERRITOIRE, VILLE_LIEE, boroughs
from geo import hexgrid
from geo.assign import BASES, Assignment, TerritoryIndex
from geo.boroughs import load_sectors, shapes_of
from geo.projection import METRES_PER_DEGREE, shapes_in_metres
from tests.geo.support import NORTH_M, SOUTH, STEP, WEST, a_sector, a_square, brute_force
from tests.support.shared import PROJECT

SECTORS = load_sectors()
SHAPES = shapes_of(SECTORS)
IN_METRES = shapes_in_metres(SHAPES)
CITY = TerritoryIndex.load()
CORNERS = shapely.get_coordinates(SHAPES)

SQUARES = (
    a_sector("1", a_square(0, 0), "VD"),
    a_sector("2", a_square(1, 0), "LS"),
    a_sector("3", a_square(0, 1, width=2), "SO"),
    a_sector("4", a_square(6, 0), "LC"),
)
DRAWN = TerritoryIndex(SQUARES)

anywhere = st.tuples(st.floats(-74.0, -73.4), st.floats(45.36, 45.76))
on_a_corner = st.integers(0, len(CORNERS) - 1).map(lambda i: (float(CORNERS[i, 0]), float(CORNERS[i, 1])))
by_an_edge = st.builds(
    lambda i, share, east, north: tuple(
        CORNERS[i] * (1 - share) + CORNERS[i - 1] * share + np.array([east * 1.4, north]) / METRES_PER_DEGREE
    ),
    st.integers(1, len(CORNERS) - 1),
    st.floats(0, 1),
    st.sampled_from([0.0, 0.05, -0.05, 5.0, -40.0, 120.0, -299.0, 320.0]),
    st.sampled_from([0.0, 0.05, -0.05, -5.0, 40.0, -120.0, 299.0, -320.0]),
)
odd = st.sampled_from([np.nan, np.inf, -np.inf, 0.0, 180.0, 200.0, -90.0, 1e300])
nowhere = st.tuples(odd, odd)
points = st.lists(st.one_of(anywhere, on_a_corner, by_an_edge, nowhere), min_size=1, max_size=12)


def at(index: TerritoryIndex, column: float, row: float) -> tuple[str | None, str | None, str]:
    """Borough, sector and basis of one place on the grid of drawn squares, as words."""
    return words(index.assign([WEST + column * STEP], [SOUTH + row * STEP]))[0]


def words(found: Assignment) -> list[tuple[str | None, str | None, str]]:
    borough = [*found.borough_categories, None]
    sector = [*found.sector_categories, None]
    basis = found.basis_categories
    return [
        (borough[b], sector[s], basis[k])
        for b, s, k in zip(found.borough, found.sector, found.basis, strict=True)
    ]


@settings(max_examples=150, deadline=None)
@given(points)
def test_the_answer_is_that_of_the_shapes_one_by_one(some: list[tuple[float, float]]) -> None:
    lon, lat = np.array(some).T
    found = CITY.assign(lon, lat)
    for place, sector, basis in zip(some, found.sector, found.basis, strict=True):
        expected, expected_basis = brute_force(SHAPES, IN_METRES, *place)
        assert BASES[basis] == expected_basis
        if sector != expected:  # as near, to the last digit
            here = shapes_in_metres(shapely.Point(place))
            near = shapely.distance(IN_METRES[[sector, expected]], here)
            assert expected_basis == "near"
            assert abs(near[0] - near[1]) < 1e-6


@settings(max_examples=30, deadline=None)
@given(points, st.randoms())
def test_order_company_and_known_cells_do_not_matter(some: list[tuple[float, float]], chance: object) -> None:
    lon, lat = np.array(some).T
    together = words(CITY.assign(lon, lat))
    assert together == [words(CITY.assign([x], [y]))[0] for x, y in some]
    assert together == words(CITY.assign(lon, lat, hexgrid.cells(lat, lon)))
    assert together[::-1] == words(CITY.assign(lon[::-1], lat[::-1]))


def test_geopandas_says_the_same_of_forty_thousand_points() -> None:
    rng = np.random.default_rng(311)
    west, south, east, north = CITY.bounds
    middles = (CORNERS[1:] + CORNERS[:-1]) / 2  # of edges; some of them between two rings
    lon = np.concatenate([rng.uniform(west, east, 35_000), CORNERS[:, 0], middles[:, 0]])
    lat = np.concatenate([rng.uniform(south, north, 35_000), CORNERS[:, 1], middles[:, 1]])
    found = CITY.assign(lon, lat)
    join = gpd.sjoin(
        gpd.GeoDataFrame(geometry=gpd.points_from_xy(lon, lat), crs="EPSG:4326"),
        gpd.GeoDataFrame(geometry=list(SHAPES), crs="EPSG:4326"),
        how="left",
        predicate="intersects",
    )
    expected = join["index_right"].groupby(level=0).min().fillna(-1).to_numpy()
    assert join.index.duplicated().sum() > 1000  # shared corners are in several
    np.testing.assert_array_equal(np.where(found.basis == BASES.index("near"), -1, found.sector), expected)


def test_each_borough_follows_from_its_sector() -> None:
    anchors = np.array([sector.anchor for sector in SECTORS])
    found = words(CITY.assign(anchors[:, 0], anchors[:, 1]))
    assert found == [(sector.borough, sector.code, "point") for sector in SECTORS]


def test_categories_hold_every_borough_and_the_two_that_are_none() -> None:
    found = CITY.assign([], [])
    assert found.borough_categories == (*(b.code for b in boroughs()), VILLE_LIEE, HORS_TERRITOIRE)
    assert found.sector_categories == tuple(sector.code for sector in SECTORS)
    assert [array.dtype.itemsize for array in (found.borough, found.sector, found.basis)] == [2, 2, 1]
    assert len(found.borough) == 0


def test_a_shared_edge_belongs_to_the_sector_that_comes_first() -> None:
    assert at(DRAWN, 0.5, 0.5) == ("VD", "1", "point")
    assert at(DRAWN, 1, 0.5) == ("VD", "1", "point")
    assert at(DRAWN, 1, 1) == ("VD", "1", "point")
    assert at(DRAWN, 1.5, 1) == ("LS", "2", "point")
    assert at(DRAWN, 1, 1.5) == ("SO", "3", "point")


def test_within_three_hundred_metres_the_nearest_takes_it_and_says_so() -> None:
    metre = 1 / NORTH_M
    assert at(DRAWN, 0.5, -299 * metre) == ("VD", "1", "near")
    assert at(DRAWN, 0.5, -301 * metre) == (HORS_TERRITOIRE, None, "point")
    assert at(DRAWN, 1.5, -20 * metre) == ("LS", "2", "near")
    assert at(DRAWN, 6.5, 1 + 250 * metre) == ("LC", "4", "near")
    assert at(DRAWN, 4, 0.5) == (HORS_TERRITOIRE, None, "point")


def test_equally_near_sectors_give_the_first() -> None:
    # Straight below the corner that sectors 1 and 2 share, it is the nearest point of both.
    assert at(DRAWN, 1, -100 / NORTH_M) == ("VD", "1", "near")


@pytest.mark.parametrize("place", [(np.nan, 45.5), (-73.6, np.inf), (-200.0, 45.5), (45.5, -173.6)])
def test_no_usable_point_has_no_borough(place: tuple[float, float]) -> None:
    assert words(CITY.assign([place[0]], [place[1]])) == [(None, None, "none")]


def test_swapped_and_zero_coordinates_are_out_of_the_territory() -> None:
    places = CITY.assign([0.0, 45.5], [0.0, -73.6])
    assert words(places) == [(HORS_TERRITOIRE, None, "point")] * 2


def test_threads_may_share_an_index() -> None:
    rng = np.random.default_rng(1)
    lon, lat = rng.uniform(-73.9, -73.5, 20_000), rng.uniform(45.42, 45.70, 20_000)
    fresh = TerritoryIndex.load()
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: fresh.assign(lon, lat).sector.tolist(), range(8)))
    assert all(answer == answers[0] for answer in answers)


def test_loading_and_assigning_need_neither_geopandas_nor_pandas() -> None:
    program = (
        "import sys; from geo.assign import TerritoryIndex; "
        "TerritoryIndex.load().assign([-73.6, -73.0], [45.5, 45.0]); "
        "print(*({'geopandas', 'pandas', 'pyogrio', 'plotly'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=PROJECT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == ""
