"""Qualité: its panels as HTML, its callbacks called directly, its feeds, and a store that is away."""

import asyncio
import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from dash import no_update

from dashboard.anchors import check_anchor
from dashboard.callbacks.qualite import offset_of, show_loads, show_qualite
from dashboard.charts.quality import Step, figure
from dashboard.charts.template import ink
from dashboard.components.check_words import check_name, mass_rule, share_words
from dashboard.factory import build
from dashboard.feeds.chart_records import CHARTS
from dashboard.ids import Id
from dashboard.layouts import qualite
from dashboard.layouts.qualite_figures import draw_qualite
from dashboard.layouts.qualite_list import page_key
from dashboard.layouts.qualite_loads import fault_words, reason_words
from dashboard.services import Services
from dashboard.state import ViewState
from dashboard.text.catalogue import LANGUAGES, catalogue
from mart.questions.quality_checks import CHECKS
from store.engine import open_store
from store.load import load
from tests.support.apps import asking
from tests.support.feeds import Client, feeds_of, read
from tests.support.loading import a_load
from tests.support.loading import a_row as a_stored_row
from tests.support.mart import a_row, make_mart
from tests.support.services import services_of

MONTH = ViewState(screen="qualite")
HOSTILE = '=HYPERLINK("x")<script>alert(1)</script>'


def rows() -> list[dict[str, Any]]:
    """Three at the counter, two with a label that nobody knows, one as it should be."""
    return [
        *(a_row(precision="counter", point=None, opened_at=f"-{i}d") for i in range(1, 4)),
        *(a_row(activity="autre", label=HOSTILE, street=HOSTILE, opened_at=f"-{i}d") for i in range(4, 6)),
        a_row(),
    ]


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Services]:
    """Services on these rows; their store is not there yet."""
    with services_of(make_mart(tmp_path, rows())) as services:
        yield services


@pytest.fixture
def client(tmp_path: Path) -> Iterator[Client]:
    with feeds_of(make_mart(tmp_path, rows())) as found:
        yield found


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def lines(html: str) -> list[str]:
    return [words(row) for row in re.findall(r"<tr.*?</tr>", html)]


def test_the_most_affected_comes_first_and_is_chosen(made: Services) -> None:
    drawn = draw_qualite(made, MONTH.replace(lang="en"))
    table = lines(drawn[Id.QUALITE_CHECKS])
    assert table[1].startswith("At the counter")
    assert "3 50.0% of received" in table[1]
    assert table[2].startswith("Unknown labels")
    assert all("None" in line for line in table[3:])
    assert words(drawn[Id.QUALITE_CHECK]).startswith("At the counter")


def test_the_address_chooses_and_an_unknown_check_does_not(made: Services) -> None:
    chosen = draw_qualite(made, MONTH.replace(check="unknown_label"))[Id.QUALITE_CHECK]
    assert words(chosen).startswith("Libellés inconnus")
    assert "1 à 2 sur 2" in words(chosen)
    unknown = draw_qualite(made, MONTH.replace(check="nothing"))
    assert unknown == draw_qualite(made, MONTH)


def test_no_text_of_data_is_html(made: Services) -> None:
    drawn = draw_qualite(made, MONTH.replace(check="unknown_label"))
    assert "<script" not in "".join(drawn.values())
    assert "&lt;script&gt;" in drawn[Id.QUALITE_CHECK]


def test_a_row_links_to_its_sheet_with_the_filters_of_the_view(made: Services) -> None:
    html = draw_qualite(made, MONTH.replace(period="90d", check="counter"))[Id.QUALITE_CHECK]
    links = [urlsplit(a.replace("&amp;", "&")) for a in re.findall(r'href="(/liste[^"]+)"', html)]
    states = [ViewState.from_url(link.path, link.query)[0] for link in links]
    assert len(states) == 3
    assert {(state.screen, state.period, state.check) for state in states} == {("liste", "90d", "")}
    assert all(state.request for state in states)


WHERE = re.compile(r'<li><a href="(/qualite[^"]+)"[^>]*class="vg-where-link"')


def made_of_crews() -> list[dict[str, Any]]:
    """At the counter: of crews of three boroughs and of nobody known, in places that are others."""
    places = [
        ("VD", "VM"),
        ("VD", "VM"),
        ("VD", "RO"),
        ("RO", "VD"),
        ("VM", "VM"),
        ("VD", None),
        (None, None),
    ]
    return [
        a_row(precision="counter", point=None, borough=where, borough_who=who, activity=activity)
        for where, who in places
        for activity in ("graffitis", "eclairage")
    ]


