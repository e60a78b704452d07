"""What Carte's map offers beside looking: areas to draw, problems, legend, months, a table, files."""

import csv
import io
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.carte_page import (
    MAP,
    a_lone_point,
    anchor,
    carte,
    key,
    place_of,
    settled,
    shown,
    spot_of,
    total,
    until,
)

pytestmark = pytest.mark.browser

__all__ = ["carte"]  # a fixture


def corners(page: Page, *places: tuple[float, float]) -> None:
    """Click or tap the map at shares of its width and height."""
    box = page.locator(MAP).bounding_box()
    assert box
    for across, down in places:
        x, y = box["x"] + box["width"] * across, box["y"] + box["height"] * down
        if page.evaluate("navigator.maxTouchPoints"):
            page.touchscreen.tap(x, y)
        else:
            page.mouse.click(x, y)
        page.wait_for_timeout(350)  # two clicks in a hurry are a double click


def test_an_area_that_is_drawn_filters_map_and_list(carte: Callable[..., Page]) -> None:
    page = carte("v=45.52000,-73.60000,11")
    everything = total(page)
    page.get_by_role("button", name="Dessiner une zone").click()
    corners(page, (0.3, 0.5), (0.7, 0.5), (0.6, 0.75), (0.5, 0.4))
    expect(page.locator("#carte-draw")).to_contain_text("croiserait")
    page.keyboard.press("Escape")
    expect(page.locator("#carte-draw")).to_be_empty()
    assert key(page, "area") is None
    page.get_by_role("button", name="Dessiner une zone").click()
    corners(page, (0.3, 0.5), (0.7, 0.5), (0.6, 0.75))
    page.get_by_role("button", name="Terminer").click()
    settled(page, lambda n: 0 < n < everything)
    area = key(page, "area")
    assert area
    assert len(area.split(";")) == 3
    drawn = page.evaluate(
        f"fetch('/feeds/points.bin?bbox=-74.5,45,-73,46&area={area}').then((r) => r.arrayBuffer())"
        ".then((b) => vigie.unpackPoints(b).count)"
    )
    until(page, f"vigie.carte.shown.answer.total === {drawn}")
    assert drawn == total(page)
    page.locator(".vg-drawn-area").wait_for(state="attached")
    page.evaluate("vigie.nav.patch({area: null})")
    settled(page, lambda n: n == everything)
    page.get_by_role("button", name="Filtrer ce que je vois").press("Enter")
    settled(page, lambda n: n < everything)
    assert len((key(page, "area") or "").split(";")) == 4


def test_problems_are_drawn_once_and_open_their_newest_request(carte: Callable[..., Page]) -> None:
    page = carte("layer=problems")
    assert shown(page) == "hexagons"
    lon, lat = a_lone_point(page)["geometry"]["coordinates"]
    page.evaluate(f"vigie.carte.map.setView([{lat}, {lon}], 17, {{animate: false}})")
    until(page, "vigie.carte.shown.kind === 'problems'")
    item = (
        f"shown.picture.items.find((i) => Math.abs(i.lon - {lon}) < 1e-6 && Math.abs(i.lat - {lat}) < 1e-6)"
    )
    where = spot_of(page, item)
    page.mouse.move(*where)
    expect(page.locator(".vg-tip")).to_contain_text("épisode")
    expect(page.locator(".vg-tip")).to_contain_text("personne")
    page.mouse.click(*where)
    expect(page.locator("#carte-sheet h2")).to_be_visible()
    wanted = page.evaluate(
        f"(() => {{ const {{shown}} = vigie.carte; return ({item}).properties.request_id }})()"
    )
    assert key(page, "request") == str(wanted)
    expect(page.locator("#carte-legend")).to_contain_text("problème")


def test_the_legend_filters_what_it_explains(carte: Callable[..., Page]) -> None:
    page = carte("kpi=received&period=12m")
    step = page.locator("#carte-legend [data-class='1']")
    step.focus()
    page.keyboard.press("Enter")
    expect(step).to_have_attribute("aria-pressed", "true")
    expect(step).to_be_focused()
    strong = "shown.picture.items.filter((i) => i.alpha > 0.5).every((i) => i.step === 1)"
    assert page.evaluate(f"(() => {{ const {{shown}} = vigie.carte; return {strong} }})()")
    page.keyboard.press("Enter")
    expect(step).to_have_attribute("aria-pressed", "false")
    page.evaluate("vigie.carte.map.setView([45.52, -73.6], 15.25, {animate: false})")
    until(page, "vigie.carte.shown.kind === 'points'")
    page.locator("#carte-legend [data-state='done']").click()
    until(page, "location.search.includes('state=done')")
    expect(page.locator("#carte-legend [data-state='done']")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="En retard seulement").click()
    until(page, "location.search.includes('state=late')")
    expect(page.locator("#carte-late")).to_have_attribute("aria-pressed", "true")


