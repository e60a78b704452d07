"""Neighbouring shapes that share their edges exactly, and the GeoJSON files made of them.

A coverage is a set of polygons without overlaps or slivers in which neighbours have the very same
vertices along a common edge (the word is that of the OGC and of GEOS).
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from domain.errors import InputRefused
from domain.territory import boroughs, pilots
from geo.boroughs import BOROUGHS_FILE, SECTORS_FILE, SOURCE_FILE, Area, shapes_of
from geo.projection import METRES_PER_DEGREE

DECIMALS = 6
"""Of a degree: 11 cm north to south."""

SLIVER_M = 2.0
"""Gaps and overlaps narrower than this, closed all round, are drawing faults, not land."""

SNAP_M = 0.5
"""Corners nearer to each other than this are one corner: it closes gaps that are open at an end."""

_ANCHOR_TOLERANCE_M = 5.0


def clean(shapes: NDArray[Any]) -> NDArray[Any]:
    """The same shapes as a coverage, on a grid of `DECIMALS` of a degree, wound as RFC 7946 says.

    Corners within `SNAP_M` of each other become one; slivers up to `SLIVER_M` wide go to the
    neighbour with the longer common edge.

    Raises:
        InputRefused: no coverage comes of it.
    """
    cleaned = shapely.coverage_clean(  # type: ignore[attr-defined]  # newer than its stubs
        shapes, gap_width=SLIVER_M / METRES_PER_DEGREE, snapping_distance=SNAP_M / METRES_PER_DEGREE
    )
    rounded = shapely.transform(cleaned, lambda xy: xy.round(DECIMALS))
    if not (shapely.is_valid(rounded).all() and shapely.coverage_is_valid(rounded)):
        # Rounding has made two neighbours cross or a spike touch itself: node them again on the grid.
        snapped = shapely.set_precision(rounded, 10.0**-DECIMALS)
        recleaned = shapely.coverage_clean(snapped)  # type: ignore[attr-defined]
        rounded = shapely.transform(recleaned, lambda xy: xy.round(DECIMALS))
    if not (shapely.is_valid(rounded).all() and shapely.coverage_is_valid(rounded)):
        raise InputRefused("The shapes do not fit each other: neighbours cross along their common edges.")
    if shapely.is_empty(rounded).any():
        raise InputRefused("A shape is narrower than two metres, or is covered by its neighbours.")
    return wound(rounded)


def wound(shapes: NDArray[Any]) -> NDArray[Any]:
    """Outer rings counter-clockwise, holes clockwise (RFC 7946); vertices and parts in one order."""
    ordered: NDArray[Any] = shapely.orient_polygons(shapely.normalize(shapes), exterior_cw=False)
    return ordered


def dissolve(sectors: Sequence[Area]) -> tuple[Area, ...]:
    """The boroughs that the sectors make up, in the order of their codes, edges kept exactly.

    Raises:
        InputRefused: a borough has no sector.
    """
    shapes = shapes_of(tuple(sectors))
    owners = np.array([sector.borough for sector in sectors])
    made = []
    for borough in boroughs():
        parts = shapes[owners == borough.code]
        if not len(parts):
            raise InputRefused(f"{borough.name_fr} ({borough.code}) has no sector.")
        shape = wound(np.array([shapely.coverage_union_all(parts)]))[0]
        made.append(Area(borough.code, borough.code, borough.name_fr, borough.name_en, anchor(shape), shape))
    return tuple(made)


def anchor(shape: Any) -> tuple[float, float]:
    """Longitude and latitude of the middle of the largest circle that fits inside the shape."""
    stretch = np.array([np.cos(np.radians(shapely.get_y(shapely.centroid(shape)))), 1.0])
    flat = shapely.transform(shape, lambda xy: xy * stretch)
    radius = shapely.maximum_inscribed_circle(flat, tolerance=_ANCHOR_TOLERANCE_M / METRES_PER_DEGREE)
    lon, lat = (np.asarray(radius.coords[0]) / stretch).round(DECIMALS)
    return float(lon), float(lat)


def write_areas(
    folder: Path, made: tuple[Area, ...], sectors: tuple[Area, ...], source: str | None = None
) -> None:
    """Write both files, and SOURCE.md where its text is given.

    Each is whole beside its place before any is moved there.

    Raises:
        InputRefused: the folder cannot be written (full disk, no right); the files are as they were.
    """
    texts = {
        SECTORS_FILE: feature_collection(sectors, is_sector=True),
        BOROUGHS_FILE: feature_collection(made, is_sector=False),
    } | ({} if source is None else {SOURCE_FILE: source})
    parts = {folder / f".{name}.{os.getpid()}.part": folder / name for name in texts}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for part, text in zip(parts, texts.values(), strict=True):
            part.write_text(text, encoding="utf-8")
        for part, place in parts.items():
            part.replace(place)
    except OSError as error:
        raise InputRefused(f"{folder} cannot be written: {error.strerror}.") from error
    finally:
        for part in parts:
            part.unlink(missing_ok=True)


def feature_collection(areas: Iterable[Area], *, is_sector: bool) -> str:
    """GeoJSON (RFC 7946), one feature to a line."""
    lines = [json.dumps(_feature(area, is_sector=is_sector), ensure_ascii=False) for area in areas]
    return '{"type": "FeatureCollection", "features": [\n' + ",\n".join(lines) + "\n]}\n"


def _feature(area: Area, *, is_sector: bool) -> dict[str, Any]:
    own = {"borough": area.borough} if is_sector else {"pilot": area.code in pilots()}
    names = {"code": area.code, "name_fr": area.name_fr, "name_en": area.name_en}
    return {
        "type": "Feature",
        "id": area.code,
        "properties": names | own | {"anchor": list(area.anchor)},
        "geometry": json.loads(shapely.to_geojson(area.shape)),
    }
