"""Quality on labelled requests: does this request repeat an earlier one, and which?

Labels: `duplicate` (0 or 1) and `parent_id`, the request that a clerk named. Only requests that can be
placed are judged, from a day on if asked; earlier ones may be their parents. A parent counts if it is in
the file and placed. One that was opened after its duplicate counts too, and is always missed by the ranks:
nobody can be shown a report that is still to come (`parents_later` says how many).
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from domain.errors import InputRefused
from geo.dedup.episodes import make_episodes
from geo.dedup.group import Grouping
from geo.dedup.parameters import Parameters
from geo.dedup.problems import make_problems
from geo.dedup.requests import Requests, read_requests
from geo.dedup.scores import ANY_SCORE, Links, find_links
from geo.dedup.truths import agreement, f1

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

FIRST = (1, 3, 5)
NOWHERE = 1 << 30
SWEEP_BITS = np.arange(-8.0, 8.01, 0.5)
PLATEAU_BITS = 0.5
STEP_BITS = 0.02
TRUTHS = ("episode_id", "problem_id")


@dataclass(frozen=True, slots=True, eq=False)
class Labels:
    """What clerks said of each request."""

    duplicate: Flags
    parent: Integers
    """Position of the named parent; -1 where there is none, or it is not among the requests."""


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """Everything that the numbers are made of."""

    requests: Requests
    labels: Labels
    links: Links
    grouping: Grouping
    counted: Flags
    activity: NDArray[Any]
    left_out: dict[str, int]
    """Requests that cannot be judged, or were mended, by reason: see `requests.Read.ungrouped`."""


def evaluate(
    frame: pd.DataFrame,
    parameters: Parameters,
    since: str | pd.Timestamp | None = None,
    *,
    sweep: bool = False,
) -> dict[str, Any]:
    """Numbers of `vigie dedup evaluate` for a frame of labelled requests.

    Raises:
        InputRefused: a column is missing or cannot be read.
    """
    started = time.perf_counter()
    judged = judge(frame, parameters, since)
    seconds = time.perf_counter() - started
    counted = judged.counted
    found = quality(judged, counted) | {"left_out": judged.left_out, "seconds": round(seconds, 3)}
    names = pd.Series(judged.activity[counted])
    found["by_activity"] = {
        str(name): quality(judged, counted & (judged.activity == name)) for name in names.value_counts().index
    }
    found |= _truth(frame, judged)
    if sweep:
        found["sweep"] = sweep_curve(judged, parameters)
    return found


def judge(frame: pd.DataFrame, parameters: Parameters, since: str | pd.Timestamp | None = None) -> Judged:
    """Group labelled requests."""
    read = read_requests(frame, parameters, int(time.time()))
    requests = read.requests
    labels = read_labels(frame, requests)
    links = find_links(requests, parameters, ANY_SCORE)
    episodes = make_episodes(requests, links, parameters)
    grouping = Grouping(episodes, make_problems(requests, episodes, parameters))
    counted = requests.placed & (requests.opened_s >= _seconds(since))
    activity = frame["activity"].to_numpy()[read.order]
    return Judged(requests, labels, links, grouping, counted, activity, read.ungrouped)


def read_labels(frame: pd.DataFrame, requests: Requests) -> Labels:
    """Labels in the order of the requests.

    Raises:
        InputRefused: `duplicate` is missing, or is not 0 or 1.
    """
    if "duplicate" not in frame.columns:
        raise InputRefused("The labelled requests have no column duplicate.")
    rows = frame.set_index("id").loc[requests.id]
    duplicate = pd.to_numeric(rows["duplicate"], errors="coerce").to_numpy(dtype=np.float64)
    if not np.isin(duplicate, (0.0, 1.0)).all():
        raise InputRefused("Column duplicate has a value that is not 0 or 1.")
    parent = np.full(len(requests), -1, dtype=np.int64)
    if "parent_id" in frame.columns:
        at = pd.Series(np.arange(len(requests)), index=pd.Index(requests.id))
        named = rows["parent_id"].astype(object).to_numpy()
        parent = at.reindex(named).fillna(-1).to_numpy(dtype=np.int64)
    return Labels(duplicate == 1, parent)


def request_scores(rows: int, links: Links) -> Floats:
    """Margin of the best link of each request; -inf where it has none."""
    best = np.full(rows, -np.inf)
    np.maximum.at(best, links.later, links.margin_bits)
    return best


def quality(judged: Judged, counted: Flags) -> dict[str, Any]:
    """The numbers over the requests that count."""
    labels, episode = judged.labels, judged.grouping.episodes.episode
    flagged = episode != np.arange(len(episode))
    true, said = labels.duplicate & counted, flagged & counted
    hits = int((true & said).sum())
    precision = hits / max(int(said.sum()), 1)
    recall = hits / max(int(true.sum()), 1)
    score = request_scores(len(episode), judged.links)
    return {
        "rows": int(counted.sum()),
        "duplicates": int(true.sum()),
        "flagged": int(said.sum()),
        "precision": precision,
        "recall": recall,
        "f1": f1(precision, recall),
        "average_precision": average_precision(score[counted], labels.duplicate[counted]),
    } | _parents(judged, counted)


def _parents(judged: Judged, counted: Flags) -> dict[str, Any]:
    """Where the named parents are."""
    labels, episode = judged.labels, judged.grouping.episodes.episode
    parent = labels.parent
    named = np.flatnonzero(counted & (parent >= 0) & judged.requests.placed[parent])
    rank = parent_ranks(judged.links, parent)[named]
    same = episode[named] == episode[parent[named]]
    return {
        "parents": len(named),
        "parents_later": int((parent[named] > named).sum()),
        "parent_same_episode": float(same.mean()) if len(named) else 0.0,
        **{f"parent_at_{k}": float((rank < k).mean()) if len(named) else 0.0 for k in FIRST},
    }


def parent_ranks(links: Links, parent: Integers) -> Integers:
    """Rank of each request's parent among what it was compared with, from 0; `NOWHERE` if it was not."""
    rank = np.full(len(parent), NOWHERE, dtype=np.int64)
    starts = np.searchsorted(links.later, links.later, side="left")
    is_parent = parent[links.later] == links.earlier
    rank[links.later[is_parent]] = np.flatnonzero(is_parent) - starts[is_parent]
    return rank


