"""A drawn area filters requests as a polygon library would."""

import random
from datetime import date

import pytest
import shapely

from domain.errors import InputRefused
from geo.polygon import Corners
from mart.filters import Filters
from mart.questions.kpi import kpis
from mart.questions.page import page
from tests.mart.made import opened
from tests.support.mart import NOON, a_row

WIDTH, LON, LAT = 0.02, -73.6, 45.5
RANDOM = random.Random(311)
POINTS = [(LON + RANDOM.random() * WIDTH, LAT + RANDOM.random() * WIDTH) for _ in range(400)]
ROWS = [
    *(a_row(id=number, point=point) for number, point in enumerate(POINTS, start=1)),
    a_row(id=999, point=None, precision="none"),
]
PERIOD = date(2025, 3, 1), date(2025, 3, 31)


def star(corners: int) -> Corners:
    """A polygon with dents, by turning around the middle."""
    ring = [(i, RANDOM.uniform(0.2, 0.5) * WIDTH) for i in range(corners)]
    turns = [
        (shapely.affinity.rotate(shapely.Point(far, 0), 360 * i / corners, origin=(0, 0))) for i, far in ring
    ]
    return tuple((LON + WIDTH / 2 + turn.x, LAT + WIDTH / 2 + turn.y) for turn in turns)


@pytest.mark.parametrize("corners", [3, 4, 5, 8, 17, 100])
def test_exactly_what_lies_inside(corners: int) -> None:
    filters = Filters(*PERIOD, area=star(corners))
    inside = shapely.Polygon(filters.area)
    expected = [
        number for number, point in enumerate(POINTS, start=1) if inside.contains(shapely.Point(point))
    ]
    with opened(ROWS) as mart:
        listed = page(mart, filters, NOON, sort=(("id", False),), limit=500, population="received")
        counted = kpis(mart, filters, NOON, ("received",)).total
    assert listed.rows["id"].tolist() == expected
    assert counted["received"] == len(expected) > 0


def test_a_level_side_is_no_division_by_zero() -> None:
    corners = ((LON, LAT), (LON + WIDTH, LAT), (LON + WIDTH, LAT + WIDTH), (LON, LAT + WIDTH))
    with opened(ROWS) as mart:
        found = kpis(mart, Filters(*PERIOD, area=corners), NOON, ("received",)).total
    assert found["received"] == len(POINTS)


def test_sides_that_cross_are_refused() -> None:
    with pytest.raises(InputRefused, match="cross"):
        Filters(*PERIOD, area=((0, 0), (1, 1), (1, 0), (0, 1)))
