"""`vigie build`: a full build beside pandas and geopandas, then an incremental one, then the questions.

The peer reads the same columns with pandas.read_sql and writes them with geopandas.to_parquet: one file, no
months, no versions, no manifest, the whole table in memory. Imports are not in any of the times.
"""

import random
import shutil
import sqlite3
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from benchmarks.support.data import FOLDER, city_csv
from benchmarks.support.measure import measured

ROWS = 100_000
LIMIT_S_PER_MILLION = 15.0
INCREMENTAL_LIMIT_S = 1.0
CHANGES = 1_000
REPEATS = 7


def run(rows: int, repeats: int = 1) -> dict[str, Any]:
    """Measure builds of a store of `rows` requests; the store is made once and kept in var/bench."""
    store, mart = stored(rows), FOLDER / f"mart-{rows}"
    shutil.rmtree(mart, ignore_errors=True)
    where = {"store": str(store), "mart": str(mart)}
    full = min(
        (measured("benchmarks.build:full", **where) for _ in range(int(repeats))),
        key=lambda m: m.result["seconds"],
    )
    measured("benchmarks.build:change", store=str(store), seed=full.result["seed"])
    incremental = measured("benchmarks.build:incremental", **where)
    peer = measured("benchmarks.build:pandas_geopandas", store=str(store), out=str(FOLDER / "peer.parquet"))
    return {
        "ours_s": full.result["seconds"],
        "peers": {"pandas.read_sql + geopandas.to_parquet": peer.result},
        "limit_s": LIMIT_S_PER_MILLION * rows / 1_000_000,
        "peak_mb": full.peak_mb,
        "peer_peak_mb": peer.peak_mb,
        "incremental_s": incremental.result["seconds"],
        "incremental_limit_s": INCREMENTAL_LIMIT_S,
        "incremental_changes": incremental.result["changed"],
        "incremental_peak_mb": incremental.peak_mb,
        "questions_ms": measured("benchmarks.build:questions", mart=str(mart)).result,
    }


def full(store: str, mart: str) -> dict[str, Any]:
    """A full build; a seed for the changes that follow, another one each time."""
    done = _build(store, mart, full=True)
    return {"seed": int(done["version"][-9:]), "seconds": done["seconds"]}


def incremental(store: str, mart: str) -> dict[str, Any]:
    """A build after changes.

    Raises:
        RuntimeError: it was not an incremental one.
    """
    done = _build(store, mart, full=False)
    if not done["incremental"] or not done["published"]:
        raise RuntimeError(f"the build after changes was a full one: {done['reason']}")
    return dict(done)


def change(store: str, seed: int) -> None:
    """Close requests as a city does: most opened in the last month, some in half a year, some at any time."""
    chosen = random.Random(seed)
    with sqlite3.connect(store) as connection:
        (last,) = connection.execute("SELECT max(opened_at) FROM request").fetchone()
        ids: set[int] = set()
        for share, days in ((0.6, 30), (0.3, 183), (0.1, 36_500)):
            since = last - days * 86_400
            pool = [i for (i,) in connection.execute("SELECT id FROM request WHERE opened_at >= ?", (since,))]
            ids |= set(chosen.sample(pool, min(len(pool), round(CHANGES * share))))
        connection.execute("UPDATE store_clock SET tick = tick + 1")
        (tick,) = connection.execute("SELECT tick FROM store_clock").fetchone()
        closed = (
            "UPDATE request SET status = 'done', status_at = ?, closed_at = ?, changed_tick = ? WHERE id = ?"
        )
        connection.executemany(closed, [(last, last, tick, i) for i in ids])
    connection.close()


def pandas_geopandas(store: str, out: str) -> float:
    """Seconds for the same columns by the usual means."""
    import geopandas as gpd
    import pandas as pd

    from mart.schema import GROUP_COLUMNS, REQUESTS

    made = ("geometry", "ended_at", "reopened", *GROUP_COLUMNS)
    names = [name for name in REQUESTS.names if name not in made]
    start = time.perf_counter()
    connection = sqlite3.connect(store)
    query = f"SELECT {', '.join(names)} FROM request ORDER BY opened_at, id"
    frame = pd.read_sql(query, connection)
    connection.close()
    for name in ("opened_at", "closed_at", "due_at", "status_at"):
        frame[name] = pd.to_datetime(frame[name], unit="s", utc=True)
    frame["reopened"] = frame["status"] == "reopened"
    points = gpd.points_from_xy(frame["lon"], frame["lat"], crs="EPSG:4326")
    gpd.GeoDataFrame(frame, geometry=points).to_parquet(out, compression="lz4")
    seconds = time.perf_counter() - start
    Path(out).unlink()
    return round(seconds, 3)


def questions(mart: str) -> dict[str, float]:
    """Median time of each question on the last 30 days, warm, in ms."""
    from mart.filters import Filters
    from mart.populations import Population
    from mart.questions.areas import areas
    from mart.questions.by_state import by_state
    from mart.questions.hexagons import hexagons
    from mart.questions.kpi import kpis
    from mart.questions.page import page
    from mart.questions.points import points
    from mart.snapshot import open_mart

    box = (-73.60, 45.50, -73.55, 45.54)
    with open_mart(mart) as opened:
        at = opened.as_of()
        month = Filters(at.date() - timedelta(days=29), at.date())
        year = Filters(at.date() - timedelta(days=364), at.date())
        counts = ["received", "closed", "backlog", "overdue"]
        asked: dict[str, Callable[[], object]] = {
            "counts": lambda: kpis(opened, month, at, counts),
            "counts by borough": lambda: kpis(opened, month, at, counts, ["borough"]),
            "trend": lambda: kpis(opened, month, at, counts, ["week"]),
            "trend of a year": lambda: kpis(opened, year, at, counts, ["week"]),
            "areas": lambda: areas(opened, month, at),
            "hexagons 8": lambda: hexagons(opened, month, at, 8),
            "hexagons 8 of the backlog": lambda: hexagons(opened, month, at, 8, None, Population.BACKLOG),
            "hexagons 10 in a box": lambda: hexagons(opened, month, at, 10, box),
            "points in a box": lambda: points(opened, month, at, box),
            "page": lambda: page(opened, month, at),
            "page by requesters": lambda: page(opened, month, at, [("requesters", True)]),
            "by state": lambda: by_state(opened, month, at),
        }
        return {name: _median_ms(question) for name, question in asked.items()}


def _median_ms(question: Callable[[], object]) -> float:
    question()
    times = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        question()
        times.append(time.perf_counter() - start)
    return round(sorted(times)[REPEATS // 2] * 1000, 1)


def _build(store: str, mart: str, *, full: bool) -> Any:
    from domain.settings import Settings
    from etl.build import build

    return build(Settings.model_validate({"store": f"sqlite:///{store}", "mart": mart}), full=full)


def stored(rows: int) -> Path:
    """A store with the generated file of so many rows."""
    path = FOLDER / f"store-{rows}.db"
    if not path.exists():
        part = path.with_suffix(".part")
        part.unlink(missing_ok=True)
        measured("benchmarks.build:fill", store=str(part), file=str(city_csv(rows)))
        part.rename(path)
    return path


def fill(store: str, file: str) -> dict[str, Any]:
    """Ingest a file into a new store."""
    from domain.settings import Settings
    from etl.ingest import ingest

    return ingest(Settings.model_validate({"store": f"sqlite:///{store}"}), "montreal", [file])
