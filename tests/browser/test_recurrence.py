"""Récurrence in a browser: list and map are one, a place tells its story, at three sizes."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.looking import overflow_px, small_targets, violations
from tests.support.browser import Session
from tests.support.demo import demo_rows
from tests.support.mart import a_row, make_mart
from tests.support.places import place_rows
from tests.support.serving import Served, serving

pytestmark = pytest.mark.browser

PLACES = 60
SLOW_MS = 15_000
FIRST = 100_000
NEW = 50_000
SECOND = FIRST + 100


@pytest.fixture(scope="module")
def served_places(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A dashboard on an invented city with places that keep coming back."""
    folder = tmp_path_factory.mktemp("places")
    again = [
        a_row(id=NEW, opened_at="-40d", closed_at="-39d", status="done"),
        a_row(problem_id=NEW, opened_at="-2d"),
    ]
    make_mart(folder, [*demo_rows(150), *place_rows(PLACES - 1), *again])
    with serving(folder) as served:
        yield served


def opened(page: Page, served: Served, query: str = "") -> Page:
    page.goto(f"{served.url}recurrence{query}")
    page.wait_for_selector(".vg-places tbody tr, .vg-empty", state="visible")
    return page


def line(page: Page, place: int) -> str:
    return f'tr[data-place="{place}"]'


def test_a_place_chosen_in_the_list_or_on_the_map_is_chosen_in_both(
    page: Page, served_places: Served
) -> None:
    opened(page, served_places)
    expect(page.locator(f"{line(page, FIRST)}.is-chosen")).to_have_count(1)
    page.locator(f"{line(page, SECOND)} button").click()
    expect(page).to_have_url(re.compile(f"place={SECOND}"))
    expect(page.locator("#recurrence-place h2")).to_contain_text("rue Wellington")
    expect(page.locator(f'.vg-pm-mark[aria-pressed="true"][data-value="{SECOND}"]')).to_have_count(1)
    page.locator("[data-nearer='2']").click()
    page.locator(f'.vg-pm-mark[data-value="{FIRST + 200}"] .vg-pm-dot').dispatch_event("click")
    expect(page.locator("tr.is-chosen")).to_have_attribute("data-place", str(FIRST + 200))
    expect(page.locator("#recurrence-place h2")).to_contain_text("avenue Papineau")
    page.go_back()
    expect(page.locator("tr.is-chosen")).to_have_attribute("data-place", str(SECOND))
    expect(page.locator("#recurrence-place h2")).to_contain_text("rue Wellington")


def test_by_keyboard_the_order_the_rest_of_the_list_and_the_requests_of_a_place(
    page: Page, served_places: Served
) -> None:
    opened(page, served_places, "?lang=en")
    page.get_by_role("button", name="People", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("rank=requesters"))
    expect(page.locator("th.is-ranked").first).to_have_text("People")
    more = page.locator(".vg-places-more")
    more.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".vg-places tbody tr")).to_have_count(PLACES)
    expect(page.locator(".vg-places tbody tr").last).to_be_visible()
    page.locator("#recurrence-place summary", has_text="episodes").click()
    page.locator(".vg-story-requests a").first.click()
    expect(page).to_have_url(re.compile(r"/liste\?.*request=\d+"))


def test_only_the_new_ones_and_back_again_without_a_jump(page: Page, served_places: Served) -> None:
    opened(page, served_places)
    shown = page.locator(".vg-places tbody tr")
    expect(shown).to_have_count(PLACES)
    page.locator(".vg-rec-head button.vg-link").click()
    expect(page).to_have_url(re.compile("check=new"))
    expect(shown).to_have_count(1, timeout=SLOW_MS)
    expect(shown).to_have_attribute("data-place", str(NEW))
    page.locator(".vg-rec-head button.vg-link").click()
    expect(shown).to_have_count(PLACES, timeout=SLOW_MS)
    page.locator("[data-chart=returns_course]").scroll_into_view_if_needed()
    expect(page.locator("[data-chart=returns_course] .main-svg").first).to_be_visible(timeout=SLOW_MS)
    expect(page.locator("[data-chart=returns_course] .annotation", has_text="Ensemble")).to_have_count(1)


@pytest.mark.parametrize(("size", "theme"), [("tablet", "light"), ("phone", "dark")])
def test_each_size_reads_well_and_is_open_to_all(
    browse: Session, served_places: Served, size: str, theme: str
) -> None:
    page = opened(browse.open(size), served_places, f"?theme={theme}")
    expect(page.locator(".vg-strip-bar").first).to_be_visible()
    assert overflow_px(page) == 0
    assert violations(page) == []
    if size != "desktop":
        assert small_targets(page) == []