def test_months_are_replayed_and_the_period_comes_back(carte: Callable[..., Page]) -> None:
    page = carte("kpi=received&period=90d")
    slider = page.get_by_role("slider", name="Mois")
    slider.focus()
    page.keyboard.press("ArrowLeft")
    page.wait_for_url("**period=custom&from=2025-02-01&to=2025-02-28*")
    expect(page.locator(".vg-time-said")).to_have_text("février 2025")
    until(page, "vigie.carte.shown.base.includes('from=2025-02-01')")
    scale, steps = shown(page, "scale.count"), page.evaluate("history.length")
    page.get_by_role("button", name="Mois précédent").click()
    until(page, "vigie.carte.shown.base.includes('from=2025-01-01')")
    assert shown(page, "scale.count") == scale  # colours mean the same in every month
    page.get_by_role("button", name="Lancer la relecture").click()
    until(page, "vigie.carte.shown.base.includes('from=2025-03-01')")
    assert page.evaluate("history.length") == steps
    page.get_by_role("button", name="Revenir").click()
    until(page, "location.search.includes('period=90d')")
    assert key(page, "from") is None


def test_what_is_seen_becomes_a_table_and_files(carte: Callable[..., Page]) -> None:
    page = carte("layer=sectors")
    page.locator(".vg-map-table summary").click()
    rows = page.locator(".vg-map-table tbody tr")
    assert 1 < rows.count() <= 50
    name = rows.first.locator("a").inner_text()
    page.locator(".vg-export-box summary").click()
    with page.expect_download() as picture:
        page.locator("[data-action=save-picture]").click()
    assert re.fullmatch(r"carte-secteurs-backlog-2025-03-20T\d{4}\.png", picture.value.suggested_filename)
    assert picture.value.path().read_bytes()[:4] == b"\x89PNG"
    with page.expect_download() as file:
        page.locator("[data-file=geojson]").click()
    assert name in file.value.path().read_text("utf-8")
    with page.expect_download() as sheet:
        page.locator("[data-file=csv]").click()
    assert re.fullmatch(r"carte-secteurs-backlog-2025-03-20T\d{4}\.csv", sheet.value.suggested_filename)
    areas = csv.DictReader(io.StringIO(sheet.value.path().read_text("utf-8-sig")), delimiter=";")
    drawn = {line["Nom"]: int(line["Requêtes"]) for line in areas}
    assert name in drawn
    assert sum(drawn.values()) <= total(page)
    page.keyboard.press("Escape")
    page.locator(".vg-map-table summary").click()
    rows.first.locator("a").click()
    until(page, "location.search.includes('sector=')")
    expect(page.locator("#status-bar .vg-pill")).to_contain_text(name)
    until(page, "!vigie.carte.asking && vigie.listing.told.query.includes('sector=')")
    expect(page.locator(".vg-map-table tbody a:focus")).to_have_text(name)  # written anew meanwhile


def test_a_finger_draws_and_picks_on_a_phone(carte: Callable[..., Page]) -> None:
    page = carte("layer=boroughs", "phone")
    everything = total(page)
    expect(page.locator("#carte-legend")).to_be_hidden()  # the map is free until the controls are asked for
    page.get_by_role("button", name="Couches et légende").tap()
    expect(page.locator("#carte-legend")).to_be_visible()
    page.get_by_role("button", name="Couches et légende").tap()
    page.touchscreen.tap(*place_of(page, *anchor(page, "LC")))
    settled(page, lambda n: 0 < n < everything)
    assert key(page, "borough") == "LC"
    page.evaluate("vigie.nav.patch({borough: null, layer: null})")
    settled(page, lambda n: n == everything)
    page.get_by_role("button", name="Dessiner une zone").tap()
    corners(page, (0.3, 0.4), (0.65, 0.4), (0.5, 0.6))
    page.get_by_role("button", name="Terminer").tap()
    settled(page, lambda n: n < everything)
    assert key(page, "area")
