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

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.dedup.candidates import Buckets, make_buckets, neighbours, spread
from geo.dedup.decisions import NO_DECISIONS, Decisions, read_decisions
from geo.dedup.episodes import make_episodes
from geo.dedup.group import Grouping, group
from geo.dedup.parameters import Parameters
from geo.dedup.problems import MOST_EPISODES, make_problems
from geo.dedup.requests import NEVER, Requests, distance_m, read_requests
from geo.dedup.scores import Links, find_links

Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]

WORTH_IT = 0.2
"""Share of requests to group again from which on everything is."""


@dataclass(frozen=True, slots=True, eq=False)
class Regrouped:
    """All requests' groups as they are now."""

    groups: pd.DataFrame
    """As `Grouping.frame`."""

    again: int
    """How many requests were looked at again."""


def regroup(
    now: pd.DataFrame,
    before: pd.DataFrame,
    added: set[object],
    previous: pd.DataFrame,
    parameters: Parameters,
    decisions: pd.DataFrame | None = None,
    decided: set[object] = frozenset(),  # type: ignore[assignment]
) -> Regrouped:
    """Groups of all requests, after some were added, changed or removed, or people decided something.

    Args:
        now: all requests, the columns of `read_requests`.
        before: the requests that changed or were removed, as they were.
        added: ids that were not there before.
        previous: the last result.
        parameters: those of the last result; with others, group everything.
        decisions: all of them, old and new (`id_a`, `id_b`, `same`).
        decided: ids that a decision made or taken back since then is about.
    """
    was = before.assign(id=_other_ids(now["id"], len(before)))
    all_ = read_requests(pd.concat([now, was], ignore_index=True) if len(was) else now, parameters).requests
    is_was = np.isin(all_.id, was["id"].to_numpy())
    changed = pd.Index(all_.id).isin([*added, *before["id"], *decided])
    start = near_places(all_, changed | is_was, parameters) | changed
    requests = all_.take(~is_was)
    told = NO_DECISIONS if decisions is None else read_decisions(decisions, requests.id)[0]
    state = previous.set_index("id").reindex(requests.id)
    again = grow(requests, start[~is_was] | state["problem"].isna().to_numpy(), state, parameters, told)
    if again.mean() > WORTH_IT:
        return Regrouped(group(requests, parameters, told).frame(requests), len(requests))
    fresh = _group_part(requests, again, parameters, told)
    kept = state[~again].rename_axis("id").reset_index()[fresh.columns]
    both = pd.concat([kept, fresh], ignore_index=True).set_index("id").loc[requests.id]
    return Regrouped(both.reset_index(), int(again.sum()))


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
    links = find_links(requests, parameters, later=again)
    inner = replace(
        links, later=np.searchsorted(rows, links.later), earlier=np.searchsorted(rows, links.earlier)
    )
    own = _of_part(decisions, rows)
    episodes = make_episodes(part, inner, parameters, own)
    return Grouping(episodes, make_problems(part, episodes, parameters, own)).frame(part)


def grow(
    requests: Requests, start: Flags, state: pd.DataFrame, parameters: Parameters, decisions: Decisions
) -> Flags:
    """Everybody whose group may depend on the first ones."""
    again, front = start.copy(), start
    problem = pd.factorize(state["problem"])[0]
    clusters = [np.array(rows) for rows in decisions.members.values()]
    clusters += [np.array([a, b]) for a, others in decisions.apart.items() for b in others]
    while front.any():
        grown = again | _touching(requests, front, parameters)
        hit = np.unique(problem[grown & (problem >= 0)])
        grown |= np.isin(problem, hit)
        for rows in clusters:
            grown[rows] |= bool(grown[rows].any())
        front = grown & ~again
        again = grown
    return again


def near_places(requests: Requests, front: Flags, parameters: Parameters) -> Flags:
    """Requests of the kinds of some, in the cells around theirs: all that could be compared with them."""
    found = front.copy()
    for _, buckets in _by_reach(requests, front, parameters, "radius_m"):
        found[_rows_around(buckets, _buckets_of(buckets, front))] = True
    return found


def _touching(requests: Requests, front: Flags, parameters: Parameters) -> Flags:
    """Requests that may be linked with one of the front, in an episode or at a place."""
    found = np.zeros(len(requests), dtype=bool)
    links: Links = find_links(requests, parameters, later=near_places(requests, front, parameters))
    found[links.earlier[front[links.later]]] = True
    found[links.later[front[links.earlier]]] = True
    for place_m, buckets in _by_reach(requests, front, parameters, "place_m"):
        own = _buckets_of(buckets, front)
        asked = np.zeros(len(requests), dtype=bool)
        asked[_rows_around(buckets, own)] = True
        for later, earlier in neighbours(requests, buckets, int(NEVER), asked, MOST_EPISODES):
            touch = (front[later] | front[earlier]) & (distance_m(requests, later, earlier) <= place_m)
            found[later[touch]] = True
            found[earlier[touch]] = True
        # Where a place has more than are compared, who is compared depends on all of them.
        crowded = own[np.diff(buckets.start)[own] > MOST_EPISODES]
        found[_rows_around(buckets, crowded)] = True
    return found


def _by_reach(
    requests: Requests, front: Flags, parameters: Parameters, name: str
) -> Iterator[tuple[float, Buckets]]:
    """Buckets of the kinds of the front, one set for each reach."""
    evidence = parameters.column("evidence")[requests.profile]
    of_kind = requests.placed & np.isin(requests.kind, np.unique(requests.kind[front]))
    for reach in dict.fromkeys(parameters.reach):
        of_reach = np.isin(evidence, [e for e, one in enumerate(parameters.reach) if one == reach])
        rows = np.flatnonzero(of_kind & of_reach)
        if len(rows) and front[rows].any():
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
