"""The feed that a clerk's form asks while a report is typed."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.feeds import Client, feeds_of, feeds_with, read
from tests.support.mart import a_row

ASK = "/feeds/likely.json?lat=45.5&lon=-73.5747&activity=nids_de_poule"


@pytest.fixture
def client(tmp_path: Path) -> Iterator[Client]:
    rows = [a_row(id=1, external_id="25-1", precision="exact", requesters=3)]
    with feeds_with(tmp_path, rows) as found:
        yield found


@pytest.mark.parametrize(
    ("lang", "words"), [("fr", "la première était encore ouverte"), ("en", "the earlier one was still open")]
)
def test_the_reasons_are_in_the_language_asked_for(client: Client, lang: str, words: str) -> None:
    found = read(client.get(f"{ASK}&lang={lang}"))
    [episode] = found["episodes"]
    assert (episode["external_id"], episode["requesters"], episode["episode_id"]) == ("25-1", 3, 1)
    assert words in {reason["text"] for reason in episode["reasons"]}
    assert set(found) == {"as_of", "episodes"}


@pytest.mark.parametrize(
    "query",
    [
        "lat=nan&lon=0&activity=graffitis",
        "lat=45&lon=inf&activity=graffitis",
        "lat=45&lon=-999&activity=graffitis",
        "lat=45&lon=-73&activity=<script>",
        "lat=45&lon=-73&activity=graffitis&at=yesterday",
        "lat=45&lon=-73&activity=graffitis&limit=0",
        "lat=45&lon=-73",
    ],
)
def test_what_is_no_report_is_refused(client: Client, query: str) -> None:
    answer = client.get(f"/feeds/likely.json?{query}")
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/json"


@pytest.mark.parametrize("at", ["2025-03-20T15:30:00", "2025-03-20T15:30:00Z", "2025-03-20T11:30:00-04:00"])
def test_a_moment_without_a_zone_is_utc(client: Client, at: str) -> None:
    found = read(client.get(f"{ASK}&at={at}"))
    assert [one["external_id"] for one in found["episodes"]] == ["25-1"]


def test_without_a_mart_it_says_what_to_run(tmp_path: Path) -> None:
    with feeds_of(tmp_path / "none") as client:
        answer = client.get(ASK)
    assert (answer.status_code, "vigie build" in answer.json()["detail"]) == (503, True)
