"""Paper: every screen printed, in the light theme, whole, under a head that says what it is; and the page after."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from dashboard import theme
from dashboard.state import SCREENS
from tests.browser.looking import overflow_px
from tests.support.serving import Served

pytestmark = pytest.mark.browser

LETTER_PX = (980, 737)
"""What the margins leave of a Letter sheet on its side; A4 is wider."""

MOST_PAGES = {"apercu": 3, "carte": 1, "liste": 6, "recurrence": 4, "qualite": 8, "definitions": 12}
"""Of the invented city."""

CHOICE = {"apercu": "period=90d", "liste": "kpi=received&period=90d", "recurrence": "borough=VD"}

READY = {
    "apercu": "document.querySelector('.vg-every')",
    "carte": "vigie.carte?.shown && vigie.carte.ground",
    "liste": "vigie.requestList.told && document.querySelector('.ag-row .vg-state-word')",
    "recurrence": "document.querySelector('.vg-back')",
    "qualite": "document.querySelector('.vg-checks') && document.querySelector('.vg-loads, #qualite-loads .vg-empty')",
    "definitions": "document.querySelector('.vg-defs-body article')",
}

_DRAWN = "!document.querySelector('.vg-chart-plot:not([data-drawn])')"

_CONTROLS = """() => {
  const pressed = `input, select, textarea, summary, .vg-button, .vg-rail, .vg-filters, .vg-map-tools, .vg-map-zoom,
    .vg-time, .vg-pm-zoom, .vg-menu-box, .vg-info-button, .vg-order-button, .vg-segments, .vg-state-chip, .vg-search,
    .ag-root`;
  const seen = [...document.querySelectorAll(pressed)].filter((e) => e.checkVisibility());
  return seen.map((e) => e.className || e.tagName);
}"""

_FAINT = """() => {
  const channels = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const light = (colour) => {
    const linear = (c) => (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    const [r, g, b] = channels(colour).map((c) => linear(c / 255));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = (e) => {
    const { backgroundColor: colour } = getComputedStyle(e);
    const [, , , alpha = 1] = channels(colour);
    return alpha > 0.99 ? colour : e.parentElement ? ground(e.parentElement) : "rgb(255, 255, 255)";
  };
  const faint = [];
  const texts = document.createTreeWalker(document.querySelector(".vg-body"), NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const e = texts.currentNode.parentElement;
    if (!texts.currentNode.data.trim() || !e.checkVisibility({ visibilityProperty: true })) continue;
    if (e.matches("svg *, .vg-legend-number")) continue; // drawn on something else than they stand in
    const ends = [light(getComputedStyle(e).color), light(ground(e))].sort((a, b) => b - a);
    const contrast = (ends[0] + 0.05) / (ends[1] + 0.05);
    if (contrast < 4.4) faint.push(`${texts.currentNode.data.trim()} ${contrast.toFixed(1)}`);
  }
  return faint;
}"""


def visit(page: Page, served: Served, screen: str, query: str = "") -> None:
    """Open a screen and wait until all of it is there, what is out of view too."""
    path = next(path for path, name in SCREENS.items() if name == screen)
    page.goto(f"{served.url}{path[1:]}?{CHOICE.get(screen, '')}&{query}")
    page.wait_for_function(f"() => {READY[screen]}")
    page.evaluate("vigie.drawCharts()")
    page.wait_for_function(f"() => {_DRAWN}")


def on_paper(page: Page) -> None:
    page.emulate_media(media="print")
    page.wait_for_selector("html[data-paper]")
    page.set_viewport_size({"width": LETTER_PX[0], "height": LETTER_PX[1]})


def sheets(page: Page) -> int:
    """How many sheets a printer would take, all of them on their side."""
    pdf = page.pdf(prefer_css_page_size=True)
    for width, height in re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", pdf):
        assert float(width) > float(height)
    return len(re.findall(rb"/Type /Page\b", pdf))


def look_of(page: Page) -> list[Any]:
    """What printing must leave as it was."""
    looks: list[Any] = page.evaluate(
        """() => [
          document.documentElement.dataset.mantineColorScheme, document.documentElement.dataset.paper,
          localStorage.getItem("mantine-color-scheme-value"), location.href,
          document.querySelector(".vg-paper").innerHTML,
          document.querySelectorAll("[data-missing]:not(.vg-paper)").length,
        ]"""
    )
    return looks


_INKS = """() => [
  ...["trend", "multiples"].map((chart) => {
    const lines = document.querySelectorAll(`[data-chart=${chart}] .scatterlayer path.js-line`);
    return getComputedStyle([...lines].at(-1)).stroke;
  }),
  getComputedStyle(document.querySelector(":is(.vg-shade-1, .vg-shade-2, .vg-shade-3, .vg-shade-4) > a")).color,
]"""
"""Of the newest line of two charts, and of a number on pale ground."""


def rgb(colour: str) -> str:
    """A colour of the theme as the browser writes it."""
    return f"rgb({', '.join(str(int(colour[i : i + 2], 16)) for i in (1, 3, 5))})"


def inks_while_printing(page: Page) -> list[str]:
    """The page hears that it will be printed, and has until its next turn to draw; then all is as before."""
    before: list[str] = page.evaluate(_INKS)
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    printed: list[str] = page.evaluate(_INKS)
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    page.wait_for_timeout(100)
    assert page.evaluate(_INKS) == before
    return printed


@pytest.mark.parametrize("screen", list(SCREENS.values()))
def test_every_screen_is_whole_on_paper(page: Page, served_demo: Served, screen: str) -> None:
    visit(page, served_demo, screen, "theme=dark&lang=en")
    before = look_of(page)
    assert before[0] == "dark"
    if screen == "apercu":
        light = theme.SURFACES["light"]
        assert inks_while_printing(page) == [*[rgb(light["accent"])] * 2, rgb(light["ink-dark"])]
    assert 0 < sheets(page) <= MOST_PAGES[screen]
    assert look_of(page) == before

    on_paper(page)
    assert overflow_px(page) == 0
    assert page.evaluate(_CONTROLS) == []
    assert page.evaluate(_FAINT) == []
    assert page.locator("tfoot").evaluate_all(
        "feet => feet.filter((e) => getComputedStyle(e).display === 'table-footer-group').length"
    ) == 0  # fmt: skip
    head = page.locator(".vg-paper-head")
    expect(head).to_contain_text("Vigie 311 · ")
    expect(head).to_contain_text("As of")
    link = str(head.get_by_role("link", include_hidden=True).get_attribute("href"))
    assert link.startswith(served_demo.url)
    assert "theme" not in link
    if screen not in {"recurrence", "definitions"}:
        expect(head).to_contain_text("2025")

    page.emulate_media(media="screen")
    page.wait_for_selector("html:not([data-paper])")
    assert look_of(page) == before


def test_what_is_not_drawn_in_time_says_so(page: Page, served_demo: Served) -> None:
    page.route("**/feeds/charts/**", lambda _route: None)  # they never come
    page.goto(f"{served_demo.url}?period=90d")
    page.wait_for_selector(".vg-chart-plot", state="attached")
    on_paper(page)
    for place in page.locator(".vg-chart-plot").all():
        said = place.evaluate("e => getComputedStyle(e, '::after').content")
        assert said.startswith('"Pas encore dessiné')


def test_the_keys_of_printing_wait_for_charts_out_of_view(page: Page, served_demo: Served) -> None:
    page.goto(f"{served_demo.url}?period=90d")
    page.wait_for_selector(".vg-every")
    assert page.evaluate("vigie.chartsMissing()")
    page.evaluate(f"window.print = () => (window.printed = {_DRAWN})")
    page.keyboard.press("Control+p")
    page.wait_for_function("() => window.printed === true")
    assert not page.evaluate("vigie.chartsMissing()")


def test_the_list_says_how_much_of_it_is_printed(page: Page, served_demo: Served) -> None:
    visit(page, served_demo, "liste")
    page.evaluate(
        """() => vigie.requestList.grid.applyColumnState({
          state: vigie.requestList.config.columns.map(({ field }) => ({ colId: field, hide: false })),
        })"""
    )
    total = page.evaluate("vigie.requestList.told.total")
    assert total > 100
    on_paper(page)
    assert overflow_px(page) == 0
    table = page.locator(".vg-paper-list")
    expect(table.locator("tbody tr")).to_have_count(100)
    assert table.locator("th").all_inner_texts() == page.evaluate(
        "vigie.requestList.config.columns.map(({ name }) => name)"
    )
    assert all(table.locator("tbody tr").last.locator("td").all_inner_texts())
    note = re.sub(r"\s", " ", page.locator(".vg-paper-rows").inner_text())
    assert note.startswith("Lignes 1 à 100 sur ")
    assert re.sub(r"\D", "", note.split(" sur ")[1]) == str(total)
    assert "CSV" in note


def test_the_map_is_printed_as_it_is_seen(page: Page, served_demo: Served) -> None:
    visit(page, served_demo, "carte", "borough=VD")
    width = page.evaluate("vigie.carte.map.getSize().x")
    bounds = page.evaluate("vigie.carte.map.getBounds().toBBoxString()")
    on_paper(page)
    picture = page.locator(".vg-paper-map > img")
    drawn = picture.evaluate(
        "e => [e.complete, e.naturalWidth, e.naturalHeight, e.offsetWidth, e.offsetHeight]"
    )
    assert drawn[0]
    assert drawn[1] == 2 * width
    assert drawn[1] / drawn[2] == pytest.approx(drawn[3] / drawn[4], rel=0.01)
    box = picture.bounding_box()
    assert box is not None
    assert box["x"] + box["width"] <= LETTER_PX[0]
    assert box["y"] + box["height"] <= LETTER_PX[1]
    assert page.locator(".vg-paper-map tr").count() > 0
    assert not page.locator(".vg-list-panel").is_visible()
    page.emulate_media(media="screen")
    page.set_viewport_size({"width": 1440, "height": 900})
    page.wait_for_function(f"() => vigie.carte.map.getBounds().toBBoxString() === '{bounds}'")
