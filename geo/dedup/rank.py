"""For a report being typed: the open episodes that it may be about, the likeliest first, with reasons.

An `OpenIndex` is made once from grouped requests (0.3 s for a million) and answers in a millisecond or two; it
never changes, so that threads may share it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from domain.errors import InputRefused
from domain.precision import Precision
from geo.dedup.candidates import count_by
from geo.dedup.levels import DAY_S, Pairs
from geo.dedup.parameters import OTHER, Parameters, Reach
from geo.dedup.reasons import Reason, explain_pairs
from geo.dedup.requests import EVIDENCE_OF, NEVER, Read, Requests, distance_m
from geo.dedup.scores import score_pairs
from geo.dedup.streets import coded_texts
from geo.projection import LAT_LIMIT_DEG, LON_LIMIT_DEG, METRES_PER_DEGREE

Integers = NDArray[np.int64]

MOST_COMPARED = 1_000
"""Open requests near the point that are compared, the most recent first: a bound for the busiest corner."""


@dataclass(frozen=True, slots=True)
class Likely:
    """An open episode that a report may be about."""

    episode: Any
    """Id of the episode's first request."""

    request: Any
    """Id of the request of it that is most like the report."""

    score_bits: float
    joins: bool
    """Whether the score is above the activity's threshold: the build would join them."""

    distance_m: float
    requests: int
    """Open requests of the episode that are in reach."""

    reasons: tuple[Reason, ...]


