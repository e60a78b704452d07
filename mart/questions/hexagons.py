"""Where requests are: counts by H3 hexagon, for the map."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

import ibis.expr.types as ir
import numpy as np
import numpy.typing as npt
import pandas as pd

from domain.errors import InputRefused
from domain.precision import ON_MAP
from geo.hexgrid import centres, to_hex
from mart.ask import frame, real
from mart.cells import parent
from mart.column_filters import ColumnFilter
from mart.filters import Filters
from mart.populations import Population
from mart.selection import Selection, SelectionShape, density, selected
from mart.snapshot import Mart

COARSEST_SHOWN, FINEST_SHOWN = 6, 11

# Longest distance from a cell's centre to a corner, in degrees of latitude, by resolution: the mean
# edge (https://h3geo.org/docs/core-library/restable) and a fifth more for the grid's distortion.
_RADIUS_DEG = {6: 0.0402, 7: 0.0152, 8: 0.00574, 9: 0.00217, 10: 0.00082, 11: 0.00031}


class Box(NamedTuple):
    """Degrees, WGS84."""

    west: float
    south: float
    east: float
    north: float


def hexagons(
    mart: Mart,
    filters: Filters,
    as_of: datetime,
    resolution: int,
    bbox: tuple[float, float, float, float] | None = None,
    population: str = Population.RECEIVED,
    column_filters: tuple[ColumnFilter, ...] = (),
) -> pd.DataFrame:
    """Located requests by hexagon, most first.

    Columns: h3 (text), n, open and late (of these, at the moment that the population is shown at),
    late_share (late ÷ n), median_age_days (of the open ones; NaN where none is). With `bbox` (west,
    south, east, north in degrees) the hexagons that may touch it, each counted whole.

    Raises:
        InputRefused: a resolution that no map shows.
    """
    if not COARSEST_SHOWN <= resolution <= FINEST_SHOWN:
        raise InputRefused(f"hexagons have resolution {COARSEST_SHOWN} to {FINEST_SHOWN}, not {resolution}.")
    selection = Selection(filters, as_of, population, column_filters)
    values = selection.values
    if bbox is not None:
        values |= _grown(Box(*bbox), 2 * _RADIUS_DEG[resolution])._asdict()
    found = frame(mart.run(_by_cell, (selection.shape, resolution, bbox is not None), values, table="spells"))
    cells = found.pop("cell").to_numpy(dtype=np.int64)
    if bbox is not None:
        inside = _centred_in(cells, _grown(Box(*bbox), _RADIUS_DEG[resolution]))
        found, cells = found[inside].reset_index(drop=True), cells[inside]
    found.insert(0, "h3", to_hex(cells))
    return found


def _by_cell(spells: ir.Table, shape: SelectionShape, resolution: int, boxed: bool) -> ir.Table:
    kept = selected(spells, shape, located(spells, boxed))
    counted = kept.group_by(cell=parent(kept["h3_12"], resolution)).aggregate(**density(kept))
    return counted.order_by([counted["n"].desc(), counted["cell"]])


def located(spells: ir.Table, boxed: bool) -> list[ir.BooleanValue]:
    """Conditions: shown on a map, and inside the box of the values west, south, east, north."""
    on_map = spells["precision"].isin(sorted(ON_MAP))
    if not boxed:
        return [on_map, spells["h3_12"].notnull()]
    return [
        on_map,
        spells["lon"].between(real("west"), real("east")),
        spells["lat"].between(real("south"), real("north")),
    ]


def _grown(box: Box, margin_deg: float) -> Box:
    # A degree of longitude is shorter than one of latitude: as many metres are more degrees.
    margin_lon = margin_deg / max(float(np.cos(np.radians((box.south + box.north) / 2))), 0.1)
    return Box(box.west - margin_lon, box.south - margin_deg, box.east + margin_lon, box.north + margin_deg)


def _centred_in(cells: npt.NDArray[np.int64], box: Box) -> npt.NDArray[np.bool_]:
    lat, lon = centres(cells)
    inside: npt.NDArray[np.bool_] = (
        (lon >= box.west) & (lon <= box.east) & (lat >= box.south) & (lat <= box.north)
    )
    return inside
