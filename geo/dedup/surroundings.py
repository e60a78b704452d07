"""Which requests lie around some that changed: the part of a city that has to be looked at again.

Requests are known here by their kind and H3 cell only, so that the rest of most of them need not be read. The
cells are those of the largest radius within which anything is compared: whoever is within it of a request
lies in the rings around that request's cell.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from geo import hexgrid
from geo.dedup.buckets import coded, spread
from geo.dedup.cellrings import covering_rings
from geo.dedup.parameters import EXACT, SEGMENT, Parameters

Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]


class Surroundings:
    """Cells, of one kind each, whose surroundings are complete: `add` makes them so, `inside` says who is there."""

    def __init__(self, kind: Integers, cell: Integers, parameters: Parameters) -> None:
        """Around nothing yet.

        Args:
            kind: small numbers, from 0; requests of one kind only are compared.
            cell: H3 cell of the store's resolution; `hexgrid.NO_CELL` for a request at no place.
            parameters: whose radius counts, of exact points and of segments.
        """
        reach = [parameters.reach[evidence] for evidence in (EXACT, SEGMENT)]
        resolution, rings = covering_rings(max(max(one.radius_m, one.place_m) for one in reach))
        self.placed: Flags = cell != hexgrid.NO_CELL
        self._cells, code = coded(hexgrid.parents(cell[self.placed], resolution))
        self._key = np.full(len(cell), -1, dtype=np.int64)
        self._key[self.placed] = kind[self.placed] * len(self._cells) + code
        size = (int(kind.max(initial=-1)) + 1) * len(self._cells)
        self._complete = np.zeros(size, dtype=bool)
        self._inside = np.zeros(size, dtype=bool)
        centre, near = hexgrid.disk_pairs(self._cells, rings)
        at = np.minimum(np.searchsorted(self._cells, near), max(len(self._cells) - 1, 0))
        occupied = self._cells[at] == near
        self._near = at[occupied]
        self._first = np.searchsorted(centre[occupied], np.arange(len(self._cells) + 1))

    def add(self, rows: Flags) -> None:
        """Have all the cells around some requests complete, and so the requests around those cells inside."""
        keys = self._around(np.unique(self._key[rows & self.placed]))
        self._complete[keys] = True
        self._inside[self._around(keys)] = True

    def inside(self) -> Flags:
        """Which requests lie in a complete cell or around one."""
        found = np.zeros(len(self._key), dtype=bool)
        found[self.placed] = self._inside[self._key[self.placed]]
        return found

    def complete(self, rows: Flags) -> bool:
        """Whether everybody whom some requests could be compared with is inside."""
        return bool(self._complete[self._key[rows & self.placed]].all())

    def _around(self, keys: Integers) -> Integers:
        """Kinds and cells around some, themselves included."""
        if not len(keys):
            return keys
        kind, code = np.divmod(keys, len(self._cells))
        owner, at = spread(self._first[code], self._first[code + 1] - self._first[code])
        found: Integers = np.unique(kind[owner] * len(self._cells) + self._near[at])
        return found
