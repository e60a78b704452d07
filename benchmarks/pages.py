"""Screens in Chromium on the same machine: first views, filter changes, moves of the map, pages of the list.

Each is the time until the browser has painted the new figures, as measured inside the page (a first view: from the
start of the navigation; cold in a browser that has nothing in its cache, warm in one that was there before). Beside
them: compressed bytes of scripts that each screen sends, and the longest tasks while many points are panned.
"""

import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from benchmarks.build import stored
from benchmarks.support import in_page
from benchmarks.support.data import FOLDER
from benchmarks.support.measure import measured
from tests.support.browser import WITH_WINDOWS, chromium
from tests.support.many_points import SHOW_POINTS
from tests.support.serving import serving

ROWS = 100_000
LIMITS = {
    "cold_s": 2.5, "warm_s": 1.0, "filter_s": 0.4, "filter_p95_s": 0.8, "pan_s": 0.25, "zoom_s": 0.25, "sort_s": 0.15,
    "sort_unannounced_s": 0.15, "page_s": 0.15, "jump_s": 0.15, "script_mb": 2.5, "longest_task_ms": 200.0,
}  # fmt: skip
REPEATS = 5
WARMING_S = 60
"""A server has been up for a while when a manager comes."""
CHANGES = 20
BETWEEN_MS = 1_000
"""Between two changes: a person looks at what came, and the page comes to rest."""
REST_MS, PRESS_MS = 150, 60
"""A hand on a mouse: from arriving on a target to pressing, and from pressing to letting go."""

POINTS = "kpi=received&period=12m"
ACTIVITIES = ("nids_de_poule", "graffitis", "eclairage", "nettoyage_rues", "nids_de_poule,graffitis")
PLACES = ("", "VD", "VM,RP", "LC")
MARKS = 100_000
SCREENS = ("", "carte", "liste", "recurrence", "qualite", "definitions")


def run(rows: int) -> dict[str, Any]:
    """Medians in seconds with their 95th percentiles, megabytes of script by screen, and the limits."""
    store, mart = stored(rows), FOLDER / f"pages-mart-{rows}"
    measured("benchmarks.build:full", store=str(store), mart=str(mart))
    with serving(FOLDER, VIGIE_STORE=f"sqlite:///{store}", VIGIE_MART=str(mart), VIGIE_WARM="1") as served:
        time.sleep(WARMING_S)
        found = {
            **_summed("cold", _cold(served.url)),
            **_summed("warm", _warm(served.url)),
            **_summed("filter", _filter_changes(served.url)),
            **_map(served.url),
            **_list(served.url),
            **_panning(served.url),
            "script_mb": {screen or "apercu": _script_mb(served.url + screen) for screen in SCREENS},
        }
    return {"ours_s": found["cold_s"], "limit_s": LIMITS["cold_s"], **found, "limits": LIMITS}


def _cold(url: str) -> list[float]:
    return [_first_view(url) for _ in range(REPEATS)]


def _first_view(url: str) -> float:
    with _page() as page:
        page.goto(url, wait_until="commit")
        return float(page.evaluate(in_page.USABLE)) / 1000


def _warm(url: str) -> list[float]:
    """The same person comes back: scripts are in the browser's cache."""
    with _page() as page:
        page.goto(url)
        page.evaluate(in_page.USABLE)
        page.wait_for_timeout(6_000)  # what the page fetches ahead is there
        found = []
        for _ in range(REPEATS):
            page.goto("about:blank")
            page.goto(url, wait_until="commit")
            found.append(page.evaluate(in_page.USABLE) / 1000)
        return found


def _filter_changes(url: str) -> list[float]:
    with _page() as page:
        page.goto(url)
        page.evaluate(in_page.USABLE)
        page.evaluate(
            in_page.FILTER, {"activity": "collecte_branches"}
        )  # the first answer of a kind is not what is measured
        asked = [{"activity": activity, "borough": place} for activity in ACTIVITIES for place in PLACES]
        return _repeated(page, lambda n: page.evaluate(in_page.FILTER, asked[n % len(asked)]))


def _map(url: str) -> dict[str, float]:
    steps = [[500, 0], [0, 400], [-500, 0], [0, -400]]
    with _page() as page:
        page.goto(f"{url}carte?v=45.53,-73.60,13")
        _until_drawn(page)
        pans = _repeated(page, lambda n: page.evaluate(in_page.PAN, steps[n % len(steps)]))
        zooms = _repeated(page, lambda n: page.evaluate(in_page.ZOOM, 1 if n % 2 else -1))
    return _summed("pan", pans) | _summed("zoom", zooms)


