"""What the page does in trouble: a feed that fails, a server that is away, an address with hostile names."""

import re
from collections import Counter
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.carte_page import ROW, carte, key, total, until
from tests.browser.looking import open_screen
from tests.support.browser import Session
from tests.support.serving import Served

pytestmark = pytest.mark.browser

__all__ = ["carte"]  # a fixture

FAILED = "le serveur n’y est pas parvenu"
WHILE_MS = 700
"""Long enough for a loop to ask dozens of times."""


class Broken:
    """Feeds that fail until they are mended, and how often each was asked."""

    def __init__(self, page: Page, *parts: str) -> None:
        self.asked: Counter[str] = Counter()
        self._page, self._pattern = page, re.compile("|".join(parts))
        page.route(self._pattern, self._fail)

    def _fail(self, route: Route) -> None:
        self.asked[urlsplit(route.request.url).path] += 1
        route.fulfill(status=500, json={"detail": "it broke"})

    def mend(self) -> None:
        self._page.unroute(self._pattern)


def only_of_feeds(browse: Session) -> None:
    """Chromium reports every answer that is an error, as these tests want them to be."""
    others = [one for one in browse.errors if "Failed to load resource" not in one]
    browse.errors[:] = others


def beat(page: Page) -> None:
    """The page asks whether the server is there, as it does by itself every few seconds."""
    page.evaluate("dash_clientside.set_props('heartbeat', { n_intervals: Math.random() })")


def test_a_chart_that_fails_is_asked_for_once_and_again_when_a_person_says_so(
    browse: Session, served_demo: Served
) -> None:
    page = browse.open()
    charts = Broken(page, "/feeds/charts/")
    open_screen(page, served_demo.url)
    chart = page.locator("[data-chart=trend]")
    chart.scroll_into_view_if_needed()
    again = chart.get_by_role("button", name="Réessayer")
    expect(again).to_be_visible(timeout=20_000)
    expect(chart.locator(".vg-chart-note")).to_contain_text(FAILED)
    page.wait_for_timeout(WHILE_MS)
    assert set(charts.asked.values()) == {1}
    charts.mend()
    again.click()
    expect(chart.locator("svg.main-svg").first).to_be_visible(timeout=20_000)
    expect(chart.locator(".vg-chart-note")).to_be_empty()
    only_of_feeds(browse)


def test_what_fails_on_carte_says_so_asks_no_more_and_comes_when_it_is_told_to(
    browse: Session, served_demo: Served
) -> None:
    page = browse.open()
    page.goto(f"{served_demo.url}liste")
    page.wait_for_selector("#liste-grid .vg-state-word")
    request = page.evaluate("fetch('/feeds/requests.json?limit=1').then(r => r.json())")["rows"][0]["id"]
    feeds = Broken(
        page, "/feeds/months", "/feeds/requests.json", "/feeds/shapes|/feeds/boroughs", "/more.json"
    )
    page.goto(f"{served_demo.url}carte?request={request}")
    parts = {
        "#carte-message": ".vg-land",
        ".vg-time": ".vg-time-slider",
        "#carte-total": f"{ROW} .vg-cell",
        ".vg-sheet-more": ".vg-sheet-more h3",
    }
    for part in parts:
        expect(page.locator(part)).to_contain_text(FAILED)
    page.wait_for_timeout(WHILE_MS)
    assert feeds.asked
    assert max(feeds.asked.values()) == 1, feeds.asked
    feeds.mend()
    for part, wanted in parts.items():
        page.locator(part).get_by_role("button", name="Réessayer").click()
        expect(page.locator(wanted).first).to_be_attached()
        expect(page.locator(part)).not_to_contain_text(FAILED)
    feeds = Broken(page, "/feeds/requests.json")
    everything = total(page)
    page.get_by_role("group", name="Activités").get_by_text("Graffitis").click()
    expect(page.locator("#carte-total")).to_contain_text(FAILED)
    feeds.mend()
    page.evaluate(
        "vigie.nav.patch({v: '45.52,-73.6,12'})"
    )  # a look: the list is asked for again all the same
    expect(page.locator("#carte-total strong")).to_be_visible()
    assert total(page) < everything
    only_of_feeds(browse)


