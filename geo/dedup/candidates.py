"""Pairs worth comparing: by kind, H3 cell and its rings, and time; never all pairs.

Requests stand in buckets, one for each kind and cell, in the order of time. Each request is compared with
the earlier ones of its own bucket and of the buckets around it, the most recent first and no more than
`MOST_PER_BUCKET` of each. So the work is at most rows × buckets around × `MOST_PER_BUCKET` comparisons, and a
sort: 10,000 or 1,000,000 reports on one corner cost no more each than 64 do.

What that leaves out: on a corner with more than `MOST_PER_BUCKET` requests of one kind within the window,
older ones are not compared with directly. Where no bucket has that many, the search is complete: every
earlier request of the kind within the radius and the window that was still open, or closed at most
the reach's `closed_days` before.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from geo.dedup.buckets import Buckets, Near, cuts, make_buckets, spread
from geo.dedup.levels import CROWD_M, DAY_S, Pairs
from geo.dedup.metres import metres_apart
from geo.dedup.parameters import Parameters, Reach
from geo.dedup.requests import Requests

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

MOST_PER_BUCKET = 64
PAIRS_AT_ONCE = 500_000
LOOKS_AT_ONCE = 250_000
"""Sizes of chunks: small enough for the processor's cache, and a bound for the memory while one is compared."""

WORTH_THREADS = 50_000
"""Requests from which on two threads are quicker than one."""


def candidate_pairs(
    requests: Requests, parameters: Parameters, later: Flags | None = None, among: Flags | None = None
) -> Iterator[Pairs]:
    """Pairs within the reach of their precision, in chunks; all pairs of a later request are in one chunk.

    Args:
        requests: in the order of time.
        parameters: whose reach counts: that of the coarser point of a pair.
        later: which requests are asked for as the later one; all by default.
        among: which requests there are at all: whole kinds of them; all by default.
    """
    evidence = (
        parameters.column("evidence")[requests.profile] if len(requests) else np.empty(0, dtype=np.int64)
    )
    asked = np.ones(len(requests), dtype=bool) if later is None else later
    there = requests.placed if among is None else requests.placed & among
    for reach in dict.fromkeys(parameters.reach):
        of_reach = np.isin(evidence, [e for e, one in enumerate(parameters.reach) if one == reach])
        rows = np.flatnonzero(there & of_reach)
        if len(rows):
            yield from pairs_within(requests, rows, reach, asked)


def shares(requests: Requests) -> list[Flags]:
    """Requests in two shares of about the same size that have no kind in common, for two threads.

    Few requests are one share: what threads cost would be more than what they save.
    """
    if len(requests) < WORTH_THREADS:
        return [np.ones(len(requests), dtype=bool)]
    kinds, rows = np.unique(requests.kind, return_counts=True)
    load, first = [0, 0], np.zeros(int(kinds[-1]) + 1, dtype=bool)
    for at in np.argsort(-rows):
        lighter = int(load[1] < load[0])
        load[lighter] += int(rows[at])
        first[kinds[at]] = lighter == 0
    mine = first[requests.kind]
    return [mine, ~mine]


def all_pairs(requests: Requests, parameters: Parameters, later: Flags | None = None) -> Pairs:
    """All candidate pairs at once: for estimation only."""
    parts = list(candidate_pairs(requests, parameters, later))
    if not parts:
        none = np.empty(0, dtype=np.int64)
        return Pairs(none, none, none.astype(np.float64), none, none)
    return Pairs(*(np.concatenate([getattr(part, name) for part in parts]) for name in Pairs.__slots__))


def pairs_within(requests: Requests, rows: Integers, reach: Reach, asked: Flags) -> Iterator[Pairs]:
    """Pairs among some rows (sorted) within one reach."""
    closed_s = int(reach.closed_days * DAY_S)
    near = Near(reach.radius_m, int(reach.window_days * DAY_S), closed_s, MOST_PER_BUCKET)
    buckets = make_buckets(requests, rows, near.radius_m)
    for later, earlier, apart in neighbours(requests, buckets, near, asked):
        opened = requests.opened_s[later]
        crowding = (requests.closed_s[earlier] >= opened) & (apart <= CROWD_M)
        yield Pairs(later, earlier, apart, opened - requests.opened_s[earlier], count_by(later, crowding))


def count_by(later: Integers, counted: Flags) -> Integers:
    """For each pair, how many pairs of its later request count; those of one request are contiguous."""
    if not len(later):
        return np.empty(0, dtype=np.int64)
    starts = np.flatnonzero(np.diff(later, prepend=later[0] - 1))
    return np.repeat(
        np.add.reduceat(counted.astype(np.int64), starts), np.diff(np.append(starts, len(later)))
    )


