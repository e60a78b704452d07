"""Aperçu in a browser: cards, map, ranking, table and trends, by mouse and by keyboard."""

import re

import pytest
from playwright.sync_api import Page, expect

from mart.kpis import MAIN
from tests.browser.looking import open_screen, overflow_px
from tests.support.serving import Served

pytestmark = pytest.mark.browser

BOROUGHS, CARDS, ACTIVITIES = 19, 6, 8

SLOW_MS = 20_000
"""New figures are there sooner by far, but not on a machine that does much else."""

_SHIFTS = """() => new Promise((done) => {
  let moved = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      const mine = entry.sources.some(({ node }) => node?.parentElement?.closest?.(".vg-apercu"));
      if (mine) moved += entry.value;
    }
  }).observe({ type: "layout-shift", buffered: true });
  setTimeout(() => done(moved), 100);
})"""


@pytest.fixture
def apercu(page: Page, served_demo: Served) -> Page:
    open_screen(page, served_demo.url)
    page.wait_for_selector(".vg-every")
    return page


def test_everything_is_drawn_and_nothing_jumps(apercu: Page) -> None:
    expect(apercu.locator(".vg-kpi-value")).to_have_count(CARDS)
    expect(apercu.locator(".vg-spark-line").first).to_be_visible()
    expect(apercu.locator("#apercu-map .vg-bm-area")).to_have_count(BOROUGHS)
    expect(apercu.locator("#apercu-ranking tr.is-pilot")).to_have_count(7)
    expect(apercu.locator(".vg-matrix thead th")).to_have_count(ACTIVITIES + 2)
    expect(apercu.locator("tr[data-kpi]")).to_have_count(len(MAIN))
    for chart in ("trend", "multiples"):
        place = apercu.locator(f"[data-chart={chart}]")
        place.scroll_into_view_if_needed()
        expect(place.locator("svg.main-svg").first).to_be_visible(timeout=SLOW_MS)
    expect(apercu.locator(".vg-bone:visible")).to_have_count(0)
    assert apercu.evaluate(_SHIFTS) < 0.02
    shades = apercu.locator(".vg-bm-area").evaluate_all(
        "all => new Set(all.map((a) => getComputedStyle(a).fill)).size"
    )
    assert shades >= 3


def test_the_map_and_the_ranking_say_the_same(apercu: Page) -> None:
    for code in ("VD", "RP", "AJ"):
        ranked = apercu.locator(f"#apercu-ranking tr[data-code={code}] .vg-rank-value").inner_text()
        expect(apercu.locator(f"a[data-code={code}]")).to_have_attribute(
            "aria-label", re.compile(f" {ranked}$")
        )


def test_a_press_on_the_map_shows_the_borough_s_sectors_and_the_way_back(
    page: Page, served_demo: Served
) -> None:
    apercu = page
    open_screen(apercu, served_demo.url + "?period=12m&kpi=received")
    apercu.locator("a[data-code=LR] path").click()
    expect(apercu.locator("#apercu-head .vg-section-head > h2")).to_have_text(
        "Requêtes reçues par secteur : Saint-Laurent", timeout=SLOW_MS
    )
    expect(apercu.locator("#boroughs-label")).to_have_text("Saint-Laurent")
    rows = apercu.locator("#apercu-ranking tbody:first-of-type tr")
    expect(rows).to_have_count(2)
    expect(apercu.locator("#apercu-matrix tbody tr")).to_have_count(2, timeout=SLOW_MS)
    rows.first.locator(".vg-rank-name").click()
    expect(apercu.locator("#apercu-ranking tr.is-focus")).to_have_count(1)
    expect(apercu).to_have_url(re.compile(r"sector=\d+"))
    apercu.locator(".vg-all-boroughs").click()
    expect(apercu.locator("#apercu-map .vg-bm-area")).to_have_count(BOROUGHS)
    assert "borough" not in apercu.url


def test_the_ranking_and_the_map_work_by_keyboard(apercu: Page) -> None:
    apercu.locator("#apercu-ranking tr[data-code=RO] .vg-rank-name").focus()
    apercu.keyboard.press("Enter")
    expect(apercu.locator("#apercu-head .vg-section-head > h2")).to_contain_text(
        "Rosemont–La Petite-Patrie", timeout=SLOW_MS
    )
    apercu.go_back()
    apercu.locator("a[data-code=VD]").focus()
    apercu.keyboard.press("Enter")
    expect(apercu).to_have_url(re.compile("borough=VD"))


def test_a_kpi_is_chosen_from_a_card_the_choices_or_the_table(apercu: Page) -> None:
    ways = {
        "[data-kpi=overdue] .vg-kpi-name": "Requêtes en retard",
        ".vg-kpi-choice:has-text('À temps')": "Réglées à temps",
        "tr[data-kpi=refused_pct] .vg-every-name": "Refusées",
    }
    for way, name in ways.items():
        apercu.locator(way).click()
        expect(apercu.locator("#apercu-head .vg-section-head > h2")).to_have_text(
            f"{name} par arrondissement", timeout=SLOW_MS
        )
        expect(apercu.locator("#apercu-trend .vg-panel-head > h3")).to_contain_text(name, timeout=SLOW_MS)
        expect(apercu.locator("#apercu-multiples .vg-panel-head > h3")).to_have_text(
            f"{name} par activité", timeout=SLOW_MS
        )
    expect(apercu.locator(".vg-kpi-choice")).to_have_count(CARDS + 1)
    assert "kpi=refused_pct" in apercu.url


