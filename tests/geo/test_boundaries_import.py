"""An official file takes the place of the shapes, or is refused in one sentence."""

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely

from domain.territory import boroughs
from geo.assign import TerritoryIndex
from geo.boroughs import BOROUGHS_FILE, SECTORS_FILE, load_boroughs, load_sectors, shapes_of
from geo.boundaries_import import import_boundaries
from geo.projection import METRES_PER_DEGREE
from tests.geo.support import STEP, Rows, a_square, a_wide_river, borough_rows, frame_of, write_geojson
from tests.support.shared import shared_data

OFFICIAL = shared_data("boundaries", "limadmin_2022.geojson")


def shapes_by_code(folder: Path) -> dict[str, Any]:
    return {area.code: area.shape for area in load_boroughs(folder)}


def test_new_boroughs_are_written_and_their_sectors_fill_them(
    folder: Path, file: Callable[..., Path]
) -> None:
    summary = import_boundaries(file(a_wide_river(borough_rows())), folder=folder)
    assert (summary["boroughs"], summary["sectors"], summary["sectors_from"]) == (19, 38, "present")
    found = shapes_by_code(folder)
    assert found["AC"].bounds == pytest.approx(a_square(0, -0.6, height=1.6).bounds)
    sectors = load_sectors(folder)
    assert shapely.coverage_is_valid(shapes_of(sectors))
    for code, shape in found.items():
        own = [s.shape for s in sectors if s.borough == code]
        assert shapely.equals(shapely.coverage_union_all(own), shape)
        assert len({round(part.area, 7) for part in own}) == 1, "the border between them goes on straight"


def test_points_follow_the_new_shapes(folder: Path, file: Callable[..., Path]) -> None:
    river = a_square(0.1, -0.59, width=0.01, height=0.01).centroid
    assert TerritoryIndex.load(folder).assign([river.x], [river.y]).sector.tolist() == [-1]
    import_boundaries(file(a_wide_river(borough_rows())), folder=folder)
    found = TerritoryIndex.load(folder).assign([river.x], [river.y])
    assert found.sector_categories[found.sector[0]] == "10"


def test_the_same_file_twice_changes_nothing(folder: Path, file: Callable[..., Path]) -> None:
    official = file(a_wide_river(borough_rows()))
    import_boundaries(official, folder=folder)
    once = [(folder / name).read_bytes() for name in (BOROUGHS_FILE, SECTORS_FILE)]
    import_boundaries(official, folder=folder)
    assert once == [(folder / name).read_bytes() for name in (BOROUGHS_FILE, SECTORS_FILE)]


def test_codes_in_any_column_do_and_towns_are_left_out(folder: Path, file: Callable[..., Path]) -> None:
    rows = [{"NO": index, **row} for index, row in enumerate(borough_rows(by="code"))]
    assert import_boundaries(file(rows), folder=folder)["column"] == "NOM"
    rows = [
        *borough_rows(),
        {"NOM": "Westmount", "shape": a_square(0, 5)},
        {"NOM": "Laval", "shape": a_square(1, 5)},
    ]
    summary = import_boundaries(file(rows), folder=folder)
    assert (summary["left_out"], summary["unknown"]) == (["Westmount"], ["Laval"])
    assert "Westmount, Laval" in (folder / "SOURCE.md").read_text(encoding="utf-8")


def test_several_rows_of_one_borough_are_joined(folder: Path, file: Callable[..., Path]) -> None:
    rows = borough_rows()
    rows[0]["shape"] = a_square(0, 0, width=0.4)
    rows.append({"NOM": rows[0]["NOM"].upper(), "shape": a_square(0.4, 0, width=0.6)})
    import_boundaries(file(rows), folder=folder)
    assert shapes_by_code(folder)["AC"].bounds == pytest.approx(a_square(0, 0).bounds)


