"""Open requests around a point, the nearest first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any

import ibis.expr.types as ir
import numpy as np
import numpy.typing as npt
import pandas as pd

from domain.errors import InputRefused
from domain.precision import ON_MAP
from geo.dedup.cellrings import covering_rings
from geo.dedup.metres import metres_apart
from geo.hexgrid import NO_CELL, cells, children_range, disk, parents
from mart.ask import frame, integer, integers, moment
from mart.snapshot import Mart
from mart.spells import open_at
from mart.state import state, state_values

RADIUS_M = 250.0
"""What a person on the spot sees or walks to in three minutes."""

MOST = 200

_COLUMNS = ("id", "activity", "lon", "lat", "opened_at", "due_at", "requesters", "problem_id")
_TEXTS = ("external_id", "street")


@dataclass(frozen=True)
class Around:
    """What is open around a point."""

    rows: pd.DataFrame
    """The nearest: id, external_id, activity, state, street, lon, lat (degrees), opened_at, due_at, requesters,
    problem_id, distance_m."""

    total: int
    """How many there are within the radius."""


def neighbours(
    mart: Mart,
    point: tuple[float, float],
    at: datetime,
    *,
    radius_m: float = RADIUS_M,
    without: int | None = None,
    limit: int = 10,
) -> Around:
    """Requests of any activity that are open at a moment within a radius of a point (longitude, latitude).

    The nearest first, ties by id; `without` is a request that is left out. Distances are metres on the sphere.

    Raises:
        InputRefused: the point is not on the globe, or the radius or the limit cannot be used.
    """
    if not 1 <= limit <= MOST:
        raise InputRefused(f"a list of neighbours has 1 to {MOST} rows, not {limit}.")
    bounds = _ranges(point, radius_m)
    values: dict[str, Any] = state_values(at) | {"as_of": at}
    for i, (first, last) in enumerate(bounds):
        values |= {f"first_{i}": int(first), f"last_{i}": int(last)}
    with mart.facts.table(at, at) as table:
        found = frame(mart.run(_open_in, (len(bounds),), values, table=table))
    lon, lat = (np.full(len(found), degrees) for degrees in point)
    found["distance_m"] = metres_apart(
        found["lat"].to_numpy(np.float64), found["lon"].to_numpy(np.float64), lat, lon
    )
    near = found[(found["distance_m"] <= radius_m) & (found["id"] != without)].sort_values(
        ["distance_m", "id"]
    )
    shown = near.head(limit)
    return Around(_with_texts(mart, shown), len(near))


def _ranges(point: tuple[float, float], radius_m: float) -> list[tuple[Any, Any]]:
    """First and last cell of resolution 12 under each cell that may hold something near, neighbours in one."""
    lon, lat = point
    resolution, rings = covering_rings(radius_m)
    here = cells(np.array([lat]), np.array([lon]))
    if here[0] == NO_CELL:
        raise InputRefused("a point has a longitude and a latitude on the globe.")
    around: npt.NDArray[np.int64] = disk(parents(here, resolution), rings)
    return list(zip(*children_range(around), strict=True))


def _open_in(facts: ir.Table, ranges: int) -> ir.Table:
    at = moment("as_of")
    inside = [facts["h3_12"].between(integer(f"first_{i}"), integer(f"last_{i}")) for i in range(ranges)]
    on_map = facts["precision"].cast("string").isin(sorted(ON_MAP))
    there = facts.filter(reduce(or_, inside), open_at(facts, at), on_map)
    return there.mutate(state=state(there)).select(*_COLUMNS, "state")


def _with_texts(mart: Mart, rows: pd.DataFrame) -> pd.DataFrame:
    """The same with the texts that are in the files only."""
    if rows.empty:
        return rows.assign(**{name: pd.Series(dtype="str") for name in _TEXTS})
    bounds = {"first": rows["opened_at"].min(), "last": rows["opened_at"].max()}
    values = {"ids": rows["id"].tolist(), **{name: at.to_pydatetime() for name, at in bounds.items()}}
    texts = frame(mart.run(_texts, (), values)).set_index("id")
    return rows.join(texts, on="id").reset_index(drop=True)


def _texts(requests: ir.Table) -> ir.Table:
    within = requests.filter(requests["opened_at"].between(moment("first"), moment("last")))
    return within.semi_join(integers("ids", "id"), "id").select("id", *_TEXTS)
