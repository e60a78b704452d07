"""What browser tests of several screens look for."""

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

TARGET_PX = 44

_SMALL = """(least) => {
  const pressed = 'a, button, summary, [role=checkbox], .mantine-SegmentedControl-label, .mantine-Chip-label';
  const shapes = '.vg-skip, .vg-trend-link, .vg-bm-link';
  return [...document.querySelectorAll(pressed)]
    .filter((e) => e.checkVisibility({ visibilityProperty: true }) && !e.matches(shapes))
    .map((e) => [e, e.getBoundingClientRect()])
    .filter(([e, box]) => box.width && Math.min(box.width, box.height) < least - 0.5)
    .map(([e, box]) => `${e.className} "${e.textContent.trim()}" ${box.width} × ${box.height}`);
}"""


def open_screen(page: Page, url: str) -> None:
    """Go to an address and wait until its figures are painted."""
    page.goto(url)
    page.wait_for_selector("table.vg-rank, .vg-text, .vg-state", state="visible")


def all_drawn(page: Page) -> None:
    """Wait until what comes after the first figures is there too: parts that follow, and charts, once in view."""
    page.wait_for_load_state("networkidle")
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    waiting = ".vg-chart-plot:not([data-drawn])"
    page.wait_for_function(f"() => !document.querySelector('{waiting}')")
    page.evaluate("scrollTo(0, 0)")


def first_number(page: Page) -> str:
    """Requests received, as the first card writes it."""
    return page.locator("[data-kpi=received] .vg-kpi-value").inner_text()


def violations(page: Page) -> list[str]:
    """What axe-core finds against WCAG 2.1 A and AA, one line each."""
    rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]
    # What passes needs no report of each element: it takes half as long.
    found: Any = Axe().run(page, options={"runOnly": rules, "resultTypes": ["violations"]})
    return [
        f"{rule['id']}: {node['target']} {node['failureSummary']}"
        for rule in found.response["violations"]
        for node in rule["nodes"]
    ]


def small_targets(page: Page) -> list[str]:
    """Things to press that are smaller than TARGET_PX in a direction; shapes of the map are what they are."""
    found: list[str] = page.evaluate(_SMALL, TARGET_PX)
    return found


def overflow_px(page: Page) -> int:
    """How far the page can be moved sideways."""
    width: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return width


def empty_px(page: Page) -> int:
    """How far the page goes on below what is on it."""
    height: int = page.evaluate(
        "Math.round(document.documentElement.scrollHeight"
        " - scrollY - document.querySelector('.vg-body').getBoundingClientRect().bottom)"
    )
    return height
