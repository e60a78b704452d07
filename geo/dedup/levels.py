"""Comparison levels of pairs: how near, how soon, still open, same words; one small number per field.

Level 0 of a field is not the best one but the first; `parameters.FIELDS` has the order of fields.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.dedup.parameters import FIELDS
from geo.dedup.requests import Requests, distance_m

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]
Levels = NDArray[np.int8]

DAY_S = 86_400
SAME_POINT_M = 0.5

DISTANCE_M = (SAME_POINT_M, 6.0, 12.0, 25.0, 50.0, 100.0, 150.0)
"""Upper edges of the distance levels; the last level is beyond."""

DELAY_DAYS = (1 / 48, 0.1, 0.5, 1.0, 3.0, 7.0, 21.0)
"""Upper edges of the delay levels; the last level is beyond."""

CROWD = (1, 3, 7)
"""Upper edges of how many open ones of the kind were near: on a busy corner each is weaker evidence."""

CROWD_M = 50.0
"""How near, at most the reach."""

ORDERED = ("distance", "delay", "crowd")
"""Fields whose levels follow each other: neighbours weigh about the same."""

OPEN, CLOSED_LATELY = range(2)
SAME_LABEL, OTHER_LABEL, LABEL_UNKNOWN = range(3)
SAME_ADDRESS, SHARED_STREET, OTHER_STREET, STREET_UNKNOWN = range(4)
PEOPLE, STAFF_AFTER, STAFF_BOTH, REPORTER_UNKNOWN = range(4)

COUNT = {
    "distance": len(DISTANCE_M) + 1,
    "delay": len(DELAY_DAYS) + 1,
    "open": 2,
    "label": 3,
    "street": 4,
    "crowd": len(CROWD) + 1,
    "staff": 4,
}
"""Levels of each field."""

UNKNOWN = {"label": LABEL_UNKNOWN, "street": STREET_UNKNOWN, "staff": REPORTER_UNKNOWN}
"""The level that says nothing: always 0 bits."""


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Pairs of requests (positions, the later one first) and how they compare."""

    later: Integers
    earlier: Integers
    distance_m: Floats
    delay_s: Integers
    crowd: Integers
    """Open requests of the kind within `CROWD_M` of the later one when it was opened."""

    def __len__(self) -> int:
        """Number of pairs."""
        return len(self.later)

    def take(self, chosen: NDArray[np.bool_] | Integers) -> Pairs:
        """Some of the pairs."""
        return Pairs(*(getattr(self, name)[chosen] for name in self.__slots__))


def levels_of(requests: Requests, pairs: Pairs) -> Levels:
    """Level of every field for each pair: (fields, pairs)."""
    later, earlier = pairs.later, pairs.earlier
    found = np.empty((len(FIELDS), len(pairs)), dtype=np.int8)
    found[0] = np.searchsorted(DISTANCE_M, pairs.distance_m)
    found[1] = np.searchsorted(np.array(DELAY_DAYS) * DAY_S, pairs.delay_s)
    found[2] = requests.closed_s[earlier] < requests.opened_s[later]
    found[3] = _labels(requests.label[later], requests.label[earlier])
    found[4] = _streets(requests, later, earlier)
    found[5] = np.searchsorted(CROWD, np.maximum(pairs.crowd, 1))
    found[6] = _reporters(requests.staff[later], requests.staff[earlier])
    return found


def compare(requests: Requests, later: Integers, earlier: Integers, crowd: Integers) -> Pairs:
    """Pairs with their distance and delay, metres and seconds."""
    delay = requests.opened_s[later] - requests.opened_s[earlier]
    return Pairs(later, earlier, distance_m(requests, later, earlier), delay, crowd)


def _labels(a: Integers, b: Integers) -> Levels:
    return np.where((a < 0) | (b < 0), LABEL_UNKNOWN, np.where(a == b, SAME_LABEL, OTHER_LABEL)).astype(
        np.int8
    )


def _streets(requests: Requests, later: Integers, earlier: Integers) -> Levels:
    first, second = requests.street_1, requests.street_2
    a1, a2, b1, b2 = first[later], second[later], first[earlier], second[earlier]
    shared = (a1 == b1) | (a1 == b2) | ((a2 >= 0) & ((a2 == b1) | (a2 == b2)))
    same = requests.address[later] == requests.address[earlier]
    known = (a1 >= 0) & (b1 >= 0)
    level = np.where(same, SAME_ADDRESS, np.where(shared, SHARED_STREET, OTHER_STREET))
    return np.where(known, level, STREET_UNKNOWN).astype(np.int8)


def _reporters(later: Integers, earlier: Integers) -> Levels:
    by_staff = np.where(earlier == 1, STAFF_BOTH, STAFF_AFTER)
    level = np.where(later < 0, REPORTER_UNKNOWN, np.where(later == 1, by_staff, PEOPLE))
    return level.astype(np.int8)
