"""Sectors fitted to boroughs whose shapes have changed."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from domain.errors import InputRefused
from geo.boroughs import Area, shapes_of
from geo.coverage import SLIVER_M, anchor, clean
from geo.projection import METRES_PER_DEGREE

_STEP_DEG = 100 / METRES_PER_DEGREE
_NARROW_DEG = SLIVER_M / METRES_PER_DEGREE

Shapes = NDArray[Any]


def recut(boroughs: tuple[Area, ...], sectors: tuple[Area, ...]) -> tuple[Area, ...]:
    """The sectors cut to their boroughs and grown until they fill them, as a coverage.

    What of a borough lies in none of its sectors (a river, a strip along a border that was redrawn)
    goes to the nearest of them, metre by metre.

    Raises:
        InputRefused: a borough has no sector, or a sector no place in its borough.
    """
    made: dict[str, Any] = {}
    for borough in boroughs:
        own = tuple(sector for sector in sectors if sector.borough == borough.code)
        if not own:
            raise InputRefused(f"No sector lies in {borough.name_fr} ({borough.code}).")
        made.update(zip((s.code for s in own), _fill(borough, own), strict=True))
    fitted = np.empty(len(sectors), dtype=object)
    fitted[:] = [made[sector.code] for sector in sectors]
    return tuple(
        Area(s.code, s.borough, s.name_fr, s.name_en, anchor(shape), shape)
        for s, shape in zip(sectors, clean(fitted), strict=True)
    )


def _fill(borough: Area, sectors: tuple[Area, ...]) -> Shapes:
    kept = _polygons(shapely.intersection(shapes_of(sectors), borough.shape))
    for sector, shape in zip(sectors, kept, strict=True):
        if shape.buffer(-_NARROW_DEG).is_empty:
            raise InputRefused(
                f"No part of sector {sector.code} ({sector.name_fr}) lies in the new shape of "
                f"{borough.name_fr}: give the file of its sectors too."
            )
    free = shapely.difference(borough.shape, shapely.union_all(kept))
    if free.is_empty:
        return kept
    grown = shapely.intersection(_nearest_land(kept, borough.shape), free)
    return _polygons(shapely.union(kept, grown))


def _nearest_land(shapes: Shapes, around: Any) -> Shapes:
    """For each shape, all land around that is nearer to it than to the others (to its outline every 100 m)."""
    squeeze = np.array([np.cos(np.radians(shapely.get_y(shapely.centroid(around)))), 1.0])
    flat = shapely.transform(shapes, lambda xy: xy * squeeze)
    outlines = shapely.segmentize(shapely.boundary(flat), _STEP_DEG)
    corners, owner = shapely.get_coordinates(outlines, return_index=True)
    # A corner that two shapes share is nearer to neither; a ring's first corner comes twice.
    pairs = np.unique(np.column_stack([corners.round(9), owner]), axis=0)
    places, first, times = np.unique(pairs[:, :2], axis=0, return_index=True, return_counts=True)
    places, owner = places[times == 1], pairs[first[times == 1], 2].astype(int)
    box = shapely.transform(shapely.box(*around.bounds), lambda xy: xy * squeeze)
    nearest = shapely.get_parts(
        shapely.voronoi_polygons(shapely.multipoints(places), extend_to=box, ordered=True)
    )
    land = np.empty(len(shapes), dtype=object)
    land[:] = [shapely.coverage_union_all(nearest[owner == index]) for index in range(len(shapes))]
    return shapely.transform(land, lambda xy: xy / squeeze)


def _polygons(shapes: Shapes) -> Shapes:
    """Without the points and lines that an intersection leaves where shapes only touch."""
    kept = np.empty(len(shapes), dtype=object)
    kept[:] = [
        shapely.union_all([p for p in shapely.get_parts(shape) if p.geom_type == "Polygon"])
        if shape.geom_type == "GeometryCollection"
        else shape
        for shape in shapes
    ]
    return kept
