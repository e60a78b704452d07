import json
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from mart import months
from mart.geoparquet import points_wkb
from mart.layout import current_version
from mart.months import months_of, ordered, read_month
from mart.schema import EVENT_COLUMNS, INFORMATION, REQUEST_COLUMNS, REQUESTS
from tests.support.mart import a_row, make_mart, rows_table

coordinates = st.none() | st.floats(-180, 180)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The requests of a version: two months, four rows, one of them without a place."""
    rows = [
        a_row(opened_at="-40d", point=(-73.6, 45.5)),
        a_row(point=(-73.5, 45.6), closed_at="+1h", status="done"),
        a_row(point=None, precision="none", due_at=None, street=None),
        a_row(label="*Éclairage; =1+1"),
    ]
    root = make_mart(tmp_path, rows)
    return root / str(current_version(root)) / "requests"


@given(st.lists(st.tuples(coordinates, coordinates)))
def test_points_are_those_of_shapely(points: list[tuple[float | None, float | None]]) -> None:
    lon, lat = (pa.array([p[i] for p in points], pa.float64()) for i in (0, 1))
    expected = [
        None if x is None or y is None else shapely.to_wkb(shapely.Point(x, y), byte_order=1)
        for x, y in points
    ]
    assert points_wkb(lon, lat).to_pylist() == expected


def test_geopandas_opens_a_folder_and_a_file(folder: Path) -> None:
    everything = gpd.read_parquet(folder)
    assert isinstance(everything, gpd.GeoDataFrame)
    assert everything.crs == "EPSG:4326"
    assert len(everything) == 4
    placed = everything[everything.geometry.notna()]
    assert len(placed) == 3
    assert np.allclose(placed.geometry.x, placed["lon"])
    assert np.allclose(placed.geometry.y, placed["lat"])
    assert str(everything["opened_at"].dtype) == "datetime64[us, UTC]"
    assert pd.api.types.is_string_dtype(everything["borough"])
    assert len(gpd.read_parquet(folder / "2025-02.parquet")) == 1


def test_duckdb_opens_the_folder_with_geometry_of_its_own(folder: Path) -> None:
    rows = duckdb.connect().read_parquet(f"{folder}/*.parquet")
    kinds = dict(zip(rows.columns, map(str, rows.types), strict=True))
    assert kinds["geometry"].startswith("GEOMETRY")
    assert kinds["opened_at"] == "TIMESTAMP WITH TIME ZONE"
    assert kinds["borough"] == "VARCHAR"
    placed = rows.filter("geometry IS NOT NULL").project(
        "ST_AsText(geometry) = 'POINT (' || lon || ' ' || lat || ')'"
    )
    assert placed.fetchall() == [(True,)] * 3


def test_files_follow_geoparquet(folder: Path) -> None:
    for file in folder.iterdir():
        schema = pq.read_schema(file)
        geo = json.loads(schema.metadata[b"geo"])
        column = geo["columns"][geo["primary_column"]]
        assert geo["version"] == "1.1.0"
        assert (column["encoding"], column["geometry_types"]) == ("WKB", ["Point"])
        assert column["crs"]["id"] == {"authority": "EPSG", "code": 4326}
        bounds = gpd.read_parquet(file).total_bounds
        assert column["bbox"] == pytest.approx(bounds.tolist())


def test_a_file_without_any_place_is_geoparquet_too(tmp_path: Path) -> None:
    root = make_mart(tmp_path, [a_row(point=None, precision="none")])
    assert len(gpd.read_parquet(next(root.glob("*/requests")))) == 1


def test_columns_and_types_are_those_of_the_schema(folder: Path) -> None:
    for file in folder.iterdir():
        assert pq.read_schema(file).remove_metadata().equals(REQUESTS)
    information = pq.read_schema(folder.parent / "information.parquet")
    assert information.remove_metadata().equals(INFORMATION)


def test_every_column_says_what_it_means() -> None:
    assert [c.name for c in REQUEST_COLUMNS if not c.meaning] == []
    assert set(EVENT_COLUMNS) <= set(REQUESTS.names)


def test_a_request_belongs_to_its_local_month() -> None:
    moments = [datetime(2025, 4, 1, 3, 59, 59, tzinfo=UTC), datetime(2025, 4, 1, 4, tzinfo=UTC)]
    found = months_of(pa.array(moments, pa.timestamp("us", "UTC")))
    assert found.astype(str).tolist() == ["2025-03", "2025-04"]


@pytest.mark.parametrize("most_runs", [0, 64])
def test_replacing_rows_of_a_month_is_as_writing_it_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most_runs: int
) -> None:
    monkeypatch.setattr(months, "_MOST_RUNS", most_runs)
    before = [a_row(opened_at=f"-{i}h", street=f"rue {i % 3}") for i in range(1, 8)]
    changed = [
        before[2] | {"street": "rue neuve"},
        before[4] | {"opened_at": before[0]["opened_at"]},
        a_row(),
    ]
    gone = before[5]["id"]
    root = make_mart(tmp_path, before)
    old = read_month(root / str(current_version(root)), "requests/2025-03.parquet")
    ids = np.sort([row["id"] for row in changed] + [gone])
    found = months.replaced(old, ids, rows_table(changed))
    now = {row["id"]: row for row in [*before, *changed] if row["id"] != gone}
    assert found.cast(REQUESTS).equals(ordered(rows_table(now.values())))
