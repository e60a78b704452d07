"""Aperçu in a browser: cards, map, ranking and trend, by mouse and by keyboard."""

import re

import pytest
from playwright.sync_api import Page, expect

from mart.kpis import MAIN
from tests.browser.looking import open_screen, overflow_px
from tests.support.serving import Served

pytestmark = pytest.mark.browser

BOROUGHS = 19


@pytest.fixture
def apercu(page: Page, served_demo: Served) -> Page:
    open_screen(page, served_demo.url)
    return page


def test_everything_is_drawn(apercu: Page) -> None:
    expect(apercu.locator(".vg-kpi-value")).to_have_count(4)
    expect(apercu.locator("#apercu-map .vg-bm-area")).to_have_count(BOROUGHS)
    expect(apercu.locator("#apercu-ranking tr.is-pilot")).to_have_count(7)
    expect(apercu.locator("#apercu-trend .vg-trend-bar").first).to_be_visible()
    expect(apercu.locator(".vg-bone:visible")).to_have_count(0)
    shades = apercu.locator(".vg-bm-area").evaluate_all(
        "all => new Set(all.map((a) => getComputedStyle(a).fill)).size"
    )
    assert shades >= 3


def test_the_map_and_the_ranking_say_the_same(apercu: Page) -> None:
    for code in ("VD", "RP", "AJ"):
        ranked = apercu.locator(f"tr[data-code={code}] .vg-rank-value").inner_text()
        expect(apercu.locator(f"a[data-code={code}]")).to_have_attribute(
            "aria-label", re.compile(f" {ranked}$")
        )


def test_a_press_on_the_map_brings_a_borough_to_the_front(apercu: Page) -> None:
    apercu.locator("a[data-code=LR] path").click()
    expect(apercu.locator("tr.is-focus .vg-rank-name")).to_have_text("Saint-Laurent")
    expect(apercu.locator("#boroughs-label")).to_have_text("Saint-Laurent")
    apercu.locator("a[data-code=LR] path").click()
    expect(apercu.locator("tr.is-focus")).to_have_count(0)


def test_the_ranking_works_by_keyboard_and_keeps_the_focus(apercu: Page) -> None:
    name = apercu.locator("tr[data-code=RO] .vg-rank-name")
    name.focus()
    apercu.keyboard.press("Enter")
    expect(apercu.locator("tr.is-focus .vg-rank-name")).to_have_text("Rosemont–La Petite-Patrie")
    expect(name).to_be_focused()


def test_the_map_is_walked_by_keyboard(apercu: Page) -> None:
    apercu.locator("a[data-code=VD]").focus()
    apercu.keyboard.press("Enter")
    expect(apercu).to_have_url(re.compile("borough=VD"))


def test_another_figure_shades_ranks_and_draws_anew(apercu: Page) -> None:
    apercu.locator("#apercu-kpi").get_by_text("En retard", exact=True).click()
    expect(apercu.locator("#apercu-trend h2")).to_have_text("Requêtes en retard par jour")
    expect(apercu.locator("#apercu-ranking thead")).to_contain_text("En retard")
    assert "kpi=overdue" in apercu.url


def test_a_choice_does_not_move_the_page(apercu: Page) -> None:
    apercu.mouse.wheel(0, 400)
    apercu.wait_for_function("() => scrollY > 100")
    before = apercu.evaluate("scrollY")
    apercu.locator("tr[data-code=LS] .vg-rank-name").click()
    expect(apercu.locator("tr.is-focus")).to_have_count(1)
    assert apercu.evaluate("scrollY") == before


def test_a_card_opens_its_list(apercu: Page) -> None:
    apercu.locator("[data-kpi=overdue] .vg-kpi-value").click()
    expect(apercu).to_have_url(re.compile(r"/carte\?kpi=overdue"))
    expect(apercu.locator(".vg-carte")).to_be_visible()
    apercu.go_back()
    expect(apercu.locator("table.vg-rank")).to_be_visible()


def test_a_card_says_what_it_counts(apercu: Page) -> None:
    card = apercu.locator("[data-kpi=overdue]")
    about = card.get_by_text("Requêtes ouvertes dont l’échéance est passée.")
    expect(about).not_to_be_visible()
    card.locator("summary").focus()
    apercu.keyboard.press("Enter")
    expect(about).to_be_visible()
    expect(card.locator(".vg-pop")).to_contain_text("En date du")
    apercu.keyboard.press("Escape")
    expect(about).not_to_be_visible()
    card.locator("summary").click()
    expect(about).to_be_visible()
    apercu.locator("h2", has_text="Par arrondissement").click()
    expect(about).not_to_be_visible()