@pytest.mark.parametrize("check", ["counter", "unlocated", "who_not_where"])
@pytest.mark.parametrize(
    "picked",
    [
        {},
        {"boroughs": ("VD",)},
        {"boroughs": ("VD",), "by": "who"},
        {"boroughs": ("VM", "RO"), "by": "who"},
        {"sectors": ("161",)},
        {"activities": ("graffitis",)},
    ],
)
def test_a_part_leads_to_as_many_as_it_says(tmp_path: Path, check: str, picked: dict[str, Any]) -> None:
    with services_of(make_mart(tmp_path, made_of_crews())) as services:
        html = draw_qualite(services, MONTH.replace(check=check, lang="en", **picked))[Id.QUALITE_CHECK]
        for item in re.findall(r"<li>.*?</li>", html):
            if not (href := WHERE.search(item)):
                continue
            target = urlsplit(href[1].replace("&amp;", "&"))
            view, _ = ViewState.from_url(target.path, target.query)
            shown = words(draw_qualite(services, view.replace(lang="en"))[Id.QUALITE_CHECK])
            n = re.search(r"(\d+)</span></li>", item)
            assert n
            assert f"of {n[1]} " in shown.partition("1 to ")[2][:12] + " ", (item, shown)


def test_a_part_of_a_place_is_no_link_to_more_than_it(made: Services) -> None:
    everywhere = draw_qualite(made, MONTH.replace(check="counter"))[Id.QUALITE_CHECK]
    assert WHERE.search(everywhere)
    somewhere = draw_qualite(made, MONTH.replace(check="counter", boroughs=("VM",)))[Id.QUALITE_CHECK]
    assert "vg-where" in somewhere
    assert not WHERE.search(somewhere)


def test_the_table_of_the_course_opens_what_its_columns_open(made: Services) -> None:
    state = MONTH.replace(check="counter")
    html = draw_qualite(made, state)[Id.QUALITE_CHECK]
    table = html[html.index('class="vg-details"') :].partition("</details>")[0]
    hrefs = [href.replace("&amp;", "&") for href in re.findall(r'<td[^>]*><a href="([^"]+)"', table)]
    with made.reader.lease() as mart:
        found = CHARTS["quality"].ask(made, mart, state)
        (bars,) = CHARTS["quality"].figure(found, state).data
    assert hrefs == list(bars.customdata)


def test_nothing_found_and_nothing_received_say_so(made: Services) -> None:
    clean = words(draw_qualite(made, MONTH.replace(check="outside"))[Id.QUALITE_CHECK])
    assert "Rien à signaler" in clean
    nothing = draw_qualite(made, MONTH.replace(boroughs=("AJ",)))
    assert "Aucune requête pour ces filtres" in words(nothing[Id.QUALITE_CHECKS])


def test_a_page_of_another_view_begins_at_its_first_row() -> None:
    asked = {"of": page_key(MONTH, "counter"), "offset": 100}
    assert offset_of(MONTH, asked) == offset_of(MONTH.replace(check="counter"), asked) == 100
    assert offset_of(MONTH.replace(check="outside"), asked) == 0
    assert offset_of(MONTH.replace(period="7d"), asked) == 0
    for bad in (None, {}, asked | {"offset": -1}, asked | {"offset": "x"}, asked | {"offset": True}):
        assert offset_of(MONTH, bad) == 0


def test_the_callback_draws_the_check_that_the_address_has(made: Services) -> None:
    drawn = asyncio.run(show_qualite(made, "lang=en", "unknown_label", None, None))
    assert words(drawn[Id.QUALITE_CHECK]).startswith("Unknown labels")
    hostile = asyncio.run(show_qualite(made, "lang=en", "<script>&kpi=x", None, None))
    assert words(hostile[Id.QUALITE_CHECK]).startswith("At the counter")
    assert asyncio.run(show_qualite(made, None, None, None, None)) is no_update


def test_without_a_mart_the_old_picture_stays(no_mart: Services) -> None:
    assert asyncio.run(show_qualite(no_mart, "", None, None, None)) is no_update


def test_a_first_picture_that_fails_says_so(no_mart: Services) -> None:
    layout: Any = qualite.layout(MONTH, no_mart)
    stores = {str(part.id): part for part in layout._traverse() if getattr(part, "id", None)}
    assert "n’ont pas pu être faits" in stores[Id.QUALITE_DRAWN].data[Id.QUALITE_CHECKS]


def asked_of(services: Services, **given: Any) -> str:
    drawn = asyncio.run(show_loads(services, {"load": None, "offset": 0, "lang": "en"} | given, None))
    return str(drawn[Id.QUALITE_LOADS])


def fill(services: Services) -> None:
    """A load with three rejected rows and a fault."""
    engine = open_store(services.settings.store)
    row = a_stored_row()
    load(engine, a_load(row, rejected=[3, 5, 8], faults=[(row["external_id"], "zero")], file="a/may.csv"))
    engine.dispose()


def test_a_store_that_is_away_breaks_nothing(made: Services, tmp_path: Path) -> None:
    assert "The request store does not answer" in words(asked_of(made))
    assert not (tmp_path / "vigie.db").exists()
    fill(made)
    assert "may.csv" in asked_of(made)


