"""Pairs worth comparing: by kind, H3 cell and its rings, and time; never all pairs.

Requests stand in buckets, one for each kind and cell, in the order of time. Each request is compared with
the earlier ones of its own bucket and of the buckets around it, the most recent first and no more than
`MOST_PER_BUCKET` of each. So the work is at most rows × buckets around × `MOST_PER_BUCKET` comparisons, and a
sort: 10,000 or 1,000,000 reports on one corner cost no more each than 64 do.

What that leaves out: on a corner with more than `MOST_PER_BUCKET` requests of one kind within the window,
older ones are not compared with directly. Where no bucket has that many, the search is complete: every
earlier request of the kind within the radius and the window that was still open, or closed at most
`CLOSED_LATELY_S` before.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo import hexgrid
from geo.dedup.cellrings import covering_rings
from geo.dedup.levels import DAY_S, Pairs
from geo.dedup.parameters import Parameters, Reach
from geo.dedup.requests import Requests, distance_m

Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]

MOST_PER_BUCKET = 64
CLOSED_LATELY_S = DAY_S
PAIRS_AT_ONCE = 1_500_000
"""Bounds memory: some 200 MB while a chunk is compared."""

ALWAYS_S = 1 << 40


@dataclass(frozen=True, slots=True, eq=False)
class Buckets:
    """Rows sorted by (kind and cell, time), and which buckets lie around each."""

    row: Integers
    """Row at each sorted position."""

    start: Integers
    """First sorted position of each bucket, and one more: the end."""

    around: Integers
    """Buckets around each (itself included, unless it has one row), one bucket after the other."""

    around_start: Integers
    """Where in `around` each bucket's begin, and one more: the end."""

    position_key: Integers
    """Bucket × rows + row at each sorted position: increasing."""


def candidate_pairs(
    requests: Requests, parameters: Parameters, later: Flags | None = None
) -> Iterator[Pairs]:
    """Pairs within the reach of their precision, in chunks; all pairs of a later request are in one chunk.

    Args:
        requests: in the order of time.
        parameters: whose reach counts: that of the coarser point of a pair.
        later: which requests are asked for as the later one; all by default.
    """
    evidence = (
        parameters.column("evidence")[requests.profile] if len(requests) else np.empty(0, dtype=np.int64)
    )
    asked = np.ones(len(requests), dtype=bool) if later is None else later
    for reach in dict.fromkeys(parameters.reach):
        of_reach = np.isin(evidence, [e for e, one in enumerate(parameters.reach) if one == reach])
        rows = np.flatnonzero(requests.placed & of_reach)
        if len(rows):
            yield from pairs_within(requests, rows, reach, asked)


def pairs_within(requests: Requests, rows: Integers, reach: Reach, asked: Flags) -> Iterator[Pairs]:
    """Pairs among some rows (sorted) within one reach."""
    buckets = make_buckets(requests, rows, reach.radius_m)
    window_s = int(reach.window_days * DAY_S)
    for pair in neighbours(requests, buckets, window_s, asked, MOST_PER_BUCKET):
        lately = requests.closed_s[pair[1]] >= requests.opened_s[pair[0]] - CLOSED_LATELY_S
        later, earlier = pair[0][lately], pair[1][lately]
        apart = distance_m(requests, later, earlier)
        near = apart <= reach.radius_m
        later, earlier = later[near], earlier[near]
        opened = requests.opened_s[later]
        is_open = requests.closed_s[earlier] >= opened
        yield Pairs(
            later, earlier, apart[near], opened - requests.opened_s[earlier], count_by(later, is_open)
        )


def count_by(later: Integers, counted: Flags) -> Integers:
    """For each pair, how many pairs of its later request count; those of one request are contiguous."""
    if not len(later):
        return np.empty(0, dtype=np.int64)
    starts = np.flatnonzero(np.diff(later, prepend=later[0] - 1))
    return np.repeat(
        np.add.reduceat(counted.astype(np.int64), starts), np.diff(np.append(starts, len(later)))
    )


def make_buckets(requests: Requests, rows: Integers, radius_m: float) -> Buckets:
    """Rows (sorted positions of requests) by kind and cell, with the buckets in reach of each."""
    resolution, rings = covering_rings(radius_m)
    cell = hexgrid.cells(requests.lat[rows], requests.lon[rows], resolution)
    cells, cell_code = np.unique(cell, return_inverse=True)
    key = requests.kind[rows] * len(cells) + cell_code
    order = np.argsort(key, kind="stable")
    sorted_key = key[order]
    start = np.flatnonzero(np.diff(sorted_key, prepend=-1))
    bucket_key = sorted_key[start]
    start = np.append(start, len(rows))
    around, around_start = _around(bucket_key, np.diff(start), cells, rings)
    bucket = np.repeat(np.arange(len(bucket_key)), np.diff(start))
    return Buckets(rows[order], start, around, around_start, bucket * (len(requests) + 1) + rows[order])


