"""Récurrence in a browser: list and map are one, a place tells its story, at three sizes."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.carte_page import until
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


def test_a_place_picked_on_carte_for_what_came_back_has_the_list_of_that(
    page: Page, served_places: Served
) -> None:
    page.goto(f"{served_places.url}carte?measure=recurrence&kpi=received")
    until(
        page,
        "vigie.carte?.shown?.picture?.items.some((item) => item.properties.recurring > 1) && vigie.listing.told",
    )
    most = "[...vigie.carte.shown.picture.items].sort((a, b) => b.properties.recurring - a.properties.recurring)[0]"
    recurring = page.evaluate(f"({most}).properties.recurring")
    page.evaluate(f"vigie.carte.pickCell(({most}).id)")
    expect(page.locator("#carte-total")).to_contain_text("Une ligne par problème")
    assert "kpi=recurring_pct" in page.url
    until(page, f"vigie.listing.told.total === {recurring}")


@pytest.mark.parametrize("page", ["phone"], indirect=True)
def test_a_drag_of_the_map_swallows_no_press_and_holds_no_page(page: Page, served_places: Served) -> None:
    opened(page, served_places, "?borough=VD")
    drawing = page.locator(".vg-pm-drawing.is-near")
    drawing.scroll_into_view_if_needed()
    assert drawing.evaluate("map => getComputedStyle(map).touchAction") == "pan-y"
    page.locator("[data-nearer='2']").click()
    assert drawing.evaluate("map => getComputedStyle(map).touchAction") == "none"
    before = drawing.get_attribute("viewBox")
    drawing.evaluate(
        """(map) => {
          const {left, top} = map.getBoundingClientRect();
          const send = (type, by) => map.dispatchEvent(new PointerEvent(type,
            {bubbles: true, pointerType: "touch", clientX: left + 80 + by, clientY: top + 80 + by}));
          send("pointerdown", 0);
          send("pointermove", 30);
          send("pointerup", 30);
        }"""
    )
    assert drawing.get_attribute("viewBox") != before
    page.wait_for_timeout(50)
    page.get_by_role("button", name="Personnes", exact=True).tap()
    expect(page).to_have_url(re.compile("rank=requesters"))


@pytest.mark.parametrize(("size", "theme"), [("desktop", "dark"), ("tablet", "light"), ("phone", "dark")])
def test_each_size_reads_well_and_is_open_to_all(
    browse: Session, served_places: Served, size: str, theme: str
) -> None:
    page = opened(browse.open(size), served_places, f"?theme={theme}")
    expect(page.locator(".vg-strip-bar").first).to_be_visible()
    assert overflow_px(page) == 0
    assert violations(page) == []
    if size != "desktop":
        assert small_targets(page) == []


def listed_behind(page: Page) -> int:
    """How many rows the open list has, as its heading says; the grid has drawn some of them."""
    page.wait_for_selector("#behind.is-open .ag-row[aria-rowindex='2'] a", timeout=SLOW_MS)
    return int(re.sub(r"\D", "", page.locator("#behind h2").inner_text().split(" tr")[0].split(" re")[0]))


def test_a_number_opens_its_list_and_its_rows_their_sheets(page: Page, served_places: Served) -> None:
    opened(page, served_places)
    number = page.locator(f"{line(page, SECOND)} .vg-places-requests a")
    number.focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"behind=place:{SECOND}"))
    expect(page.locator("#behind-title")).to_contain_text("rue Wellington", timeout=SLOW_MS)
    assert listed_behind(page) == int(number.inner_text())
    expect(page.locator("#behind")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#behind.is-open")).to_have_count(0)
    expect(number).to_be_focused()
    share = page.locator('.vg-back a[data-behind="work:activity:graffitis:90"]')
    seen = share.locator("xpath=ancestor::td").locator(".vg-back-rests")
    share.click()
    expect(page.locator("#behind-title")).to_contain_text("Graffitis", timeout=SLOW_MS)
    assert f"{listed_behind(page)} retours" in seen.inner_text().replace("\u00a0", " ")
    page.locator("#behind .ag-header-cell[col-id=back_after_days]").click()
    for kind in ("csv", "xlsx"):
        ordered = re.compile(rf"{kind}\?.*order=-back_after_days")
        expect(page.locator(f"#behind-{kind}")).to_have_attribute("href", ordered)
    first = page.locator("#behind .ag-row[row-index='0'] .ag-cell[col-id=external_id]")
    named = first.locator("a").inner_text()
    first.click()
    expect(page).to_have_url(re.compile(r"/liste\?.*request=\d+"))
    expect(page.locator("#liste-sheet.is-open")).to_contain_text(named, timeout=SLOW_MS)
    page.go_back()
    expect(page.locator("#behind-title")).to_contain_text("Graffitis", timeout=SLOW_MS)


def test_a_place_of_the_list_shows_its_history(page: Page, served_places: Served) -> None:
    opened(page, served_places, "?behind=work:borough:VD:30")
    row = page.locator("#behind .ag-row[row-index='3'] .ag-cell[col-id=place] a")
    expect(row).to_be_visible(timeout=SLOW_MS)
    place = row.get_attribute("data-behind-place")
    row.click()
    expect(page).to_have_url(re.compile(f"place={place}"))
    expect(page.locator("#behind.is-open")).to_have_count(0)
    expect(page.locator("#recurrence-place h2")).to_contain_text("rue Wellington")


@pytest.mark.parametrize(
    ("size", "theme", "behind"),
    [("desktop", "light", "work:90"), ("desktop", "dark", f"place:{FIRST}"), ("phone", "light", "work:90")],
)
def test_a_list_reads_well_and_is_open_to_all(
    browse: Session, served_places: Served, size: str, theme: str, behind: str
) -> None:
    page = opened(browse.open(size), served_places, f"?theme={theme}&behind={behind}")
    assert listed_behind(page) > 0
    assert overflow_px(page) == 0
    assert violations(page) == []
