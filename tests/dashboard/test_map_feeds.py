"""The map's own feeds: marks in columns of numbers, problems, recurrence, months, files of what is seen."""

import csv
import io
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import orjson
import pytest

from tests.support.feeds import Client, feeds_with, read
from tests.support.mart import a_row

HERE, THERE = (-73.5747, 45.5), (-73.65, 45.55)
CITY = "-74,45,-73,46"
AREA = "area=-73.58,45.49;-73.57,45.49;-73.57,45.51;-73.58,45.51"
TYPES = {"i4": "<i4", "u4": "<u4", "f8": "<f8", "u2": "<u2", "u1": "u1"}

ROWS = [
    a_row(id=1, point=HERE, opened_at="-70d", due_at="-60d", requesters=3, street="=cmd|1"),
    a_row(id=2, point=HERE, opened_at="-2d", problem_id=1, requesters=2, status="in_progress"),
    a_row(id=3, point=THERE, borough="RO", sector="131", opened_at="-1d", street=None),
    a_row(id=4, point=None, precision="none", borough=None, opened_at="-3d"),
]
"""One problem of two episodes, one of them late; another elsewhere; a request without a place."""


@pytest.fixture
def client(tmp_path: Path) -> Iterator[Client]:
    with feeds_with(tmp_path, ROWS) as found:
        yield found


def unpacked(body: bytes) -> dict[str, Any]:
    """What assets/map_points.js makes of an answer."""
    length, zero = struct.unpack_from("<II", body)
    header: dict[str, Any] = orjson.loads(body[8 : 8 + length])
    assert (zero, (8 + length) % 8) == (0, 0)
    at = 8 + length
    for name, kind, n in header["columns"]:
        header[name] = np.frombuffer(body, TYPES[kind], n, at)
        at += -(-header[name].nbytes // 8) * 8
    assert at == len(body)
    return header


def marks(client: Client, query: str = "") -> dict[str, Any]:
    answer = client.get(f"/feeds/points.bin?bbox={CITY}&{query}")
    assert answer.status_code == 200, answer.text
    return unpacked(answer.content)


def test_marks_say_what_points_say_place_by_place(client: Client) -> None:
    found = marks(client)
    points = read(client.get(f"/feeds/points.geojson?bbox={CITY}"))["features"]
    said = {point["id"]: point for point in points}
    assert len(found["lon"]) == 2
    assert found["start"].tolist() == [0, 1, 3]
    assert found["id"].tolist() == [
        3,
        1,
        2,
    ]  # the place with a late one is drawn last, the late one first in it
    for place, (first, end) in enumerate(zip(found["start"], found["start"][1:], strict=False)):
        for i in range(first, end):
            point = said[int(found["id"][i])]
            lon, lat = found["lon"][place] / 1e6, found["lat"][place] / 1e6
            assert point["geometry"]["coordinates"] == pytest.approx([lon, lat], abs=1e-6)
            told = point["properties"]
            assert found["states"][found["state"][i]] == told["state"]
            assert found["activities"][found["activity"][i] - 1] == told["activity"]
            assert ["", *found["streets"]][found["street"][i]] == (told["street"] or "")
            assert found["requesters"][i] == told["requesters"]


@pytest.mark.parametrize("query", ["", AREA, "state=late", "kpi=received&period=90d", f"{AREA}&state=late"])
def test_marks_in_an_area_are_the_located_lines_of_the_list(client: Client, query: str) -> None:
    listed = read(client.get(f"/feeds/requests.json?{query}"))["rows"]
    assert sorted(marks(client, query)["id"]) == sorted(r["id"] for r in listed if r["precision"] != "none")
    if "area" in query:
        assert {row["id"] for row in listed} <= {1, 2}


def test_too_many_marks_are_none_and_say_so(client: Client) -> None:
    found = marks(client, "limit=1")
    assert (found["truncated"], len(found["id"])) == (True, 0)
    nobody = marks(client, "borough=VD")
    assert (nobody["truncated"], len(nobody["id"]), nobody["start"].tolist()) == (False, 0, [0])


def test_marks_that_a_reader_has_are_not_sent_again(client: Client) -> None:
    first = client.get(f"/feeds/points.bin?bbox={CITY}")
    tag = {"If-None-Match": first.headers["etag"]}
    assert client.get(f"/feeds/points.bin?bbox={CITY}", headers=tag).status_code == 304


def test_a_problem_is_one_mark_with_its_people(client: Client) -> None:
    found = read(client.get(f"/feeds/problems.geojson?bbox={CITY}"))
    first, second = found["features"]
    assert (first["id"], second["id"], found["truncated"]) == (1, 3, False)
    told = first["properties"]
    assert (told["requests"], told["requesters"], told["open"], told["state"]) == (2, 5, 2, "late")
    assert (told["request_id"], told["recent_episodes"], told["recurring"]) == (2, 2, True)
    assert not second["properties"]["recurring"]
    assert second["properties"]["street"] is None


def test_recurrence_by_hexagon_and_by_area(client: Client) -> None:
    found = read(client.get("/feeds/recurrence.geojson?resolution=8"))
    assert (found["total"], found["recurring"]) == (2, 1)
    assert sorted(f["properties"]["recurring"] for f in found["features"]) == [0, 1]
    near = read(client.get("/feeds/recurrence.geojson?resolution=8&bbox=-73.58,45.49,-73.57,45.51"))
    assert [f["properties"] for f in near["features"]] == [{"active": 1, "recurring": 1}]
    areas = read(client.get("/feeds/recurrence.json?part=borough"))["values"]
    assert areas == {"VM": {"active": 1, "recurring": 1}, "RO": {"active": 1, "recurring": 0}}


def test_the_months_run_from_the_first_request_to_t(client: Client) -> None:
    found = read(client.get("/feeds/months.json"))
    assert (found["first"], found["last"]) == ("2025-01", "2025-03")


@pytest.mark.parametrize(
    ("kind", "of", "rows", "columns"),
    [
        ("hexagons", "requests", 2, {"h3", "n", "late", "late_share", "median_age_days"}),
        ("hexagons", "recurrence", 2, {"h3", "active", "recurring"}),
        ("sectors", "requests", 1, {"code", "name", "n", "open"}),
        ("boroughs", "recurrence", 2, {"code", "name", "recurring"}),
        ("points", "requests", 3, {"id", "external_id", "state", "due_at"}),
        ("problems", "requests", 2, {"problem_id", "requesters", "recurring", "recent_episodes"}),
    ],
)
def test_files_have_what_is_drawn(client: Client, kind: str, of: str, rows: int, columns: set[str]) -> None:
    query = f"kind={kind}&of={of}&bbox={CITY}"
    parquet = client.get(f"/feeds/map.parquet?{query}")
    frame = gpd.read_parquet(io.BytesIO(parquet.content))
    assert frame.crs.to_epsg() == 4326
    assert (len(frame), columns - set(frame.columns)) == (rows, set())
    assert frame.attrs["as_of"].startswith("2025-03-19")
    geojson = read(client.get(f"/feeds/map.geojson?{query}"))
    assert (geojson["type"], len(geojson["features"])) == ("FeatureCollection", rows)
    assert columns <= set(geojson["features"][0]["properties"])
    what = "recurrence" if of == "recurrence" else "backlog"
    assert parquet.headers["content-disposition"].endswith(f'-{what}-2025-03-19T1200.parquet"')

    lines = sheet_of(client.get(f"/feeds/map.csv?{query}"))
    assert (len(lines), lines[0]["En date du"]) == (rows, "2025-03-19 12:00")
    assert {"Longitude", "Latitude"} <= lines[0].keys()


def sheet_of(answer: Any) -> list[dict[str, str]]:
    """The lines of a French CSV by the names over its columns."""
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))


