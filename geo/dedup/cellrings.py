"""Which H3 resolution and how many rings are sure to hold every point within a radius.

Points are sorted into cells by the cell that a request carries (resolution 12) and its ancestors, which are
found by bit arithmetic. An ancestor's descendants do not fill quite its hexagon: their outline is Gosper's,
and none of it is farther from the centre than `FARTHEST` of the distance between neighbouring centres. The
centres of cells that are `k + 1` steps apart are at least `(k + 1) √3/2` such distances apart. So a point
and what lies outside the `k` rings around its cell are at least `(k + 1) √3/2 - 2 FARTHEST` of them apart.
H3's hexagons are not all of one size: `SMALLEST_EDGE` of the average length is shorter than any edge away
from the twelve pentagons, which lie in the sea, and `LARGEST_EDGE` longer.
"""

from __future__ import annotations

from domain.errors import InputRefused

EDGE_M = {7: 1406.48, 8: 531.41, 9: 200.79, 10: 75.86, 11: 28.66, 12: 10.83}
"""Average edge of a hexagon by resolution (H3 4's own table, metres)."""

SMALLEST_EDGE = 0.7
LARGEST_EDGE = 1.4
FARTHEST = 0.61
"""The sum of (1/√7)^n from n = 1 on is 0.607: a child's centre is 1/√7 from its parent's, and so on."""

ROOT_3 = 3**0.5
LARGEST_CELL = 3.0
"""One ring of cells whose edge is at most so many radii: fewer look-ups; else two rings of smaller cells."""


def reach_m(resolution: int, rings: int) -> float:
    """Metres that `rings` rings around a cell surely reach from any of its points."""
    centres_m = ROOT_3 * EDGE_M[resolution] * SMALLEST_EDGE
    return ((rings + 1) * ROOT_3 / 2 - 2 * FARTHEST) * centres_m if rings else 0.0


def covering_rings(radius_m: float) -> tuple[int, int]:
    """Resolution and rings (1 or 2) that reach at least `radius_m`, of the smallest cells that do.

    Raises:
        InputRefused: a radius that is not above 0 and at most `LARGEST_RADIUS_M`.
    """
    if not 0 < radius_m <= LARGEST_RADIUS_M:
        raise InputRefused(f"A radius of {radius_m} m is not above 0 and at most {LARGEST_RADIUS_M:.0f} m.")
    one = max(resolution for resolution in EDGE_M if reach_m(resolution, 1) >= radius_m)
    if EDGE_M[one] <= LARGEST_CELL * radius_m or one == max(EDGE_M):
        return one, 1
    return max(resolution for resolution in EDGE_M if reach_m(resolution, 2) >= radius_m), 2


def span_m(radius_m: float) -> float:
    """Metres beyond which a point's cell and the cells around it have no part in any comparison of the point.

    From a point to whom it may be compared with, from there to whom these may be, and two cells across.
    """
    resolution, _ = covering_rings(radius_m)
    return 2 * radius_m + 2 * (2 * EDGE_M[resolution] * LARGEST_EDGE)


LARGEST_RADIUS_M = reach_m(min(EDGE_M), 1)
