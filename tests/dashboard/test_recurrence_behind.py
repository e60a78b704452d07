"""Behind every number of Récurrence its list: as many rows as the number, in the grid and in the file."""

import asyncio
import csv
import io
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import openpyxl
import pytest

from dashboard.behind import PlaceRequests, Work, parse
from dashboard.callbacks.recurrence import show_recurrence
from dashboard.ids import Id
from dashboard.layouts.recurrence_behind import columns, config
from dashboard.services import Services
from dashboard.state import ViewState, data_query
from tests.support.feeds import Client, feeds_of, read
from tests.support.mart import a_row, make_mart
from tests.support.places import place_rows
from tests.support.services import services_of

PLACES = 12
FORMULA = '=HYPERLINK("http://x")'
LIST = "/feeds/returned_list"


@pytest.fixture(scope="module")
def mart_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Places that come back; work of few in a third borough, and at no known one; a hostile number and street."""
    few = [
        a_row(id=1, external_id=FORMULA, street="<b>rue", opened_at="-40d", closed_at="-39d", status="done"),
        a_row(id=2, problem_id=1, external_id="+1", opened_at="-2d", requesters=3),
        a_row(id=3, borough="AC", activity="eclairage", opened_at="-40d", closed_at="-39d", status="done"),
    ]
    return make_mart(tmp_path_factory.mktemp("behind"), [*place_rows(PLACES), *few])


@pytest.fixture(scope="module")
def places(mart_folder: Path) -> Iterator[Services]:
    with services_of(mart_folder) as made:
        yield made


@pytest.fixture(scope="module")
def client(mart_folder: Path) -> Iterator[Client]:
    with feeds_of(mart_folder) as found:
        yield found


def painted(places: Services, query: str = "") -> dict[str, str]:
    found: dict[str, str] = asyncio.run(show_recurrence(places, query, None, "", None))
    return found


def links(html: str) -> list[tuple[str, str, str]]:
    """Of each number that is a link: its address, what it names, its text."""
    found = re.findall(r'<a href="([^"]*)"[^>]* data-behind="([^"]+)"[^>]*>([^<]*)</a>', html)
    return [(unescape(href), of, unescape(text)) for href, of, text in found]


def asked(client: Client, href: str, **more: Any) -> dict[str, Any]:
    found: dict[str, Any] = read(
        client.get(f"{LIST}.json", params=dict(parse_qsl(urlsplit(href).query)) | more)
    )
    return found


def in_file(client: Client, href: str) -> list[dict[str, str]]:
    text = client.get(f"{LIST}.csv", params=dict(parse_qsl(urlsplit(href).query)) | {"lang": "en"})
    assert text.status_code == 200
    return list(csv.DictReader(io.StringIO(text.content.decode("utf-8-sig"))))


def digits(text: str) -> int:
    return int(re.sub(r"\D", "", text))


@pytest.mark.parametrize("query", ["", "borough=VD&lang=en", "activity=graffitis&by=who", "borough=VM,AC"])
def test_the_list_of_each_cell_has_as_many_rows_as_the_cell_says(
    places: Services, client: Client, query: str
) -> None:
    html = painted(places, query)[Id.RECURRENCE_BACK]
    cells = re.findall(r"<td[^>]*>.*?</td>", html)
    work = 0
    for cell in cells:
        for href, of, text in links(cell):
            said = re.search(r"([\d\s\u00a0\u202f,]+)(?:retour|return)", cell)
            number = digits(said[1]) if said else digits(text)
            found = asked(client, href)
            assert (found["total"], found["of"]) == (number, "work"), (of, text)
            assert len(in_file(client, href)) == number
            work += 1
    assert work >= 8
    # A share is a link wherever something came back.
    shares = [cell for cell in cells if "vg-back-share" in cell]
    assert all(bool(links(cell)) != bool(re.search(r">0[\s\u00a0]return?", cell)) for cell in shares)


@pytest.mark.parametrize("query", ["", "lang=en&rank=requesters", "borough=VM"])
def test_the_list_of_each_place_has_what_its_line_counts(
    places: Services, client: Client, query: str
) -> None:
    html = painted(places, query)[Id.RECURRENCE_LIST]
    lines = re.findall(r"<tr data-place.*?</tr>", html)
    assert lines
    for line in lines:
        requests, episodes, people, *still = [(href, digits(text)) for href, _, text in links(line)]
        assert requests[0] == episodes[0] == people[0]
        found = asked(client, requests[0])
        assert (found["total"], len(found["rows"])) == (requests[1], requests[1])
        assert len({row["episode"] for row in found["rows"]}) == episodes[1]
        assert sum(row["requesters"] for row in found["rows"]) == people[1]
        assert len(in_file(client, requests[0])) == requests[1]
        for href, number in still:
            assert asked(client, href)["total"] == number == len(in_file(client, href))
        assert bool(still) == any(row["closed_at"] is None for row in found["rows"])


def test_the_numbers_above_open_their_lists(places: Services, client: Client) -> None:
    html = painted(places)[Id.RECURRENCE_HEAD]
    told = {of: (href, text) for href, of, text in links(html)}
    assert set(told) == {"work", "work:30", "work:90", "work:180"}
    assert asked(client, told["work"][0])["total"] == digits(
        told["work"][1].split("n\u00a0=")[-1].split("n =")[-1]
    )
    everything = painted(places)[Id.RECURRENCE_BACK]
    for of in ("work:30", "work:90", "work:180"):
        whole = next(href for href, name, _ in links(everything) if name == f"work:city:{of[5:]}")
        assert asked(client, told[of][0])["total"] == asked(client, whole)["total"] > 0


def test_interval_and_count_are_text_and_not_only_a_hint(places: Services) -> None:
    html = painted(places, "lang=en")[Id.RECURRENCE_BACK]
    plain = re.sub(r"<[^>]+>", " ", html).replace("\u00a0", " ")
    assert len(re.findall(r"\d+\.\d to \d+\.\d%", plain)) == html.count('"vg-back-rests"') > 9
    assert len(re.findall(r"\d+ returns?\b", plain)) >= html.count('"vg-back-rests"')
    assert not re.findall(r'vg-back-share"[^>]* title=', html)


def test_pages_follow_in_the_order_asked_for(client: Client) -> None:
    whole = asked(client, "?behind=work:30", order="back_after_days", limit=200)
    days = [row["back_after_days"] for row in whole["rows"]]
    assert days == sorted(days)
    assert whole["total"] == len(days) > 10
    second = asked(client, "?behind=work:30", order="back_after_days", offset=5, limit=5)
    assert second["rows"] == whole["rows"][5:10]
    place = asked(client, "?behind=place:100000", order="requesters")["rows"]
    assert [row["requesters"] for row in place] == sorted(row["requesters"] for row in place)


def test_a_list_says_what_it_is_of(client: Client) -> None:
    found = asked(client, "?behind=work:borough:VD:90&lang=en&activity=graffitis")
    assert found["title"].startswith(f"{found['total']} pieces of work done that came back in 90 days")
    assert found["scope"] == "Verdun, Graffiti"
    place = asked(client, "?behind=place:100000&lang=en")
    assert place["scope"].startswith("rue Peel · Potholes · Ville-Marie")
    assert place["note"].startswith("36 people · 12 episodes · 6 months")
    assert asked(client, "?behind=place:7")["rows"] == []


def test_the_file_runs_nothing(client: Client) -> None:
    work = next(
        row for row in in_file(client, "?behind=work") if "HYPERLINK" in row["Request that closed it"]
    )
    assert work["Request that closed it"] == f"'{FORMULA}"
    requests = {row["Request"] for row in in_file(client, "?behind=place:1")}
    assert requests == {f"'{FORMULA}", "'+1"}
    answer = client.get(f"{LIST}.csv?behind=place:1:open")
    assert re.search(
        r'filename="requetes-du-lieu-1-open-[\dT-]+\.csv"', answer.headers["content-disposition"]
    )


@pytest.mark.parametrize(
    "href", ["?behind=work", "?behind=work:city:90&order=back_after_days", "?behind=place:1"]
)
def test_the_workbook_has_the_rows_of_the_file_and_says_what_it_is(client: Client, href: str) -> None:
    query = dict(parse_qsl(href[1:])) | {"lang": "en"}
    answer = client.get(f"{LIST}.xlsx", params=query, headers={"referer": "http://vigie.test/recurrence"})
    assert answer.status_code == 200
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    table, about = book.worksheets
    head, *rows = [[cell.value for cell in row] for row in table.iter_rows()]
    lines = in_file(client, href)
    assert head == list(lines[0])
    assert [str(row[0]) for row in rows] == [line[head[0]].removeprefix("'") for line in lines]
    assert all(cell.data_type != "f" for row in table.iter_rows() for cell in row)
    said = {row[0].value: row[1].value for row in about.iter_rows()}
    assert said["List"] == asked(client, href, lang="en")["title"]
    assert said["Address of this list"] == "http://vigie.test/recurrence"


def test_a_workbook_of_too_many_rows_is_refused(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dashboard.feeds.workbook_words.MOST_ROWS", 10)
    answer = client.get(f"{LIST}.xlsx?behind=work")
    assert (answer.status_code, answer.json()["code"]) == (422, "too_many_rows")
    assert client.get(f"{LIST}.xlsx?behind=place:1").status_code == 200


@pytest.mark.parametrize(
    "text",
    ["work", "work:30", "work:city", "work:city:180", "work:activity:nids_de_poule", "work:borough:VD:90",
     "work:borough:unlocated", "place:1", "place:123:open"],
)  # fmt: skip
def test_what_a_text_names_is_written_as_it_was_read(text: str) -> None:
    assert str(parse(text)) == text
    state, ignored = ViewState.from_url("/recurrence", f"?behind={text}&place=5")
    assert (state.behind, ignored) == (text, [])
    assert state.to_url() == f"/recurrence?place=5&behind={text}"
    assert data_query(f"behind={text}&borough=VM") == "borough=VM"


@pytest.mark.parametrize(
    "text",
    ["", "work:", "work:31", "work:activity", "work:activity:VD", "work:borough:graffitis", "work:city:VD",
     "place:", "place:-1", "place:1:closed", "place:" + "9" * 19, "place:١", "work\n", "'; DROP TABLE", "<script>"],
)  # fmt: skip
def test_what_names_nothing_is_refused(client: Client, text: str) -> None:
    assert parse(text) is None
    assert client.get(f"{LIST}.json", params={"behind": text}).status_code == 422
    for kind in ("csv", "xlsx"):
        assert client.get(f"{LIST}.{kind}", params={"behind": text}).status_code == 422
    assert ViewState.from_query(f"behind={text}", "recurrence")[0].behind == ""


def test_an_order_that_there_is_not_is_refused(client: Client) -> None:
    for behind, order in (("work", "street"), ("place:1", "back_at"), ("work", "-")):
        status = client.get(f"{LIST}.json", params={"behind": behind, "order": order}).status_code
        assert status == (200 if order == "-" else 422)


def test_the_grid_sorts_by_what_the_server_sorts() -> None:
    assert parse("work:activity:graffitis:90") == Work("activity", "graffitis", 90)
    assert parse("place:7:open") == PlaceRequests(7, open_only=True)
    for of in ("work", "place"):
        sortable = {one["field"] for one in columns(of, "fr") if one.get("sortable", True)}
        assert (
            sortable
            == {
                "work": {"done_at", "back_at", "back_after_days"},
                "place": {"opened_at", "closed_at", "requesters", "episode"},
            }[of]
        )
    assert config("en")["grid"]["props"]["id"] == Id.BEHIND_GRID
