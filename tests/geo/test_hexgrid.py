"""H3 by arrays says what the reference package says cell by cell."""

import h3
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.errors import InputRefused
from geo import hexgrid
from geo.hexgrid import NO_CELL, Cover

latitudes = st.floats(-90, 90)
longitudes = st.floats(-180, 180)
places = st.lists(st.tuples(latitudes, longitudes), min_size=1, max_size=20)
away_from_seams = st.lists(st.tuples(st.floats(-85, 85), st.floats(-179, 179)), min_size=1, max_size=20)
MONTREAL = hexgrid.cells([45.50, 45.55, 45.61], [-73.57, -73.66, -73.52])


def placed(points: list[tuple[float, float]], resolution: int = 12) -> hexgrid.Cells:
    lat, lon = np.array(points).T
    return hexgrid.cells(lat, lon, resolution)


@settings(max_examples=40, deadline=None)
@given(places, st.integers(0, 15))
def test_cells_are_those_of_the_reference_package(points: list[tuple[float, float]], resolution: int) -> None:
    expected = [h3.latlng_to_cell(lat, lon, resolution) for lat, lon in points]
    assert hexgrid.to_hex(placed(points, resolution)) == expected


def test_points_that_are_none_get_no_cell() -> None:
    lat = [45.5, np.nan, 45.5, np.inf, 90.1, 45.5, -np.inf]
    lon = [-73.6, -73.6, np.nan, -73.6, -73.6, 180.1, -73.6]
    assert (hexgrid.cells(lat, lon) == NO_CELL).tolist() == [False, True, True, True, True, True, True]
    assert hexgrid.cells([], []).dtype == np.int64


@settings(max_examples=40, deadline=None)
@given(places, st.integers(0, 12))
def test_parents_by_bits_are_the_reference_parents(
    points: list[tuple[float, float]], resolution: int
) -> None:
    cells = placed(points)
    expected = [h3.cell_to_parent(cell, resolution) for cell in hexgrid.to_hex(cells)]
    assert hexgrid.to_hex(hexgrid.parents(cells, resolution)) == expected
    assert set(hexgrid.resolutions(hexgrid.parents(cells, resolution))) == {resolution}


def test_no_cell_has_no_parent_and_no_resolution() -> None:
    cells = np.array([NO_CELL, MONTREAL[0]])
    assert hexgrid.parents(cells, 7)[0] == NO_CELL
    assert hexgrid.resolutions(cells).tolist() == [-1, 12]


def test_a_cell_has_no_finer_parent_nor_coarser_children() -> None:
    with pytest.raises(ValueError, match="coarser"):
        hexgrid.parents(MONTREAL, 13)
    with pytest.raises(ValueError, match="descendants"):
        hexgrid.children_range(MONTREAL, 11)
    with pytest.raises(ValueError, match="descendants"):
        hexgrid.children_range(np.array([NO_CELL]))


@settings(max_examples=40, deadline=None)
@given(latitudes, longitudes, st.integers(8, 12))
def test_the_children_of_a_cell_are_one_range_of_integers(lat: float, lon: float, resolution: int) -> None:
    cell = hexgrid.cells([lat], [lon], resolution)
    family = np.array([h3.str_to_int(c) for c in h3.cell_to_children(h3.int_to_str(int(cell[0])), 12)])
    (first,), (last,) = hexgrid.children_range(cell)
    assert (family.min(), family.max()) == (first, last)
    strangers = hexgrid.disk(family[[0, -1]], 30)
    strangers = strangers[~np.isin(strangers, family)]
    assert not ((strangers >= first) & (strangers <= last)).any()
    assert hexgrid.children(cell, 12).tolist() == sorted(family.tolist())


def test_a_path_shifted_by_three_bits_is_the_parents_path() -> None:
    paths = hexgrid.paths(MONTREAL, 10)
    assert (paths == hexgrid.paths(hexgrid.parents(MONTREAL, 10), 10)).all()
    assert (paths >> 3 == hexgrid.paths(MONTREAL, 9)).all()
    assert hexgrid.paths(np.array([NO_CELL]), 10)[0] not in paths


@settings(max_examples=40, deadline=None)
@given(away_from_seams)
def test_centres_areas_and_outlines_are_the_reference_ones(points: list[tuple[float, float]]) -> None:
    cells = np.unique(placed(points, 9))
    texts = hexgrid.to_hex(cells)
    lat, lon = hexgrid.centres(cells)
    np.testing.assert_allclose(np.column_stack([lat, lon]), [h3.cell_to_latlng(c) for c in texts], atol=1e-9)
    areas = [h3.cell_area(c, unit="m^2") for c in texts]
    np.testing.assert_allclose(hexgrid.areas_m2(cells), areas, rtol=1e-6)
    for ring, text in zip(hexgrid.rings(cells, decimals=9), texts, strict=True):
        expected = np.array(h3.cell_to_boundary(text))[:, ::-1]
        assert ring[0] == ring[-1]
        # Both go round the same way; where they start is of no importance.
        turns = [np.abs(np.roll(ring[:-1], turn, axis=0) - expected).max() for turn in range(len(expected))]
        assert min(turns) < 1e-6


def test_outlines_turn_counter_clockwise_as_geojson_wants() -> None:
    assert all(shapely.is_ccw(outline.exterior) for outline in hexgrid.polygons(MONTREAL))
    assert hexgrid.rings(MONTREAL[:0]) == []


def test_a_disk_is_the_reference_disk() -> None:
    expected = {h3.str_to_int(c) for c in h3.grid_disk(hexgrid.to_hex(MONTREAL[:1])[0], 3)}
    assert set(hexgrid.disk(MONTREAL[:1], 3).tolist()) == expected


def test_cells_cover_a_polygon_inside_by_centre_or_touching() -> None:
    polygon = shapely.box(-73.60, 45.50, -73.57, 45.52)
    inside, centre, touching = (set(hexgrid.covering(polygon, 9, cover).tolist()) for cover in Cover)
    assert inside < centre < touching
    every = hexgrid.disk(np.array(sorted(touching)), 2)
    outlines = hexgrid.polygons(every)
    assert inside == set(every[shapely.covers(polygon, outlines)].tolist())
    assert touching == set(every[shapely.intersects(polygon, outlines)].tolist())


def test_hex_texts_go_there_and_back_and_nonsense_is_named() -> None:
    assert hexgrid.from_hex(hexgrid.to_hex(MONTREAL)).tolist() == MONTREAL.tolist()
    assert hexgrid.from_hex([]).tolist() == []
    with pytest.raises(InputRefused, match="'carotte'"):
        hexgrid.from_hex(["8c2baa0a0010dff", "carotte"])