def _list(url: str) -> dict[str, float]:
    with _page() as page:
        page.goto(f"{url}liste?{POINTS}")
        page.wait_for_selector(".ag-center-cols-container .ag-row .ag-cell")
        by = in_page.SORTED_BY
        clicks = _repeated(page, lambda n: _clicked(page, by[n % len(by)]))
        orders = _repeated(page, lambda n: page.evaluate(in_page.SORT, by[n % len(by)]))
        page.evaluate(in_page.SCROLL, 0)
        pages = _repeated(page, lambda n: page.evaluate(in_page.SCROLL, 100 * (n + 1)))
        jumps = _repeated(page, lambda n: page.evaluate(in_page.SCROLL, 4_000 + 400 * n))
    return {
        **_summed("sort", clicks),
        **_summed("sort_unannounced", orders),
        **_summed("page", pages),
        **_summed("jump", jumps),
    }


def _clicked(page: Any, column: str) -> float:
    """A header pressed as a hand does: the pointer comes, rests, and is down for a moment."""
    page.evaluate(in_page.CLICKED)
    box = page.locator(f".ag-header-cell[col-id='{column}'] .vg-head-name").bounding_box()
    page.mouse.move(box["x"] + 8, box["y"] + box["height"] / 2, steps=4)
    page.wait_for_timeout(REST_MS)
    page.mouse.down()
    page.wait_for_timeout(PRESS_MS)
    page.mouse.up()
    return float(page.evaluate("() => window.sorted"))


def _panning(url: str) -> dict[str, float]:
    """The longest task while a map with `MARKS` points is moved by hand, step by step."""
    with _page() as page:
        page.goto(f"{url}carte?{POINTS}&v=45.52,-73.60,15.5")
        _until_drawn(page)
        points = page.evaluate(SHOW_POINTS, MARKS)
        page.wait_for_timeout(1_000)
        page.evaluate(in_page.WATCH_TASKS)
        box = page.locator("#carte-map").bounding_box()
        page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        page.mouse.down()
        for step in range(60):
            page.mouse.move(
                box["x"] + box["width"] / 2 + 8 * (step % 20), box["y"] + box["height"] / 2 + 4 * (step % 15)
            )
        page.mouse.up()
        page.wait_for_timeout(800)
        longest = page.evaluate("() => Math.max(0, ...window.longTasks)")
    return {"points_drawn": points, "longest_task_ms": round(longest, 1)}


def _script_mb(url: str) -> float:
    """Megabytes of script as sent, compressed, until the page has been quiet for a while."""
    with _page() as page:
        session = page.context.new_cdp_session(page)
        session.send("Network.enable")
        scripts: set[str] = set()
        sent: list[float] = []

        def received(event: dict[str, Any]) -> None:
            if event["type"] == "Script":
                scripts.add(event["requestId"])

        def finished(event: dict[str, Any]) -> None:
            if event["requestId"] in scripts:
                sent.append(event["encodedDataLength"])

        session.on("Network.responseReceived", received)
        session.on("Network.loadingFinished", finished)
        page.goto(url)
        page.wait_for_timeout(3_000)
        return round(sum(sent) / 1e6, 2)


def _until_drawn(page: Any) -> None:
    page.wait_for_function("() => window.vigie?.carte?.shown && !vigie.carte.asking")


def _repeated(page: Any, change: Callable[[int], float]) -> list[float]:
    found = []
    for n in range(CHANGES):
        page.wait_for_timeout(BETWEEN_MS)
        found.append(change(n) / 1000)
    return found


def _summed(name: str, seconds: list[float]) -> dict[str, float]:
    ordered = sorted(seconds)
    worst = ordered[-1] if len(ordered) < CHANGES else ordered[int(len(ordered) * 0.95) - 1]
    return {f"{name}_s": round(statistics.median(ordered), 3), f"{name}_p95_s": round(worst, 3)}


@contextmanager
def _page() -> Iterator[Any]:
    with chromium(WITH_WINDOWS) as browser:  # as people have it
        context = browser.new_context(
            viewport={"width": 1440, "height": 900}, locale="fr-CA", bypass_csp=True
        )
        yield context.new_page()
        context.close()