class OpenIndex:
    """Requests by kind and latitude; those open near a report are found by search."""

    def __init__(
        self, read: Read, frame: pd.DataFrame, episode: NDArray[Any], parameters: Parameters
    ) -> None:
        """Index requests.

        Args:
            read: the requests, as `read_requests(frame)` gave them.
            frame: what they were read from.
            episode: id of each request's episode, in the order of `read.requests`.
            parameters: by which they were grouped.
        """
        requests = read.requests
        rows = np.flatnonzero(requests.placed)
        order = rows[np.lexsort((requests.lat[rows], requests.kind[rows]))]
        self._requests, self._episode, self._parameters = requests, episode, parameters
        # What the search looks at lies in its order: memory read in one piece is read many times as fast.
        self._row = order
        self._lat, self._lon = requests.lat[order], requests.lon[order]
        self._opened_s, self._closed_s = requests.opened_s[order], requests.closed_s[order]
        kinds = requests.kind[order]
        known, first = np.unique(kinds, return_index=True)
        ends = np.append(first, len(kinds))[1:]
        self._range = dict(zip(known.tolist(), zip(first, ends, strict=True), strict=True))
        self._codes = _codes(read, frame)

    def likely_same(
        self,
        point: tuple[float, float],
        activity: str,
        at: datetime,
        *,
        label: str | None = None,
        precision: str = "exact",
        limit: int = 5,
    ) -> list[Likely]:
        """Open episodes that a report may be about, the likeliest first; none where nothing like it is near.

        Compared are requests of the activity (of the label, where that is `autre`), opened at or before the
        moment and not closed by then, within the radius and window of the precision.

        Args:
            point: latitude and longitude, degrees.
            activity: code.
            at: the report's moment; without a zone it is UTC.
            label: as in the frame.
            precision: what the point stands for: `exact` or `segment`.
            limit: episodes at most.

        Raises:
            InputRefused: the point is not on the globe, or the precision cannot be compared.
        """
        report = self._report(point, activity, at, label, precision)
        near = self._near(report)
        both = _with(self._requests, near, report)
        last = np.full(len(near), len(near))
        apart = distance_m(both, np.arange(len(near)), last)
        inside = np.flatnonzero(apart <= self._reach(report).radius_m)
        if not len(inside):
            return []
        later = last[inside]
        delay = both.opened_s[later] - both.opened_s[inside]
        crowd = count_by(later, np.ones(len(inside), dtype=bool))
        return self._ranked(both, Pairs(later, inside, apart[inside], delay, crowd), near, limit)

    def _report(
        self, point: tuple[float, float], activity: str, at: datetime, label: str | None, precision: str
    ) -> Requests:
        """The report as one request, coded like those of the index."""
        lat, lon = point
        if not (abs(lat) <= LAT_LIMIT_DEG and abs(lon) <= LON_LIMIT_DEG):
            raise InputRefused(
                f"({lat}, {lon}) is no point on the globe: latitude, then longitude, in degrees."
            )
        if precision not in ("exact", "segment"):
            raise InputRefused(
                f"A point of precision {precision!r} cannot be compared: only exact and segment ones."
            )
        kind, label_code, profile = self._codes.get(
            (activity, label), self._codes.get((activity, None), (-1, -1, 0))
        )
        if (evidence := EVIDENCE_OF[Precision(precision)]) != self._parameters.profiles[profile].evidence:
            profile = self._parameters.index(self._parameters.profiles[profile].activity, evidence)
        one, unknown = np.ones(1, dtype=np.int64), np.full(1, -1, dtype=np.int64)
        moment = pd.Timestamp(at)
        opened = int((moment.tz_localize("UTC") if moment.tzinfo is None else moment).timestamp())
        return Requests(
            id=np.zeros(1, dtype=self._requests.id.dtype), kind=one * kind, profile=one * profile,
            label=one * label_code, address=unknown, street_1=unknown, street_2=unknown, opened_s=one * opened,
            closed_s=one * NEVER, lat=np.array([lat]), lon=np.array([lon]), cell=unknown, requesters=one, staff=unknown,
        )  # fmt: skip

    def _ranked(self, both: Requests, pairs: Pairs, near: Integers, limit: int) -> list[Likely]:
        links = score_pairs(both, pairs, self._parameters)
        order = np.lexsort((-links.earlier, -links.margin_bits))
        episodes = self._episode[near[pairs.earlier]]
        _, at, size = np.unique(episodes[order], return_index=True, return_counts=True)
        by_rank = np.argsort(at)[:limit]
        chosen = order[at[by_rank]]
        reasons = explain_pairs(both, pairs.take(chosen), self._parameters)
        return [
            Likely(
                episode=episodes[one],
                request=both.id[pairs.earlier[one]],
                score_bits=round(float(links.score_bits[one]), 2),
                joins=bool(links.margin_bits[one] >= 0),
                distance_m=round(float(pairs.distance_m[one]), 1),
                requests=int(count),
                reasons=why,
            )
            for one, count, why in zip(chosen, size[by_rank], reasons, strict=True)
        ]

    def _near(self, report: Requests) -> Integers:
        """Rows of the kind in a box around the point that were open at the moment, within the window."""
        kind, lat, lon = int(report.kind[0]), float(report.lat[0]), float(report.lon[0])
        first, end = self._range.get(kind, (0, 0))
        reach = self._reach(report)
        high = reach.radius_m / METRES_PER_DEGREE * 1.001
        wide = high / max(float(np.cos(np.radians(lat))), 0.01)
        low_at, high_at = np.searchsorted(self._lat[first:end], (lat - high, lat + high)) + first
        here = slice(low_at, high_at)
        at = int(report.opened_s[0])
        opened = self._opened_s[here]
        fits = np.abs(self._lon[here] - lon) <= wide
        fits &= (opened <= at) & (opened >= at - reach.window_days * DAY_S) & (self._closed_s[here] >= at)
        return np.sort(self._row[here][fits])[-MOST_COMPARED:]

    def _reach(self, report: Requests) -> Reach:
        return self._parameters.reach[self._parameters.profiles[int(report.profile[0])].evidence]


def _with(requests: Requests, near: Integers, report: Requests) -> Requests:
    """Some requests and the report after them."""
    return Requests(
        *(np.append(getattr(requests, name)[near], getattr(report, name)) for name in Requests.__slots__)
    )


def _codes(read: Read, frame: pd.DataFrame) -> dict[tuple[str, str | None], tuple[int, int, int]]:
    """Kind, label code and a profile of each activity and label there is; of the activity alone, under None."""
    requests = read.requests
    has_label = "label" in frame.columns
    activity, activities = coded_texts(frame["activity"])
    label, labels = coded_texts(frame["label"]) if has_label else (np.zeros_like(activity), np.array([""]))
    both, found = pd.factorize((activity * len(labels) + label)[read.order])
    first = np.empty(len(found), dtype=np.int64)
    first[both[::-1]] = np.arange(len(both))[::-1]
    codes: dict[tuple[str, str | None], tuple[int, int, int]] = {}
    for key, row in zip(found.tolist(), first.tolist(), strict=True):
        code = int(requests.kind[row]), int(requests.label[row]), int(requests.profile[row])
        name = str(activities[key // len(labels)])
        codes[name, str(labels[key % len(labels)])] = code
        if name != OTHER:
            codes.setdefault((name, None), (code[0], -1 if has_label else code[1], code[2]))
    return codes
