"""Files of boundaries that cannot be used are refused in one sentence, and nothing is written."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely

from domain.errors import InputRefused
from geo.boroughs import BOROUGHS_FILE
from geo.boundaries_import import import_boundaries
from geo.projection import shapes_in_metres
from tests.geo.support import Rows, a_square, a_wide_river, borough_rows, frame_of, write_geojson


def without(rows: Rows, name: str) -> Rows:
    return [row for row in rows if row["NOM"] != name]


def moved(rows: Rows, **changes: Any) -> Rows:
    rows[0] |= changes
    return rows


def far_away(rows: Rows) -> Rows:
    return [
        row | {"shape": shapely.transform(row["shape"], lambda xy: np.add(xy, [1.0, 0.3]))} for row in rows
    ]


def swapped(rows: Rows) -> Rows:
    return [row | {"shape": shapely.transform(row["shape"], lambda xy: xy[:, ::-1])} for row in rows]


def in_metres(rows: Rows) -> Rows:
    return [row | {"shape": shapes_in_metres(row["shape"])} for row in rows]


BOW_TIE = shapely.Polygon([(-73.70, 45.50), (-73.69, 45.51), (-73.69, 45.50), (-73.70, 45.51)])
REFUSALS = {
    "no rows": ([], "has no layer of shapes|has no rows"),
    "a borough is missing": (
        without(borough_rows(), "Verdun"),
        "Column NOM of official.geojson lacks Verdun",
    ),
    "a name nobody knows": (
        [*without(borough_rows(), "Verdun"), {"NOM": "Verdunn", "shape": a_square(0, 5)}],
        "lacks Verdun; not known: Verdunn",
    ),
    "no names": (
        [{"A": 1, "shape": a_square(0, 0)}],
        "No column of official.geojson names boroughs .columns: A",
    ),
    "an overlap": (
        moved(borough_rows(), shape=a_square(0, 0, width=1.2)),
        "Ahuntsic-Cartierville and Anjou overlap by 17.,... m²",
    ),
    "one over all": (
        [*borough_rows(), {"NOM": "Verdun", "shape": a_square(0, 0, width=8, height=3)}],
        "and Verdun overlap",
    ),
    "a bow tie": (moved(borough_rows(), shape=BOW_TIE), "Row 1 .* is not a valid shape .Self-intersection"),
    "a line": (moved(borough_rows(), shape=shapely.LineString([(0, 0), (1, 1)])), "Row 1 .* but LineString"),
    "a row without a shape": (
        moved(borough_rows(), shape=None),
        "Row 1 .* not a polygon with an area but nothing",
    ),
    "an empty shape": (moved(borough_rows(), shape=shapely.Polygon()), "Row 1 .* not a polygon with an area"),
    "two names exchanged": (
        moved(borough_rows(), shape=a_square(2, 5)),
        "Ahuntsic-Cartierville in official.geojson holds 0% of what Ahuntsic-Cartierville is now",
    ),
    "another place": (far_away(borough_rows()), "holds 0% of what"),
    "swapped": (swapped(borough_rows()), "Latitude and longitude are swapped in official.geojson"),
    "metres said to be degrees": (in_metres(borough_rows()), "says that its coordinates are degrees"),
}


@pytest.mark.parametrize(("rows", "sentence"), REFUSALS.values(), ids=REFUSALS.keys())
def test_what_cannot_be_used_is_refused_and_nothing_written(
    folder: Path, file: Callable[..., Path], rows: Rows, sentence: str
) -> None:
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    with pytest.raises(InputRefused) as refusal:
        import_boundaries(file(rows), folder=folder)
    assert re.search(sentence, str(refusal.value)), refusal.value
    assert "\n" not in str(refusal.value)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("absent.geojson", None, "is missing"),
        ("empty.geojson", b"", "cannot be read as GeoJSON, GeoPackage or Shapefile"),
        ("cut.geojson", b'{"type": "FeatureCollection", "features": [{"type"', "cannot be read"),
        ("other.json", b'{"a": 1}', "cannot be read"),
        ("noise.gpkg", bytes(range(256)) * 8, "cannot be read"),
        ("table.csv", b"NOM,CODE\nVerdun,VD\n", "has no layer of shapes"),
    ],
)
def test_unreadable_files_are_refused(
    folder: Path, tmp_path: Path, name: str, content: bytes | None, sentence: str
) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputRefused, match=sentence):
        import_boundaries(path, folder=folder)


def test_a_folder_and_a_shapefile_without_its_prj_are_refused(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(InputRefused, match="is a folder"):
        import_boundaries(tmp_path, folder=folder)
    frame_of(borough_rows()).to_file(tmp_path / "limites.shp")
    (tmp_path / "limites.prj").unlink()
    with pytest.raises(InputRefused, match=r"does not say its coordinate system .* \.prj"):
        import_boundaries(tmp_path / "limites.shp", folder=folder)


def test_of_several_layers_one_must_be_named(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "city.gpkg"
    frame_of(borough_rows()).to_file(path, layer="limites")
    frame_of(borough_rows()[:3]).to_file(path, layer="parcs")
    with pytest.raises(InputRefused, match=r"several layers \(limites, parcs\)"):
        import_boundaries(path, folder=folder)
    with pytest.raises(InputRefused, match="no layer of shapes named rues"):
        import_boundaries(path, folder=folder, layer="rues")
    assert import_boundaries(path, folder=folder, layer="limites")["boroughs"] == 19


SECTOR_REFUSALS = {
    "no code": ([{"titre": "A", "shape": a_square(0, 0)}], "needs a column for the sectors' codes"),
    "the same code twice": (
        [
            {"code": "1", "nom": "A", "shape": a_square(0, 0)},
            {"code": "1", "nom": "B", "shape": a_square(1, 0)},
        ],
        "codes of the sectors .* are not all there and different",
    ),
    "outside": (
        [{"code": "1", "nom": "A", "shape": a_square(0, 7)}],
        "Sector 1 .A. .* does not lie in one borough",
    ),
    "a borough without any": (
        [{"code": "1", "nom": "A", "shape": a_square(0, 0)}],
        "No sector lies in Anjou",
    ),
}


@pytest.mark.parametrize(("rows", "sentence"), SECTOR_REFUSALS.values(), ids=SECTOR_REFUSALS.keys())
def test_sectors_that_cannot_be_used_are_refused(
    folder: Path, file: Callable[..., Path], tmp_path: Path, rows: Rows, sentence: str
) -> None:
    sectors = write_geojson(tmp_path / "districts.geojson", rows)
    with pytest.raises(InputRefused, match=sentence):
        import_boundaries(file(borough_rows()), sectors=sectors, folder=folder)


def test_a_sector_that_the_new_borough_has_lost_needs_a_file_of_sectors(
    folder: Path, file: Callable[..., Path]
) -> None:
    rows = moved(borough_rows(), shape=a_square(0, 0, width=0.5))
    with pytest.raises(InputRefused, match=r"No part of sector 11 .* give the file of its sectors too"):
        import_boundaries(file(rows), folder=folder)


def test_a_write_that_fails_leaves_the_shapes_as_they_were(
    folder: Path, file: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    official = file(a_wide_river(borough_rows()))
    whole = Path.write_text

    def full(self: Path, text: str, encoding: str | None = None) -> int:
        if BOROUGHS_FILE in self.name:
            whole(self, text[:100], encoding=encoding)
            raise OSError(28, "No space left on device")
        return whole(self, text, encoding=encoding)

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(InputRefused, match="cannot be written: No space left on device"):
        import_boundaries(official, folder=folder)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
