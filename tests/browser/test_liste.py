"""Liste in a browser: the list behind a number, its columns and filters, the sheet of a request, and the search."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import openpyxl
import pytest
from playwright.sync_api import Page, expect

from tests.browser.looking import overflow_px, small_targets, violations
from tests.support.browser import Session, picture_path
from tests.support.serving import Served

pytestmark = pytest.mark.browser

ROW = "#liste-grid .ag-center-cols-container .ag-row"
Open = Callable[..., Page]


@pytest.fixture
def liste(browse: Session, served_demo: Served) -> Open:
    """Opens the list with a query, and waits until its first rows are there."""

    def open_it(query: str = "", size: str = "desktop", **options: Any) -> Page:
        page = browse.open(size, **options)
        page.goto(f"{served_demo.url}liste?{query}")
        page.wait_for_selector(f"{ROW} .vg-state-word")
        return page

    return open_it


def key(page: Page, name: str) -> str | None:
    """A key of the address."""
    return parse_qs(urlsplit(page.url).query).get(name, [None])[0]


def total(page: Page) -> int:
    """How many requests the list says that it has."""
    return int(re.sub(r"\D", "", page.inner_text("#liste-total strong")))


def column(page: Page, name: str) -> list[str]:
    """What the first rows show in a column."""
    cells = page.locator(f"{ROW} [col-id='{name}']")
    return [re.sub(r"\s+", " ", text) for text in cells.all_inner_texts()]


def until_total(page: Page, is_it: Callable[[int], bool]) -> None:
    """Wait until the list says a total that will do."""
    for _ in range(200):
        if is_it(total(page)):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"the list still has {total(page)} requests")


def test_what_is_sorted_and_filtered_is_in_the_address(liste: Open, tmp_path: Path) -> None:
    page = liste("kpi=received&period=12m")
    everything = total(page)
    assert everything > 300
    page.get_by_role("columnheader", name="Âge").locator(".vg-head-name").click()
    page.wait_for_url("**sort=-age_days*")
    page.click("[data-column='activity']")
    page.locator("[data-panel=filter] input[value=graffitis]").check()
    page.keyboard.press("Enter")
    page.wait_for_url("**cf=activity*graffitis*")
    until_total(page, lambda n: 0 < n < everything)
    graffiti = total(page)
    page.click("#liste-filter")
    page.locator("[data-panel=filter] select").select_option("requesters")
    page.locator("[data-panel=filter] [name=low]").fill("2")
    page.get_by_role("button", name="Appliquer").click()
    until_total(page, lambda n: 0 < n < graffiti)
    assert key(page, "cf") == "activity~graffitis;requesters~2.."
    some, shown = total(page), column(page, "external_id")
    assert set(column(page, "activity")) == {"Graffitis"}
    page.reload()
    page.wait_for_selector(f"{ROW} .vg-state-word")
    until_total(page, lambda n: n == some)
    assert column(page, "external_id") == shown
    assert page.title().startswith(page.inner_text("#liste-total h1"))
    with page.expect_download() as download:
        page.click("#liste-xlsx")
    expect(page.locator("#liste-note")).to_contain_text("Préparation")
    file = tmp_path / download.value.suggested_filename
    download.value.save_as(file)
    assert openpyxl.load_workbook(file).worksheets[0].max_row == some + 1
    page.get_by_role("button", name=re.compile("Retirer le filtre.*Activité")).click()
    until_total(page, lambda n: n > some)
    assert key(page, "cf") == "requesters~2.."


def test_an_order_and_the_next_rows_are_there_before_they_are_wanted(liste: Open) -> None:
    page = liste("kpi=received&period=12m")
    page.wait_for_load_state("networkidle")
    questions: list[str] = []
    page.on("request", lambda one: questions.append(one.url) if "/feeds/requests.json" in one.url else None)
    newest = column(page, "external_id")
    header = page.get_by_role("columnheader", name="Âge").locator(".vg-head-name")
    with page.expect_response(re.compile(r"sort=-age_days.*offset=0")):
        header.hover()
    page.evaluate("vigie.requestList.grid.ensureIndexVisible(150)")  # of the second block, asked for ahead
    page.wait_for_selector(f"{ROW}[row-index='150'] .vg-state-word")
    header.click()
    page.wait_for_url("**sort=-age_days*")
    page.wait_for_load_state("networkidle")
    assert column(page, "external_id") != newest
    asked = [parse_qs(urlsplit(url).query) for url in questions]
    # Each once; what is asked for when there is time may come a little before or after.
    assert [ask["offset"] for ask in asked if ask.get("sort") == ["-age_days"]] in ([["0"]], [["0"], ["100"]])
    assert [ask["offset"] for ask in asked if "sort" not in ask] in ([["200"]], [["100"], ["200"]])


def test_an_earlier_list_says_of_when_it_is_and_what_nobody_knows_of_it(liste: Open) -> None:
    page = liste("period=custom&from=2025-02-01&to=2025-02-28")
    said = page.locator("#liste-total p")
    expect(said).to_contain_text("au 28 févr. 2025, 23 h 59")
    expect(said).to_contain_text("le statut d’alors n’est pas publié")
    page.evaluate("vigie.nav.patch({ period: null, from: null, to: null })")
    expect(said).not_to_contain_text("le statut d’alors")


def test_columns_are_chosen_by_keyboard_and_kept(liste: Open) -> None:
    page = liste()
    expect(page.get_by_role("columnheader", name="Libellé d’origine")).to_have_count(0)
    page.locator("#liste-columns").focus()
    page.keyboard.press("Enter")
    panel = page.locator("[data-panel=columns]")
    panel.get_by_role("checkbox", name="Libellé d’origine").focus()
    page.keyboard.press("Space")
    up = panel.get_by_role("button", name="Monter la colonne Libellé d’origine")
    for _ in range(3):
        up.focus()
        page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    expect(panel).to_have_count(0)
    assert page.evaluate("document.activeElement.id") == "liste-columns"
    heads = page.locator("#liste-grid .ag-header-cell .vg-head-name, #liste-grid .ag-header-cell-text")
    expect(heads.first).to_have_text("Libellé d’origine")
    page.reload()
    page.wait_for_selector(f"{ROW} .vg-state-word")
    expect(heads.first).to_have_text("Libellé d’origine")
    page.click("#liste-columns")
    page.get_by_role("button", name="Colonnes habituelles").click()
    expect(page.get_by_role("columnheader", name="Libellé d’origine")).to_have_count(0)


def test_a_row_opens_its_sheet_and_escape_comes_back(liste: Open) -> None:
    page = liste()
    before = page.evaluate(
        "[scrollY, document.querySelector('.vg-liste-panel').getBoundingClientRect().width]"
    )
    page.locator(f"{ROW}[row-index='1'] [col-id='state']").focus()
    page.keyboard.press("Enter")
    sheet = page.locator("#liste-sheet")
    expect(sheet.get_by_role("heading", level=2)).to_be_visible()
    expect(sheet).to_contain_text("Même problème")
    expect(sheet).to_contain_text("Ouvertes à moins de 250 m")
    number = page.locator(f"{ROW}[row-index='1'] [col-id='external_id']").inner_text()
    expect(sheet.get_by_role("heading", level=2)).to_contain_text(number)
    assert (
        page.evaluate("[scrollY, document.querySelector('.vg-liste-panel').getBoundingClientRect().width]")
        == before
    )
    first = key(page, "request")
    assert first
    page.keyboard.press("Escape")
    expect(sheet).not_to_have_class(re.compile("is-open"))
    assert key(page, "request") is None
    expect(page.locator("[role=gridcell]:focus")).to_have_count(1)
    page.go_back()
    expect(sheet.get_by_role("heading", level=2)).to_contain_text(number)
    sheet.get_by_role("button", name="Voir sur la carte").click()
    page.wait_for_selector(".vg-carte")
    assert key(page, "request") == first
    expect(page.locator("#carte-sheet")).to_contain_text("Même problème")


def test_the_search_leads_to_a_request_a_street_and_a_borough(liste: Open) -> None:
    page = liste("lang=en")
    number = column(page, "external_id")[3]
    page.keyboard.press("/")
    field = page.get_by_role("combobox")
    expect(field).to_be_focused()
    page.keyboard.type(number)
    option = page.get_by_role("option", name=re.compile(f"^{number} "))
    expect(option).to_be_visible()
    page.keyboard.press("ArrowDown")
    assert field.get_attribute("aria-activedescendant") == "search-option-0"
    page.keyboard.press("Enter")
    expect(page.locator("#liste-sheet h2")).to_contain_text(number)
    field.fill("<script>alert(1)</script>")
    expect(page.get_by_role("listbox")).to_contain_text("No result for “<script>")
    page.keyboard.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    field.fill("verdun")
    page.get_by_role("option", name="Verdun").first.click()
    page.wait_for_url("**borough=VD*")
    assert key(page, "request") is None
    field.fill("boul maisonneuve")
    page.get_by_role("option", name=re.compile("^boulevard De Maison")).first.click()
    page.wait_for_url("**/carte?**")
    assert key(page, "v")
    assert key(page, "cf") == "street~boulevard De Maisonneuve Ouest"


def test_the_focus_goes_back_to_where_a_person_was(liste: Open, served_demo: Served) -> None:
    page = liste("cf=requesters~1..;age_days~0..&kpi=received")
    assert page.evaluate("document.activeElement === document.body")  # nothing was closed
    chips = page.locator("#liste-filters .vg-cf")
    chips.first.focus()
    page.keyboard.press("Enter")
    expect(chips).to_have_count(1)
    expect(chips).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#liste-filter")).to_be_focused()
    sheet = page.locator("#liste-sheet")
    number = column(page, "external_id")[3]
    field = page.get_by_role("combobox")
    field.fill(number)
    expect(page.get_by_role("option", name=re.compile(f"^{number} "))).to_be_visible()
    page.keyboard.press("Enter")
    expect(sheet.get_by_role("heading", level=2)).to_contain_text(number)
    page.keyboard.press("Escape")
    expect(field).to_be_focused()
    request = page.evaluate("vigie.requestList.grid.getDisplayedRowAtIndex(2).data.id")
    page.goto(f"{served_demo.url}liste?request={request}")
    expect(sheet).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#liste-total")).to_be_focused()


@pytest.mark.parametrize(("size", "theme"), [("desktop", "dark"), ("tablet", "light"), ("phone", "light")])
def test_it_is_for_everybody_at_every_size(liste: Open, size: str, theme: str) -> None:
    page = liste(f"theme={theme}", size)
    assert violations(page) == []
    assert overflow_px(page) == 0
    if size != "desktop":
        assert small_targets(page) == []
        assert page.locator(ROW).first.bounding_box()["height"] >= 44  # type: ignore[index]
    page.locator(f"{ROW}[row-index='0'] [col-id='state']").click()
    expect(page.locator("#liste-sheet")).to_contain_text("250 m")
    assert violations(page) == []
    page.screenshot(path=picture_path(f"liste-sheet-{size}"))
    page.locator("#liste-sheet [data-action=close-request]").click()
    expect(page.locator("#liste-sheet")).not_to_have_class(re.compile("is-open"))
    page.click("#liste-filter")
    assert violations(page) == []
    page.screenshot(path=picture_path(f"liste-filter-{size}"))
