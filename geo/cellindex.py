"""Which sector each H3 cell lies in, as one table addressed by the bits of the cell.

A cell wholly inside a sector, or far from all of them, answers at once for every point in it;
only cells near an edge leave their points to be tested. The search goes from coarse cells to fine
ones, and only the cells near an edge are looked at more finely.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geo import hexgrid
from geo.projection import METRES_PER_DEGREE, flat_metres

COARSEST = 7
LEAF = 10
"""Levels of the search. At 10 (130 m across) one point in seven of the city is in an edge cell; at 11
one in seventeen, for eight times the table and five times the time to build it: no gain in all."""

BLOCK = 3
"""The table is blocks of one coarse cell each, so big that a city has few of them (four at most
unless it is wider than 60 km)."""

_SLOT_BITS = 3 * (LEAF - BLOCK)
_SLOT_MASK = (1 << _SLOT_BITS) - 1

REACH = 1.1
"""How far a cell's descendants reach from its centre, in circumradii.

H3's children overhang their parent. Their centres are √3/√7 of its circumradius away at each level
and the cells shrink by √7, so nothing lies beyond 0.655 / (1 - 0.378) = 1.053 circumradii; the rest
is for the slight differences between neighbouring cells.
"""

LOOSE = 1.01
"""Distances in the flat plane are right to 0.3 %: this much more is surely enough."""

FAR = np.int16(-1)
NOWHERE = np.int16(-2)
FIRST_OPEN = np.int16(-3)
"""Answers below this are sets of sectors to test: `FIRST_OPEN - answer` is the row of `candidates`."""

Cells = NDArray[np.int64]
Shapes = NDArray[Any]


@dataclass(frozen=True, slots=True, eq=False)
class CellTable:
    """What is known of every cell at `LEAF`, by direct address: two shifts and one look."""

    blocks: Cells
    """Path of each block's coarse cell, ascending."""

    answers: NDArray[np.int16]
    """One row a block, one column a leaf: a sector's index ≥ 0, `FAR`, or a set of candidates."""

    candidates: NDArray[np.int16]
    """Sets of sectors to test, ascending, filled with -1; even an empty set's points may be near one."""

    def find(self, cells: Cells) -> NDArray[np.int16]:
        """The answer for each cell (of `LEAF` or finer), `FAR` out of the table, `NOWHERE` for no cell."""
        path = hexgrid.paths(cells, LEAF)
        block_path = path >> _SLOT_BITS
        block = np.minimum(np.searchsorted(self.blocks, block_path), len(self.blocks) - 1)
        found: NDArray[np.int16] = self.answers[block, path & _SLOT_MASK]
        found[self.blocks[block] != block_path] = FAR
        found[cells == hexgrid.NO_CELL] = NOWHERE
        return found


