from pathlib import Path

import numpy as np
import pytest
import shapely
from numpy.typing import NDArray
from pyproj import Transformer

from domain.errors import InputRefused
from domain.territory import VILLE_LIEE, borough_code
from etl.generate import generate_file
from etl.generate.calibration import calibration
from etl.generate.shapes import area_shapes
from etl.generate.streets import network
from geo.boroughs import load_boroughs
from tests.etl.generate.conftest import UNTIL, Published, read_rows

Floats = NDArray[np.float64]


def points(rows: list[dict[str, str]]) -> tuple[Floats, Floats]:
    return (
        np.array([float(row["LOC_LONG"]) for row in rows]),
        np.array([float(row["LOC_LAT"]) for row in rows]),
    )


def placed(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    return [row for row in rows if row["LOC_LONG"]]


@pytest.fixture(scope="module")
def exact(tmp_path_factory: pytest.TempPathFactory) -> Published:
    """The same requests twice as many, each where its thing is."""
    folder = tmp_path_factory.mktemp("exact")
    path, truth = folder / "requests.csv", folder / "truth.csv"
    generate_file(path, 20_000, seed=3, until=UNTIL, truth=truth, exact=True)
    return Published(path, read_rows(path), read_rows(truth))


def wrong_borough(rows: list[dict[str, str]]) -> list[str]:
    """Ids of rows whose point is not in the borough that they name; of a town's, in any borough."""
    rows = placed(rows)
    shapes = {borough.code: borough.shape for borough in load_boroughs()}
    everywhere = shapely.union_all(list(shapes.values()))
    lon, lat = points(rows)
    codes = np.array([borough_code(row["ARRONDISSEMENT_GEO"]) for row in rows])
    wrong = np.zeros(len(rows), dtype=bool)
    for code, shape in shapes.items():
        here = np.flatnonzero(codes == code)
        wrong[here] = ~shapely.contains_xy(shape, lon[here], lat[here])
    town = np.flatnonzero(codes == VILLE_LIEE)
    wrong[town] = shapely.contains_xy(everywhere, lon[town], lat[town])
    return [rows[n]["ID_UNIQUE"] for n in np.flatnonzero(wrong)]


def test_points_lie_in_the_borough_that_the_row_names(published: Published) -> None:
    assert wrong_borough(published.rows) == []


def test_exact_points_lie_in_it_too(exact: Published) -> None:
    assert wrong_borough(exact.rows) == []


@pytest.mark.parametrize("which", ["published", "exact"])
def test_metres_and_degrees_are_the_same_point(which: str, request: pytest.FixtureRequest) -> None:
    rows = placed(request.getfixturevalue(which).rows)
    x, y = Transformer.from_crs("EPSG:4326", "EPSG:32188", always_xy=True).transform(*points(rows))
    assert np.abs(x - np.array([float(row["LOC_X"]) for row in rows])).max() < 0.1
    assert np.abs(y - np.array([float(row["LOC_Y"]) for row in rows])).max() < 0.1


def test_published_points_are_shared_and_exact_ones_are_not(published: Published, exact: Published) -> None:
    def distinct(rows: list[dict[str, str]]) -> float:
        rows = [row for row in placed(rows) if row["LOC_ERREUR_GDT"] == "0"]
        return len({(row["LOC_X"], row["LOC_Y"]) for row in rows}) / len(rows)

    assert distinct(published.rows) < 0.85
    assert distinct(exact.rows) > 0.995


def test_reports_of_one_address_have_one_point_and_one_postal_code(published: Published) -> None:
    rows = [row for row in placed(published.rows) if row["TYPE_LIEU_INTERV"] == "Adresse"]
    streets: dict[tuple[str, str], set[str]] = {}
    codes: dict[tuple[str, str], set[str]] = {}
    for row in rows:
        point = (row["LOC_X"], row["LOC_Y"])
        streets.setdefault(point, set()).add(row["RUE"])
        codes.setdefault(point, set()).add(row["LIN_CODE_POSTAL"])
    assert max(map(len, streets.values())) == 1
    assert max(len(found - {""}) for found in codes.values()) == 1


def test_a_counter_is_one_point_of_each_borough(published: Published) -> None:
    rows = [row for row in published.rows if row["LOC_ERREUR_GDT"] == "1"]
    assert rows
    by_borough: dict[str, set[str]] = {}
    for row in rows:
        by_borough.setdefault(row["ARRONDISSEMENT_GEO"], set()).add(row["LOC_X"])
    assert {len(found) for found in by_borough.values()} == {1}


def test_the_truth_tells_the_exact_point(exact: Published) -> None:
    told = {row["id"]: (row["lon"], row["lat"]) for row in exact.truth}
    rows = [row for row in placed(exact.rows) if row["LOC_ERREUR_GDT"] == "0"]
    assert [
        row["ID_UNIQUE"] for row in rows if told[row["ID_UNIQUE"]] != (row["LOC_LONG"], row["LOC_LAT"])
    ] == []


def test_a_duplicate_points_to_within_some_metres_of_the_first_report(exact: Published) -> None:
    rows = {row["id"]: row for row in exact.truth}
    pairs = [(row, rows[row["parent_id"]]) for row in exact.truth if row["duplicate"] == "1"]
    lon, lat = np.array([[[float(row[k]) for row in pair] for pair in pairs] for k in ("lon", "lat")])
    x, y = Transformer.from_crs("EPSG:4326", "EPSG:32188", always_xy=True).transform(lon, lat)
    apart = np.hypot(np.diff(x), np.diff(y))
    assert 1 < np.median(apart) < 10
    assert apart.max() < 35


def test_blocks_are_as_long_as_a_city_s_and_end_at_named_corners() -> None:
    streets = network()
    lengths = streets.lengths_m()
    assert lengths.min() > 60
    assert lengths.max() < 200
    assert 30_000 < streets.blocks < 60_000
    ends = streets.corner_streets[streets.ends]
    assert (ends == streets.street[:, None, None]).any(axis=2).all()
    assert (ends == streets.cross[:, :, None]).any(axis=2).all()


def test_blocks_lie_wholly_in_their_area_and_areas_follow_one_another() -> None:
    streets = network()
    shapes = area_shapes(calibration())
    ends = streets.ends
    corners = np.stack((streets.corner_x[ends], streets.corner_y[ends]), axis=-1)
    lines = np.asarray(shapely.linestrings(corners))
    for area, shape in enumerate(shapes):
        mine = slice(streets.first_of_area[area], streets.first_of_area[area + 1])
        assert mine.stop > mine.start
        assert (streets.area[mine] == area).all()
        shapely.prepare(shape)
        assert shapely.covers(shape, lines[mine]).all()


def test_streets_of_an_area_have_names_of_their_own() -> None:
    streets = network()
    for area in range(len(calibration().areas)):
        used = np.unique(streets.street[streets.area == area])
        names = [streets.names[n] for n in used]
        assert len(set(names)) == len(names)


def test_missing_boroughs_are_named(tmp_path: Path) -> None:
    (tmp_path / "boroughs.geojson").write_text(
        '{"type": "FeatureCollection", "features": []}', encoding="utf-8"
    )
    with pytest.raises(InputRefused, match="no shape for AC, AJ"):
        area_shapes(calibration(), tmp_path)