def test_the_spreadsheet_of_what_is_seen_has_words_and_no_formula(client: Client) -> None:
    here = "bbox=-73.58,45.49,-73.57,45.51"
    points = sheet_of(client.get(f"/feeds/map.csv?kind=points&{here}"))
    assert {line["Numéro interne"] for line in points} == {"1", "2"}
    first = next(line for line in points if line["Numéro interne"] == "1")
    assert (first["Rue"], first["État"], first["Longitude"]) == ("'=cmd|1", "En retard", "-73,5747")
    (problem,) = sheet_of(client.get(f"/feeds/map.csv?kind=problems&{here}"))
    assert (problem["Récurrent"], problem["Personnes"]) == ("oui", "5")
    nothing = client.get("/feeds/map.csv?kind=points&bbox=-73.1,45.1,-73,45.2")
    assert (nothing.status_code, sheet_of(nothing)) == (200, [])
    english = client.get(f"/feeds/map.csv?kind=hexagons&{here}&lang=en").content.decode("utf-8-sig")
    assert english.startswith('"H3 cell","Requests","Open requests","Late","Share late (0 to 1)"')


def test_a_file_has_only_what_is_seen(client: Client) -> None:
    query = "kind=points&bbox=-73.58,45.49,-73.57,45.51&lang=en"
    answer = client.get(f"/feeds/map.geojson?{query}")
    assert {feature["properties"]["id"] for feature in answer.json()["features"]} == {1, 2}
    assert 'filename="map-requests-backlog-' in answer.headers["content-disposition"]


@pytest.mark.parametrize(
    "path",
    [
        "points.bin", "points.bin?bbox=1,2,3", f"points.bin?bbox={CITY}&limit=100001",
        "problems.geojson?bbox=nan,nan,nan,nan", f"problems.geojson?bbox={CITY}&limit=0",
        "recurrence.geojson?resolution=12", "recurrence.geojson?bbox=x", "recurrence.json?part=street",
        "map.parquet?kind=streets&bbox=-74,45,-73,46", "map.geojson?kind=points", "map.geojson?kind=points&bbox=0",
    ],
)  # fmt: skip
def test_what_cannot_be_answered_is_refused_with_a_reason(client: Client, path: str) -> None:
    found = client.get(f"/feeds/{path}")
    assert found.status_code == 422
    assert found.json()["detail"]
