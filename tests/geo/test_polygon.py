"""What a drawn area may be."""

import math

import pytest

from domain.errors import InputRefused
from geo.polygon import MOST_CORNERS, bounds, drawn

SQUARE = ((-73.6, 45.5), (-73.5, 45.5), (-73.5, 45.6), (-73.6, 45.6))


def test_corners_are_kept_in_their_order_to_a_metre() -> None:
    assert drawn([(-73.600001, 45.5), *SQUARE[1:]]) == SQUARE
    assert bounds(SQUARE) == (-73.6, 45.5, -73.5, 45.6)


def test_a_closed_ring_is_opened() -> None:
    assert drawn([*SQUARE, SQUARE[0]]) == SQUARE


@pytest.mark.parametrize(
    "corners",
    [
        SQUARE[:2],
        [SQUARE[0], SQUARE[2], SQUARE[1], SQUARE[3]],
        [(-73.6, 45.5), (-73.5, 45.5), (-73.4, 45.5)],
        [(-73.6, math.nan), *SQUARE[1:]],
        [(-73.6, 91.0), *SQUARE[1:]],
        [(math.cos(a / 100), math.sin(a / 100)) for a in range(MOST_CORNERS + 1)],
    ],
    ids=["two corners", "crossing", "flat", "not a number", "off the globe", "too many"],
)
def test_what_encloses_nothing_is_refused(corners: list[tuple[float, float]]) -> None:
    with pytest.raises(InputRefused):
        drawn(corners)
