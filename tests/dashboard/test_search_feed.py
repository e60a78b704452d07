"""What the search box is told."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from dashboard.components.search import search_box
from dashboard.feeds.search import Searcher, view_of
from dashboard.state import ViewState
from tests.support.feeds import Client, feeds_of, feeds_with, read
from tests.support.mart import a_row, make_mart
from tests.support.services import services_of

ROWS = [
    a_row(id=1, external_id="25-29725", street="rue Saint-Denis", street_from=None, street_to=None),
    a_row(
        id=2,
        external_id="25-29726",
        street=None,
        street_from="rue Peel",
        street_to="rue Saint-Denis",
        borough="VD",
    ),
]


@pytest.fixture
def client(tmp_path: Path) -> Iterator[Client]:
    with feeds_with(tmp_path, ROWS) as found:
        yield found


def test_a_number_is_a_request(client: Client) -> None:
    (found,) = read(client.get("/feeds/search.json?q=25-29725&lang=en"))["requests"]
    assert found == {
        "id": 1, "number": "25-29725", "state": "waiting", "title": "Potholes",
        "detail": "rue Saint-Denis · Ville-Marie",
    }  # fmt: skip


def test_a_street_knows_its_view_of_the_map(client: Client) -> None:
    (found,) = read(client.get("/feeds/search.json?q=st-denis"))["places"]
    assert (found["kind"], found["street"], found["detail"]) == ("street", "rue Saint-Denis", "Ville-Marie")
    assert ViewState.from_query(f"v={found['view']}")[1] == []


def test_an_intersection_is_a_place(client: Client) -> None:
    (found,) = read(client.get("/feeds/search.json?q=peel%20/%20saint%20denis"))["places"]
    assert (found["kind"], found["title"]) == ("crossing", "rue Saint-Denis / rue Peel")
    assert found["view"] == "45.50000,-73.57470,17"


def test_a_borough_and_a_sector_are_filters(client: Client) -> None:
    places = read(client.get("/feeds/search.json?q=verdun"))["places"]
    assert (places[0]["kind"], places[0]["code"]) == ("borough", "VD")


@pytest.mark.parametrize("q", ["<script>alert(1)</script>", "'; DROP TABLE requests", "%25%25", "", "%00"])
def test_hostile_text_is_answered_with_nothing(client: Client, q: str) -> None:
    found = read(client.get("/feeds/search.json", params={"q": q}))
    assert (found["requests"], found["places"]) == ([], [])


def test_a_text_that_is_too_long_is_refused(client: Client) -> None:
    assert client.get("/feeds/search.json", params={"q": "x" * 81}).status_code == 422


def test_a_language_that_is_none_is_the_usual_one_as_on_the_page(client: Client) -> None:
    usual, found = (read(client.get(f"/feeds/search.json?q=ville&lang={lang}")) for lang in ("fr", "de"))
    assert found == usual


def test_without_a_mart_it_says_what_to_run(tmp_path: Path) -> None:
    with feeds_of(tmp_path / "none") as client:
        answer = client.get("/feeds/search.json?q=peel")
    assert answer.status_code == 503
    assert "vigie build" in answer.json()["detail"]


def test_a_newer_version_is_read_beside_the_one_that_answers(tmp_path: Path) -> None:
    with services_of(make_mart(tmp_path, ROWS)) as services:
        searcher = Searcher(services)
        with services.reader.lease() as mart:
            first = searcher.index(mart)
        make_mart(tmp_path, [*ROWS, a_row(id=3, external_id="25-99")])
        with services.reader.lease() as mart:
            assert searcher.index(mart) is first  # the old one goes on answering
            services.asides.shutdown(wait=True)
            assert searcher.index(mart).version == mart.version
            assert searcher.index(mart).numbered("25-99", 5) == [3]


def test_a_view_holds_its_box() -> None:
    assert view_of((-73.6, 45.5, -73.6, 45.5)) == "45.50000,-73.60000,17"
    wide, near = (
        float(view_of((-73.6 - d, 45.5 - d, -73.6 + d, 45.5 + d)).split(",")[2]) for d in (0.1, 0.005)
    )
    assert 11 <= wide < near < 17


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_the_box_has_every_word_of_its_script(lang: str) -> None:
    box = search_box(ViewState(lang=lang)).to_plotly_json()["props"]  # type: ignore[no-untyped-call]
    said = {name.removeprefix("data-say-") for name in box if name.startswith("data-say-")}
    assert said == {
        "requests",
        "places",
        "streets",
        "crossings",
        "none",
        "none-hint",
        "failed",
        "found-one",
        "found-other",
    }
    assert {"data-label", "data-placeholder", "data-results", "data-clear", "data-key"} <= set(box)
