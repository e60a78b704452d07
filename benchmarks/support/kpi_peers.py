"""The main KPIs by borough and activity, their margins and the total, as a pandas programmer would count them.

A frame in memory has the columns needed of all rows, texts as categories. Medians, order statistics and
Kaplan–Meier are NumPy's, group by group; formulas of intervals are `mart.intervals`, as ours.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import duckdb
import numpy as np
import pandas as pd

from mart import intervals

LEVELS: dict[str, list[str]] = {
    "total": [],
    "borough": ["borough"],
    "activity": ["activity"],
    "rows": ["borough", "activity"],
}
COLUMNS = (
    "borough, activity, status, opened_at, closed_at, ended_at, due_at, reopened_at, undone_at, "
    "requesters, episode_id, problem_id, parent_id"
)
TEXTS = ("borough", "activity", "status")
DAY_US = 86_400_000_000
REPEATS = 7

_NONE: Any = pd.Timedelta(0)

Frames = dict[str, pd.DataFrame]


def median_s(question: Callable[[], object], repeats: int = REPEATS) -> float:
    """Median time of a question, warm."""
    question()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        question()
        times.append(time.perf_counter() - start)
    return round(sorted(times)[repeats // 2], 4)


def with_rates(frame: pd.DataFrame) -> pd.DataFrame:
    """Rates and their intervals, from counts."""
    shares = {
        "on_time": ("on_time", "judged"),
        "refused": ("refused", "closed"),
        "duplicate": ("duplicates", "received"),
        "recurring": ("recurring_problems", "problems"),
    }
    made: dict[str, Any] = {}
    for stem, (part, whole) in shares.items():
        n = frame[whole].to_numpy(dtype=float)
        made |= _rate(f"{stem}_pct", stem, frame[part].to_numpy(dtype=float), n, intervals.wilson, 100)
    counts = {name: frame[name].to_numpy(dtype=float) for name in ("received", "closed", "reopenings")}
    made |= _rate("closure_rate", "closure_rate", counts["closed"], counts["received"], intervals.ratio, 1)
    made |= _rate("reopened_pct", "reopened", counts["reopenings"], counts["closed"], intervals.ratio, 100)
    episodes = frame["episodes"].to_numpy(dtype=float)
    made["reports_per_problem"] = _divided(frame["people"].to_numpy(dtype=float), episodes)
    made["reports_per_problem_n"] = episodes
    return frame.assign(**made)


def _rate(code: str, stem: str, part: Any, whole: Any, bounds: Any, scale: float) -> dict[str, Any]:
    low, high = bounds(part, whole)
    return {
        code: _divided(part, whole) * scale,
        f"{stem}_n": whole,
        f"{stem}_low": low * scale,
        f"{stem}_high": high * scale,
    }


def _divided(part: Any, whole: Any) -> Any:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(whole > 0, part / whole, np.nan)


def loaded_frame(connection: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """All rows, ready for `by_pandas`."""
    frame: pd.DataFrame = connection.sql(f"SELECT {COLUMNS} FROM spells").to_arrow_table().to_pandas()
    frame["borough"] = frame["borough"].fillna("unlocated")
    for name in TEXTS:
        frame[name] = frame[name].astype("category")
    return frame


def by_pandas(all_: pd.DataFrame, moments: dict[str, datetime]) -> Frames:
    """Numbers of every level, by name."""
    start, until, as_of, recent = (
        pd.Timestamp(moments[n]) for n in ("start", "until", "as_of", "recent_from")
    )
    begins = all_["reopened_at"].fillna(all_["opened_at"])
    current = (begins <= as_of) & ~(all_["undone_at"] <= as_of)
    received = all_[all_["opened_at"].between(start, until) & current]
    received = received.assign(**_fates(received, as_of))
    closed = all_[all_["ended_at"].between(start, until)]
    done = closed[(closed["status"] == "done") & closed["closed_at"].notna()]
    gone = all_["ended_at"].fillna(all_["undone_at"])
    backlog = all_[(begins <= until) & ~(gone <= until)]
    ages = (until - backlog["opened_at"]).clip(lower=_NONE)
    backlog = backlog.assign(
        overdue=backlog["due_at"] < until,
        old=backlog["opened_at"] + pd.Timedelta(days=30) < until,
        age=_us(ages),
    )
    active = all_[all_["opened_at"].between(recent, until) & current & all_["problem_id"].notna()]
    rows = {
        "received": received,
        "closed": closed.assign(refused=closed["status"] == "refused"),
        "done": done.assign(lasted=_us((done["ended_at"] - done["opened_at"]).clip(lower=_NONE))),
        "reopened": all_[all_["undone_at"].between(start, until)],
        "backlog": backlog,
        "active": active,
    }
    return {name: _pandas_level(rows, keys) for name, keys in LEVELS.items()}


def _us(spans: pd.Series[Any]) -> Any:
    return spans.to_numpy().astype("timedelta64[us]").astype(np.int64)


def _fates(received: pd.DataFrame, as_of: pd.Timestamp) -> dict[str, Any]:
    ended, due = received["ended_at"], received["due_at"]
    is_closed = ended <= as_of
    withdrawn = is_closed & received["status"].isin(["cancelled", "deleted"])
    unknown = is_closed & received["closed_at"].isna()
    judged = ~withdrawn & ~unknown & due.notna()
    on_time = judged & is_closed & (ended <= due)
    lasted = (ended.where(is_closed, as_of) - received["opened_at"]).clip(lower=_NONE)
    return {
        "on_time": on_time,
        "judged": on_time | (judged & is_closed) | (judged & (due < as_of)),
        "duplicate": received["parent_id"].notna(),
        "lasted": _us(lasted),
        "is_closed": is_closed,
        "known": ~unknown,
    }


def _pandas_level(rows: dict[str, pd.DataFrame], keys: list[str]) -> pd.DataFrame:
    received, active = rows["received"], rows["active"]
    by = {name: _grouped(frame, keys) for name, frame in rows.items()}
    sums = by["received"][["on_time", "judged", "duplicate", "requesters"]].sum()
    found = {
        "received": by["received"].size(),
        "on_time": sums["on_time"],
        "judged": sums["judged"],
        "duplicates": sums["duplicate"],
        "people": sums["requesters"],
        "episodes": _grouped(received.drop_duplicates([*keys, "episode_id"]), keys).size(),
        "closed": by["closed"].size(),
        "refused": by["closed"]["refused"].sum(),
        "reopenings": by["reopened"].size(),
        "backlog": by["backlog"].size(),
        "overdue": by["backlog"]["overdue"].sum(),
        "backlog_over_30d": by["backlog"]["old"].sum(),
    }
    different = active.drop_duplicates([*keys, "problem_id", "episode_id"])
    problems = different.groupby([*keys, "problem_id"], observed=True).size().reset_index(name="times")
    found["problems"] = _grouped(problems, keys).size()
    found["recurring_problems"] = _grouped(problems[problems["times"] > 1], keys).size()
    frame = pd.DataFrame(found).fillna(0)
    durations = pd.DataFrame.from_dict(dict(_durations(by)), orient="index")
    durations = durations.reindex(frame.index)
    measured = durations.columns[durations.columns.str.endswith("_n")]
    durations[measured] = durations[measured].fillna(0)
    return with_rates(frame.join(durations))


def _grouped(frame: pd.DataFrame, keys: list[str]) -> Any:
    return frame.groupby(keys or np.zeros(len(frame), dtype=np.int8), observed=True)


def _durations(by: dict[str, Any]) -> Iterator[tuple[Any, dict[str, float]]]:
    found: dict[Any, dict[str, float]] = {}
    for key, done in by["done"]["lasted"]:
        lasted = np.sort(done.to_numpy())
        of = found.setdefault(_key(key), {})
        of |= _quantile(lasted, 0.5, "median_days_to_close") | _quantile(lasted, 0.9, "p90_days_to_close")
    for key, ages in by["backlog"]["age"]:
        found.setdefault(_key(key), {}).update(_quantile(np.sort(ages.to_numpy()), 0.5, "backlog_age_median"))
    for key, rows in by["received"][["lasted", "is_closed", "known"]]:
        known = rows["known"].to_numpy()
        lasted, closed = rows["lasted"].to_numpy()[known], rows["is_closed"].to_numpy()[known]
        found.setdefault(_key(key), {}).update(_kaplan_meier(lasted, closed))
    yield from found.items()


def _key(key: Any) -> Any:
    return key[0] if isinstance(key, tuple) and len(key) == 1 else key


def _quantile(ordered: Any, q: float, code: str) -> dict[str, float]:
    low, high = (int(rank[0]) for rank in intervals.quantile_ranks(np.array([float(len(ordered))]), q))
    return {
        code: float(np.quantile(ordered, q)) / DAY_US,
        f"{code}_n": len(ordered),
        f"{code}_low": ordered[low - 1] / DAY_US if low >= 1 else np.nan,
        f"{code}_high": ordered[high - 1] / DAY_US if high <= len(ordered) else np.nan,
    }


def _kaplan_meier(lasted: Any, closed: Any) -> dict[str, float]:
    order = np.argsort(lasted * 2 + ~closed)
    times, event = lasted[order], closed[order]
    at_risk = np.arange(len(times), 0, -1)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        log_s = np.cumsum(np.where(event, np.log1p(-1 / at_risk), 0))
        error = np.sqrt(np.cumsum(np.where(event, 1 / (at_risk * (at_risk - 1.0)), 0))) / np.abs(log_s)
        error = np.nan_to_num(error, nan=0.0)  # none has ended yet, or all have
        bounds = [log_s, log_s * np.exp(intervals.Z * error), log_s * np.exp(-intervals.Z * error)]
    values = [_first_half(times, bound) for bound in bounds]
    names = ("cohort_median_days", "cohort_median_days_low", "cohort_median_days_high")
    return dict(zip(names, values, strict=True)) | {"cohort_median_days_n": len(times)}


def _first_half(times: Any, log_s: Any) -> float:
    reached = np.flatnonzero(log_s <= np.log(0.5) + 1e-9)
    return float(times[reached[0]]) / DAY_US if len(reached) else np.nan
