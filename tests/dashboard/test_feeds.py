"""What the feeds answer, and that an answer is asked for once."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dashboard.feeds import answer, listing
from dashboard.query import POPULATIONS
from tests.support.feeds import Client, feeds_of, feeds_with, read
from tests.support.mart import a_row, make_mart

HERE = (-73.5747, 45.5)
THERE = (-73.65, 45.55)
AROUND_HERE = "-73.58,45.49,-73.57,45.51"

ROWS = [
    a_row(
        id=1,
        external_id="25-1",
        point=HERE,
        opened_at="-20d",
        due_at="-3d",
        activity="graffitis",
        requesters=3,
    ),
    a_row(id=2, external_id="25-2", point=HERE, opened_at="-2d", due_at="+10d", status="in_progress"),
    a_row(id=3, external_id="25-3", point=THERE, borough="RO", sector="131", opened_at="-1d", due_at="+12d"),
    a_row(id=4, external_id="25-4", point=None, precision="none", borough=None, opened_at="-3d"),
    a_row(
        id=5, external_id="25-5", point=HERE, opened_at="-9d", closed_at="-1d", status="done", status_at="-1d"
    ),
]
"""Four open requests, one of them late and one without a place; one that is done."""


@pytest.fixture
def client(tmp_path: Path) -> Iterator[Client]:
    with feeds_with(tmp_path, ROWS) as found:
        yield found


def ids(collection: Any) -> set[int]:
    return {feature["id"] for feature in collection["features"]}


def test_hexagons_count_what_is_placed(client: Client) -> None:
    found = read(client.get("/feeds/hexagons.geojson?resolution=8"))
    assert sorted(f["properties"]["n"] for f in found["features"]) == [1, 2]
    assert found["total"] == 3
    most = max(found["features"], key=lambda f: f["properties"]["n"])
    assert most["properties"] == {
        "n": 2,
        "open": 2,
        "late": 1,
        "late_share": 0.5,
        "median_age": 10.0,
    }  # as of a day ago
    ring = most["geometry"]["coordinates"][0]
    assert (len(ring), ring[0]) == (7, ring[-1])


def test_a_box_cuts_the_hexagons_but_not_their_scale(client: Client) -> None:
    city = read(client.get("/feeds/hexagons.geojson?resolution=8"))
    box = read(client.get(f"/feeds/hexagons.geojson?resolution=8&bbox={AROUND_HERE}"))
    assert len(box["features"]) < len(city["features"])
    assert (box["scale"], box["total"]) == (city["scale"], city["total"])


def test_points_are_the_open_requests_in_the_box(client: Client) -> None:
    found = read(client.get(f"/feeds/points.geojson?bbox={AROUND_HERE}"))
    assert ids(found) == {1, 2}
    late = next(f for f in found["features"] if f["id"] == 1)
    assert late["geometry"] == {"type": "Point", "coordinates": list(HERE)}
    assert late["properties"]["state"] == "late"
    assert late["properties"]["precision"] == "segment"
    assert not found["truncated"]


def test_too_many_points_say_so(client: Client) -> None:
    assert read(client.get(f"/feeds/points.geojson?bbox={AROUND_HERE}&limit=1"))["truncated"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", {1, 2, 3, 4}),
        ("state=late", {1}),
        ("activity=graffitis", {1}),
        ("borough=RO", {3}),
        ("kpi=overdue", {1}),
        ("kpi=closed", {5}),
        ("kpi=received&period=7d", {2, 3, 4}),
    ],
)
def test_the_list_is_what_the_filters_keep(client: Client, query: str, expected: set[int]) -> None:
    found = read(client.get(f"/feeds/requests.json?{query}"))
    assert {row["id"] for row in found["rows"]} == expected
    assert found["total"] == len(expected)


@pytest.mark.parametrize("query", ["", "state=late", "activity=graffitis", "kpi=received", "kpi=closed"])
def test_map_and_list_are_the_same_requests(client: Client, query: str) -> None:
    listed = read(client.get(f"/feeds/requests.json?{query}"))["rows"]
    placed = {row["id"] for row in listed if row["precision"] != "none"}
    drawn = ids(read(client.get(f"/feeds/points.geojson?bbox=-74,45,-73,46&{query}")))
    counted = read(client.get(f"/feeds/hexagons.geojson?resolution=7&{query}"))["total"]
    areas = read(client.get(f"/feeds/areas.json?{query}"))["values"]
    assert drawn == placed
    assert counted == len(placed)
    assert sum(area["n"] for area in areas.values()) == len([row for row in listed if row["borough"]])


def test_a_picked_hexagon_filters_the_list(client: Client) -> None:
    cells = read(client.get("/feeds/hexagons.geojson?resolution=8"))["features"]
    cell = next(f["id"] for f in cells if f["properties"]["n"] == 1)
    assert [row["id"] for row in read(client.get(f"/feeds/requests.json?h3={cell}"))["rows"]] == [3]


def test_pages_follow_one_another_in_the_order_asked_for(client: Client) -> None:
    def page(offset: int) -> list[int]:
        found = read(client.get(f"/feeds/requests.json?sort=-opened_at&offset={offset}&limit=2"))
        return [row["id"] for row in found["rows"]]

    assert page(0) + page(2) == [3, 2, 4, 1]
    assert page(4) == []


def test_the_list_has_what_needs_somebody_first_first(client: Client) -> None:
    assert read(client.get("/feeds/requests.json"))["rows"][0]["state"] == "late"
    assert listing.sort_of("-due_at") == (("due_at", True), ("state", False))


def test_a_list_says_of_which_moment_its_states_are(client: Client) -> None:
    past = "/feeds/requests.json?period=custom&from=2025-03-01&to=2025-03-10"
    found = read(client.get(past))
    assert found["at"].startswith("2025-03-11T03:59:59")  # the period's end, in Montréal
    assert found["at"] < found["as_of"]
    received = read(client.get(f"{past}&kpi=received"))
    assert received["at"] == received["as_of"]  # as they are at T
    assert read(client.get("/feeds/requests.json"))["at"] == found["as_of"]


def test_the_chips_count_every_state_whatever_is_picked(client: Client) -> None:
    found = read(client.get("/feeds/requests.json?state=late"))
    assert found["states"]["late"] == 1
    assert sum(found["states"].values()) == 4


def test_areas_are_numbers_by_code(client: Client) -> None:
    found = read(client.get("/feeds/areas.json"))
    assert found["values"]["VM"]["n"] == 2
    assert read(client.get("/feeds/areas.json?part=sector"))["values"]["131"]["n"] == 1


def test_an_answer_that_the_reader_has_costs_no_query(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = client.get("/feeds/requests.json?kpi=received")
    monkeypatch.setattr(listing, "page", None)  # any query would fail now
    again = client.get("/feeds/requests.json?kpi=received", headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code == 304
    assert again.content == b""
    assert again.headers["etag"] == first.headers["etag"]
    assert client.get("/feeds/requests.json?kpi=received").json() == first.json()


def test_another_question_or_version_is_another_validator(tmp_path: Path) -> None:
    root = make_mart(tmp_path, ROWS)
    with feeds_of(root) as client:
        tags = [
            client.get(f"/feeds/requests.json?{query}").headers["etag"]
            for query in ("", "kpi=closed", "sort=due_at")
        ]
        make_mart(tmp_path, ROWS[:2])
        newer = client.get("/feeds/requests.json", headers={"If-None-Match": tags[0]})
    assert len(set(tags)) == 3
    assert newer.status_code == 200
    assert newer.json()["total"] == 2


@pytest.mark.parametrize(
    ("accepted", "used"), [("gzip, br", "br"), ("gzip", "gzip"), ("br;q=0, gzip", "gzip"), ("identity", None)]
)
def test_answers_are_compressed_as_the_reader_likes(client: Client, accepted: str, used: str | None) -> None:
    found = client.get("/feeds/boroughs.geojson", headers={"Accept-Encoding": accepted})
    assert found.headers.get("content-encoding") == used
    assert found.headers["vary"] == "Accept-Encoding"
    assert len(found.json()["features"]) == 19


def test_personal_answers_are_private_and_shapes_may_be_kept(client: Client) -> None:
    assert client.get("/feeds/areas.json").headers["cache-control"] == "private, no-cache"
    shapes = client.get("/feeds/sectors.geojson")
    assert "immutable" not in shapes.headers["cache-control"]
    named = client.get(f"/feeds/sectors.geojson?s={shapes.headers['etag'].strip(chr(34))}")
    assert "immutable" in named.headers["cache-control"]


def test_without_a_mart_the_sentence_says_what_to_run(tmp_path: Path) -> None:
    with feeds_of(tmp_path / "none") as client:
        found = client.get("/feeds/requests.json")
        assert client.get("/feeds/requests.csv").status_code == 503
    assert found.status_code == 503
    assert "vigie build" in found.json()["detail"]


def test_bodies_are_kept_up_to_a_size() -> None:
    kept = answer.Bodies(most_bytes=10)
    kept.put("a", "", answer.Packed(b"123456", ""))
    kept.put("b", "", answer.Packed(b"1234", ""))
    kept.get("a", "")
    kept.put("c", "", answer.Packed(b"12", ""))
    assert kept.get("b", "") is None
    assert kept.get("a", "") is not None


@pytest.mark.parametrize("kpi", POPULATIONS)
def test_every_feed_answers_for_every_population(client: Client, kpi: str) -> None:
    query = f"period=12m&kpi={kpi}"
    listed = read(client.get(f"/feeds/requests.json?{query}"))
    assert (listed["ignored"], listed["total"]) == ([], len(listed["rows"]))
    placed = {row["id"] for row in listed["rows"] if row["precision"] != "none"}
    assert ids(read(client.get(f"/feeds/points.geojson?bbox=-74,45,-73,46&{query}"))) == placed
    assert read(client.get(f"/feeds/hexagons.geojson?resolution=7&{query}"))["total"] == len(placed)
    areas = read(client.get(f"/feeds/areas.json?{query}"))["values"]
    assert sum(area["n"] for area in areas.values()) == len([r for r in listed["rows"] if r["borough"]])
    file = client.get(f"/feeds/requests.csv?{query}")
    assert len(file.text.strip().splitlines()) == 1 + listed["total"]
    assert "/" not in file.headers["content-disposition"]


def test_a_kpi_that_there_is_not_is_said_and_the_usual_list_comes(client: Client) -> None:
    usual, found = (read(client.get(f"/feeds/requests.json?{q}")) for q in ("", "kpi=received/denominator"))
    assert found["ignored"] == ["kpi"]
    assert found["rows"] == usual["rows"]
