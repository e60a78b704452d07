"""The same KPIs by hand-written DuckDB SQL, on a native table in memory with ENUMs, of all rows.

It leaves out the intervals of durations (order statistics and survival), which SQL has no binomial ranks for;
those of rates are `mart.intervals`, as ours.
"""

from __future__ import annotations

from datetime import datetime
from functools import reduce

import duckdb
import pandas as pd

from benchmarks.support.kpi_peers import COLUMNS, LEVELS, TEXTS, Frames, with_rates

_SETS = "GROUP BY GROUPING SETS ((), (borough), (activity), (borough, activity))"
_KEYS = "borough, activity, GROUPING(borough, activity) AS level"
_LEVELS = {"rows": 0, "borough": 1, "activity": 2, "total": 3}
_DAYS = 86_400_000_000.0
_DURATIONS = ["median_days_to_close", "p90_days_to_close", "backlog_age_median", "cohort_median_days"]

_RECEIVED = """
CREATE OR REPLACE TEMP TABLE received AS
SELECT borough, activity, requesters, episode_id, parent_id, status IN ('cancelled', 'deleted') AS withdrawn,
    closed_at, due_at, ended_at, coalesce(ended_at <= $as_of, false) AS is_closed,
    greatest(epoch_us(if(is_closed, ended_at, $as_of)) - epoch_us(opened_at), 0) AS lasted
FROM facts WHERE opened_at BETWEEN $start AND $until AND coalesce(reopened_at, opened_at) <= $as_of
    AND (undone_at IS NULL OR undone_at > $as_of)
"""
_STATEMENTS = (
    f"""
SELECT {_KEYS}, count(*) AS received, sum(requesters)::BIGINT AS people, count(parent_id) AS duplicates,
    count(DISTINCT episode_id) AS episodes,
    count(*) FILTER (judged AND (is_closed OR due_at < $as_of)) AS judged,
    count(*) FILTER (judged AND is_closed AND ended_at <= due_at) AS on_time
FROM (SELECT *, NOT coalesce(is_closed AND withdrawn, false) AND due_at IS NOT NULL
    AND NOT (is_closed AND closed_at IS NULL) AS judged FROM received) AS fates {_SETS}
""",
    f"""
SELECT {_KEYS}, count(*) AS closed, count(*) FILTER (status = 'refused') AS refused,
    quantile_cont(lasted, [0.5, 0.9]) FILTER (done) AS days, days[1] / {_DAYS} AS median_days_to_close,
    days[2] / {_DAYS} AS p90_days_to_close,
    count(*) FILTER (done) AS median_days_to_close_n
FROM (SELECT borough, activity, status, status = 'done' AND closed_at IS NOT NULL AS done,
    greatest(epoch_us(ended_at) - epoch_us(opened_at), 0) AS lasted
    FROM facts WHERE ended_at BETWEEN $start AND $until) AS closed {_SETS}
""",
    f"SELECT {_KEYS}, count(*) AS reopenings FROM facts WHERE undone_at BETWEEN $start AND $until {_SETS}",
    f"""
SELECT {_KEYS}, count(*) AS backlog, count(*) FILTER (due_at < $until) AS overdue,
    count(*) FILTER (epoch_us(opened_at) + 30 * 86400000000 < epoch_us($until)) AS backlog_over_30d,
    quantile_cont(greatest(epoch_us($until) - epoch_us(opened_at), 0), 0.5) / {_DAYS} AS backlog_age_median
FROM facts WHERE coalesce(reopened_at, opened_at) <= $until
    AND (coalesce(ended_at, undone_at) IS NULL OR coalesce(ended_at, undone_at) > $until) {_SETS}
""",
    """
SELECT borough, activity, level, count(*) AS problems, count(*) FILTER (first <> last) AS recurring_problems
FROM (SELECT borough, activity, GROUPING(borough, activity) AS level, problem_id, min(episode_id) AS first,
    max(episode_id) AS last
    FROM facts WHERE opened_at BETWEEN $recent_from AND $until AND coalesce(reopened_at, opened_at) <= $as_of
        AND (undone_at IS NULL OR undone_at > $as_of) AND problem_id IS NOT NULL
    GROUP BY GROUPING SETS ((problem_id), (borough, problem_id), (activity, problem_id),
        (borough, activity, problem_id))) AS by_problem
GROUP BY ALL
""",
)


