"""Requests in buckets, one for each kind and H3 cell, in the order of time; and which buckets are in reach."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo import hexgrid
from geo.dedup.cellrings import covering_rings
from geo.dedup.requests import Requests
from geo.projection import LAT_LIMIT_DEG, METRES_PER_DEGREE

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]

BUCKETS_AT_ONCE = 50_000
"""Searched together: few enough for the processor's cache."""


@dataclass(frozen=True, slots=True, eq=False)
class Buckets:
    """Rows sorted by (kind and cell, time), and which buckets lie around each.

    What is compared stands here once more in the sorted order: what is looked at together lies together in
    memory, which at millions of rows is most of the time.
    """

    row: Integers
    """Row at each sorted position."""

    start: Integers
    """First sorted position of each bucket, and one more: the end."""

    around: Integers
    """Buckets in reach of each (itself included, unless it has one row), one bucket after the other."""

    around_start: Integers
    """Where in `around` each bucket's begin, and one more: the end."""

    position_key: Integers
    """Bucket × (rows + 1) + row at each sorted position: increasing."""

    opened_s: Integers
    closed_s: Integers
    lat: Floats
    lon: Floats
    """Of each sorted position."""

    boxes: Boxes
    """Of each bucket."""

    @property
    def bucket(self) -> Integers:
        """Bucket of each sorted position."""
        return np.repeat(np.arange(len(self.start) - 1), np.diff(self.start))


@dataclass(frozen=True, slots=True, eq=False)
class Boxes:
    """The middle and half the size, both in degrees, of what the rows of each bucket cover."""

    lat: Floats
    lon: Floats
    high: Floats
    wide: Floats

    @classmethod
    def of(cls, lat: Floats, lon: Floats, start: Integers) -> Boxes:
        """Boxes of slices of points that begin at `start`."""
        south, north = np.minimum.reduceat(lat, start), np.maximum.reduceat(lat, start)
        west, east = np.minimum.reduceat(lon, start), np.maximum.reduceat(lon, start)
        return cls((south + north) / 2, (west + east) / 2, (north - south) / 2, (east - west) / 2)


@dataclass(frozen=True, slots=True)
class Near:
    """When a later request is compared with an earlier one."""

    radius_m: float
    window_s: int
    """Opened at most so long apart."""

    closed_s: int
    """The earlier one was closed at most so long before the later one was opened (or not yet)."""

    most: int
    """Of each bucket, so many of the most recent ones are looked at."""

    def degrees(self, lat: Floats) -> tuple[float, float]:
        """A little more than the radius, in degrees of latitude and of longitude at any of the points."""
        high = self.radius_m / METRES_PER_DEGREE * 1.001
        poleward = min(float(np.abs(lat).max(initial=0)) + high, LAT_LIMIT_DEG)
        return high, high / max(float(np.cos(np.radians(poleward))), 1e-6)


def make_buckets(requests: Requests, rows: Integers, radius_m: float) -> Buckets:
    """Rows (sorted positions of requests) by kind and cell, with the buckets in reach of each."""
    resolution, rings = covering_rings(radius_m)
    cells, cell_code = coded(hexgrid.parents(requests.cell[rows], resolution))
    key = requests.kind[rows] * len(cells) + cell_code
    order = np.argsort(key, kind="stable")
    row, sorted_key = rows[order], key[order]
    start = np.flatnonzero(np.diff(sorted_key, prepend=-1))
    lat, lon = requests.lat[row], requests.lon[row]
    boxes = Boxes.of(lat, lon, start)
    bucket_key = sorted_key[start]
    start = np.append(start, len(rows))
    around, around_start = _around(bucket_key, np.diff(start), cells, rings, boxes, radius_m)
    bucket = np.repeat(np.arange(len(bucket_key)), np.diff(start))
    return Buckets(
        row, start, around, around_start, bucket * (len(requests) + 1) + row, requests.opened_s[row],
        requests.closed_s[row], lat, lon, boxes,
    )  # fmt: skip


def coded(values: Integers) -> tuple[Integers, Integers]:
    """The values there are, sorted, and which of them each is: `np.unique`, by hashing."""
    code, found = pd.factorize(values)
    order = np.argsort(found)
    rank = np.empty(len(found), dtype=np.int64)
    rank[order] = np.arange(len(found))
    return found[order], rank[code]


def _around(
    bucket_key: Integers, size: Integers, cells: Integers, rings: int, boxes: Boxes, radius_m: float
) -> tuple[Integers, Integers]:
    """Buckets of the same kind in reach of each bucket, and where each one's begin; see `Buckets`."""
    centre, near = hexgrid.disk_pairs(cells, rings)
    near_code = np.minimum(np.searchsorted(cells, near), len(cells) - 1)
    occupied = cells[near_code] == near
    centre, near_code = centre[occupied], near_code[occupied]
    first = np.searchsorted(centre, np.arange(len(cells) + 1))
    kind, code = np.divmod(bucket_key, len(cells))
    high, wide = Near(radius_m, 0, 0, 0).degrees(boxes.lat)
    around, count = [], np.zeros(len(bucket_key) + 1, dtype=np.int64)
    kind_ends = np.flatnonzero(np.append(kind[1:] != kind[:-1], True)) + 1
    begin = 0
    # Some kinds at a time: the buckets searched then fit into the processor's cache.
    for _, last in cuts(kind_ends, BUCKETS_AT_ONCE):
        end = int(kind_ends[last - 1])
        here, at = spread(first[code[begin:end]], first[code[begin:end] + 1] - first[code[begin:end]])
        owner = here + begin
        wanted = kind[owner] * len(cells) + near_code[at]
        found = np.minimum(np.searchsorted(bucket_key[begin:end], wanted) + begin, end - 1)
        there = bucket_key[found] == wanted
        owner, found = owner[there], found[there]
        # A bucket of one request is not compared with itself.
        there = (found != owner) | (size[owner] > 1)
        there &= np.abs(boxes.lat[owner] - boxes.lat[found]) <= boxes.high[owner] + boxes.high[found] + high
        there &= np.abs(boxes.lon[owner] - boxes.lon[found]) <= boxes.wide[owner] + boxes.wide[found] + wide
        around.append(found[there])
        count[begin + 1 : end + 1] = np.bincount(owner[there] - begin, minlength=end - begin)
        begin = end
    return np.concatenate(around), count.cumsum()


def spread(first: Integers, count: Integers) -> tuple[Integers, Integers]:
    """Every position of the ranges that begin at `first` and have `count` entries, and whose it is."""
    owner = np.repeat(np.arange(len(count)), count)
    before = np.cumsum(count) - count
    return owner, np.arange(len(owner)) - np.repeat(before - first, count)


def cuts(total: Integers, size: int) -> Iterator[tuple[int, int]]:
    """Slices of rows whose running `total` grows by about `size` in each; at least one row a slice."""
    begin = 0
    while begin < len(total):
        before = int(total[begin - 1]) if begin else 0
        end = max(int(np.searchsorted(total, before + size, side="right")), begin + 1)
        yield begin, end
        begin = end
