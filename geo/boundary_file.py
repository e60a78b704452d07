"""Reading somebody else's file of boundaries, and refusing what cannot be used."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from domain.errors import InputRefused
from domain.territory import VILLE_LIEE, borough_code, boroughs
from geo.coverage import SLIVER_M
from geo.projection import LAT_LIMIT_DEG, LON_LIMIT_DEG, shapes_in_metres

Shapes = NDArray[Any]


@dataclass(frozen=True, slots=True, eq=False)
class BoundaryFile:
    """The rows of a file of polygons, in degrees (WGS84)."""

    name: str
    crs: str
    """The coordinate system that the file was in."""

    columns: dict[str, list[str]]
    """Every attribute as text, an empty one where there is none."""

    shapes: Shapes

    def column(self, names: tuple[str, ...]) -> list[str] | None:
        """The first column by one of these names, whatever its capitals."""
        by_lower_name = {name.lower(): values for name, values in self.columns.items()}
        return next((by_lower_name[name] for name in names if name in by_lower_name), None)


def read_boundary_file(path: Path, layer: str | None = None) -> BoundaryFile:
    """Read a GeoJSON, GeoPackage or Shapefile (or a .zip of one), reprojected to WGS84.

    Raises:
        InputRefused: no such file, unreadable, no coordinate system, or rows that are not valid polygons.
    """
    if not path.is_file():
        raise InputRefused(
            f"{path} is {'a folder' if path.is_dir() else 'missing'}; give a file of boundaries."
        )
    frame = _read_frame(path, layer)
    if frame.empty:
        raise InputRefused(f"{path.name} has no rows.")
    if frame.crs is None:
        raise InputRefused(
            f"{path.name} does not say its coordinate system (a Shapefile says it in its .prj file)."
        )
    _check_degrees(path.name, frame)
    shapes = shapely.force_2d(frame.to_crs("EPSG:4326").geometry.to_numpy())
    _check_polygons(path.name, shapes)
    texts = frame.drop(columns=frame.geometry.name).astype("string").fillna("")
    columns = {str(name): [text.strip() for text in texts[name]] for name in texts.columns}
    return BoundaryFile(path.name, frame.crs.to_string(), columns, shapes)


def _read_frame(path: Path, layer: str | None) -> Any:
    import geopandas as gpd  # noqa: PLC0415  (heavy, and only an import needs it)
    import pyogrio  # noqa: PLC0415
    from pyogrio.errors import DataSourceError  # noqa: PLC0415

    try:
        layers = [str(name) for name, kind in pyogrio.list_layers(path) if kind is not None]
        if layer is None and len(layers) > 1:
            raise InputRefused(f"{path.name} has several layers ({', '.join(layers)}): name one.")
        if not layers or (layer is not None and layer not in layers):
            raise InputRefused(f"{path.name} has no layer of shapes{f' named {layer}' if layer else ''}.")
        return gpd.read_file(path, layer=layer or layers[0])
    except (DataSourceError, UnicodeDecodeError, shapely.errors.ShapelyError) as error:
        reason = " ".join(str(error).split()).rstrip(".")
        raise InputRefused(
            f"{path.name} cannot be read as GeoJSON, GeoPackage or Shapefile: {reason}."
        ) from error


def _check_degrees(name: str, frame: Any) -> None:
    west, south, east, north = frame.total_bounds
    farthest_lon, farthest_lat = max(abs(west), abs(east)), max(abs(south), abs(north))
    if frame.crs.is_geographic and (farthest_lon > LON_LIMIT_DEG or farthest_lat > LAT_LIMIT_DEG):
        raise InputRefused(
            f"{name} says that its coordinates are degrees, but they go from {west:g}, {south:g} to "
            f"{east:g}, {north:g}: state the coordinate system that they are in."
        )


def _check_polygons(name: str, shapes: Shapes) -> None:
    polygonal = np.isin(shapely.get_type_id(shapes), [3, 6]) & ~shapely.is_empty(shapes)
    if not polygonal.all():
        row = int(np.argmin(polygonal))
        kind = "nothing" if shapes[row] is None else shapes[row].geom_type
        raise InputRefused(f"Row {row + 1} of {name} is not a polygon with an area but {kind}.")
    if not np.isfinite(shapely.total_bounds(shapes)).all():
        raise InputRefused(f"{name} has coordinates that no point of the earth has.")
    valid = shapely.is_valid(shapes)
    if not valid.all():
        row = int(np.argmin(valid))
        raise InputRefused(
            f"Row {row + 1} of {name} is not a valid shape ({shapely.is_valid_reason(shapes[row])}): "
            "mend it (in QGIS, Fix geometries) and import again."
        )


def match_boroughs(file: BoundaryFile) -> tuple[str, list[str | None]]:
    """The column that names boroughs, and each row's code: a borough's, `VILLE_LIEE`, or None.

    Raises:
        InputRefused: no column names any borough, or the best one lacks some; the sentence says which.
    """
    matched = {name: [_code(text) for text in texts] for name, texts in file.columns.items()}
    known = {borough.code: borough.name_fr for borough in boroughs()}

    def worth(name: str) -> tuple[int, int]:
        codes = matched[name]
        return len(known.keys() & set(codes)), sum(code is not None for code in codes)

    best = max(matched, key=worth, default=None)
    if best is None or not worth(best)[0]:
        columns = ", ".join(file.columns) or "none"
        raise InputRefused(f"No column of {file.name} names boroughs (columns: {columns}).")
    codes = matched[best]
    if missing := [name for code, name in known.items() if code not in codes]:
        unknown = sorted({t for t, code in zip(file.columns[best], codes, strict=True) if code is None})
        hint = f"; not known: {', '.join(unknown)}" if unknown else ""
        raise InputRefused(f"Column {best} of {file.name} lacks {', '.join(missing)}{hint}.")
    return best, codes


def _code(text: str) -> str | None:
    """Code of a borough by its code or any spelling of its name."""
    if any(borough.code == text.upper() for borough in boroughs()):
        return text.upper()
    return borough_code(text)


def merge_boroughs(file: BoundaryFile, codes: list[str | None]) -> dict[str, Any]:
    """One shape for each borough; several rows of one are joined.

    Raises:
        InputRefused: two boroughs overlap by more than a sliver.
    """
    rows = np.array([code or VILLE_LIEE for code in codes])
    merged = {b.code: shapely.union_all(file.shapes[rows == b.code]) for b in boroughs()}
    names = {b.code: b.name_fr for b in boroughs()}
    in_metres = shapes_in_metres(np.array(list(merged.values())))
    for one, other in shapely.STRtree(in_metres).query(in_metres, predicate="intersects").T:
        common = in_metres[one].intersection(in_metres[other]) if one < other else shapely.Polygon()
        if not common.buffer(-SLIVER_M / 2).is_empty:
            pair = [names[list(merged)[index]] for index in (one, other)]
            raise InputRefused(f"{pair[0]} and {pair[1]} overlap by {common.area:,.0f} m² in {file.name}.")
    return merged
