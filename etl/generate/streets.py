"""An invented street network that fills the real boroughs: blocks, corners and names.

Each area gets a gently bent grid turned to Montréal's bearing. Long streets lie about 90 m apart, cross
streets about 155 m, as in most of the city; a block is the piece of a street between two corners. The
network is the same for every seed: two files may be compared place by place.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from etl.generate.calibration import calibration
from etl.generate.names import street_names
from etl.generate.shapes import area_shapes

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

NETWORK_SEED = 1642  # the city's founding year; any fixed number would do
BEARING_DEG = -32.0  # of the streets that Montréal calls north-south
LONG_GAP_M = (80, 102)
CROSS_GAP_M = (130, 182)
BEND_M = 55.0  # how far a street strays from its straight line
BEND_PERIOD_M = 2600.0
MISSING = 0.05  # blocks that are not there: parks, rails, yards
NUMBERED = ("RO", "VD", "LC", "RP", "LS", "VS", "MH")  # boroughs with numbered avenues
STREET_SPREAD, BUSIEST = 0.5, 2.5  # of how busy streets are: log-normal about 1, cut off
BIG_STREET = 1.8  # a boulevard is that much busier
CENTRES = (2, 5)  # busy neighbourhoods of an area, the second number excluded
CENTRE_RADIUS_M = 700.0
AWAY = 0.3  # how busy a block far from every centre is, next to one in a centre
BORDER_M = 200.0  # a block this near to another borough may be looked after by it


@dataclass(frozen=True, eq=False)
class Network:
    """Blocks and corners of all areas; blocks of one area lie together, in the order of areas.

    Metres are EPSG:32188. `street`, `first_cross` and `last_cross` number `names`; `ends` (n, 2) number the
    corners at both ends; `first_of_area` has one more entry than there are areas.
    """

    names: tuple[str, ...]
    area: Integers
    street: Integers
    cross: Integers
    """(n, 2): the streets that the block runs between."""
    ends: Integers
    corner_x: Floats
    corner_y: Floats
    corner_streets: Integers
    busy: Floats
    """How busy the block is, for its street and its neighbourhood; about 1."""
    neighbour: Integers
    """Number of another borough within `BORDER_M`, else -1."""
    first_of_area: Integers

    @property
    def blocks(self) -> int:
        """How many blocks there are."""
        return len(self.street)

    def along(self, block: Integers, fraction: Floats, aside_m: Floats) -> tuple[Floats, Floats]:
        """Points on blocks: at a fraction of the length from the first end, `aside_m` to the left."""
        a, b = self.ends[block, 0], self.ends[block, 1]
        dx, dy = self.corner_x[b] - self.corner_x[a], self.corner_y[b] - self.corner_y[a]
        length = np.hypot(dx, dy)
        x = self.corner_x[a] + fraction * dx - aside_m * dy / length
        y = self.corner_y[a] + fraction * dy + aside_m * dx / length
        return x, y

    def lengths_m(self) -> Floats:
        """Length of every block, metres."""
        a, b = self.ends[:, 0], self.ends[:, 1]
        return np.asarray(
            np.hypot(self.corner_x[b] - self.corner_x[a], self.corner_y[b] - self.corner_y[a]), dtype=float
        )


@cache
def network() -> Network:
    """The streets of all areas."""
    facts = calibration()
    shapes = area_shapes(facts)
    rng = np.random.Generator(np.random.PCG64(NETWORK_SEED))
    parts = [
        _area_streets(rng, ground, number, numbered=facts.areas[number] in NUMBERED)
        for number, ground in enumerate(shapes)
    ]
    joined = _join(parts)
    near = _neighbours(joined, shapes[: len(facts.boroughs)])
    counts = np.bincount(joined["area"], minlength=len(shapes))
    return Network(**joined, neighbour=near, first_of_area=np.concatenate(([0], np.cumsum(counts))))


def _area_streets(
    rng: np.random.Generator, ground: BaseGeometry, area: int, *, numbered: bool
) -> dict[str, Any]:
    """Blocks and corners of one area, numbered from 0."""
    x, y = _grid(rng, ground)
    columns, rows = x.shape
    inside = shapely.contains_xy(_prepared(ground), x, y)
    corner = np.arange(columns * rows).reshape(columns, rows)
    column, row = np.divmod(corner, rows)
    cross_street = columns + row
    pieces = [
        # start corner, end corner, street, the streets at both ends
        (corner[:, :-1], corner[:, 1:], column[:, :-1], cross_street[:, :-1], cross_street[:, 1:]),
        (corner[:-1], corner[1:], cross_street[:-1], column[:-1], column[1:]),
    ]
    start, end, street, from_street, to_street = (
        np.concatenate([np.ravel(piece[part]) for piece in pieces]) for part in range(5)
    )
    kept = inside.ravel()[start] & inside.ravel()[end] & (rng.random(len(start)) >= MISSING)
    flat_x, flat_y = x.ravel(), y.ravel()
    ends = np.column_stack((start, end))[kept]
    lines = shapely.linestrings(np.stack((flat_x[ends], flat_y[ends]), axis=-1))
    covered = shapely.covers(_prepared(ground), lines)
    ends = ends[covered]
    names = street_names(rng, columns + rows, numbered=numbered)
    busy = np.minimum(rng.lognormal(0, STREET_SPREAD, columns + rows), BUSIEST)
    busy *= np.where([name.startswith("boulevard") for name in names], BIG_STREET, 1.0)
    streets = street[kept][covered]
    used, renumbered = np.unique(ends, return_inverse=True)
    return {
        "names": tuple(names),
        "area": np.full(len(ends), area),
        "street": streets,
        "cross": np.column_stack((from_street, to_street))[kept][covered],
        "ends": renumbered.reshape(ends.shape),
        "corner_x": flat_x[used],
        "corner_y": flat_y[used],
        "corner_streets": np.column_stack((column.ravel(), cross_street.ravel()))[used],
        "busy": busy[streets] * _centrality(rng, flat_x[ends].mean(axis=1), flat_y[ends].mean(axis=1)),
    }


def _centrality(rng: np.random.Generator, x: Floats, y: Floats) -> Floats:
    """How central each block is: `AWAY` far from every centre, 1 and more in the middle of one."""
    central = np.full(len(x), AWAY)
    for centre in rng.integers(0, len(x), rng.integers(*CENTRES)):
        distance = np.hypot(x - x[centre], y - y[centre]) / CENTRE_RADIUS_M
        central += (1 - AWAY) * np.exp(-(distance**2) / 2)
    return central


def _grid(rng: np.random.Generator, ground: BaseGeometry) -> tuple[Floats, Floats]:
    """Corners of a bent grid that covers the ground, (long streets, cross streets), metres."""
    left, bottom, right, top = ground.bounds
    middle_x, middle_y = (left + right) / 2, (bottom + top) / 2
    reach = np.hypot(right - left, top - bottom) / 2
    across = _steps(rng, reach, LONG_GAP_M)[:, None]
    along = _steps(rng, reach, CROSS_GAP_M)[None, :]
    phase = rng.random(2) * 2 * np.pi
    across, along = (
        across + BEND_M * np.sin(2 * np.pi * along / BEND_PERIOD_M + phase[0]),
        along + BEND_M * np.sin(2 * np.pi * across / BEND_PERIOD_M + phase[1]),
    )
    turn = np.radians(BEARING_DEG + rng.uniform(-7, 7))
    x = middle_x + across * np.cos(turn) + along * np.sin(turn)
    y = middle_y - across * np.sin(turn) + along * np.cos(turn)
    return x, y


def _steps(rng: np.random.Generator, reach: float, gap_m: tuple[float, float]) -> Floats:
    """Positions from -reach to reach, one gap apart from the other."""
    count = int(2 * reach / gap_m[0]) + 2
    at = np.cumsum(rng.uniform(*gap_m, count)) - reach
    steps: Floats = at[at <= reach]
    return steps


def _join(parts: list[dict[str, Any]]) -> dict[str, Any]:
    """Parts of all areas behind one another, their corners and streets renumbered."""
    corners = np.cumsum([0] + [len(p["corner_x"]) for p in parts])
    streets = np.cumsum([0] + [len(p["names"]) for p in parts])
    shift = {"ends": corners, "street": streets, "cross": streets, "corner_streets": streets}
    joined: dict[str, Any] = {"names": tuple(name for part in parts for name in part["names"])}
    for key in parts[0].keys() - {"names"}:
        joined[key] = np.concatenate(
            [part[key] + (shift[key][n] if key in shift else 0) for n, part in enumerate(parts)]
        )
    return joined


def _neighbours(joined: dict[str, Any], boroughs: list[BaseGeometry]) -> Integers:
    """For each block the number of another borough close by, else -1."""
    a, b = joined["ends"][:, 0], joined["ends"][:, 1]
    x, y = joined["corner_x"], joined["corner_y"]
    middles = shapely.points((x[a] + x[b]) / 2, (y[a] + y[b]) / 2)
    blocks, near = shapely.STRtree(boroughs).query(middles, predicate="dwithin", distance=BORDER_M)
    other = near != joined["area"][blocks]
    found = np.full(len(middles), -1, dtype=np.int64)
    found[blocks[other]] = near[other]
    return found


def _prepared(ground: BaseGeometry) -> BaseGeometry:
    shapely.prepare(ground)
    return ground
