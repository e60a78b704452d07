"""All main KPIs by borough and activity over 12 months, beside pandas and beside hand-written DuckDB SQL.

Each part in a process of its own, warm, median of 7. Peers hold the columns needed of all rows in memory
(`support.kpi_peers`, `support.kpi_sql`) and have to give the same numbers for the same cells, margins and total.
Beside that: one KPI card each, the first page of lists behind numbers, and the same questions on a store of the
last 30 months only: time grows with the period and not with the age of the store.
"""

import json
import math
import os
import shutil
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from benchmarks.build import stored
from benchmarks.support.data import FOLDER
from benchmarks.support.measure import measured

ROWS = 200_000
LIMIT_S = 0.150
CARD_LIMIT_S = 0.040
LIST_LIMIT_S = 0.060
PANDAS_TIMES = 3.0
"""Ours has to be at least this many times as fast as pandas."""
SQL_TIMES = 2.5
"""Ours may take at most this many times as long as the SQL."""
YOUNG_MONTHS = 30
DAYS = 365
BEHIND = (
    ("on_time_pct", "numerator"),
    ("on_time_pct", "denominator"),
    ("backlog", "numerator"),
    ("closed", "numerator"),
)
CLOSE = 1e-9
"""Relative difference that counts as the same number: sums of logarithms round in another order."""


def run(rows: int) -> dict[str, Any]:
    """Measure everything on a mart of `rows` requests; it is made once and kept in var/bench."""
    mart = made_mart(rows)
    ours = measured("benchmarks.kpi:ours", mart=str(mart), answer=str(_answer("ours")))
    pandas = measured("benchmarks.kpi:pandas", mart=str(mart), answer=str(_answer("pandas")))
    sql = measured("benchmarks.kpi:sql", mart=str(mart), answer=str(_answer("sql")))
    again = measured("benchmarks.kpi:ours", mart=str(mart), answer=str(_answer("ours")))
    young = measured("benchmarks.kpi:ages", mart=str(younger(mart)))
    best = min(ours.result["seconds"], again.result["seconds"])
    peers = {"pandas": pandas.result["seconds"], "DuckDB SQL": sql.result["seconds"]}
    return {
        "ours_s": best,
        "peers": peers,
        "limit_s": LIMIT_S,
        "peak_mb": ours.peak_mb,
        "times_pandas": round(peers["pandas"] / best, 1),
        "times_pandas_asked": PANDAS_TIMES,
        "of_sql": round(best / peers["DuckDB SQL"], 2),
        "of_sql_asked": SQL_TIMES,
        "sql_without_survival_s": sql.result["without_survival_s"],
        "same_numbers": same({name: _answer(name) for name in ("ours", "pandas", "sql")}),
        "pandas_peak_mb": pandas.peak_mb,
        "sql_peak_mb": sql.peak_mb,
        "first_s": ours.result["first_s"],
        "card_limit_s": CARD_LIMIT_S,
        **_best(ours.result["cards"], again.result["cards"], "card"),
        "list_limit_s": LIST_LIMIT_S,
        **_best(ours.result["lists"], again.result["lists"], "list"),
        "growth": {
            "all": measured("benchmarks.kpi:ages", mart=str(mart)).result,
            f"last {YOUNG_MONTHS} months": young.result,
        },
    }


