"""What a stranger may send to the feeds, and what they may have typed into a request."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from dashboard.feeds.spreadsheet import defused, defused_texts
from mart import ask
from tests.support.feeds import Client, feeds_with, read
from tests.support.mart import a_row

FORMULAS = ("=1+1", "+33", "-2", "@SUM(A1)", "\tx", "\rx")


@pytest.fixture
def client(tmp_path: Path) -> Iterator[Client]:
    rows = [
        a_row(street=text, external_id=f"25-{i}")
        for i, text in enumerate((*FORMULAS, 'rue "A", nord', "é\n1"))
    ]
    with feeds_with(tmp_path, rows) as found:
        yield found


@pytest.mark.parametrize(
    "path",
    [
        "points.geojson",
        "points.geojson?bbox=",
        "points.geojson?bbox=1,2,3",
        "points.geojson?bbox=nan,nan,nan,nan",
        "points.geojson?bbox=inf,0,1,1",
        "points.geojson?bbox=-73,46,-74,45",
        "points.geojson?bbox=-180,-90,180,90",
        "points.geojson?bbox=-74,45,-73,46&limit=0",
        "points.geojson?bbox=-74,45,-73,46&limit=99999999",
        "hexagons.geojson?resolution=99",
        "hexagons.geojson?resolution=x",
        "hexagons.geojson?resolution=8&bbox=a,b,c,d",
        "requests.json?offset=-1",
        "requests.json?limit=100000",
        "areas.json?part=street",
        "cells.geojson?h3=nonsense",
        "cells.geojson",
    ],
)
def test_what_cannot_be_answered_is_refused_with_a_reason(client: Client, path: str) -> None:
    found = client.get(f"/feeds/{path}")
    assert found.status_code == 422
    assert found.json()["detail"]


@pytest.mark.parametrize(
    "value",
    ["X_X", "'; DROP TABLE requests; --", "VM' OR '1'='1", "%00", "💥", "<script>", "A" * 3000, "A" * 9000],
)
@pytest.mark.parametrize(
    "key", ["borough", "sector", "activity", "state", "kpi", "sort", "period", "from", "by", "h3"]
)
def test_a_filter_that_is_none_is_left_out_and_said(client: Client, key: str, value: str) -> None:
    found = read(client.get("/feeds/requests.json", params={key: value}))
    assert found["ignored"] == [key]
    assert found["total"] == 8


def test_nothing_that_a_stranger_sends_is_in_the_sql(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    run = ask.run

    def spy(connection: Any, build: Any, shape: Any, values: Any, **more: Any) -> Any:
        paged = more.get("paged", False)
        asked.append(ask.statement(build, shape, more.get("table", "requests"), paged).sql)
        return run(connection, build, shape, values, **more)

    monkeypatch.setattr(ask, "run", spy)
    query = "borough=RO&activity=graffitis&sector=zz9&h3=882baa4e57fffff&from=2024-01-03&to=2024-02-05&period=custom"
    read(client.get(f"/feeds/requests.json?{query}&sort=-street"))
    read(client.get(f"/feeds/points.geojson?bbox=-73.61234,45.5,-73.5,45.6&{query}"))
    assert asked
    for typed in ("'RO'", "graffitis", "zz9", "2baa4e57", "2024", "73.61234"):
        assert not [sql for sql in asked if typed in sql]


def test_what_a_spreadsheet_would_run_is_defused(client: Client) -> None:
    found = client.get("/feeds/requests.csv?lang=en")
    assert found.headers["content-type"] == "text/csv; charset=utf-8"
    assert "attachment" in found.headers["content-disposition"]
    text = found.content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    streets = {row["Street"] for row in rows}
    assert {f"'{text}" for text in FORMULAS} <= streets
    assert {'rue "A", nord', "é\n1"} <= streets
    assert {row["As of"] for row in rows} == {rows[0]["As of"]}
    assert rows[0]["Received"] == "2025-03-20 11:00"  # Montréal's time
    assert float(rows[0]["Longitude"]) < 0  # a number is no formula


def test_the_file_speaks_the_page_s_language(client: Client) -> None:
    lines = client.get("/feeds/requests.csv").content.decode("utf-8-sig").splitlines()
    assert "Arrondissement (lieu)" in lines[0]
    assert '"En attente"' in lines[1]


def test_the_file_is_the_whole_list(tmp_path: Path) -> None:
    with feeds_with(tmp_path, [a_row() for _ in range(1200)]) as client:
        assert read(client.get("/feeds/requests.json"))["total"] == 1200
        assert len(client.get("/feeds/requests.csv").text.splitlines()) == 1201


@pytest.mark.parametrize("text", [*FORMULAS, "=", "-"])
def test_a_formula_gets_an_apostrophe(text: str) -> None:
    assert defused_texts(pa.array([text])).to_pylist() == [defused(text)] == [f"'{text}"]


@pytest.mark.parametrize("text", ["rue 1", "", "a=b", None, "Côte-des-Neiges"])
def test_a_text_stays_as_it_is(text: str | None) -> None:
    assert defused_texts(pa.array([text], pa.string())).to_pylist() == [defused(text)] == [text]


FEEDS = """
    areas.json boroughs.geojson cells.geojson charts/{chart}.csv charts/{chart}.json
    hexagons.geojson likely.json map.csv map.geojson map.parquet months.json points.bin points.geojson
    problems.geojson quality.csv quality.json recurrence.geojson recurrence.json rejected.csv
    rejected.json requests.csv requests.json requests.xlsx returned.csv returned_list.csv
    returned_list.json returned_list.xlsx search.json sectors.geojson
    sheet/{request_id}.json sheet/{request_id}/more.json
"""
"""Every feed that there is."""


def test_the_feeds_are_in_openapi(client: Client) -> None:
    described = client.get("/openapi.json").json()
    paths = {path.removeprefix("/feeds/") for path in described["paths"] if path.startswith("/feeds/")}
    assert paths == set(FEEDS.split())
    parameters = {p["name"] for p in described["paths"]["/feeds/points.geojson"]["get"]["parameters"]}
    assert {"bbox", "limit", "borough", "from", "kpi"} <= parameters
    assert "Points" in described["components"]["schemas"]
