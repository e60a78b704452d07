"""Grouping requests into episodes and problems, beside clusterings of the same points.

Peers in the same run, each in a process of its own, on the points of the very same requests; they know
neither time nor activity, and only their own work is timed, once the points are loaded:
- scikit-learn's DBSCAN: haversine, ball tree, 30 m;
- PostGIS's ST_ClusterDBSCAN: 30 m, in metres of the city's grid.

Ours begins with the frame of requests, and so includes checking and coding it. Beside that: how time grows
with the rows and on one corner, memory at ten times the rows, and an answer for a report being typed.
Grouping again after 1,000 changes is part of the incremental build: `python -m benchmarks build`.
"""

import math
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.support.measure import measured
from benchmarks.support.requests import made_parquet

ROWS = 400_000
RADIUS_M = 30.0
DBSCAN_TIMES = 5
"""Ours has to be at least this many times as fast as scikit-learn's DBSCAN."""
POSTGIS_TIMES = 2.5
"""And this many times as fast as PostGIS."""

GROWTH = (0.25, 1, 4, 10)
"""Times the rows asked for, by which the growth is measured; memory is that of the last."""
CORNER = (10_000, 20_000, 40_000)
ASKED = 2.5
"""Times the rows asked for, among which `likely_same` is measured: a million of 400,000."""
CLUSTERS = """
SELECT count(DISTINCT cluster)
FROM (SELECT ST_ClusterDBSCAN(geom, %s, 2) OVER () AS cluster FROM placed) AS found
"""
CALLS = 3_000


def run(rows: int, postgis: str = "yes") -> dict[str, Any]:
    """All of it; without `postgis` where no PostgreSQL is installed."""
    path = str(made_parquet(rows))
    first, again = (measured("benchmarks.dedup:ours", path=path) for _ in range(2))
    peers = {"sklearn DBSCAN": measured("benchmarks.dedup:by_dbscan", path=path).result}
    limit = peers["sklearn DBSCAN"] / DBSCAN_TIMES
    if postgis == "yes":
        peers["PostGIS ST_ClusterDBSCAN"] = measured("benchmarks.dedup:by_postgis", path=path).result
        limit = min(limit, peers["PostGIS ST_ClusterDBSCAN"] / POSTGIS_TIMES)
    best = min(first, again, key=lambda done: done.result["seconds"])
    asked = str(made_parquet(round(rows * ASKED)))
    return {
        "ours_s": best.result["seconds"],
        "peers": peers,
        "limit_s": round(limit, 2),
        "peak_mb": best.peak_mb,
        "growth": [_grown(round(rows * times)) for times in GROWTH],
        "corner": [measured("benchmarks.dedup:corner", rows=count).result for count in CORNER],
        "likely_same": measured("benchmarks.dedup:likely_same", path=asked).result,
    }


def _grown(rows: int) -> dict[str, Any]:
    """Seconds at so many rows, in all and for each n log n (in nanoseconds), and peak memory."""
    done = measured("benchmarks.dedup:ours", path=str(made_parquet(rows)))
    per = done.result["cpu_s"] / (rows * math.log2(rows))
    found: dict[str, Any] = {"rows": rows} | done.result
    return found | {"cpu_ns_per_n_log_n": round(per * 1e9, 1), "peak_mb": done.peak_mb}


def ours(path: str) -> dict[str, float]:
    """Seconds from the frame to episodes and problems, reading and coding the frame included."""
    frame = pd.read_parquet(path)
    return _grouped(frame)


def corner(rows: int) -> dict[str, float]:
    """The same with all reports on one corner, five minutes apart, none closed."""
    from tests.support.made import one_corner

    return {"rows": rows} | _grouped(one_corner(rows))


def _grouped(frame: pd.DataFrame) -> dict[str, float]:
    from geo.dedup.group import group
    from geo.dedup.parameters import load_parameters
    from geo.dedup.requests import read_requests

    parameters = load_parameters()
    start, cpu = time.perf_counter(), time.process_time()
    requests = read_requests(frame, parameters).requests
    reading = time.perf_counter() - start
    group(requests, parameters)
    seconds, cpu = time.perf_counter() - start, time.process_time() - cpu
    return {"seconds": round(seconds, 2), "reading_s": round(reading, 2), "cpu_s": round(cpu, 2)}


def by_dbscan(path: str) -> float:
    """Seconds of scikit-learn, from an array of points in radians."""
    from sklearn.cluster import DBSCAN  # type: ignore[import-untyped]

    from geo.projection import EARTH_RADIUS_M

    points = np.radians(_points(path)[["lat", "lon"]].to_numpy())
    start = time.perf_counter()
    DBSCAN(eps=RADIUS_M / EARTH_RADIUS_M, min_samples=2, metric="haversine", algorithm="ball_tree").fit(
        points
    )
    return round(time.perf_counter() - start, 2)


def by_postgis(path: str) -> float:
    """Seconds of PostGIS, from a table of points in metres."""
    import psycopg
    from pyproj import Transformer

    from tests.support.postgres import private_postgres

    points = _points(path)
    x, y = Transformer.from_crs(4326, 32188, always_xy=True).transform(points["lon"], points["lat"])
    with (
        private_postgres() as server,
        server.database() as url,
        psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection,
    ):
        connection.execute("CREATE TABLE point (x float8, y float8)")
        with connection.cursor().copy("COPY point FROM STDIN") as copy:
            for row in zip(x, y, strict=True):
                copy.write_row(row)
        connection.execute("CREATE TABLE placed AS SELECT ST_Point(x, y, 32188) AS geom FROM point")
        connection.execute("ANALYZE placed")
        start = time.perf_counter()
        connection.execute(CLUSTERS, [RADIUS_M])
        return round(time.perf_counter() - start, 2)


def _points(path: str) -> pd.DataFrame:
    return pd.read_parquet(Path(path), columns=["lat", "lon"]).dropna()


def likely_same(path: str) -> dict[str, float]:
    """Milliseconds of an answer, asked for reports like those that are there; and seconds to make the index."""
    from geo.dedup.group import group
    from geo.dedup.parameters import load_parameters
    from geo.dedup.rank import OpenIndex
    from geo.dedup.requests import read_requests

    frame, parameters = pd.read_parquet(path), load_parameters()
    read = read_requests(frame, parameters)
    requests = read.requests
    episode = requests.id[group(requests, parameters).episodes.episode]
    start = time.perf_counter()
    index = OpenIndex(read, frame, episode, parameters)
    index_s = time.perf_counter() - start
    rng = np.random.default_rng(311)
    taken = []
    for row in rng.choice(np.flatnonzero(requests.placed), CALLS):
        report = frame.iloc[read.order[row]]
        start = time.perf_counter()
        index.likely_same(
            (report["lat"], report["lon"]), report["activity"], report["opened_at"], label=report["label"]
        )
        taken.append((time.perf_counter() - start) * 1000)
    median, p99 = np.percentile(taken, [50, 99]).round(2)
    return {
        "rows": len(frame), "median_ms": float(median), "p99_ms": float(p99),
        "max_ms": round(max(taken), 2), "index_s": round(index_s, 2),
    }  # fmt: skip