class _Plane:
    """Sectors in a flat plane where degrees' straight sides stay straight; distances in metres."""

    def __init__(self, shapes: Shapes) -> None:
        bounds = shapely.total_bounds(shapes)
        self.middle_lat = float(bounds[1] + bounds[3]) / 2
        flat = shapely.transform(shapes, self._flatten)
        shapely.prepare(flat)
        self.sectors = shapely.STRtree(flat)
        self.edges = shapely.STRtree(sides(flat)[0])

    def _flatten(self, xy: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack(flat_metres(xy[:, 0], xy[:, 1], self.middle_lat))

    def centres(self, cells: Cells) -> Shapes:
        lat, lon = hexgrid.centres(cells)
        return np.asarray(shapely.points(*flat_metres(lon, lat, self.middle_lat)))

    def near_edge(self, points: Shapes, distance_m: float) -> NDArray[np.bool_]:
        """Which points have an edge within the distance."""
        found = np.zeros(len(points), dtype=bool)
        found[self.edges.query(points, predicate="dwithin", distance=distance_m)[0]] = True
        return found

    def reach_m(self, cells: Cells) -> float:
        """No descendant of these cells reaches farther than this from its ancestor's centre."""
        sample = cells[:: max(1, len(cells) // 200)]
        outlines = shapely.transform(hexgrid.polygons(sample), self._flatten)
        corners, owner = shapely.get_coordinates(outlines, return_index=True)
        middles = shapely.get_coordinates(self.centres(sample))[owner]
        return REACH * float(np.hypot(*(corners - middles).T).max())


def build_table(shapes: Shapes, near_m: float) -> CellTable:
    """Table of the cells within `near_m` of the sectors (lon, lat; a coverage)."""
    plane = _Plane(shapes)
    level = _start(shapes, near_m)
    leaves: list[Cells] = []
    answers: list[NDArray[np.int16]] = []
    for resolution in range(COARSEST, LEAF + 1):
        centres = plane.centres(level)
        reach_m = plane.reach_m(level)
        at_edge = plane.near_edge(centres, reach_m)
        sector = _containing(plane.sectors, centres)
        is_outside = ~at_edge & (sector == FAR)
        is_outside[is_outside] = plane.near_edge(centres[is_outside], LOOSE * near_m + reach_m)
        is_open = at_edge | is_outside
        settled = ~is_open & (sector != FAR)
        leaves.append(hexgrid.children(level[settled], LEAF))
        each = 7 ** (LEAF - resolution)
        answers.append(np.repeat(sector[settled], each))
        level, centres = level[is_open], centres[is_open]
        if resolution < LEAF:
            level = hexgrid.children(level, resolution + 1)
    open_answers, candidates = _candidate_sets(plane.sectors, centres, reach_m)
    return _table(np.concatenate([*leaves, level]), np.concatenate([*answers, open_answers]), candidates)


def _start(shapes: Shapes, near_m: float) -> Cells:
    """All coarse cells that hold a point within `near_m` of a shape, and some around them."""
    west, south, east, north = shapely.total_bounds(shapes)
    margin_deg = 2 * near_m / METRES_PER_DEGREE / np.cos(np.radians(north))
    box = shapely.box(west - margin_deg, south - margin_deg, east + margin_deg, north + margin_deg)
    return hexgrid.disk(hexgrid.covering(box, COARSEST), 1)


def sides(shapes: Shapes) -> tuple[Shapes, NDArray[np.intp]]:
    """Every side of every ring as a line of its own, and the index of its shape."""
    parts, shape_of_part = shapely.get_parts(shapes, return_index=True)
    rings, part_of_ring = shapely.get_rings(parts, return_index=True)
    corners, ring = shapely.get_coordinates(rings, return_index=True)
    goes_on = ring[1:] == ring[:-1]
    lines = shapely.linestrings(np.stack([corners[:-1][goes_on], corners[1:][goes_on]], axis=1))
    return np.asarray(lines), shape_of_part[part_of_ring[ring[1:][goes_on]]]


def _containing(tree: shapely.STRtree, points: Shapes) -> NDArray[np.int16]:
    """A sector of each point, any of them on an edge; `FAR` outside of all."""
    found = np.full(len(points), FAR, dtype=np.int16)
    point, sector = tree.query(points, predicate="intersects")
    found[point] = sector
    return found


def _candidate_sets(
    tree: shapely.STRtree, points: Shapes, reach_m: float
) -> tuple[NDArray[np.int16], NDArray[np.int16]]:
    """The answers that name each cell's set of sectors within reach, and the distinct sets."""
    point, sector = tree.query(points, predicate="dwithin", distance=reach_m)
    order = np.lexsort((sector, point))
    point, sector = point[order], sector[order]
    rank = np.arange(len(point)) - np.searchsorted(point, point)
    sets = np.full((len(points), int(rank.max(initial=0)) + 1), -1, dtype=np.int16)
    sets[point, rank] = sector
    distinct, which = np.unique(sets, axis=0, return_inverse=True)
    return (FIRST_OPEN - which.reshape(-1)).astype(np.int16), distinct


def _table(leaves: Cells, answers: NDArray[np.int16], candidates: NDArray[np.int16]) -> CellTable:
    path = hexgrid.paths(leaves, LEAF)
    blocks, block = np.unique(path >> _SLOT_BITS, return_inverse=True)
    table = np.full((len(blocks), 1 << _SLOT_BITS), FAR, dtype=np.int16)
    table[block, path & _SLOT_MASK] = answers
    return CellTable(blocks, table, candidates)