@pytest.mark.parametrize("part", ["/feeds/returned_list.json", r"dash_ag_grid[^/]*\.js"])
def test_the_list_behind_a_number_that_fails_says_so_and_comes_when_it_is_told_to(
    browse: Session, served_demo: Served, part: str
) -> None:
    page = browse.open()
    broken = Broken(page, part)
    page.goto(f"{served_demo.url}recurrence?behind=work")
    title = page.locator("#behind-title")
    expect(title).to_contain_text("La liste n’a pas pu être lue", timeout=20_000)
    expect(title).not_to_contain_text("Un instant")
    page.wait_for_timeout(WHILE_MS)
    assert set(broken.asked.values()) == {1}
    broken.mend()
    title.get_by_role("button", name="Réessayer").click()
    expect(title.locator("h2")).to_be_visible(timeout=20_000)
    expect(page.locator("#behind-grid .ag-row").first).to_be_visible(timeout=20_000)
    expect(page.get_by_role("button", name="Réessayer")).to_have_count(0)
    only_of_feeds(browse)


def test_what_fails_ahead_is_asked_for_again_when_it_is_wanted(
    carte: Callable[..., Page], browse: Session
) -> None:
    page = carte()
    ahead = Broken(page, r"/feeds/requests.json\?.*sort=-opened_at")
    header = page.get_by_role("columnheader", name="Reçue")
    header.hover()
    page.wait_for_timeout(WHILE_MS)
    assert sum(ahead.asked.values()) == 1
    expect(page.locator("#carte-total strong")).to_be_visible()  # nobody hears of it
    ahead.mend()
    header.click()
    until(page, "vigie.listing.sort === '-opened_at'")
    days = f"{ROW} [col-id='opened_at'] .vg-cell-more"
    page.wait_for_selector(days)
    expect(page.locator("#carte-total")).not_to_contain_text(FAILED)
    only_of_feeds(browse)


@pytest.mark.parametrize(
    ("query", "answer", "words"),
    [
        ("", {"status": 503, "json": {"detail": "no mart", "code": "mart_missing"}}, "ne sont pas prêtes"),
        ("?lang=en", {"status": 503, "json": {"detail": "no mart", "code": "mart_missing"}}, "are not ready"),
        ("", {"status": 422, "json": {"detail": [{"msg": "too long"}]}}, "n’est pas possible telle"),
        ("", {"status": 502, "body": "<html>Bad Gateway</html>"}, "le serveur ne répond pas"),
        ("", None, "le serveur ne répond pas"),
        ("?lang=en", {"status": 418, "json": {"code": "constructor"}}, "the server could not do it"),
    ],
)
def test_why_there_is_no_answer_is_said_in_the_language_of_the_page(
    browse: Session, served_demo: Served, query: str, answer: dict[str, Any] | None, words: str
) -> None:
    page = browse.open()
    charts = re.compile("/feeds/charts/trend.json")
    page.route(charts, lambda route: route.fulfill(**answer) if answer else route.abort())
    open_screen(page, f"{served_demo.url}{query}")
    chart = page.locator("[data-chart=trend]")
    chart.scroll_into_view_if_needed()
    expect(chart.locator(".vg-chart-note")).to_contain_text(words, timeout=20_000)
    only_of_feeds(browse)