def average_precision(score: Floats, true: Flags) -> float:
    """Mean precision at each true one, the best score first; equal scores are taken together."""
    total = int(true.sum())
    if not total:
        return 0.0
    order = np.argsort(-score, kind="stable")
    ends = np.flatnonzero(_changes(score[order]))
    hits = np.cumsum(true[order])[ends]
    gained = np.diff(hits, prepend=0)
    return float((gained * hits / (ends + 1)).sum() / total)


def best_threshold(score: Floats, true: Flags) -> float:
    """The score from which on F1 is highest, as a mean over `PLATEAU_BITS` to both sides: no lone peak."""
    finite = np.sort(score[np.isfinite(score)])
    if not len(finite):
        return 0.0
    steps = np.arange(finite[0] - PLATEAU_BITS, finite[-1] + PLATEAU_BITS, STEP_BITS)
    said = len(finite) - np.searchsorted(finite, steps)
    hits = int(true[np.isfinite(score)].sum()) - np.searchsorted(
        np.sort(score[true & np.isfinite(score)]), steps
    )
    wide = 2 * round(PLATEAU_BITS / STEP_BITS) + 1
    mean = np.convolve(2 * hits / np.maximum(said + true.sum(), 1), np.ones(wide) / wide, mode="same")
    return float(steps[int(np.argmax(mean))])


def sweep_curve(judged: Judged, parameters: Parameters) -> list[dict[str, float]]:
    """Precision, recall and F1 at thresholds from 8 bits under to 8 bits over the frozen ones."""
    curve = []
    for bits in SWEEP_BITS:
        links = judged.links.take(judged.links.margin_bits >= bits)
        moved = Links(links.later, links.earlier, links.score_bits, links.margin_bits - bits, links.crowd)
        episodes = make_episodes(judged.requests, moved, parameters)
        said = (episodes.episode != np.arange(len(episodes.episode))) & judged.counted
        true = judged.labels.duplicate & judged.counted
        hits = int((said & true).sum())
        precision, recall = hits / max(int(said.sum()), 1), hits / max(int(true.sum()), 1)
        curve.append(
            {"bits": float(bits), "flagged": int(said.sum()), "precision": precision, "recall": recall}
            | {"f1": f1(precision, recall)}
        )
    return curve


def _truth(frame: pd.DataFrame, judged: Judged) -> dict[str, Any]:
    """Agreement with the true episodes and problems, where the frame has them."""
    found: dict[str, Any] = {}
    ours = {"episode_id": judged.grouping.episodes.episode, "problem_id": judged.grouping.problem}
    rows = frame.set_index("id").loc[judged.requests.id] if set(TRUTHS) & set(frame.columns) else frame
    for name in TRUTHS:
        if name in frame.columns:
            true = rows[name].to_numpy()[judged.counted]
            prefix = name.removesuffix("_id")
            numbers = agreement(ours[name][judged.counted], true)
            found |= {f"{prefix}_{key}": value for key, value in numbers.items()}
    return found


def _seconds(since: str | pd.Timestamp | None) -> int:
    if since is None:
        return -(1 << 62)
    moment = pd.Timestamp(since)
    return int((moment.tz_localize("UTC") if moment.tzinfo is None else moment).timestamp())


def _changes(ordered: Floats) -> Flags:
    """Where the next value is another one; the last entry always."""
    return np.append(ordered[1:] != ordered[:-1], np.ones(min(len(ordered), 1), dtype=bool))
