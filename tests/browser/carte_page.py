"""Carte in a browser, for its tests: opening it, waiting for it, finding places on it."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page

from tests.support.browser import Session
from tests.support.serving import Served

DRAWN = ".vg-field canvas"
ROW = "#carte-grid .ag-center-cols-container .ag-row"
STREETS = "v=45.52,-73.6,15.5"
MAP = "#carte-map"


@pytest.fixture
def carte(browse: Session, served_demo: Served) -> Callable[..., Page]:
    """Opens Carte with a query, and waits until map and list are there."""

    def open_it(query: str = "", size: str = "desktop", **options: Any) -> Page:
        page = browse.open(size, **options)
        page.goto(f"{served_demo.url}carte?{query}")
        page.wait_for_selector(f"{DRAWN}, .vg-shaded")
        page.wait_for_selector(f"{ROW} .vg-cell, .ag-overlay-no-rows-center", state="attached")
        until(page, "vigie.listing.told && vigie.carte.shown && !vigie.carte.asking")
        return page

    return open_it


def until(page: Page, expression: str) -> None:
    """Wait for something to be so. Playwright's own way evaluates text in the page, which its policy forbids."""
    for _ in range(400):
        if page.evaluate(f"Boolean({expression})"):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"it never became so: {expression}")


def asked(page: Page) -> list[str]:
    """From now on, when what was asked ahead is there, the feeds that map and list ask."""
    page.wait_for_load_state("networkidle")
    found: list[str] = []
    of_others = "/feeds/search"
    page.on(
        "request",
        lambda one: found.append(one.url) if "/feeds/" in one.url and of_others not in one.url else None,
    )
    return found


def total(page: Page) -> int:
    """How many requests the list says that it has."""
    return int(re.sub(r"\D", "", page.inner_text("#carte-total strong")))


def settled(page: Page, total_is: Callable[[int], bool]) -> None:
    """Wait until the list says a total that will do, and the map has no question open."""
    for _ in range(100):
        if total_is(total(page)) and page.evaluate("!vigie.carte.asking"):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"the list still has {total(page)} requests")


def key(page: Page, name: str) -> str | None:
    """A key of the address."""
    return parse_qs(urlsplit(page.url).query).get(name, [None])[0]


def shown(page: Page, expression: str = "kind") -> Any:
    """Something of the picture on the map."""
    return page.evaluate(f"vigie.carte.shown.{expression}")


def spot_of(page: Page, which: str) -> tuple[float, float]:
    """Where an item of the picture is on the page; `which` picks it from `items`."""
    x, y = page.evaluate(
        f"""(() => {{
          const {{map, shown}} = vigie.carte, item = {which};
          const point = map.options.crs.pointToLatLng(L.point(item.x, item.y), 0);
          const at = map.latLngToContainerPoint(point), box = map.getContainer().getBoundingClientRect();
          return [box.left + at.x, box.top + at.y];
        }})()"""
    )
    return x, y


def place_of(page: Page, lon: float, lat: float) -> tuple[float, float]:
    """Where a point of the world is on the page."""
    x, y = page.evaluate(
        f"""(() => {{ const m = vigie.carte.map, p = m.latLngToContainerPoint([{lat}, {lon}]);
        const b = m.getContainer().getBoundingClientRect(); return [b.left + p.x, b.top + p.y] }})()"""
    )
    return x, y


def anchor(page: Page, code: str) -> tuple[float, float]:
    """Longitude and latitude of the middle of a borough."""
    boroughs = page.evaluate("vigie.carte.ground.areas.boroughs.features.map(f => f.properties)")
    lon, lat = next(b["anchor"] for b in boroughs if b["code"] == code)
    return lon, lat


def a_lone_point(page: Page) -> dict[str, Any]:
    """A request that shares its place with no other."""
    found = page.evaluate("fetch('/feeds/points.geojson?bbox=-74,45.3,-73.4,45.8').then(r => r.json())")[
        "features"
    ]
    places = [tuple(f["geometry"]["coordinates"]) for f in found]
    lone: dict[str, Any] = next(f for f, place in zip(found, places, strict=True) if places.count(place) == 1)
    return lone