def test_the_table_is_sorted_by_keyboard_and_stays_so_when_numbers_change(apercu: Page) -> None:
    head = apercu.locator(".vg-matrix th[data-column=graffitis]")
    column = apercu.locator(".vg-matrix tbody tr td:nth-child(3)")

    def values() -> list[float]:
        given: list[str] = column.evaluate_all("cells => cells.map((cell) => cell.dataset.value)")
        return [float(value) for value in given if value]

    for key, order in (("Enter", "descending"), ("Space", "ascending")):
        head.locator("button").focus()
        apercu.keyboard.press(key)
        expect(head).to_have_attribute("aria-sort", order)
        assert values() == sorted(values(), reverse=order == "descending")
    before = values()
    apercu.locator(".vg-kpi-choice:has-text('Reçues')").click()
    expect(apercu.locator("#apercu-trend .vg-panel-head > h3")).to_contain_text(
        "Requêtes reçues", timeout=SLOW_MS
    )
    expect(head).to_have_attribute("aria-sort", "ascending")
    assert values() == sorted(values())
    assert values() != before
    head.locator("button").click()
    expect(head).to_have_attribute("aria-sort", "none")


def test_a_choice_does_not_move_the_page(apercu: Page) -> None:
    name = apercu.locator("tr[data-kpi=refused_pct] .vg-every-name")
    name.scroll_into_view_if_needed()
    before = name.evaluate("name => name.getBoundingClientRect().top")
    name.click()
    expect(apercu.locator("tr[data-kpi=refused_pct].is-chosen")).to_have_count(1, timeout=SLOW_MS)
    assert name.evaluate("name => name.getBoundingClientRect().top") == pytest.approx(before, abs=2)


def test_every_number_opens_its_list(apercu: Page) -> None:
    for number, wanted in (
        ("[data-kpi=overdue] .vg-kpi-value", r"/liste\?kpi=overdue"),
        ("[data-kpi=on_time_pct] .vg-kpi-n", r"/liste\?kpi=on_time_pct/denominator"),
        (".vg-matrix tfoot td:last-child a", r"/liste$"),
        (".vg-matrix tr[data-code=VD] td.vg-margin a", r"/liste\?borough=VD"),
        ("tr[data-kpi=on_time_pct] .vg-every-n", r"/liste\?kpi=on_time_pct/denominator"),
    ):
        apercu.locator(number).click()
        expect(apercu).to_have_url(re.compile(wanted))
        apercu.go_back()
        expect(apercu.locator("table.vg-every")).to_be_visible()


def test_a_card_says_what_it_counts(apercu: Page) -> None:
    card = apercu.locator("article[data-kpi=overdue]")
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
    apercu.locator("#apercu-head .vg-section-head > h2").click()
    expect(about).not_to_be_visible()


def test_the_old_picture_stays_until_the_new_one_is_there(apercu: Page) -> None:
    apercu.evaluate(
        """() => { window.seen = []; new MutationObserver(() => window.seen.push(
            document.querySelectorAll('.vg-kpi-name, .vg-spark').length)).observe(
            document.querySelector('#apercu-cards'), { childList: true, subtree: true, characterData: true }); }"""
    )
    apercu.locator("#filters").get_by_text("Éclairage", exact=True).click()
    expect(apercu.locator("#status-bar .vg-pill")).to_have_count(1)
    apercu.wait_for_function("() => window.seen.length > 0")
    assert set(apercu.evaluate("window.seen")) == {2 * CARDS}


def test_one_change_asks_for_each_part_once_the_first_before_the_others(apercu: Page) -> None:
    asked: list[str] = []
    apercu.on("request", lambda r: asked.append(r.post_data or "") if "_dash-update" in r.url else None)
    apercu.locator("#filters").get_by_text("Éclairage", exact=True).click()
    expect(apercu.locator("#apercu-matrix thead th")).to_have_count(3, timeout=SLOW_MS)
    apercu.wait_for_timeout(1000)
    parts = [m[1] for body in asked if (m := re.search(r'"output":"apercu-(drawn|more|rest)\.data', body))]
    assert parts == ["drawn", "more", "rest"]


def test_a_kpi_leads_to_its_definition(apercu: Page) -> None:
    for way in ("tr[data-kpi=recurring_pct] .vg-info-button", "article[data-kpi=overdue] .vg-more"):
        if way.endswith("more"):
            apercu.locator("article[data-kpi=overdue] summary").click()
        anchor = str(apercu.locator(way).get_attribute("href")).partition("#")[2]
        apercu.locator(way).click()
        apercu.wait_for_selector(f"#{anchor}")  # a long page
        expect(apercu.locator(f"#{anchor}")).to_be_in_viewport(ratio=0.9)
        expect(apercu.locator(f"#{anchor}")).to_be_focused()
        apercu.go_back()
        expect(apercu.locator("table.vg-every")).to_be_visible()


def test_a_link_to_a_definition_opens_at_it(page: Page, served_demo: Served) -> None:
    page.goto(served_demo.url + "definitions?lang=en#kpi-cohort_median_days")
    expect(page.locator("#kpi-cohort_median_days")).to_be_in_viewport(ratio=0.9)


@pytest.mark.parametrize("page", ["phone"], indirect=True)
def test_on_a_phone_the_tables_scroll_in_their_own_box_beside_the_names(
    page: Page, served_demo: Served
) -> None:
    open_screen(page, served_demo.url)
    names = {
        "#apercu-matrix": "tr[data-code=VD] > th",
        "#apercu-every": "tr[data-kpi=on_time_pct] .vg-every-name",
    }
    for panel, first in names.items():
        box = page.locator(f"{panel} .vg-scroll")
        box.evaluate("box => { box.scrollLeft = box.scrollWidth }")
        assert box.evaluate("box => box.scrollLeft") > 0
        name = page.locator(f"{panel} {first}")
        name.scroll_into_view_if_needed()
        expect(name).to_be_in_viewport(ratio=1)
    assert overflow_px(page) == 0