def test_what_was_asked_while_the_server_was_away_is_asked_again_when_it_is_back(
    browse: Session, served_demo: Served
) -> None:
    page = browse.open()
    open_screen(page, served_demo.url)
    before = page.locator("[data-kpi=received] .vg-kpi-value").inner_text()
    page.wait_for_load_state("networkidle")
    page.context.set_offline(True)
    page.locator("#filters").get_by_text("Graffitis", exact=True).click()
    beat(page)
    expect(page.locator(".vg-offline")).to_be_visible()
    page.context.set_offline(False)
    beat(page)
    expect(page.locator("#status-bar .vg-pill")).to_have_text(["Graffitis"])
    expect(page.locator("[data-kpi=received] .vg-kpi-value")).not_to_have_text(before)
    expect(page.locator("html")).not_to_have_attribute("data-busy", "")
    page.context.set_offline(True)
    page.locator("a[data-screen=definitions]").click()
    beat(page)
    expect(page.locator(".vg-offline")).to_be_visible()
    page.context.set_offline(False)
    beat(page)
    expect(page.get_by_role("heading", name="Délais cibles")).to_be_visible()
    browse.errors.clear()


def test_names_that_every_object_has_are_no_codes(carte: Callable[..., Page], served_demo: Served) -> None:
    page = carte("borough=constructor&sector=valueOf&kpi=toString&period=custom&from=abc-01&to=x")
    expect(page.locator("#carte-total")).to_contain_text("ouvertes à la fin de la période")
    expect(page.get_by_role("slider", name="Mois")).to_be_visible()
    assert page.evaluate("vigie.carte.map.getZoom()") >= 9
    page.evaluate("vigie.nav.patch({sector: null})")
    until(page, "vigie.carte.shown.answer.total > 0")
    assert page.locator(".vg-land.is-aside").count() == 0
    page.goto(
        f"{served_demo.url}liste?kpi=constructor&cf=activity~constructor;street~a&sort=x%26kpi%3Dclosed"
    )
    expect(page.locator("#liste-total h1")).to_contain_text("ouvertes à la fin de la période")
    expect(page.locator("#liste-filters")).not_to_contain_text("function")
    for link in ("#liste-csv", "#liste-xlsx"):
        assert "&kpi=closed" not in str(page.locator(link).get_attribute("href"))


CROSSED = "-73.65,45.5;-73.55,45.55;-73.55,45.5;-73.65,45.55"
SIMPLE = "-73.65,45.5;-73.55,45.5;-73.55,45.55;-73.65,45.55"


def test_an_area_that_the_server_refuses_is_not_drawn(carte: Callable[..., Page]) -> None:
    page = carte(f"area={CROSSED}&v=45.52,-73.6,11")
    expect(page.locator("#notice")).to_contain_text("area=")
    assert page.locator(".vg-drawn-area").count() == 0
    assert page.evaluate("vigie.carte.drawnArea.length") == 0
    everything = total(page)
    page.evaluate(f"vigie.nav.patch({{area: '{SIMPLE}'}})")
    page.locator(".vg-drawn-area").wait_for(state="attached")
    until(page, f"vigie.listing.told.total < {everything}")


def test_out_of_an_empty_map_there_is_a_way(carte: Callable[..., Page]) -> None:
    page = carte("cf=street~nulle part&period=custom&from=2001-01-01&to=2001-01-02&kpi=received")
    page.get_by_role("button", name="Retirer les filtres").click()
    page.get_by_role("button", name="Revenir à la carte de départ").click()
    until(page, "vigie.carte.shown.answer.total > 0")
    expect(page.locator("#carte-message")).to_be_empty()
    assert key(page, "cf") is None


def test_a_borough_that_is_picked_has_its_own_sectors(carte: Callable[..., Page]) -> None:
    page = carte("layer=boroughs&v=45.52,-73.6,10")
    page.evaluate("vigie.nav.patch({sector: '161'})")
    until(page, "vigie.carte.view.sector === '161'")
    page.locator(".vg-map-table summary").click()
    link = page.locator(".vg-map-table tbody a").first
    assert "sector" not in str(link.get_attribute("href"))
    page.evaluate("vigie.carte.pickArea('boroughs', {code: 'LC'})")
    until(page, "location.search.includes('borough=LC')")
    assert key(page, "sector") is None
    until(page, "vigie.listing.told.total > 0 && !vigie.carte.asking")