def neighbours(
    requests: Requests, buckets: Buckets, near: Near, asked: Flags
) -> Iterator[tuple[Integers, Integers, Floats]]:
    """Later and earlier rows that are near each other, and how many metres apart, in chunks.

    Rows are in the order of time, so that what is earlier has a smaller number. All pairs of a later row are
    in one chunk, next to each other.
    """
    lat, lon = buckets.lat, buckets.lon
    high, wide = near.degrees(lat)
    for position, other in _looks(buckets, near, asked):
        first, last = _ranges(requests, buckets, near, position, other)
        for pair in _expanded(position, first, last - first):
            lately = buckets.closed_s[pair[1]] >= buckets.opened_s[pair[0]] - near.closed_s
            later, earlier = pair[0][lately], pair[1][lately]
            close = np.abs(lat[later] - lat[earlier]) <= high
            close &= np.abs(lon[later] - lon[earlier]) <= wide
            later, earlier = later[close], earlier[close]
            apart = metres_apart(lat[later], lon[later], lat[earlier], lon[earlier])
            inside = apart <= near.radius_m
            yield buckets.row[later[inside]], buckets.row[earlier[inside]], apart[inside]


def _looks(buckets: Buckets, near: Near, asked: Flags) -> Iterator[tuple[Integers, Integers]]:
    """Sorted positions, and the buckets in which each may have an earlier neighbour, in chunks."""
    at = np.flatnonzero(asked[buckets.row])
    own = buckets.bucket[at]
    count = buckets.around_start[own + 1] - buckets.around_start[own]
    high, wide = near.degrees(buckets.lat)
    boxes = buckets.boxes
    newest_s = buckets.opened_s[buckets.start[1:] - 1]
    oldest = buckets.row[buckets.start[:-1]]
    for begin, end in cuts(count.cumsum(), LOOKS_AT_ONCE):
        owner, around_at = spread(buckets.around_start[own[begin:end]], count[begin:end])
        position, other = at[begin:end][owner], buckets.around[around_at]
        # Most buckets around have nothing so early, so late or so near: their bounds tell before any search.
        worth = np.abs(buckets.lat[position] - boxes.lat[other]) <= boxes.high[other] + high
        worth &= np.abs(buckets.lon[position] - boxes.lon[other]) <= boxes.wide[other] + wide
        worth &= oldest[other] < buckets.row[position]
        worth &= newest_s[other] >= buckets.opened_s[position] - near.window_s
        yield position[worth], other[worth]


def _ranges(
    requests: Requests, buckets: Buckets, near: Near, position: Integers, other: Integers
) -> tuple[Integers, Integers]:
    """Sorted positions in a bucket of those to compare with: opened before, within the window, the most recent."""
    first_of = buckets.start[other]
    last = position.copy()
    elsewhere = np.flatnonzero((first_of > position) | (buckets.start[other + 1] <= position))
    if len(elsewhere):
        there = other[elsewhere]
        part = slice(buckets.start[there.min()], buckets.start[there.max() + 1])
        wanted = there * (len(requests) + 1) + buckets.row[position[elsewhere]]
        last[elsewhere] = np.searchsorted(buckets.position_key[part], wanted) + part.start
    first = np.maximum(first_of, last - near.most)
    since_s = buckets.opened_s[position] - near.window_s
    some = last > first
    some &= buckets.opened_s[last - 1] >= since_s
    first = np.where(some, first, last)
    old = np.flatnonzero(some)
    old = old[buckets.opened_s[first[old]] < since_s[old]]
    since = np.searchsorted(requests.opened_s, since_s[old])
    first[old] = np.searchsorted(buckets.position_key, other[old] * (len(requests) + 1) + since)
    return first, last


def _expanded(position: Integers, first: Integers, count: Integers) -> Iterator[tuple[Integers, Integers]]:
    """The pairs behind ranges of sorted positions, in chunks that keep each later one's together."""
    some = np.flatnonzero(count)
    position, first, count = position[some], first[some], count[some]
    if not len(position):
        return
    total = count.cumsum()
    ends = np.flatnonzero(np.append(np.diff(position) != 0, True))
    for begin, end in cuts(total[ends], PAIRS_AT_ONCE):
        chosen = slice(ends[begin - 1] + 1 if begin else 0, ends[end - 1] + 1)
        owner, earlier = spread(first[chosen], count[chosen])
        yield position[chosen][owner], earlier
