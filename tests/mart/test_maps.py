"""Hexagons, areas and points."""

from collections.abc import Callable
from datetime import date, datetime
from statistics import median
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import InputRefused
from geo.hexgrid import NO_CELL, cells, from_hex, parents, polygons, to_hex
from mart.filters import Filters
from mart.populations import Population
from mart.questions.areas import areas
from mart.questions.hexagons import hexagons
from mart.questions.points import points
from tests.mart.made import (
    Oracle,
    examples,
    is_late,
    is_open,
    made_filters,
    made_rows,
    moments,
    opened,
    state_of,
)
from tests.support.mart import NOON, Row, a_row

MARCH = Filters(date(2025, 3, 1), date(2025, 3, 31))
WHOLE = (-74.0, 45.0, -73.0, 46.0)
populations = st.sampled_from(list(Population))


def density(rows: list[Row], at: datetime) -> tuple[int, int, int, float, float | None]:
    still = [r for r in rows if is_open(r, at)]
    late = sum(is_late(r, at) for r in rows)
    ages = [(at - r["opened_at"]).total_seconds() / 86_400 for r in still]
    return len(rows), len(still), late, late / len(rows), median(ages) if ages else None


def on_map(row: Row) -> bool:
    return row["precision"] in ("exact", "segment")


def grouped(rows: list[Row], key: Callable[[Row], Any]) -> dict[Any, list[Row]]:
    found: dict[Any, list[Row]] = {}
    for row in rows:
        found.setdefault(key(row), []).append(row)
    return found


def cell_of(row: Row, resolution: int) -> str:
    lon, lat = row["point"]
    return to_hex(parents(cells(np.array([lat]), np.array([lon])), resolution))[0]


def same(found: tuple[Any, ...], expected: tuple[Any, ...]) -> bool:
    *counts, age = found
    *others, expected_age = expected
    if expected_age is None:
        return counts == others and bool(np.isnan(age))
    return counts == others and abs(age - expected_age) < 1e-6


@examples(25)
@given(made_rows(), made_filters(), moments, populations, st.integers(6, 11))
def test_hexagons_count_as_a_loop_does(
    rows: list[Row], filters: Filters, as_of: datetime, population: Population, resolution: int
) -> None:
    oracle = Oracle(rows, filters, as_of)
    expected = {
        cell: density(group, oracle.at(population))
        for cell, group in grouped(
            [r for r in oracle.of(population) if on_map(r)], lambda r: cell_of(r, resolution)
        ).items()
    }
    with opened(rows) as mart:
        found = hexagons(mart, filters, as_of, resolution, population=population)
    assert set(found["h3"]) == set(expected)
    assert found["n"].is_monotonic_decreasing
    for cell, *values in found.itertuples(index=False):
        assert same(tuple(values), expected[cell])


@examples(20)
@given(
    made_rows(), moments, st.integers(7, 11), st.sampled_from([(0.0, 0.0), (0.004, 0.002), (-0.02, 0.011)])
)
def test_a_box_gives_every_hexagon_that_touches_it_whole(
    rows: list[Row], as_of: datetime, resolution: int, shift: tuple[float, float]
) -> None:
    west, south = -73.575 + shift[0], 45.503 + shift[1]
    window = (west, south, west + 0.012, south + 0.009)
    with opened(rows) as mart:
        everywhere = hexagons(mart, MARCH, as_of, resolution).set_index("h3")
        found = hexagons(mart, MARCH, as_of, resolution, window).set_index("h3")
    assert found["n"].equals(everywhere.loc[found.index, "n"])
    if len(everywhere):
        touching = shapely.intersects(polygons(from_hex(everywhere.index)), shapely.box(*window))
        assert set(everywhere.index[touching]) <= set(found.index)


@examples(25)
@given(made_rows(), made_filters(), moments, populations, st.sampled_from(["borough", "sector"]))
def test_areas_count_the_located_and_the_others(
    rows: list[Row], filters: Filters, as_of: datetime, population: Population, by: Any
) -> None:
    oracle = Oracle(rows, filters, as_of)
    column = "borough_who" if by == "borough" and filters.by == "who" else by
    expected = {
        code: density(group, oracle.at(population))
        for code, group in grouped(oracle.of(population), lambda r: r[column]).items()
    }
    with opened(rows) as mart:
        found = areas(mart, filters, as_of, by, population)
    codes = found["code"].astype(object).where(found["code"].notna(), None).tolist()
    assert set(codes) == set(expected)
    assert all(
        same(tuple(values), expected[code])
        for code, (_, *values) in zip(codes, found.itertuples(index=False), strict=True)
    )


@examples(20)
@given(made_rows(), made_filters(), moments, populations)
def test_points_are_the_located_requests_in_the_box(
    rows: list[Row], filters: Filters, as_of: datetime, population: Population
) -> None:
    oracle = Oracle(rows, filters, as_of)
    window = (-73.57, 45.50, -73.0, 45.512)
    expected = {
        r["id"]: state_of(r, oracle.at(population))
        for r in oracle.of(population)
        if on_map(r) and window[0] <= r["point"][0] <= window[2] and window[1] <= r["point"][1] <= window[3]
    }
    with opened(rows) as mart:
        found = points(mart, filters, as_of, window, population=population)
    assert dict(zip(found["id"], found["state"], strict=True)) == expected


def test_the_earliest_due_are_the_first_points_and_no_due_date_comes_last() -> None:
    rows = [a_row(due_at=due) for due in ("+3d", None, "+1d", "+2d")]
    with opened(rows) as mart:
        first_two = points(mart, MARCH, NOON, WHOLE, limit=2)
        everyone = points(mart, MARCH, NOON, WHOLE)
    assert first_two["id"].tolist() == [rows[2]["id"], rows[3]["id"]]
    assert everyone["id"].tolist()[-1] == rows[1]["id"]


def test_the_counter_is_no_place_on_a_map() -> None:
    with opened([a_row(precision="counter")]) as mart:
        assert hexagons(mart, MARCH, NOON, 8).empty
        assert points(mart, MARCH, NOON, WHOLE).empty
        assert areas(mart, MARCH, NOON)["n"].tolist() == [1]


@pytest.mark.parametrize("resolution", [5, 12])
def test_resolutions_that_no_map_shows_are_refused(resolution: int) -> None:
    with opened([]) as mart, pytest.raises(InputRefused, match="6 to 11"):
        hexagons(mart, MARCH, NOON, resolution)


@pytest.mark.parametrize("limit", [0, 100_001])
def test_points_have_a_limit(limit: int) -> None:
    with opened([]) as mart, pytest.raises(InputRefused, match="100000"):
        points(mart, MARCH, NOON, WHOLE, limit)


def test_a_filter_by_hexagon_keeps_what_lies_in_it() -> None:
    here, there = a_row(point=(-73.58, 45.50)), a_row(point=(-73.50, 45.60))
    with opened([here, there, a_row(point=None, precision="none")]) as mart:
        for resolution in (7, 9, 12):
            cell = to_hex(parents(cells(np.array([45.50]), np.array([-73.58])), resolution))
            filters = Filters(MARCH.start, MARCH.end, h3=tuple(cell))
            assert points(mart, filters, NOON, WHOLE)["id"].tolist() == [here["id"]]
    assert NO_CELL == -1