def _best(one: dict[str, float], other: dict[str, float], name: str) -> dict[str, Any]:
    times = {of: min(one[of], other[of]) for of in one}
    worst = max(times, key=lambda of: times[of])
    middle = sorted(times.values())[len(times) // 2]
    return {f"{name}_median_s": middle, f"{name}_worst_s": times[worst], f"{name}_worst": worst}


def ours(mart: str, answer: str) -> dict[str, Any]:
    """Seconds of the table, of every card and of every list."""
    from benchmarks.support.kpi_peers import median_s
    from mart.kpis import MAIN
    from mart.memory import keep_freed_memory
    from mart.questions.kpi import kpis
    from mart.snapshot import open_mart

    keep_freed_memory()
    with open_mart(mart) as opened:
        year, at = _asked(opened)
        start = time.perf_counter()
        table = kpis(opened, year, at, MAIN, ["borough", "activity"])
        first = time.perf_counter() - start
        _keep(answer, {"rows": table.rows, **table.margins, "total": table.total})
        return {
            "seconds": median_s(lambda: kpis(opened, year, at, MAIN, ["borough", "activity"])),
            "first_s": round(first, 3),
            "cards": {code: median_s(_card(opened, year, at, code)) for code in MAIN},
            "lists": {f"{c} {p}": median_s(_list(opened, year, at, c, p)) for c, p in BEHIND},
        }


def _card(opened: Any, year: Any, at: Any, code: str) -> Callable[[], object]:
    from mart.questions.kpi import kpis

    return lambda: kpis(opened, year, at, [code])


def _list(opened: Any, year: Any, at: Any, code: str, part: Any) -> Callable[[], object]:
    from mart.questions.behind import requests_behind

    return lambda: requests_behind(opened, code, part, year, at)


def ages(mart: str) -> dict[str, Any]:
    """Seconds of the same question over 12 months and over one, and how many requests the store has."""
    from benchmarks.support.kpi_peers import median_s
    from mart.filters import Filters
    from mart.kpis import MAIN
    from mart.memory import keep_freed_memory
    from mart.questions.kpi import kpis
    from mart.snapshot import open_mart

    keep_freed_memory()
    with open_mart(mart) as opened:
        year, at = _asked(opened)
        month = Filters(year.end - timedelta(days=29), year.end)
        month_s = median_s(lambda: kpis(opened, month, at, MAIN, ["borough", "activity"]))
        year_s = median_s(lambda: kpis(opened, year, at, MAIN, ["borough", "activity"]))
        return {"requests": opened.requests_count, "month_s": month_s, "year_s": year_s}


def pandas(mart: str, answer: str) -> dict[str, Any]:
    """Seconds of pandas."""
    from benchmarks.support.kpi_peers import by_pandas, loaded_frame, median_s
    from mart.snapshot import open_mart

    with open_mart(mart) as opened:
        moments = _moments(*_asked(opened))
        frame = loaded_frame(opened.cursor())
    _keep(answer, by_pandas(frame, moments))
    return {"seconds": median_s(lambda: by_pandas(frame, moments))}


def sql(mart: str, answer: str) -> dict[str, Any]:
    """Seconds of hand-written SQL."""
    from benchmarks.support.kpi_peers import median_s
    from benchmarks.support.kpi_sql import by_sql, loaded_table
    from mart.snapshot import open_mart

    with open_mart(mart) as opened:
        moments = _moments(*_asked(opened))
        connection = opened.cursor()
        loaded_table(connection)
        _keep(answer, by_sql(connection, moments))
        return {
            "seconds": median_s(lambda: by_sql(connection, moments)),
            "without_survival_s": median_s(lambda: by_sql(connection, moments, survival=False)),
        }


def _asked(opened: Any) -> tuple[Any, Any]:
    """The 12 months to the newest event, seen at its time: the same for all who ask."""
    from mart.filters import Filters

    at = opened.newest_event_at
    return Filters(at.date() - timedelta(days=DAYS - 1), at.date()), at


def _moments(year: Any, at: Any) -> dict[str, Any]:
    from mart.cuts import recent_from

    moments: dict[str, Any] = year.period_values(at)
    return moments | {"as_of": at, "recent_from": recent_from(moments["until"])}


def _answer(name: str) -> Path:
    return FOLDER / f"kpi-answer-{name}.json"


def _keep(path: str, frames: dict[str, Any]) -> None:
    """Numbers by level, cell and column, for `same`."""
    from benchmarks.support.kpi_peers import LEVELS

    kept: dict[str, Any] = {}
    for name, keys in LEVELS.items():
        frame = frames[name]
        if not hasattr(frame, "columns"):
            kept[name] = {"": dict(frame)}
            continue
        by = frame.set_index(keys) if keys and keys[0] in frame.columns else frame
        numbers = by.astype(float).to_dict("index")
        # A cell in which nothing counts may be there or not.
        kept[name] = {
            " ".join(cell) if isinstance(cell, tuple) else str(cell): of
            for cell, of in numbers.items()
            if any(value == value and value for value in of.values())  # noqa: PLR0124 - NaN
        }
        if not keys:
            kept[name] = {"": next(iter(numbers.values()))}
    Path(path).write_text(json.dumps(kept), "utf-8")


def same(paths: dict[str, Path]) -> int:
    """How many numbers of ours the peers have too.

    Raises:
        RuntimeError: one of them is another number, or one peer has other cells.
    """
    ours, *others = (json.loads(path.read_text("utf-8")) for path in paths.values())
    compared = 0
    for name, other in zip(list(paths)[1:], others, strict=True):
        for level, cells in ours.items():
            if cells.keys() != other[level].keys():
                missing = {c: cells.get(c, other[level].get(c)) for c in cells.keys() ^ other[level].keys()}
                raise RuntimeError(f"{name} has other cells: {missing}")
            for cell, numbers in cells.items():
                for column in numbers.keys() & other[level][cell].keys():
                    one, two = numbers[column], other[level][cell][column]
                    if not (math.isclose(one, two, rel_tol=CLOSE) or (math.isnan(one) and math.isnan(two))):
                        raise RuntimeError(f"{column} of {level} {cell}: ours {one}, {name} {two}")
                    compared += 1
    return compared


def made_mart(rows: int) -> Path:
    """A mart of so many requests, built anew where the one that was kept cannot be read any more."""
    from domain.errors import MartMissing
    from mart.snapshot import open_mart

    store, mart = stored(rows), FOLDER / f"kpi-mart-{rows}"
    try:
        open_mart(mart).close()
    except MartMissing:
        shutil.rmtree(mart, ignore_errors=True)
        measured("benchmarks.build:full", store=str(store), mart=str(mart))
    return mart


def younger(mart: Path) -> Path:
    """The same mart, of a city that began 30 months ago: only the files of the last months, all linked."""
    from mart.layout import CURRENT, MANIFEST, current_version, read_manifest

    version = current_version(mart) or ""
    young = mart.with_name(f"{mart.name}-young")
    shutil.rmtree(young, ignore_errors=True)
    shutil.copytree(mart / version, young / version, copy_function=os.link)
    manifest = read_manifest(mart / version)
    files = dict(list(manifest.files.items())[-YOUNG_MONTHS:])
    kept = manifest.model_copy(update={"files": files, "requests": sum(file.rows for file in files.values())})
    (young / version / MANIFEST).unlink()
    (young / version / MANIFEST).write_text(kept.model_dump_json(), "utf-8")
    (young / CURRENT).write_text(version, "ascii")
    return young
