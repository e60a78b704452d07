"""Sector and borough of points, a million at a time, by array operations.

The answer is that of `geopandas.sjoin(points, sectors, predicate="intersects")` on the same shapes.
A point on an edge that sectors share belongs to the one that comes first in sectors.geojson (the
lowest district number). A point outside every shape and within `NEAR_M` of one belongs to the
nearest (again the first, if several are equally near), and the basis says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

from domain.territory import HORS_TERRITOIRE, VILLE_LIEE, boroughs
from geo import hexgrid
from geo.boroughs import FOLDER, Area, load_sectors, shapes_of
from geo.cellindex import FAR, FIRST_OPEN, NOWHERE, CellTable, build_table, sides
from geo.projection import metres, shapes_in_metres

NEAR_M = 300.0
"""From the domain's rule: a wharf, a bridge or an island's shore still belongs to its borough."""

BASES = ("point", "near", "text", "none")
"""How the borough is known: inside its shape (or surely in none), nearest, from the record's own
words (set by whoever reads them, never here), or not at all."""

POINT, NEAR, _, NONE = range(len(BASES))

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Assignment:
    """Where points lie, as indices into lists of categories; -1 is null."""

    borough: NDArray[np.int16]
    """Index into `borough_categories`; -1 where there is no usable point."""

    sector: NDArray[np.int16]
    """Index into `sector_categories`; -1 outside of all."""

    basis: NDArray[np.int8]
    """Index into `BASES`."""

    borough_categories: tuple[str, ...]
    sector_categories: tuple[str, ...]
    basis_categories: tuple[str, ...] = BASES


class TerritoryIndex:
    """Sectors ready to take points; immutable, safe to share between threads."""

    def __init__(self, sectors: tuple[Area, ...]) -> None:
        """Index the sectors, a coverage in degrees; 0.2 to 0.3 s for Montréal."""
        self.sector_categories = tuple(sector.code for sector in sectors)
        self.borough_categories = (*(b.code for b in boroughs()), VILLE_LIEE, HORS_TERRITOIRE)
        of_sector = [self.borough_categories.index(sector.borough) for sector in sectors]
        # One more entry, so that sector -1 finds the borough of points outside of all.
        outside = self.borough_categories.index(HORS_TERRITOIRE)
        self._borough_of_sector = np.array([*of_sector, outside], dtype=np.int16)
        self._shapes = shapes_of(sectors)
        shapely.prepare(self._shapes)
        # A prepared shape builds its index at the first question; here, not in two threads at once.
        shapely.intersects_xy(self._shapes, *np.array([sector.anchor for sector in sectors]).T)
        lines, self._sector_of_side = sides(shapes_in_metres(self._shapes))
        self._sides = shapely.STRtree(lines)
        self._table: CellTable = build_table(self._shapes, NEAR_M)

    @classmethod
    def load(cls, folder: Path | None = None) -> TerritoryIndex:
        """The index of data/boroughs, or of another folder of the same files.

        Raises:
            InputRefused: sectors.geojson is missing or is not what Vigie 311 writes.
        """
        return cls(load_sectors(folder or FOLDER))

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east and north of all sectors, degrees."""
        west, south, east, north = shapely.total_bounds(self._shapes)
        return float(west), float(south), float(east), float(north)

    def assign(self, lon: ArrayLike, lat: ArrayLike, cells: ArrayLike | None = None) -> Assignment:
        """Borough, sector and basis of each point (degrees, WGS84; NaN where there is none).

        Args:
            lon: longitudes, 1-D.
            lat: latitudes, as many.
            cells: their resolution-12 cells as `hexgrid.cells` gives them, where already known.
        """
        lon_deg, lat_deg = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
        known = hexgrid.cells(lat_deg, lon_deg) if cells is None else np.asarray(cells, dtype=np.int64)
        answer = self._table.find(known)
        sector = np.maximum(answer, FAR)
        basis = np.full(len(sector), POINT, dtype=np.int8)
        is_open = np.flatnonzero(answer <= FIRST_OPEN)
        sets = FIRST_OPEN - answer[is_open]
        sector[is_open], basis[is_open] = self._test(sets, lon_deg[is_open], lat_deg[is_open])
        borough = self._borough_of_sector[sector]
        is_nowhere = answer == NOWHERE
        borough[is_nowhere] = -1
        basis[is_nowhere] = NONE
        return Assignment(borough, sector, basis, self.borough_categories, self.sector_categories)

    def _test(self, sets: NDArray[np.int16], lon: Floats, lat: Floats) -> tuple[Any, Any]:
        """Sector and basis of points in cells near an edge, against the shapes themselves."""
        sector = np.full(len(sets), FAR, dtype=np.int16)
        basis = np.full(len(sets), POINT, dtype=np.int8)
        left = np.arange(len(sets))
        for rank in range(self._table.candidates.shape[1]):
            candidate = self._table.candidates[sets[left], rank]
            has_one = candidate >= 0
            tested, candidate = left[has_one], candidate[has_one]
            inside = shapely.intersects_xy(self._shapes[candidate], lon[tested], lat[tested])
            sector[tested[inside]] = candidate[inside]
            left = left[sector[left] == FAR]
        nearest = self._nearest(lon[left], lat[left])
        sector[left] = nearest
        basis[left[nearest >= 0]] = NEAR
        return sector, basis

    def _nearest(self, lon: Floats, lat: Floats) -> NDArray[np.int16]:
        """The nearest sector within `NEAR_M` of each point outside of all; -1 where there is none."""
        found = np.full(len(lon), FAR, dtype=np.int16)
        points = np.asarray(shapely.points(*metres(lon, lat)))
        # Half the time of query_nearest, and its ties.
        point, side = self._sides.query(points, predicate="dwithin", distance=NEAR_M)
        sector = self._sector_of_side[side]
        distance_m = shapely.distance(points[point], self._sides.geometries[side])
        order = np.lexsort((-sector, -distance_m, point))  # the one that counts is written last
        found[point[order]] = sector[order]
        return found