def _survival(level: str, keys: list[str]) -> str:
    shown = ", ".join(name if name in keys else f"NULL AS {name}" for name in ("borough", "activity"))
    window = f"OVER (PARTITION BY {', '.join(keys)} ORDER BY" if keys else "OVER (ORDER BY"
    whole = f"OVER (PARTITION BY {', '.join(keys)})" if keys else "OVER ()"
    return f"""
SELECT {shown}, {_LEVELS[level]} AS level, min(lasted) FILTER (log_s <= ln(0.5) + 1e-9) / {_DAYS}
    AS cohort_median_days, count(*) AS cohort_median_days_n
FROM (SELECT borough, activity, lasted, sum(step) {window} place) AS log_s
    FROM (SELECT borough, activity, lasted, place,
        if(is_closed, if(place = n, -1e9, ln(1 - 1 / (n - place + 1))), 0) AS step
        FROM (SELECT borough, activity, lasted, is_closed, count(*) {whole} AS n,
            row_number() {window} lasted, NOT is_closed) AS place
            FROM received WHERE NOT is_closed OR closed_at IS NOT NULL) AS placed) AS steps) AS curve
{f"GROUP BY {', '.join(keys)}" if keys else ""}
"""


def loaded_table(connection: duckdb.DuckDBPyConnection) -> None:
    """All rows in a native table `facts`, in order of opening."""
    connection.execute(f"CREATE TEMP TABLE raw AS SELECT {COLUMNS} FROM spells ORDER BY opened_at")
    connection.execute("UPDATE raw SET borough = 'unlocated' WHERE borough IS NULL")
    for name in TEXTS:
        values = f"SELECT DISTINCT {name} FROM raw WHERE {name} IS NOT NULL"
        connection.execute(f"CREATE TYPE {name}_type AS ENUM ({values})")
    columns = [f"{name}::{name}_type AS {name}" for name in TEXTS]
    rest = [name for name in COLUMNS.split(", ") if name not in TEXTS]
    connection.execute(f"CREATE TABLE facts AS SELECT {', '.join(columns + rest)} FROM raw")
    connection.execute("DROP TABLE raw")


def by_sql(
    connection: duckdb.DuckDBPyConnection, moments: dict[str, datetime], *, survival: bool = True
) -> Frames:
    """Numbers of every level, by name."""
    connection.execute(_RECEIVED, _bound(_RECEIVED, moments))
    asked = [_frame(connection, sql, moments) for sql in _STATEMENTS]
    if survival:
        curves = [_frame(connection, _survival(name, keys), {}) for name, keys in LEVELS.items()]
        asked.append(pd.concat(curves))
    return {name: _level(asked, name, keys) for name, keys in LEVELS.items()}


def _frame(connection: duckdb.DuckDBPyConnection, sql: str, moments: dict[str, datetime]) -> pd.DataFrame:
    found: pd.DataFrame = connection.sql(sql, params=_bound(sql, moments)).to_arrow_table().to_pandas()
    return found


def _bound(sql: str, moments: dict[str, datetime]) -> dict[str, datetime]:
    return {name: at for name, at in moments.items() if f"${name}" in sql}


def _level(asked: list[pd.DataFrame], name: str, keys: list[str]) -> pd.DataFrame:
    parts = []
    for answer in asked:
        here = answer[answer["level"] == _LEVELS[name]]
        index = pd.MultiIndex.from_frame(here[keys].astype(str)) if keys else pd.Index([0] * len(here))
        parts.append(
            here.drop(columns=["borough", "activity", "level", "days"], errors="ignore").set_index(index)
        )
    frame = reduce(lambda left, right: left.join(right, how="outer"), parts)
    counts = frame.columns.difference(_DURATIONS)
    frame[counts] = frame[counts].fillna(0)
    return with_rates(frame)
