"""The manager's desk as a whole: every screen at every size, pictures of charts, saved views, two views compared."""

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Dialog, Page, expect

from dashboard.feeds.chart_records import CHARTS
from dashboard.state import SCREENS
from tests.browser.looking import empty_px, open_screen, overflow_px, small_targets, violations
from tests.support.browser import SIZES, Session, picture_path
from tests.support.serving import Served

pytestmark = pytest.mark.browser

CHOICE = {"recurrence": "borough=VD", "liste": "kpi=received", "apercu": "kpi=on_time_pct&period=90d"}
"""What some screens are looked at with, so that there is something to see."""


def visit(page: Page, served: Served, screen: str, theme: str, lang: str) -> None:
    """Open a screen and see all of it; where a screen is open already, its theme and language are changed by hand."""
    if page.url == "about:blank":
        path = next(path for path, name in SCREENS.items() if name == screen)
        page.goto(f"{served.url}{path[1:]}?{CHOICE.get(screen, '')}&theme={theme}&lang={lang}")
    else:
        page.locator("#theme-switch").click()
        page.locator("#language-switch").click()
    page.wait_for_selector(
        f"html[lang={lang}][data-mantine-color-scheme={theme}] #language-switch:not([lang={lang}])"
    )
    page.wait_for_selector("#screen h1", state="attached")
    page.wait_for_load_state("networkidle")
    page.evaluate("scrollTo(0, document.body.scrollHeight)")  # what waits until it is seen is seen
    page.wait_for_timeout(300)
    page.wait_for_load_state("networkidle")
    page.evaluate("scrollTo(0, 0)")
    page.wait_for_timeout(150)  # what fades in is there


LOOKS = {
    "desktop": (("light", "fr"), ("dark", "en")),
    "tablet": (("dark", "en"),),
    "phone": (("light", "fr"),),
}
"""Themes and languages that each size is looked at in."""


NAVIGATION_PX = 80
"""Of the bar at the bottom of a phone."""


@pytest.mark.parametrize("size", list(SIZES))
@pytest.mark.parametrize("screen", list(SCREENS.values()))
def test_every_screen_is_whole(browse: Session, served_demo: Served, screen: str, size: str) -> None:
    page = browse.open(size)
    for theme, lang in LOOKS[size]:
        visit(page, served_demo, screen, theme, lang)
        page.screenshot(path=picture_path(f"screen-{screen}-{size}-{theme}-{lang}"), full_page=True)
        assert overflow_px(page) == 0
        assert empty_px(page) <= NAVIGATION_PX
        if size != "desktop":
            assert small_targets(page) == []
        if size != "tablet":
            assert violations(page) == []


@pytest.fixture
def apercu(page: Page, served_demo: Served) -> Page:
    open_screen(page, served_demo.url + "?period=90d")
    return page


_PICTURE = """async ([code, format]) => {
  const { library } = document.getElementById("frame-charts").dataset;
  await vigie.later.load(library);
  const query = "period=90d&vs=before&place=1&check=unlocated&picture=1";
  const { figure, name } = await vigie.fetchFeed(`/feeds/charts/${code}.json?${query}`);
  const { width, height } = figure.layout;
  const made = await Plotly.toImage(figure, { format, width, height });
  return [name, format === "svg" ? decodeURIComponent(made) : made];
}"""


def test_every_chart_is_a_picture_that_stands_by_itself(apercu: Page) -> None:
    for code in CHARTS:
        name, drawn = apercu.evaluate(_PICTURE, [code, "svg"])
        assert name.endswith("2025-11-20") or re.fullmatch(r"[a-z0-9-]+-\d{4}-\d\d-\d\d", name), code
        assert "CC BY 4.0" in drawn, code
        assert "En date du" in drawn, code
    _, png = apercu.evaluate(_PICTURE, ["trend", "png"])
    assert png.startswith("data:image/png;base64,iVBOR")


def test_the_menu_saves_a_picture_and_its_numbers(apercu: Page, tmp_path: Path) -> None:
    menu = apercu.locator("[data-menu=trend]")
    menu.locator("summary").click()
    with apercu.expect_download() as picture:
        menu.get_by_role("button", name="Image PNG").click()
    picture.value.save_as(tmp_path / "a.png")
    assert (tmp_path / "a.png").read_bytes()[:4] == b"\x89PNG"
    assert picture.value.suggested_filename.endswith(".png")
    menu.locator("summary").click()
    with apercu.expect_download() as numbers:
        menu.get_by_role("link", name="Données (CSV)").click()
    numbers.value.save_as(tmp_path / "a.csv")
    assert (tmp_path / "a.csv").read_text("utf-8-sig").count(";") > 5


TREND = "[data-chart=trend] .vg-chart-plot"


def test_a_chart_follows_filters_and_theme_and_its_points_are_lists(apercu: Page) -> None:
    plot = apercu.locator(TREND)
    plot.scroll_into_view_if_needed()
    apercu.wait_for_selector(f"{TREND}[data-drawn]")
    expect(plot).to_have_attribute("data-drawn", re.compile("period=90d"))
    light = plot.locator(".scatterlayer path.js-line").last.evaluate("e => getComputedStyle(e).stroke")
    apercu.locator("#theme-switch").click()
    apercu.wait_for_timeout(300)
    assert (
        plot.locator(".scatterlayer path.js-line").last.evaluate("e => getComputedStyle(e).stroke") != light
    )
    apercu.evaluate("vigie.nav.patch({ activity: 'graffitis' })")
    expect(plot).to_have_attribute("data-drawn", re.compile("activity=graffitis"))


