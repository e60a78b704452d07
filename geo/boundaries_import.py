"""Replace data/boroughs by an official file of boundaries."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from domain.errors import InputRefused
from domain.territory import VILLE_LIEE, boroughs
from geo.boroughs import BOROUGHS_FILE, FOLDER, Area, load_boroughs, load_sectors, shapes_of
from geo.boundary_file import BoundaryFile, match_boroughs, merge_boroughs, read_boundary_file
from geo.coverage import anchor, dissolve, write_areas
from geo.projection import shapes_in_metres
from geo.recut import recut

LEAST_COMMON_SHARE = 0.5
"""A new shape that holds less than this of the old one is of another place, or misnamed."""

SECTOR_CODE_COLUMNS = ("code", "num_district", "no_district", "num", "numero", "district", "id")
SECTOR_NAME_COLUMNS = ("name_fr", "nom", "nom_district", "name", "district")


def import_boundaries(
    path: Path, *, sectors: Path | None = None, folder: Path = FOLDER, layer: str | None = None
) -> dict[str, Any]:
    """Replace the boroughs, and fit the sectors to them.

    Boroughs are found by code or by name in any column; other rows (related towns) are left out.
    The present sectors, or those of the file given for them, are cut to the new boroughs and grown
    until they fill them, so that every borough is exactly the sum of its sectors.

    Args:
        path: GeoJSON, GeoPackage or Shapefile of boroughs, in any coordinate system that it states.
        sectors: the same of sectors, with a column for the code and one for the name.
        folder: where boroughs.geojson and sectors.geojson go.
        layer: layer of a GeoPackage that has several.

    Returns:
        boroughs and sectors (counts), sectors_from ("present" | "file"), column, crs, left_out
        (related towns), unknown (rows that are neither), changed_share_pct (by borough, the share
        of its old shape that is no longer in it), folder.

    Raises:
        InputRefused: the file cannot be used; nothing is written.
    """
    file = read_boundary_file(path, layer)
    column, codes = match_boroughs(file)
    merged = merge_boroughs(file, codes)
    given = tuple(Area(b.code, b.code, b.name_fr, b.name_en, (0.0, 0.0), merged[b.code]) for b in boroughs())
    present = folder if (folder / BOROUGHS_FILE).exists() else FOLDER
    lost_pct = _check_place(file.name, given, load_boroughs(present))
    old = load_sectors(present) if sectors is None else _read_sectors(sectors, given)
    fitted = recut(given, old)
    names = sorted(zip(file.columns[column], codes, strict=True))
    summary = {
        "boroughs": len(given),
        "sectors": len(fitted),
        "sectors_from": "present" if sectors is None else "file",
        "column": column,
        "crs": file.crs,
        "left_out": [name for name, code in names if code == VILLE_LIEE],
        "unknown": [name for name, code in names if code is None],
        "changed_share_pct": lost_pct,
        "folder": str(folder),
    }
    write_areas(folder, dissolve(fitted), fitted, _source(file, sectors, summary))
    return summary


def _check_place(name: str, given: tuple[Area, ...], present: tuple[Area, ...]) -> dict[str, float]:
    """Per cent of each present borough that is not in the new one; refuses what lies elsewhere."""
    west, south, east, north = shapely.total_bounds(shapes_of(given))
    if shapely.box(south, west, north, east).intersects(
        shapely.box(*shapely.total_bounds(shapes_of(present)))
    ):
        raise InputRefused(f"Latitude and longitude are swapped in {name}.")
    by_code = {area.code: area for area in present}
    lost_pct = {}
    for area in given:
        shapes = shapes_in_metres(np.array([by_code[area.code].shape, area.shape]))
        share = shapes[0].intersection(shapes[1]).area / shapes[0].area
        if share < LEAST_COMMON_SHARE:
            raise InputRefused(
                f"{area.name_fr} in {name} holds {share:.0%} of what {area.name_fr} is now: "
                "it is another place, or another borough's name."
            )
        lost_pct[area.code] = round(100 * (1 - share), 2)
    return lost_pct


def _read_sectors(path: Path, given: tuple[Area, ...]) -> tuple[Area, ...]:
    """The sectors of a file, each in the borough that holds most of it."""
    file = read_boundary_file(path)
    codes, names = file.column(SECTOR_CODE_COLUMNS), file.column(SECTOR_NAME_COLUMNS)
    if codes is None or names is None:
        raise InputRefused(
            f"{path.name} needs a column for the sectors' codes ({', '.join(SECTOR_CODE_COLUMNS)}) and one "
            f"for their names ({', '.join(SECTOR_NAME_COLUMNS)}); it has {', '.join(file.columns) or 'none'}."
        )
    english = file.column(("name_en",)) or names
    if len(set(codes)) < len(codes) or "" in codes:
        raise InputRefused(f"The codes of the sectors in {path.name} are not all there and different.")
    whole = shapes_of(given)
    made = []
    for code, name, name_en, shape in zip(codes, names, english, file.shapes, strict=True):
        shares = shapely.area(shapely.intersection(whole, shape)) / shape.area
        if shares.max() < LEAST_COMMON_SHARE:
            raise InputRefused(f"Sector {code} ({name}) of {path.name} does not lie in one borough.")
        made.append(Area(code, given[int(shares.argmax())].code, name, name_en, anchor(shape), shape))
    return tuple(made)


def _source(file: BoundaryFile, sectors: Path | None, summary: dict[str, Any]) -> str:
    """SOURCE.md of an imported set of boundaries."""
    day = datetime.now(UTC).date().isoformat()
    return f"""# Where these shapes come from

Imported on {day} (UTC) by `vigie boundaries import`.

- Boroughs: {file.name}, column {summary["column"]}, coordinate system {file.crs}. Left out: \
{", ".join(summary["left_out"] + summary["unknown"]) or "nothing"}.
- Sectors: {sectors.name if sectors else "those that were here before"}, cut to the boroughs and grown \
until they fill them.

`python scripts/make_boroughs.py` puts back the shapes that the project ships; the licence of this set is \
that of the file.
"""
