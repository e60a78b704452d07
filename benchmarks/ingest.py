"""Loading a published file into an empty store, beside pandas and beside the bare limit.

Peers in the same run, each in a process of its own:
- pandas: `read_csv` and `to_sql` of the same columns into SQLite, nothing parsed, placed or checked;
- bare limit: DuckDB's `read_csv` and `sqlite3.executemany` of as many columns as a request has.
"""

import shutil
import sqlite3
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.support.data import city_csv
from benchmarks.support.measure import measured

ROWS = 200_000
PANDAS_TIMES = 2.5
"""Ours has to be at least this many times as fast as pandas."""
BARE_TIMES = 3.0
"""Ours may take at most this many times the bare limit."""


def run(rows: int, postgis: str = "yes") -> dict[str, Any]:
    """Seconds and peak memory of `vigie ingest` on SQLite, on PostGIS, and of the peers."""
    path = str(city_csv(rows))
    ours = measured("benchmarks.ingest:ours", path=path)
    pandas = measured("benchmarks.ingest:by_pandas", path=path)
    bare = measured("benchmarks.ingest:bare", path=path)
    again = measured("benchmarks.ingest:ours", path=path)
    best = min(ours.result, again.result)
    found = {
        "ours_s": best,
        "peers": {"pandas to_sql": pandas.result, "duckdb + executemany": bare.result},
        "limit_s": round(min(pandas.result / PANDAS_TIMES, bare.result * BARE_TIMES), 2),
        "peak_mb": max(ours.peak_mb, again.peak_mb),
    }
    if postgis == "yes":
        on_postgis = measured("benchmarks.ingest:ours_on_postgis", path=path)
        found |= {"postgis_s": on_postgis.result, "postgis_peak_mb": on_postgis.peak_mb}
    return found


def ours(path: str) -> float:
    """Seconds of our ingest into a new SQLite file."""
    folder = Path(tempfile.mkdtemp(prefix="vigie-bench-"))
    try:
        return _ingested(f"sqlite:///{folder}/vigie.db", path)
    finally:
        shutil.rmtree(folder)


def ours_on_postgis(path: str) -> float:
    """Seconds of our ingest into a new database of a private PostgreSQL."""
    from tests.support.postgres import private_postgres

    with private_postgres() as server, server.database() as url:
        return _ingested(url, path)


def _ingested(url: str, path: str) -> float:
    from domain.settings import Settings
    from etl.ingest import ingest
    from store.engine import open_store

    open_store(url).dispose()
    start = time.perf_counter()
    ingest(Settings(store=url), "montreal", [path])
    return round(time.perf_counter() - start, 2)


def by_pandas(path: str) -> float:
    """Seconds of pandas: the published columns as they are, from CSV into a SQLite table."""
    import pandas as pd
    from sqlalchemy import create_engine

    with tempfile.TemporaryDirectory() as folder:
        engine = create_engine(f"sqlite:///{folder}/pandas.db")
        start = time.perf_counter()
        pd.read_csv(path, dtype=str).to_sql("request", engine, index=False)
        seconds = time.perf_counter() - start
        engine.dispose()
    return round(seconds, 2)


def bare(path: str) -> float:
    """Seconds of the least that can be done: read text, write as many columns as ours, no index."""
    import duckdb

    from store.schema import request

    columns = len(request.c) - 1
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        found = duckdb.connect().execute("SELECT * FROM read_csv(?, all_varchar = true)", [path])
        width = len(found.description)
        kept = columns - width
        connection = sqlite3.connect(f"{folder}/bare.db")
        connection.execute(f"CREATE TABLE request ({', '.join(f'c{i}' for i in range(columns))})")
        insert = f"INSERT INTO request VALUES ({', '.join('?' * columns)})"
        while chunk := found.fetchmany(50_000):
            connection.executemany(insert, (row + row[:kept] for row in chunk))
        connection.commit()
        seconds = time.perf_counter() - start
        connection.close()
    return round(seconds, 2)