@pytest.mark.parametrize("suffix", [".gpkg", ".shp", ".zip", ".geojson"])
def test_other_formats_and_coordinate_systems_give_the_same(
    folder: Path, tmp_path: Path, suffix: str
) -> None:
    path = tmp_path / f"limites{suffix}"
    if suffix == ".zip":
        frame_of(borough_rows(), "EPSG:32188").to_file(tmp_path / "limites.shp")
        with zipfile.ZipFile(path, "w") as archive:
            for part in tmp_path.glob("limites.*[!p]"):
                archive.write(part, part.name)
            archive.write(tmp_path / "limites.shp", "limites.shp")
    else:
        frame_of(borough_rows(), "EPSG:32188").to_file(path)
    before = shapes_by_code(folder)
    assert import_boundaries(path, folder=folder)["crs"] != "EPSG:4326"
    after = shapes_by_code(folder)
    for code, shape in before.items():
        assert shapely.hausdorff_distance(shape, after[code]) < 2e-6


@pytest.mark.parametrize(
    ("index", "gap_m"),
    [pytest.param(1, 0.3, id="open at an end"), pytest.param(9, 1.5, id="closed all round")],
)
def test_slivers_between_neighbours_are_closed(
    folder: Path, file: Callable[..., Path], index: int, gap_m: float
) -> None:
    rows = borough_rows()
    gap = gap_m / METRES_PER_DEGREE / STEP
    rows[index]["shape"] = a_square(1 + gap, index // 8, width=1 - gap)
    import_boundaries(file(rows), folder=folder)
    west, east = (shapes_by_code(folder)[boroughs()[i].code] for i in (index - 1, index))
    assert west.intersection(east).length > 0.99 * STEP
    assert shapely.coverage_is_valid([west, east])


def test_given_sectors_take_the_place_of_the_present_ones(
    folder: Path, file: Callable[..., Path], tmp_path: Path
) -> None:
    rows: Rows = []
    for index in range(19):
        column, row = index % 8, index // 8
        for half in (0, 1):
            shape = a_square(column, row + half / 2, height=0.5)
            rows.append(
                {"num_district": f"{index}-{half}", "nom": f"District {index}.{half}", "shape": shape}
            )
    sectors = write_geojson(tmp_path / "districts.geojson", rows)
    summary = import_boundaries(file(borough_rows()), sectors=sectors, folder=folder)
    assert (summary["sectors"], summary["sectors_from"]) == (38, "file")
    first = load_sectors(folder)[0]
    assert (first.code, first.name_fr, first.name_en, first.borough) == (
        "0-0",
        "District 0.0",
        "District 0.0",
        "AC",
    )
    assert "districts.geojson" in (folder / "SOURCE.md").read_text(encoding="utf-8")


@pytest.mark.skipif(OFFICIAL is None, reason="the official boundaries are not beside the project")
def test_the_official_file_takes_the_place_of_ours(tmp_path: Path) -> None:
    assert OFFICIAL is not None
    summary = import_boundaries(OFFICIAL, folder=tmp_path)
    assert (summary["boroughs"], summary["sectors"], len(summary["left_out"])) == (19, 58, 15)
    assert summary["unknown"] == []
    assert max(summary["changed_share_pct"].values()) < 1
    features = json.loads(OFFICIAL.read_text(encoding="utf-8"))["features"]
    official = {f["properties"]["ABREV"]: shapely.geometry.shape(f["geometry"]) for f in features}
    for code, shape in shapes_by_code(tmp_path).items():
        assert shapely.symmetric_difference(shape, official[code]).area < 1e-4 * official[code].area
    assert shapely.coverage_is_valid(shapes_of(load_boroughs(tmp_path)))
    assert shapely.coverage_is_valid(shapes_of(load_sectors(tmp_path)))
    old = np.array([[*sector.anchor] for sector in load_sectors()])
    found = TerritoryIndex.load(tmp_path).assign(old[:, 0], old[:, 1])
    assert found.sector.tolist() == list(range(58)), "what was well inside a sector still is"
