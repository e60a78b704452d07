"""The frame in a browser: filters, address, languages, themes, sizes, and what stands in for a mart."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.looking import all_drawn, first_number, open_screen, small_targets, violations
from tests.support.browser import Session
from tests.support.demo import demo_rows
from tests.support.mart import make_mart
from tests.support.serving import Served

pytestmark = pytest.mark.browser


@pytest.fixture
def apercu(page: Page, served_demo: Served) -> Page:
    open_screen(page, served_demo.url)
    return page


def query_of(page: Page) -> str:
    return page.url.partition("?")[2]


def test_a_filter_changes_figures_address_and_chips(apercu: Page) -> None:
    before = first_number(apercu)
    apercu.locator("#filters").get_by_text("Graffitis", exact=True).click()
    expect(apercu.locator("#status-bar .vg-pill")).to_have_text(["Graffitis"])
    expect(apercu.locator("[data-kpi=received] .vg-kpi-value")).not_to_have_text(before)
    assert query_of(apercu) == "activity=graffitis"
    apercu.get_by_text("90 j", exact=True).click()
    expect(apercu).to_have_url(re.compile("period=90d"))


def test_a_chip_takes_its_filter_away_and_reset_all_of_them(apercu: Page) -> None:
    everything = first_number(apercu)
    apercu.locator("#filters").get_by_text("Graffitis", exact=True).click()
    apercu.locator("#filters").get_by_text("Éclairage", exact=True).click()
    pills = apercu.locator("#status-bar .vg-pill")
    expect(pills).to_have_count(2)
    pills.first.click()
    expect(pills).to_have_text(["Éclairage"])
    expect(apercu.get_by_role("checkbox", name="Graffitis")).not_to_be_checked()
    apercu.get_by_text("Tout effacer").click()
    expect(pills).to_have_count(0)
    expect(apercu.locator("[data-kpi=received] .vg-kpi-value")).to_have_text(everything)


def test_boroughs_are_picked_by_keyboard(apercu: Page) -> None:
    apercu.locator("summary", has=apercu.locator("#boroughs-label")).focus()
    apercu.keyboard.press("Enter")
    apercu.get_by_role("checkbox", name="Verdun").focus()
    apercu.keyboard.press("Space")
    expect(apercu.locator("#boroughs-label")).to_have_text("Verdun")
    expect(apercu.get_by_role("checkbox", name="Verdun")).to_be_checked()
    apercu.keyboard.press("Escape")
    expect(apercu.locator("summary", has=apercu.locator("#boroughs-label"))).to_be_focused()
    assert query_of(apercu) == "borough=VD"


def test_pilots_are_one_press_and_sectors_follow_the_boroughs(apercu: Page) -> None:
    apercu.locator("#boroughs-label").click()
    apercu.get_by_role("button", name="Pilotes", exact=True).click()
    expect(apercu.locator("#boroughs-label")).to_have_text("Pilotes (7)")
    apercu.keyboard.press("Escape")
    apercu.locator("#sectors-label").click()
    sectors = apercu.locator("#sectors-panel [role=checkbox]")
    expect(sectors.first).to_be_visible()
    assert 7 < sectors.count() < 58
    sectors.first.click()
    expect(apercu).to_have_url(re.compile(r"borough=pilots&sector=\d+"))


def test_a_custom_period_begins_as_the_one_on_display(apercu: Page) -> None:
    apercu.get_by_text("Dates…", exact=True).click()
    expect(apercu).to_have_url(re.compile("period=custom&from=2025-02-19&to=2025-03-20"))
    apercu.locator("#filter-dates").click()
    apercu.get_by_role("button", name="Mois suivant").click()
    apercu.get_by_role("button", name="3 mars 2025", exact=True).click()
    apercu.get_by_role("button", name="7 mars 2025", exact=True).click()
    expect(apercu.locator(".vg-dates-said")).to_have_text("3\u00a0mars – 7\u00a0mars 2025")
    assert "from=2025-03-03&to=2025-03-07" in query_of(apercu)


def test_a_reload_gives_the_same_view(page: Page, served_demo: Served) -> None:
    open_screen(
        page, served_demo.url + "?period=90d&borough=VD,VM&activity=graffitis&kpi=overdue&lang=en&theme=dark"
    )

    def seen() -> list[str]:
        page.wait_for_selector(".vg-every")  # the last of what comes after the first figures
        for plot in page.locator(".vg-chart-plot").all():
            plot.scroll_into_view_if_needed()
            expect(plot).to_have_attribute("data-drawn", re.compile("feeds"), timeout=20_000)
        all_drawn(page)
        return [page.url, page.title(), *page.locator(".vg-body").inner_text().splitlines()]

    before = seen()
    page.reload()
    page.wait_for_selector("table.vg-rank")
    page.wait_for_function("() => document.title.startsWith('Overview')")
    assert seen() == before
    expect(page.locator("html")).to_have_attribute("data-mantine-color-scheme", "dark")
    expect(page.get_by_role("radio", name="90 d")).to_be_checked()


def test_back_and_forward_bring_views_back(apercu: Page) -> None:
    all_of_them = first_number(apercu)
    apercu.locator("#filters").get_by_text("Graffitis", exact=True).click()
    expect(apercu.locator("#status-bar .vg-pill")).to_have_count(1)
    apercu.locator("a[data-screen=definitions]").click()
    expect(apercu.get_by_role("heading", name="Délais cibles")).to_be_visible()
    apercu.go_back()
    expect(apercu.locator("#status-bar .vg-pill")).to_have_text(["Graffitis"])
    expect(apercu.locator("table.vg-rank")).to_be_visible()
    apercu.go_back()
    expect(apercu.locator("[data-kpi=received] .vg-kpi-value")).to_have_text(all_of_them)
    apercu.go_forward()
    expect(apercu.get_by_role("checkbox", name="Graffitis")).to_be_checked()


def test_the_language_changes_every_word(apercu: Page) -> None:
    apercu.get_by_text("English").click()
    expect(apercu.locator("[data-kpi=received] h2")).to_have_text("Requests received")
    expect(apercu.get_by_text("30 d", exact=True)).to_be_visible()
    expect(apercu.locator("html")).to_have_attribute("lang", "en")
    expect(apercu).to_have_title("Overview · Vigie 311")
    expect(apercu.locator("#as-of")).to_contain_text("As of")
    expect(apercu.locator("#status-bar")).to_contain_text("All boroughs")
    french = re.compile("Requêtes|Arrondissement|Aperçu|En date|Tous les|août|févr", re.IGNORECASE)
    expect(apercu.locator("body")).not_to_contain_text(
        french, use_inner_text=True
    )  # the last parts come late
    expect(apercu.locator("#language-switch")).to_be_focused()


def test_the_theme_is_in_the_address_and_remembered(apercu: Page, served_demo: Served) -> None:
    html = apercu.locator("html")
    apercu.get_by_role("button", name="Passer au thème sombre").click()
    expect(html).to_have_attribute("data-mantine-color-scheme", "dark")
    expect(apercu).to_have_url(re.compile("theme=dark"))
    open_screen(apercu, served_demo.url)
    expect(html).to_have_attribute("data-mantine-color-scheme", "dark")
    expect(apercu.get_by_role("button", name="Passer au thème clair")).to_be_visible()


def test_the_rail_leaves_behind_what_a_screen_does_not_use(page: Page, served_demo: Served) -> None:
    page.goto(f"{served_demo.url}liste?borough=VD&state=late&cf=street~a&sort=-age_days&request=3")
    page.wait_for_selector("#liste-total strong")

    def goes_to(screen: str) -> str:
        return str(page.locator(f"a[data-screen={screen}]").get_attribute("href"))

    assert goes_to("apercu") == "/?borough=VD"
    assert goes_to("qualite") == "/qualite?borough=VD"
    assert goes_to("carte") == "/carte?borough=VD&state=late&cf=street%7Ea&sort=-age_days"
    assert page.locator("#language-switch").get_attribute("href") == (
        "/liste?borough=VD&state=late&cf=street%7Ea&sort=-age_days&request=3&lang=en"
    )


def test_a_start_view_is_where_one_enters_and_a_reload_stays(apercu: Page, served_demo: Served) -> None:
    apercu.evaluate("vigie.nav.patch({borough: 'VD'})")
    apercu.locator("#views summary").click()
    apercu.locator("#views-name").fill("Verdun")
    apercu.keyboard.press("Enter")
    star = apercu.locator("#views-list [aria-pressed]")
    star.focus()
    apercu.keyboard.press("Enter")
    expect(star).to_have_attribute("aria-pressed", "true")
    expect(star).to_be_focused()
    apercu.goto("about:blank")
    open_screen(apercu, served_demo.url)
    assert query_of(apercu) == "borough=VD"
    apercu.evaluate("vigie.nav.go('/')")
    apercu.reload()
    apercu.wait_for_selector("table.vg-rank")
    assert query_of(apercu) == ""


def test_a_press_on_the_page_lets_go_of_the_header(apercu: Page) -> None:
    apercu.locator("#theme-switch").click()
    expect(apercu.locator("#theme-switch")).to_be_focused()
    apercu.locator(".vg-dates-said").click()  # where nothing takes the focus
    apercu.evaluate("document.body.append(document.createElement('i'))")
    apercu.wait_for_timeout(100)
    assert apercu.evaluate("document.activeElement === document.body")


def test_a_filter_rests_where_a_screen_has_no_use_for_it(page: Page, served_demo: Served) -> None:
    open_screen(page, served_demo.url)
    period, activities = page.locator(".vg-filter-group:has(#filter-period)"), page.locator(".vg-activities")
    expect(period).not_to_have_attribute("inert", "")
    page.locator("a[data-screen=recurrence]").click()
    expect(period).to_have_attribute("inert", "")
    expect(activities).not_to_have_attribute("inert", "")
    page.locator("a[data-screen=definitions]").click()
    expect(activities).to_have_attribute("inert", "")
    page.locator("a[data-screen=apercu]").click()
    expect(activities).not_to_have_attribute("inert", "")
    expect(period).not_to_have_attribute("inert", "")


def test_the_system_s_theme_is_the_first_one(browse: Session, served_demo: Served) -> None:
    page = browse.open("desktop", color_scheme="dark")
    open_screen(page, served_demo.url)
    expect(page.locator("html")).to_have_attribute("data-mantine-color-scheme", "dark")


def test_a_hostile_address_opens_and_says_what_it_left_out(page: Page, served_demo: Served) -> None:
    open_screen(page, served_demo.url + "?borough=VD,<script>alert(1)</script>&by=nobody&v=999,0,1&x=%00")
    expect(page.locator("#status-bar .vg-pill")).to_have_text(["Verdun"])
    expect(page.locator("#notice")).to_contain_text("by=nobody")
    assert page.locator("#notice script").count() == 0


def test_nothing_is_asked_of_another_host(browse: Session, served_demo: Served) -> None:
    page = browse.open()
    for path in ("", "carte", "definitions"):
        page.goto(served_demo.url + path)
        page.wait_for_load_state("networkidle")
    assert browse.blocked == []


def test_without_a_mart_the_page_says_what_to_run_and_comes_back(
    served_empty: Served, page: Page, tmp_path: Path
) -> None:
    open_screen(page, served_empty.url)
    expect(page.locator(".vg-state code")).to_have_text("vigie build")
    make_mart(tmp_path, demo_rows(50))
    expect(page.locator("table.vg-rank")).to_be_visible(timeout=30_000)
    expect(page.locator("#as-of")).to_contain_text("2025")


def test_a_new_mart_reaches_an_open_page(served_empty: Served, page: Page, tmp_path: Path) -> None:
    make_mart(tmp_path, demo_rows(50))
    open_screen(page, served_empty.url + "?period=12m")
    before = first_number(page)
    make_mart(tmp_path, demo_rows(400))
    page.evaluate("dash_clientside.set_props('heartbeat', { n_intervals: 1000 })")
    expect(page.locator("[data-kpi=received] .vg-kpi-value")).not_to_have_text(before)


@pytest.mark.parametrize("page", ["tablet", "phone"], indirect=True)
def test_what_is_pressed_is_large_enough_for_gloves(page: Page, served_demo: Served) -> None:
    open_screen(page, served_demo.url + "?borough=VD&activity=graffitis")
    toggle = page.locator("#filters-toggle")
    if toggle.is_visible():
        toggle.click()
    assert small_targets(page) == []
    page.locator("#boroughs-label").click()
    expect(page.get_by_role("checkbox", name="Verdun")).to_be_visible()
    assert small_targets(page) == []


@pytest.mark.parametrize("page", ["phone"], indirect=True)
def test_a_phone_has_its_screens_at_the_foot_and_its_filters_behind_a_button(
    page: Page, served_demo: Served
) -> None:
    open_screen(page, served_demo.url)
    box = page.locator("#rail").bounding_box()
    assert box
    assert box["y"] > 700
    chip = page.locator("#filters").get_by_text("Graffitis", exact=True)
    expect(chip).not_to_be_visible()
    page.locator("#filters-toggle").click()
    chip.click()
    expect(page.locator("#filters-toggle .vg-count")).to_have_text("1")


def test_axe_finds_nothing_where_there_is_no_screen(browse: Session, served_demo: Served) -> None:
    page = browse.open()
    open_screen(page, served_demo.url + "nothing")
    found = violations(page)
    browse.errors.clear()  # Chromium reports the 404 of the page itself
    assert found == []


def test_axe_finds_nothing_in_open_panels(apercu: Page) -> None:
    opens = (
        apercu.locator("#boroughs-label"),
        apercu.locator(".vg-info-button").first,
        apercu.get_by_text("Voir en tableau").first,
    )
    for opener in opens:
        opener.click()
        assert violations(apercu) == []
        apercu.keyboard.press("Escape")
