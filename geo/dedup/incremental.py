"""Grouping again only where something changed, with the same result as grouping everything.

A request's group depends on those that it may be linked with, on those that these may be linked with, and on
nobody else. So from the changed requests, and all that could be compared with them, the set is grown along
possible links until nothing is added; it is grouped alone, and everybody else keeps what they have.

State between builds is only the last result (the frame that `Grouping.frame` gives) and, of the requests
that changed or went, their rows as they were.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas.api.types import union_categoricals

from geo.dedup.buckets import Buckets, Near, make_buckets, spread
from geo.dedup.candidates import MOST_PER_BUCKET, candidate_pairs, neighbours
from geo.dedup.decisions import NO_DECISIONS, Decisions, read_decisions
from geo.dedup.episodes import make_episodes
from geo.dedup.group import Grouping
from geo.dedup.parameters import Parameters
from geo.dedup.problems import MOST_EPISODES, make_problems
from geo.dedup.requests import NEVER, Requests, read_requests
from geo.dedup.scores import Links, find_links
from geo.dedup.squares import Squares

Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Regrouped:
    """All requests' groups as they are now."""

    groups: pd.DataFrame
    """As `Grouping.frame`."""

    again: NDArray[Any]
    """Ids of the requests that were looked at again."""


def regroup(
    now: pd.DataFrame,
    before: pd.DataFrame,
    added: set[object],
    previous: pd.DataFrame,
    parameters: Parameters,
    decisions: pd.DataFrame | None = None,
    decided: set[object] = frozenset(),  # type: ignore[assignment]
) -> Regrouped:
    """Groups of requests, after some were added, changed or removed, or people decided something.

    The requests are all, or those around what changed (`surroundings`): then the groups of those looked at
    again (`Regrouped.again`) are right if everybody whom they could be compared with is among the requests,
    and everybody of their problems.

    Args:
        now: the requests, the columns of `read_requests`.
        before: the requests that changed or were removed, as they were.
        added: ids that were not there before.
        previous: the last result.
        parameters: those of the last result; with others, group everything.
        decisions: all of them, old and new (`id_a`, `id_b`, `same`).
        decided: ids that a decision made or taken back since then is about.
    """
    was = before.assign(id=_other_ids(now["id"], len(before)))
    all_ = read_requests(_stacked(now, was) if len(was) else now, parameters).requests
    is_was = np.isin(all_.id, was["id"].to_numpy())
    changed = pd.Index(all_.id).isin([*added, *before["id"], *decided])
    start = affected(all_, changed | is_was, parameters) | changed
    requests = all_.take(~is_was) if len(was) else all_
    told = NO_DECISIONS if decisions is None else read_decisions(decisions, requests.id)[0]
    at = pd.Index(previous["id"]).get_indexer(requests.id)
    # The last entry, -1, is for those that were not there.
    codes = np.append(pd.factorize(previous["problem"])[0], -1)
    problem = codes[at]
    # Of those that went only the last result knows who was with them.
    with_them = codes[:-1][previous["id"].isin(before["id"]).to_numpy()]
    start = start[~is_was] | (at < 0) | np.isin(problem, with_them[with_them >= 0])
    again = grow(requests, start, problem, parameters, told)
    fresh = _group_part(requests, again, parameters, told)
    return Regrouped(_merged(requests, previous.iloc[at[~again]], fresh, again), requests.id[again])


def _merged(requests: Requests, kept: pd.DataFrame, fresh: pd.DataFrame, again: Flags) -> pd.DataFrame:
    """What is kept and what is new, in the order of the requests, with the types of what is new."""
    both = pd.concat([kept[fresh.columns].astype(fresh.dtypes), fresh], ignore_index=True)
    order = np.empty(len(requests), dtype=np.int64)
    order[np.concatenate([np.flatnonzero(~again), np.flatnonzero(again)])] = np.arange(len(requests))
    return both.take(order).reset_index(drop=True)


def _stacked(now: pd.DataFrame, was: pd.DataFrame) -> pd.DataFrame:
    """One frame under the other; texts that come as categories stay so (else a million are made text again)."""
    columns = {}
    for name in now.columns:
        above, below = now[name], was[name]
        if isinstance(above.dtype, pd.CategoricalDtype):
            columns[name] = _categories_stacked(above, below.astype("category"))
        else:
            columns[name] = pd.concat([above, below], ignore_index=True)
    return pd.DataFrame(columns)


def _categories_stacked(above: pd.Series, below: pd.Series) -> pd.Series:
    """Where one has no text at all, its categories have no type that could be that of the other's."""
    if not len(below.cat.categories):
        below = below.astype(above.dtype)
    elif not len(above.cat.categories):
        above = above.astype(below.dtype)
    return pd.Series(union_categoricals([above, below]))


def _other_ids(ids: pd.Series, count: int) -> list[int] | list[str]:
    """Ids that none of the requests has, of the same type."""
    if pd.api.types.is_integer_dtype(ids):
        lowest = min(int(ids.min()), 0) if len(ids) else 0
        return [lowest - 1 - number for number in range(count)]
    return [f"\u0000{number}" for number in range(count)]


