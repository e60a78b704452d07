"""Which H3 resolution and how many rings are sure to hold every point within a radius.

Between a point of a cell and what lies outside the `k` rings around that cell there are at least
`(1.5 k - 0.5)` edges of a regular hexagon: one edge for the first ring (from a corner of the cell outwards
along the side that two cells of the ring share), then at least one and a half for each further ring (a row
of hexagons is never narrower). H3's hexagons are not all of one size: `SMALLEST_EDGE` of the average length
is shorter than any edge away from the twelve pentagons, which lie in the sea.
"""

from __future__ import annotations

from domain.errors import InputRefused

EDGE_M = {7: 1406.48, 8: 531.41, 9: 200.79, 10: 75.86, 11: 28.66, 12: 10.83, 13: 4.09}
"""Average edge of a hexagon by resolution (H3 4's own table, metres)."""

SMALLEST_EDGE = 0.7
LARGEST_CELL = 3.0
"""One ring of cells whose edge is at most so many radii: fewer look-ups; else two rings of smaller cells."""


def reach_m(resolution: int, rings: int) -> float:
    """Metres that `rings` rings around a cell surely reach from any of its points."""
    return (1.5 * rings - 0.5) * EDGE_M[resolution] * SMALLEST_EDGE if rings else 0.0


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


LARGEST_RADIUS_M = reach_m(min(EDGE_M), 1)