def _around(bucket_key: Integers, size: Integers, cells: Integers, rings: int) -> tuple[Integers, Integers]:
    """Occupied buckets of the same kind around each bucket, and where each one's begin; see `Buckets`."""
    centre, near = hexgrid.disk_pairs(cells, rings)
    near_code = np.minimum(np.searchsorted(cells, near), len(cells) - 1)
    occupied = cells[near_code] == near
    centre, near_code = centre[occupied], near_code[occupied]
    first = np.searchsorted(centre, np.arange(len(cells) + 1))
    kind, code = np.divmod(bucket_key, len(cells))
    count = first[code + 1] - first[code]
    owner, at = spread(first[code], count)
    wanted = kind[owner] * len(cells) + near_code[at]
    found = np.minimum(np.searchsorted(bucket_key, wanted), len(bucket_key) - 1)
    # A bucket of one request is not compared with itself.
    alone = (found == owner) & (size[found] == 1)
    there = (bucket_key[found] == wanted) & ~alone
    starts = np.searchsorted(owner[there], np.arange(len(bucket_key) + 1))
    return found[there], starts


def spread(first: Integers, count: Integers) -> tuple[Integers, Integers]:
    """Every position of the ranges that begin at `first` and have `count` entries, and whose it is."""
    owner = np.repeat(np.arange(len(count)), count)
    before = np.cumsum(count) - count
    return owner, np.arange(len(owner)) - np.repeat(before - first, count)


def neighbours(
    requests: Requests, buckets: Buckets, window_s: int, asked: Flags, most: int
) -> Iterator[tuple[Integers, Integers]]:
    """Later and earlier rows in buckets around each other, opened at most `window_s` apart, in chunks.

    Of each bucket the `most` recent ones before the later row. Rows are in the order of time, so that what
    is earlier has a smaller number.
    """
    bucket = np.repeat(np.arange(len(buckets.start) - 1), np.diff(buckets.start))
    at = np.flatnonzero(asked[buckets.row])
    bucket = bucket[at]
    looks = (buckets.around_start[bucket + 1] - buckets.around_start[bucket]).cumsum()
    size = PAIRS_AT_ONCE // 2
    opened = requests.opened_s
    first_in_window = np.searchsorted(opened, opened - window_s)
    oldest, newest = buckets.row[buckets.start[:-1]], buckets.row[buckets.start[1:] - 1]
    for begin, end in _cuts(looks, size):
        later = buckets.row[at[begin:end]]
        own = bucket[begin:end]
        first_of = buckets.around_start[own]
        owner, around_at = spread(first_of, buckets.around_start[own + 1] - first_of)
        other, later = buckets.around[around_at], later[owner]
        since = first_in_window[later]
        # Most buckets around have nothing in the window: two look-ups tell, before any search.
        worth = (oldest[other] < later) & (newest[other] >= since)
        other, later, since = other[worth], later[worth], since[worth]
        base = other * (len(requests) + 1)
        last = np.searchsorted(buckets.position_key, base + later)
        first = np.searchsorted(buckets.position_key, base + since)
        first = np.maximum(first, last - most)
        yield from _expanded(buckets.row, later, first, last - first)


def _expanded(
    row: Integers, later: Integers, first: Integers, count: Integers
) -> Iterator[tuple[Integers, Integers]]:
    """The pairs behind ranges of sorted positions, in chunks that keep each later row's together."""
    some = count > 0
    later, first, count = later[some], first[some], count[some]
    if not len(later):
        return
    total = count.cumsum()
    is_last = np.append(np.diff(later) != 0, True)
    ends = np.flatnonzero(is_last)
    for begin, end in _cuts(total[ends], PAIRS_AT_ONCE):
        chosen = slice(ends[begin - 1] + 1 if begin else 0, ends[end - 1] + 1)
        owner, at = spread(first[chosen], count[chosen])
        yield later[chosen][owner], row[at]


def _cuts(total: Integers, size: int) -> Iterator[tuple[int, int]]:
    """Slices of rows whose running `total` grows by about `size` in each; at least one row a slice."""
    begin = 0
    while begin < len(total):
        before = int(total[begin - 1]) if begin else 0
        end = max(int(np.searchsorted(total, before + size, side="right")), begin + 1)
        yield begin, end
        begin = end
