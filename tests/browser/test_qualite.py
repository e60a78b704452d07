"""Qualité and Définitions in a browser: choosing a check, turning pages, a store that is away, anchors, and sizes."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from dashboard import anchors
from store.engine import open_store
from store.load import load
from tests.browser.looking import open_screen, overflow_px, small_targets, violations
from tests.support.browser import Session
from tests.support.demo import demo_rows
from tests.support.loading import a_load, a_row
from tests.support.mart import make_mart
from tests.support.serving import Served, serving

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def served_doubtful(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A dashboard whose data has faults, and whose store has a load with rejected rows."""
    folder = tmp_path_factory.mktemp("doubtful")
    rows = demo_rows(600)
    for row in rows[:150]:
        row |= {"precision": "counter"}
    make_mart(folder, rows)
    engine = open_store(f"sqlite:///{folder / 'vigie.db'}")
    load(engine, a_load(a_row(), rejected=range(2, 140), file="mai.csv"))
    engine.dispose()
    with serving(folder) as served:
        yield served


def open_quality(page: Page, served: Served, query: str = "") -> None:
    page.goto(f"{served.url}qualite?period=custom&from=2022-01-01&to=2025-03-20{query}")
    page.wait_for_selector(".vg-checks", state="visible")


def test_a_check_is_chosen_its_pages_turned_and_its_file_taken(page: Page, served_doubtful: Served) -> None:
    open_quality(page, served_doubtful, "&check=outside")
    panel = page.locator("#qualite-check")
    expect(panel.locator("h2")).to_have_text("Hors territoire")
    page.get_by_role("link", name="Au comptoir", exact=True).focus()
    page.keyboard.press("Enter")
    expect(panel.locator("h2")).to_have_text("Au comptoir")
    expect(page).to_have_url(re.compile("check=counter"))
    expect(panel.locator(".js-plotly-plot")).to_be_visible(timeout=20_000)  # its library is 4 MB
    expect(panel.locator(".vg-pager")).to_contain_text("1 à 100 sur 150")
    first = panel.locator(".vg-found tbody th").first.inner_text()
    panel.get_by_role("button", name="Suivantes").click()
    expect(panel.locator(".vg-pager")).to_contain_text("101 à 150 sur 150")
    expect(panel.locator(".vg-found tbody th").first).not_to_have_text(first)
    with page.expect_download() as file:
        panel.get_by_role("link", name="Télécharger en CSV : Au comptoir").click()
    assert len(Path(file.value.path()).read_text("utf-8-sig").splitlines()) == 151
    page.get_by_role("button", name="Voir les lignes rejetées : mai.csv").click()
    rejected = page.locator(".vg-rejected tbody tr")
    expect(rejected).to_have_count(100)
    loads = page.locator("#qualite-loads")
    loads.get_by_role("button", name="Suivantes").click()
    expect(rejected).to_have_count(38)
    panel.locator(".vg-found tbody a").first.click()
    expect(page).to_have_url(re.compile(r"/liste\?.*request=\d+"))


@pytest.mark.parametrize("size", ["desktop", "tablet", "phone"])
def test_it_reads_at_every_size_in_both_themes(browse: Session, served_doubtful: Served, size: str) -> None:
    page = browse.open(size)
    open_quality(page, served_doubtful, f"&theme={'dark' if size == 'tablet' else 'light'}&lang=en")
    expect(page.locator("#qualite-loads")).to_contain_text("mai.csv")
    assert overflow_px(page) == 0
    assert not violations(page)
    if size != "desktop":
        assert not small_targets(page)
        page.locator(".vg-check-name", has_text="No position").click()
        expect(page.locator("#qualite-check h2")).to_have_text("No position")
        expect(page.locator("#qualite-check h2")).to_be_in_viewport()


def test_definitions_open_at_their_anchors(browse: Session, served_demo: Served) -> None:
    page = browse.open()
    for anchor in (anchors.TARGETS, anchors.check_anchor("counter")):
        page.goto("about:blank")
        open_screen(page, f"{served_demo.url}definitions#{anchor}")
        place = page.locator(f"#{anchor}")
        expect(place.locator("h2, h3").first).to_be_in_viewport()
        expect(place).to_be_focused()
    page.locator(".vg-defs-contents").get_by_role("link", name="Jours non ouvrables").click()
    expect(page.locator(f"#{anchors.DAYS_OFF} h2")).to_be_in_viewport()
    assert not violations(page)
    phone = browse.open("phone")
    open_screen(phone, f"{served_demo.url}definitions?theme=dark")
    phone.locator(".vg-defs-short summary").click()
    phone.locator(".vg-defs-short").get_by_role("link", name="Récurrence").click()
    expect(phone.locator(f"#{anchors.RECURRENCE} h2")).to_be_in_viewport()
    assert overflow_px(phone) == 0
    assert not small_targets(phone)
