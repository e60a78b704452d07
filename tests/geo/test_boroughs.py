"""The committed shapes: complete, named, and a clean coverage."""

import json
import re
import runpy
from pathlib import Path

import numpy as np
import pytest
import shapely

from domain.errors import InputRefused
from domain.territory import boroughs, pilots
from geo.boroughs import (
    BOROUGHS_FILE,
    FOLDER,
    SECTORS_FILE,
    Area,
    load_boroughs,
    load_sectors,
    shapes_of,
)
from geo.projection import METRES_PER_DEGREE, shapes_in_metres
from tests.support.shared import PROJECT, shared_data

BOROUGHS = load_boroughs()
SECTORS = load_sectors()
OFFICIAL = shared_data("boundaries", "limadmin_2022.geojson")


def test_the_nineteen_boroughs_are_there_with_the_names_of_the_domain() -> None:
    expected = [(b.code, b.name_fr, b.name_en) for b in boroughs()]
    assert [(b.code, b.name_fr, b.name_en) for b in BOROUGHS] == expected
    features = json.loads((FOLDER / BOROUGHS_FILE).read_text(encoding="utf-8"))["features"]
    flagged = [feature["id"] for feature in features if feature["properties"]["pilot"]]
    assert flagged == list(pilots())
    assert len(flagged) == 7


def test_each_sector_is_a_district_of_its_borough_in_the_order_of_the_numbers() -> None:
    prefixes = {b.code: b.district_prefix for b in boroughs()}
    assert len(SECTORS) == 58
    assert all(int(sector.code) // 10 == prefixes[sector.borough] for sector in SECTORS)
    assert [int(sector.code) for sector in SECTORS] == sorted(int(sector.code) for sector in SECTORS)
    assert {sector.borough for sector in SECTORS} == set(prefixes)


def test_no_sector_name_has_lost_its_dashes_or_a_letter() -> None:
    names = {sector.code: sector.name_fr for sector in SECTORS}
    assert names["161"] == "Saint-Henri–Petite-Bourgogne–Pointe-Saint-Charles"
    assert names["162"] == "Saint-Paul–Émard"
    assert names["171"] == "Champlain–L'Île-des-Sœurs"
    assert names["72"] == "Maisonneuve–Longue-Pointe"
    assert names["11"] == "Sault-au-Récollet"
    word = r"(Mc)?[A-ZÀÉÎ][a-zàâçéèêëîïôœùû]*\.?|des|de|du|au|aux|la|L'Île"
    for name in names.values():
        parts = re.split(r"[-– ]", name)
        assert all(re.fullmatch(word, part) for part in parts), name
        assert name[0].isupper()


def test_english_names_translate_points_of_the_compass_only() -> None:
    translated = {s.name_fr: s.name_en for s in SECTORS if s.name_en != s.name_fr}
    assert translated == {"Ouest": "West", "Est": "East"}


@pytest.mark.parametrize("areas", [BOROUGHS, SECTORS], ids=["boroughs", "sectors"])
def test_neighbours_share_their_edges_exactly(areas: tuple[Area, ...]) -> None:
    shapes = shapes_of(areas)
    assert shapely.is_valid(shapes).all()
    assert shapely.coverage_is_valid(shapes)
    assert shapely.coverage_is_valid(shapes, gap_width=5 / METRES_PER_DEGREE)


def test_the_only_holes_of_the_city_are_towns() -> None:
    city = shapely.coverage_union_all(shapes_in_metres(shapes_of(SECTORS)))
    enclaves = [shapely.Polygon(i) for p in shapely.get_parts(city) for i in p.interiors]
    assert len(enclaves) == 3
    assert min(hole.area for hole in enclaves) > 4e6
    assert shapely.area(shapely.get_parts(city)).min() > 5000  # the smallest island


def test_each_borough_is_exactly_the_sum_of_its_sectors() -> None:
    for borough in BOROUGHS:
        parts = [sector.shape for sector in SECTORS if sector.borough == borough.code]
        assert all(borough.shape.covers(part) for part in parts)
        assert shapely.equals(shapely.coverage_union_all(parts), borough.shape)
        assert len(shapely.get_parts(borough.shape)) <= sum(len(shapely.get_parts(part)) for part in parts)


@pytest.mark.parametrize("area", [*BOROUGHS, *SECTORS], ids=lambda area: area.code)
def test_rings_are_wound_as_rfc_7946_says(area: Area) -> None:
    for part in shapely.get_parts(area.shape):
        assert shapely.is_ccw(part.exterior)
        assert not any(shapely.is_ccw(hole) for hole in part.interiors)


def test_anchors_are_well_inside() -> None:
    for area in (*BOROUGHS, *SECTORS):
        shape, point = shapes_in_metres(np.array([area.shape, shapely.Point(area.anchor)]))
        assert shape.contains(point)
        assert shapely.boundary(shape).distance(point) > 100


def test_coordinates_have_six_decimals_at_most() -> None:
    xy = shapely.get_coordinates(shapes_of(SECTORS))
    assert np.array_equal(xy, xy.round(6))


def test_the_kept_script_makes_the_same_bytes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    script = runpy.run_path(str(PROJECT / "scripts" / "make_boroughs.py"))
    script["main"](tmp_path)
    assert "19 boroughs and 58 sectors" in capsys.readouterr().out
    for name in (BOROUGHS_FILE, SECTORS_FILE):
        assert (tmp_path / name).read_bytes() == (FOLDER / name).read_bytes()


@pytest.mark.skipif(OFFICIAL is None, reason="the official boundaries are not beside the project")
def test_each_borough_lies_inside_the_official_one_as_source_md_says() -> None:
    assert OFFICIAL is not None
    features = json.loads(OFFICIAL.read_text(encoding="utf-8"))["features"]
    official = {f["properties"]["ABREV"]: shapely.geometry.shape(f["geometry"]) for f in features}
    source = (FOLDER / "SOURCE.md").read_text(encoding="utf-8")
    for borough in BOROUGHS:
        ours, theirs = shapes_in_metres(np.array([borough.shape, official[borough.code]]))
        inside_pct = 100 * ours.intersection(theirs).area / ours.area
        assert inside_pct > 99.4
        row = re.search(rf"\| {borough.code} \|.*", source)
        assert row is not None
        assert f" {inside_pct:.2f} " in row[0]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (None, "is missing: run `python scripts/make_boroughs.py`"),
        ("{", "is not a file of boroughs or sectors"),
        ('{"features": [{"properties": {}}]}', "is not a file of boroughs or sectors"),
        ("[]", "is not a file of boroughs or sectors"),
    ],
)
def test_a_missing_or_foreign_file_is_refused(tmp_path: Path, text: str | None, sentence: str) -> None:
    if text is not None:
        (tmp_path / BOROUGHS_FILE).write_text(text)
    with pytest.raises(InputRefused, match=re.escape(sentence)):
        load_boroughs(tmp_path)