def test_a_view_is_named_shared_and_made_the_start_page(page: Page, served_demo: Served) -> None:
    open_screen(page, served_demo.url + "?borough=VD&activity=graffitis")
    page.locator("#views summary").click()
    page.locator("#views-name").fill("Verdun, <b>graffitis</b>")
    page.keyboard.press("Enter")
    expect(page.locator(".vg-views a")).to_have_text("Verdun, <b>graffitis</b>")
    page.get_by_role("button", name=re.compile("^Page d’accueil")).click()
    expect(page.locator("#views-said")).to_have_text(
        "La page d’accueil est maintenant : Verdun, <b>graffitis</b>"
    )
    other = page.context.new_page()
    other.goto(served_demo.url)
    expect(other).to_have_url(re.compile("borough=VD&activity=graffitis"))
    expect(other.locator("#status-bar .vg-pill")).to_have_text(["Verdun", "Graffitis"])
    other.locator("#views summary").click()
    other.get_by_role("button", name=re.compile("^Retirer la vue")).click()
    expect(other.locator(".vg-views a")).to_have_count(0)
    other.get_by_role("button", name="Annuler").click()
    expect(other.locator(".vg-views a")).to_have_count(1)


def test_two_boroughs_are_set_side_by_side_and_apart_again(page: Page, served_demo: Served) -> None:
    open_screen(page, served_demo.url + "?borough=VD&period=90d")
    page.locator("#compare summary").click()
    page.locator("#compare").get_by_role("link", name="Ville-Marie").click()
    panel = page.locator(".vg-panel-beside")
    expect(panel.locator("h2")).to_have_text("Verdun, comparé à Ville-Marie")
    received = panel.locator("[data-kpi=received] td").first.inner_text()
    assert received == page.locator("[data-kpi=received] .vg-kpi-value").first.inner_text()
    assert violations(page) == []
    panel.get_by_role("link", name="Ne plus comparer").click()
    expect(panel).to_have_count(0)


def test_two_people_do_not_share_a_view(browse: Session, served_demo: Served) -> None:
    pages = [browse.open(), browse.open()]
    for page, code in zip(pages, ("VD", "VM"), strict=True):
        open_screen(page, f"{served_demo.url}?borough={code}")
    pages[0].evaluate("vigie.nav.patch({ activity: 'graffitis' })")
    expect(pages[0].locator("#status-bar .vg-pill")).to_have_text(["Verdun", "Graffitis"])
    pages[1].evaluate("dash_clientside.set_props('heartbeat', { n_intervals: 1000 })")
    expect(pages[1].locator("#status-bar .vg-pill")).to_have_text(["Ville-Marie"])
    numbers = [page.locator("[data-kpi=received] .vg-kpi-value").first.inner_text() for page in pages]
    assert numbers[0] != numbers[1]


HOSTILE = {
    "area": ";".join(f"-73.{n % 10},45.{n % 7}" for n in range(150)),
    "vs": "'; DROP TABLE requests; --",
    "place": "-1",
    "rank": "constructor",
    "check": "__proto__<script>",
    "cf": "street~<img src=x onerror=alert(1)>;nothing~1",
}


def test_what_cannot_be_is_left_out_and_said(
    page: Page, served_demo: Served, dialogs: Callable[[], int]
) -> None:
    open_screen(page, f"{served_demo.url}?{urlencode(HOSTILE)}")
    for key in HOSTILE:
        expect(page.locator("#notice")).to_contain_text(f"{key}=")
    for path, value in (
        ("", "-73.6,45.5;-73.5,45.6;-73.5,45.5;-73.6,45.6"),
        ("", "<img src=x onerror=alert(1)>"),
    ):
        open_screen(
            page, f"{served_demo.url}{path}?{urlencode({'area': value, 'vs': '0000-01-01..9999-12-31'})}"
        )
        expect(page.locator("#notice")).to_contain_text("area=")
    assert page.locator("#notice :is(script, img)").count() == 0
    assert dialogs() == 0


@pytest.mark.parametrize("v", ["999,0,99", "abc", "45.5", "45.5,,12"])
def test_a_map_without_a_meaning_is_the_usual_map(page: Page, served_demo: Served, v: str) -> None:
    looks = {"layer": "points<script>", "measure": "constructor", "v": v, "sort": "-nothing", "request": "x"}
    page.goto(f"{served_demo.url}carte?{urlencode(looks)}")
    page.wait_for_function("() => window.vigie?.carte?.shown?.kind === 'hexagons'")
    for key in looks:
        expect(page.locator("#notice")).to_contain_text(f"{key}=")
    expect(page.locator("#carte-message")).to_be_hidden()


@pytest.fixture
def dialogs(page: Page) -> Callable[[], int]:
    """How many dialogs the page opened."""
    opened: list[str] = []

    def close(dialog: Dialog) -> None:
        opened.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", close)
    return lambda: len(opened)
