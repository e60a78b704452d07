"""Open requests around a point, against a loop over all of them."""

from datetime import datetime
from math import asin, cos, radians, sin, sqrt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import InputRefused
from mart.questions.neighbours import RADIUS_M, neighbours
from tests.mart.made import examples, is_open, made_rows, moments, opened, state_of
from tests.support.mart import NOON, Row, a_row

HERE = (-73.5747, 45.5)
EARTH_M = 6_371_008.8


def metres(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Great-circle distance (haversine) between two points (longitude, latitude)."""
    (lon_a, lat_a), (lon_b, lat_b) = ((radians(x), radians(y)) for x, y in (a, b))
    half = sin((lat_a - lat_b) / 2) ** 2 + cos(lat_a) * cos(lat_b) * sin((lon_a - lon_b) / 2) ** 2
    return 2 * EARTH_M * asin(sqrt(half))


@examples(20)
@given(made_rows(), moments, st.sampled_from([60.0, 250.0, 870.0]))
def test_neighbours_are_the_open_requests_within_the_radius(
    rows: list[Row], at: datetime, radius_m: float
) -> None:
    here = (-73.5691, 45.5041)
    placed = [r for r in rows if r["precision"] in ("exact", "segment") and is_open(r, at)]
    near = {r["id"]: metres(here, r["point"]) for r in placed if metres(here, r["point"]) <= radius_m}
    with opened(rows) as mart:
        found = neighbours(mart, here, at, radius_m=radius_m, limit=200)
    assert found.total == len(near)
    assert found.rows["id"].tolist() == sorted(near, key=lambda i: (round(near[i], 3), i))
    by_id = {r["id"]: r for r in rows}
    for one in found.rows.to_dict("records"):
        row = by_id[one["id"]]
        assert one["distance_m"] == pytest.approx(near[one["id"]], abs=0.05)
        assert one["state"] == state_of(row, at)
        assert one["external_id"] == row["external_id"]


def test_the_request_itself_is_left_out_and_only_the_nearest_are_shown() -> None:
    rows = [a_row(id=i, external_id=f"25-{i}", point=(HERE[0] + 0.0001 * i, HERE[1])) for i in range(1, 9)]
    with opened(rows) as mart:
        found = neighbours(mart, rows[0]["point"], NOON, without=1, limit=3)
    assert found.rows["id"].tolist() == [2, 3, 4]
    assert found.total == 7


def test_a_place_without_neighbours_has_none() -> None:
    far = (HERE[0] + 0.01, HERE[1])
    assert metres(HERE, far) > RADIUS_M
    with opened([a_row(point=far), a_row(point=None, precision="none")]) as mart:
        found = neighbours(mart, HERE, NOON)
    assert (found.total, len(found.rows)) == (0, 0)
    assert {"external_id", "street", "distance_m"} <= set(found.rows.columns)


@pytest.mark.parametrize(
    ("point", "options"),
    [
        ((0.0, 99.0), {}),
        ((float("nan"), 45.0), {}),
        (HERE, {"limit": 0}),
        (HERE, {"radius_m": 0.0}),
        (HERE, {"radius_m": 1e9}),
    ],
)
def test_what_cannot_be_asked_is_refused(point: tuple[float, float], options: dict[str, Any]) -> None:
    with opened([a_row()]) as mart, pytest.raises(InputRefused):
        neighbours(mart, point, NOON, **options)