def _group_part(
    requests: Requests, again: Flags, parameters: Parameters, decisions: Decisions
) -> pd.DataFrame:
    """Groups of some requests that nobody else can be linked with."""
    rows = np.flatnonzero(again)
    part = requests.take(rows)
    # Who is near counts everybody; who may be joined is always in the part.
    around = Squares.of(requests, parameters, "radius_m").near(again)
    links = find_links(requests.take(around), parameters, later=again[around])
    inner = replace(
        links,
        later=np.searchsorted(rows, around[links.later]),
        earlier=np.searchsorted(rows, around[links.earlier]),
    )
    own = _of_part(decisions, rows)
    episodes = make_episodes(part, inner, parameters, own)
    return Grouping(episodes, make_problems(part, episodes, parameters, own)).frame(part, parameters)


def grow(
    requests: Requests, start: Flags, problem: Integers, parameters: Parameters, decisions: Decisions
) -> Flags:
    """Everybody whose group may depend on the first ones; `problem` is a code of the last one, -1 unknown."""
    again, front = start.copy(), start
    clusters = [np.array(rows) for rows in decisions.members.values()]
    clusters += [np.array([a, b]) for a, others in decisions.apart.items() for b in others]
    squares = [Squares.of(requests, parameters, name) for name in ("radius_m", "place_m")]
    while front.any():
        grown = again | _touching(requests, front, parameters, *squares)
        hit = np.unique(problem[grown & (problem >= 0)])
        grown |= np.isin(problem, hit)
        for rows in clusters:
            grown[rows] |= bool(grown[rows].any())
        front = grown & ~again
        again = grown
    return again


def affected(requests: Requests, changed: Flags, parameters: Parameters) -> Flags:
    """Requests that may have been compared with a changed one, as it was or is, or because of it no longer."""
    rows = Squares.of(requests, parameters, "radius_m").near(changed)
    part, front = requests.take(rows), changed[rows]
    found = front.copy()
    for pairs in candidate_pairs(part, parameters):
        found[pairs.later[front[pairs.earlier]]] = True
    for _, buckets in _by_reach(part, parameters, "radius_m"):
        found[_crowded(buckets, front, MOST_PER_BUCKET)] = True
    whole = scattered(rows, found, len(requests))
    rows = Squares.of(requests, parameters, "place_m").near(changed)
    for _, buckets in _by_reach(requests.take(rows), parameters, "place_m"):
        whole[rows[_crowded(buckets, changed[rows], MOST_EPISODES)]] = True
    return whole


def _touching(
    requests: Requests, front: Flags, parameters: Parameters, by_radius: Squares, by_place: Squares
) -> Flags:
    """Requests that may be linked with one of the front, in an episode or at a place."""
    found = np.zeros(len(requests), dtype=bool)
    rows = by_radius.near(front)
    links: Links = find_links(requests.take(rows), parameters)
    pairs = [(rows[links.later], rows[links.earlier])]
    rows = by_place.near(front)
    part = requests.take(rows)
    for place_m, buckets in _by_reach(part, parameters, "place_m"):
        near = Near(place_m, int(NEVER), int(NEVER), MOST_EPISODES)
        everyone = np.ones(len(part), dtype=bool)
        places = neighbours(part, buckets, near, everyone)
        pairs += ((rows[later], rows[earlier]) for later, earlier, _ in places)
        found[rows[_crowded(buckets, front[rows], MOST_EPISODES)]] = True
    for later, earlier in pairs:
        found[earlier[front[later]]] = True
        found[later[front[earlier]]] = True
    return found


def scattered(rows: Integers, found: Flags, count: int) -> Flags:
    """Flags of some rows as flags of all."""
    whole = np.zeros(count, dtype=bool)
    whole[rows[found]] = True
    return whole


def _crowded(buckets: Buckets, front: Flags, most: int) -> Integers:
    """Rows around the buckets of the front where more stand than are compared.

    There, who is compared with whom depends on all of them.
    """
    own = _buckets_of(buckets, front)
    return _rows_around(buckets, own[np.diff(buckets.start)[own] > most])


def _by_reach(requests: Requests, parameters: Parameters, name: str) -> Iterator[tuple[float, Buckets]]:
    """Buckets of requests, one set for each reach."""
    evidence = parameters.column("evidence")[requests.profile]
    for reach in dict.fromkeys(parameters.reach):
        of_reach = np.isin(evidence, [e for e, one in enumerate(parameters.reach) if one == reach])
        rows = np.flatnonzero(requests.placed & of_reach)
        if len(rows):
            radius_m = float(getattr(reach, name))
            yield radius_m, make_buckets(requests, rows, radius_m)


def _buckets_of(buckets: Buckets, front: Flags) -> Integers:
    """Buckets that hold one of the front."""
    bucket = np.repeat(np.arange(len(buckets.start) - 1), np.diff(buckets.start))
    return np.unique(bucket[front[buckets.row]])


def _rows_around(buckets: Buckets, own: Integers) -> Integers:
    """Rows of some buckets and of those around them."""
    first = buckets.around_start[own]
    _, at = spread(first, buckets.around_start[own + 1] - first)
    around = np.union1d(buckets.around[at], own)
    _, position = spread(buckets.start[around], buckets.start[around + 1] - buckets.start[around])
    return buckets.row[position]


def _of_part(decisions: Decisions, rows: Integers) -> Decisions:
    """Decisions about some rows, by their positions among them; a cluster is in the part as a whole or not."""
    at = {int(row): position for position, row in enumerate(rows.tolist())}
    return Decisions(
        {at[row]: at[first] for row, first in decisions.cluster.items() if row in at},
        {
            at[first]: [at[row] for row in members]
            for first, members in decisions.members.items()
            if first in at
        },
        {at[one]: {at[other] for other in others} for one, others in decisions.apart.items() if one in at},
    )
