"""Screens in Chromium on the same machine: first view, a filter change, a move of the map.

Each is the time until the browser has painted the new figures, as measured inside the page (the
first view: from the start of the navigation, in a browser that has nothing in its cache).
"""

import statistics
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from benchmarks.build import stored
from benchmarks.support.data import FOLDER
from benchmarks.support.measure import measured
from tests.support.browser import chromium
from tests.support.serving import serving

ROWS = 100_000
FIRST_VIEW_LIMIT_S = 2.5
FILTER_LIMIT_S = 0.3
PAN_LIMIT_S = 0.2
REPEATS = 5
CHANGES = 20

_FIRST_VIEW = """() => new Promise((done) => {
    const drawn = () => document.querySelector("table.vg-rank") && document.querySelector(".vg-borough-map path");
    const look = () => drawn() ? requestAnimationFrame(() => done(performance.now())) : setTimeout(look, 10);
    look();
})"""
_FILTER = """(activity) => new Promise((done) => {
    const before = document.querySelector("[data-kpi=received] .vg-kpi-value").textContent;
    const start = performance.now();
    vigie.nav.patch({ activity });
    const look = () => document.querySelector("[data-kpi=received] .vg-kpi-value").textContent !== before
        || performance.now() - start > 10_000
        ? requestAnimationFrame(() => done(performance.now() - start)) : setTimeout(look, 4);
    look();
})"""
_PAN = """(by) => new Promise((done) => {
    const carte = vigie.carte, start = performance.now();
    carte.map.panBy(by, { animate: false });
    const frames = (n) => n ? requestAnimationFrame(() => frames(n - 1)) : look();
    // What was asked ahead needs no question; else the picture is there when none is outstanding.
    const look = () => carte.asking ? setTimeout(look, 4)
        : requestAnimationFrame(() => done(performance.now() - start));
    frames(2);
})"""


def run(rows: int) -> dict[str, Any]:
    """Seconds to the first view (median of `REPEATS`), and to filter changes and moves of the map."""
    store, mart = stored(rows), FOLDER / f"pages-mart-{rows}"
    measured("benchmarks.build:full", store=str(store), mart=str(mart))
    with serving(FOLDER, VIGIE_STORE=f"sqlite:///{store}", VIGIE_MART=str(mart)) as served:
        first = sorted(_first_views(served.url))
        filters, pans = _filter_changes(served.url), _pans(served.url)
    return {
        "ours_s": round(statistics.median(first), 3),
        "limit_s": FIRST_VIEW_LIMIT_S,
        "first_view_worst_s": round(first[-1], 3),
        "filter_median_s": round(statistics.median(filters), 3),
        "filter_p95_s": _p95(filters),
        "filter_limit_s": FILTER_LIMIT_S,
        "pan_median_s": round(statistics.median(pans), 3),
        "pan_p95_s": _p95(pans),
        "pan_limit_s": PAN_LIMIT_S,
    }


def _first_views(url: str) -> Iterator[float]:
    for _ in range(REPEATS):
        with _page() as page:
            page.goto(url, wait_until="commit")
            yield page.evaluate(_FIRST_VIEW) / 1000


def _filter_changes(url: str) -> list[float]:
    activities = ["nids_de_poule", "graffitis", "eclairage", "nettoyage_rues"]
    with _page() as page:
        page.goto(url)
        page.wait_for_selector("table.vg-rank")
        page.evaluate(_FILTER, activities[-1])  # the first answer of a kind is not what is measured
        return [page.evaluate(_FILTER, activities[n % len(activities)]) / 1000 for n in range(CHANGES)]


def _pans(url: str) -> list[float]:
    with _page() as page:
        page.goto(url + "carte?v=45.53,-73.60,13")
        page.wait_for_function("() => window.vigie?.carte?.shown && !vigie.carte.asking")
        steps = [[500, 0], [0, 400], [-500, 0], [0, -400]]
        return [page.evaluate(_PAN, steps[n % len(steps)]) / 1000 for n in range(CHANGES)]


@contextmanager
def _page() -> Iterator[Any]:
    with chromium() as browser:
        context = browser.new_context(
            viewport={"width": 1440, "height": 900}, locale="fr-CA", bypass_csp=True
        )
        yield context.new_page()
        context.close()


def _p95(values: list[float]) -> float:
    return round(sorted(values)[int(len(values) * 0.95) - 1], 3)
