"""The sheet of a request, and what is beside it."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dashboard.components.problem_sheet import certainty
from tests.support.feeds import Client, feeds_with, read
from tests.support.mart import a_row

HERE = (-73.5747, 45.5)
NEAR = (-73.5737, 45.5005)
FAR = (-73.60, 45.52)
REASONS = "prior 4.1 0;distance.segment 0.5 0;delay -0.84 86400;open.0 1.13 0;label.0 0.04 0"
ROWS = [
    a_row(id=1, external_id="25-1", point=HERE, opened_at="-90d", closed_at="-80d", status="done", status_at="-80d",
          problem_id=1),
    a_row(id=2, external_id="25-2", point=HERE, opened_at="-30d", due_at="-20d", problem_id=1, requesters=3,
          status="in_progress", status_at="-29d"),
    a_row(id=3, external_id="25-3", point=HERE, opened_at="-29d", problem_id=1, episode_id=2, parent_id=2,
          score_bits=5.0, reasons=REASONS),
    a_row(id=4, external_id="25-4", point=HERE, opened_at="-28d", problem_id=1, episode_id=2, parent_id=2,
          score_bits=None, reasons="decided 0 0"),
    a_row(id=5, external_id="25-5", point=NEAR, opened_at="-5d", activity="graffitis", street="<i>rue</i>"),
    a_row(id=6, external_id="25-6", point=FAR),
    a_row(id=7, external_id="25-7", point=None, precision="none"),
    a_row(id=8, external_id="25-8", point=FAR, opened_at="-9d", closed_at="-1d", due_at="-4d", status="done",
          status_at="-1d", reopened_at="-3d"),
]  # fmt: skip


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    with feeds_with(tmp_path_factory.mktemp("sheet"), ROWS) as found:
        yield found


def text_of(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def more(client: Client, request_id: int, lang: str = "fr") -> str:
    found: str = read(client.get(f"/feeds/sheet/{request_id}/more.json?lang={lang}"))["html"]
    return found


def test_the_sheet_is_that_of_the_map_and_its_row_a_line_of_the_list(client: Client) -> None:
    found = read(client.get("/feeds/sheet/2.json"))
    assert found["row"] | {"id": 2, "state": "late", "lon": HERE[0]} == found["row"]
    assert 'data-src="/feeds/sheet/2/more.json?lang=fr"' in found["html"]


def test_what_is_known_is_told_in_order(client: Client) -> None:
    html = read(client.get("/feeds/sheet/8.json?lang=en"))["html"]
    known = text_of(html[html.index("vg-known") :])
    places = [known.index(word) for word in ("Received", "Due", "Reopened", "Closed")]
    assert places == sorted(places)
    assert "is-late" in html


def test_a_request_says_which_others_are_joined_to_it_and_why(client: Client) -> None:
    said = text_of(more(client, 3))
    assert "3 requêtes de ce même épisode" in said
    assert "5 personnes l’ont signalé" in said
    assert "25-3 (Cette requête)" in said
    assert "reliée à 25-2" in said
    assert "certitude 97" in said
    assert "la première était encore ouverte" in said
    assert "24 h plus tard" in said
    assert "décidé par une personne" in said


def test_the_other_times_and_the_recurrence_are_there(client: Client) -> None:
    html = more(client, 2, "en")
    said = text_of(html)
    assert "Other times at the same place" in said
    assert 'data-request="1"' in html
    assert "4 requests · 6 people · 2 episodes" in said
    assert "Came back after 50 days" in said
    assert "/recurrence?place=1" in html
    assert html.count("<rect") == 2


def test_neighbours_are_there_with_their_distance(client: Client) -> None:
    html = more(client, 1)
    said = text_of(html)
    assert "au même point" in said
    assert re.search(r"25-5 .*Graffitis .* 9\d m", said)
    assert "25-6" not in said
    assert "&lt;i&gt;rue" in html
    assert "<i>rue" not in html


def test_a_request_without_a_place_says_so(client: Client) -> None:
    said = text_of(more(client, 7))
    assert "Sans position" in said
    assert "250 m" not in said


def test_one_that_is_alone_says_so(client: Client) -> None:
    assert "Aucune autre requête" in text_of(more(client, 6))


def test_a_request_that_is_not_there_says_so(client: Client) -> None:
    found = read(client.get("/feeds/sheet/999.json"))
    assert found["row"] is None
    assert "999" in found["html"]
    assert more(client, 999) == ""


@pytest.mark.parametrize("path", ["abc", "-1", "1e9", "99999999999999999999", "1;DROP"])
def test_what_is_no_id_is_refused(client: Client, path: str) -> None:
    assert client.get(f"/feeds/sheet/{path}.json").status_code in {404, 422}
    assert client.get(f"/feeds/sheet/{path}/more.json").status_code in {404, 422}


def test_a_reader_who_has_the_sheet_gets_304(client: Client) -> None:
    first = client.get("/feeds/sheet/2/more.json")
    again: Any = client.get("/feeds/sheet/2/more.json", headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code == 304
    assert client.get("/feeds/sheet/3/more.json").headers["etag"] != first.headers["etag"]


@pytest.mark.parametrize(("bits", "said"), [(0.0, "50%"), (3.0, "89%"), (-1.0, "33%"), (12.0, "> 99%")])
def test_a_score_is_said_as_a_share(bits: float, said: str) -> None:
    assert certainty(bits, "en") == said


def test_a_long_episode_shows_a_few_and_always_the_one_that_is_read(tmp_path: Path) -> None:
    rows = [a_row(id=i, external_id=f"25-{i}", episode_id=1, problem_id=1, parent_id=i - 1 or None,
                  score_bits=2.0, reasons=REASONS) for i in range(1, 31)]  # fmt: skip
    with feeds_with(tmp_path, rows) as client:
        html = more(client, 30)
    assert "25-30 (Cette requête)" in html
    assert html.count("<li>") + html.count('<li class="is-this">') < 120
    assert "et 20 autres" in text_of(html)