def test_the_old_picture_stays_until_the_new_one_is_there(apercu: Page) -> None:
    apercu.evaluate(
        """() => { window.seen = []; new MutationObserver(() => window.seen.push(
            document.querySelectorAll('.vg-kpi-value').length)).observe(
            document.querySelector('#apercu-cards'), { childList: true, subtree: true, characterData: true }); }"""
    )
    apercu.get_by_text("Éclairage", exact=True).click()
    expect(apercu.locator("#status-bar .vg-pill")).to_have_count(1)
    apercu.wait_for_function("() => window.seen.length > 0")
    assert set(apercu.evaluate("window.seen")) == {4}


def test_one_change_asks_for_the_figures_once(apercu: Page) -> None:
    asked: list[str] = []
    apercu.on("request", lambda r: asked.append(r.post_data or "") if "_dash-update" in r.url else None)
    apercu.get_by_text("Éclairage", exact=True).click()
    expect(apercu.locator("#status-bar .vg-pill")).to_have_count(1)
    apercu.wait_for_timeout(500)
    assert sum("apercu-drawn" in body for body in asked) == 1
    assert len(asked) == 2


def test_every_kpi_is_in_the_table_and_its_n_opens_as_long_a_list(apercu: Page) -> None:
    rows = apercu.locator("#apercu-every tbody tr")
    expect(rows).to_have_count(len(MAIN))
    n = apercu.locator("tr[data-kpi=on_time_pct] .vg-every-n")
    written = n.inner_text()
    n.click()
    expect(apercu).to_have_url(re.compile(r"/carte\?kpi=on_time_pct/denominator$"))
    expect(apercu.locator("#carte-total")).to_contain_text(
        f"{written} requêtes Réglées à temps : dénominateur"
    )
    apercu.go_back()
    expect(rows).to_have_count(len(MAIN))


def test_a_kpi_of_the_table_comes_to_the_map_and_leaves_it_again(apercu: Page) -> None:
    offered = apercu.locator("#apercu-kpi .mantine-SegmentedControl-label")
    apercu.locator("tr[data-kpi=on_time_pct] .vg-every-name").click()
    expect(offered).to_have_count(5)
    expect(offered.nth(4)).to_have_text("À temps")
    expect(offered.nth(4)).to_have_attribute("data-active", "true")
    expect(apercu.locator("#apercu-trend h2")).to_have_text("Réglées à temps par jour")
    expect(apercu.locator("#apercu-ranking thead")).to_contain_text("À temps")
    assert "kpi=on_time_pct" in apercu.url
    apercu.go_back()
    expect(offered).to_have_count(4)
    expect(apercu.locator("#apercu-trend h2")).to_have_text("Requêtes ouvertes par jour")


def test_a_kpi_leads_to_its_definition(apercu: Page) -> None:
    for way in ("tr[data-kpi=recurring_pct] .vg-info-button", "[data-kpi=overdue] .vg-more"):
        if way.endswith("more"):
            apercu.locator("[data-kpi=overdue] summary").click()
        anchor = str(apercu.locator(way).get_attribute("href")).partition("#")[2]
        apercu.locator(way).click()
        expect(apercu.locator(f"#{anchor}")).to_be_in_viewport(ratio=0.9)
        expect(apercu.locator(f"#{anchor}")).to_be_focused()
        apercu.go_back()
        expect(apercu.locator("table.vg-every")).to_be_visible()


def test_a_link_to_a_definition_opens_at_it(page: Page, served_demo: Served) -> None:
    page.goto(served_demo.url + "definitions?lang=en#kpi-cohort_median_days")
    expect(page.locator("#kpi-cohort_median_days")).to_be_in_viewport(ratio=0.9)


@pytest.mark.parametrize("page", ["phone"], indirect=True)
def test_on_a_phone_the_table_scrolls_in_its_own_box_beside_the_names(
    page: Page, served_demo: Served
) -> None:
    open_screen(page, served_demo.url)
    box = page.get_by_role("region", name="Tous les indicateurs").locator(".vg-scroll")
    box.evaluate("box => { box.scrollLeft = box.scrollWidth }")
    assert box.evaluate("box => box.scrollLeft") > 0
    assert overflow_px(page) == 0
    name = page.locator("tr[data-kpi=on_time_pct] .vg-every-name")
    name.scroll_into_view_if_needed()
    expect(name).to_be_in_viewport(ratio=1)