def test_loads_their_reasons_rows_and_faults(made: Services) -> None:
    fill(made)
    (row,) = [line for line in lines(asked_of(made)) if "may.csv" in line]
    assert "3 See No number 3" in row
    assert "Coordinates of zero" in words(asked_of(made))
    shown = words(asked_of(made, load=1))
    assert "Rejected rows: may.csv" in shown
    assert "1 to 3 of 3" in shown
    for bad in (7, -1, "1; DROP TABLE request", None):
        assert "Rejected rows" not in words(asked_of(made, load=bad, lang="xx"))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_check_reason_and_fault_has_words(lang: str) -> None:
    for code in CHECKS:
        assert check_name(code, lang)
        assert catalogue(lang)[f"qualite.file.{code}"].isascii()
    assert "{" not in mass_rule(lang)
    known = "no id", "impossible id", "unknown nature", "no opening date", "no possible opening date"
    assert not set(known) & {reason_words(reason, lang) for reason in known}
    assert reason_words("29 fields expected, 3 found", lang).startswith("29 ")
    assert reason_words("something new", lang) == "something new"
    assert fault_words("something_new", lang) == "something_new"


def test_a_share_that_is_not_0_is_not_written_as_0() -> None:
    assert share_words(0.00001, "en") == "<\u202f0.1%"
    assert share_words(0.0, "en") == "0.0%"


def test_a_page_of_the_feed_has_the_count_of_the_screen(client: Client) -> None:
    found = read(client.get("/feeds/quality.json?check=counter&limit=2&offset=2"))
    assert (found["check"], found["total"], len(found["rows"])) == ("counter", 3, 1)
    assert found["as_of"].startswith("2025-03-20")
    for bad in ("", "check=nothing", "check=x'--", "check=counter&limit=0", "check=counter&offset=-1"):
        assert client.get(f"/feeds/quality.json?{bad}").status_code == 422
        assert bad.startswith("check=counter&") or client.get(f"/feeds/quality.csv?{bad}").status_code == 422


def test_the_export_is_safe_and_has_every_row(client: Client) -> None:
    answer = client.get("/feeds/quality.csv?check=unknown_label&lang=en")
    table = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert len(table) == 2
    assert {row["Original label"] for row in table} == {f"'{HOSTILE}"}
    assert "check-unknown-labels-2025-03-20" in answer.headers["content-disposition"]
    empty = client.get("/feeds/quality.csv?check=outside&lang=en").content.decode("utf-8-sig")
    assert empty.count("\n") == 1


def test_rejected_rows_as_feed_and_as_a_safe_file(made: Services) -> None:
    fill(made)
    with asking(build(made.settings)) as client:
        found = read(client.get("/feeds/rejected.json?load=1&offset=1&limit=1"))
        assert (found["file"], found["total"], [row["line"] for row in found["rows"]]) == ("may.csv", 3, [5])
        text = client.get("/feeds/rejected.csv?load=1&lang=en").content.decode("utf-8-sig")
        assert text.splitlines()[:2] == ["Line,Column,Value,Reason", "3,ID,,no id"]
        assert client.get("/feeds/rejected.json?load=9").status_code == 422
        french = client.get("/feeds/rejected.csv?load=1")
        assert french.content.decode("utf-8-sig").splitlines()[:2] == [
            "Ligne;Colonne;Valeur;Raison",
            "3;ID;;no id",
        ]
        assert client.get("/feeds/rejected.csv?load=1&lang=xx").content == french.content


def test_without_a_check_the_picture_is_named_after_the_one_that_it_shows(made: Services) -> None:
    with asking(build(made.settings)) as client:
        picture = str(read(client.get("/feeds/charts/quality.json?picture=1&lang=en"))["figure"]["layout"])
        table = client.get("/feeds/charts/quality.csv?lang=en").content.decode("utf-8-sig")
    assert "At the counter" in table.splitlines()[0], "the most affected"
    for text in (picture, table.partition("\r\n\r\n")[2]):
        assert check_name("counter", "en") in text
        assert check_name("unlocated", "en") not in text


def test_the_chart_is_a_column_a_step_each_a_link(made: Services) -> None:
    chart, state = CHARTS["quality"], MONTH.replace(check="counter", lang="en")
    with made.reader.lease() as mart:
        seen = chart.ask(made, mart, state)
        drawn, table = chart.figure(seen, state), chart.table(seen, state)
    (bars,) = drawn.data
    assert sum(bars.y) == 3
    target = urlsplit(bars.customdata[-2])
    day, _ = ViewState.from_url(target.path, target.query)
    assert (day.screen, day.check, day.period, day.start) == ("qualite", "counter", "custom", day.end)
    assert table.iloc[:, 1].sum() == 3
    assert "counter" in chart.about(state)


def test_a_step_that_is_cut_short_is_pale_and_none_is_empty() -> None:
    steps = [Step(4, 10, "1", "a", "/qualite"), Step(2, 5, "8", "b", "/qualite", partial=True)]
    assert list(figure(steps).data[0].marker.color) == [ink("ramp-4"), ink("ramp-2")]
    assert not figure([Step(0, 5, "1", "a", "/")]).data


def test_anchors_of_checks_are_apart_from_those_of_kpis() -> None:
    assert {check_anchor(code) for code in CHECKS} == {f"check-{code}" for code in CHECKS}
