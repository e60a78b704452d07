"""KPIs of pulled rows at every level of a cut: by all its parts, by one of them, or as a whole."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from mart import grouped, intervals
from mart.cuts import Stretches
from mart.intervals import Estimate, Floats
from mart.kpi_model import Base, Counted, Figure, Kpi, Rows
from mart.kpi_rows import ENDED, NEVER, Pulled, sum_name
from mart.spells import DAY_US

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


class Number(NamedTuple):
    """A KPI of each group: (groups,) each, NaN where there is no data."""

    value: Floats
    n: Floats
    """What it rests on: the denominator, the durations measured, or the count itself."""
    low: Floats
    """95 % interval; of a count NaN: it is what was counted."""
    high: Floats


class Summed(NamedTuple):
    """Distinct things that add up over places, and the rows of those that are in several places and do not."""

    alone: Floats
    astride: Ints


class PartRows:
    """The rows of one part of a KPI, in places and stretches of time; what several levels need, worked out once."""

    def __init__(self, part: Rows, pulled: Pulled, place: Ints, places: int, over: Stretches) -> None:
        self.part = part
        self._pulled = pulled
        held = pulled.of(part)
        self.held = slice(None) if held.all() else np.flatnonzero(held)
        self.place: Ints = place[self.held]
        self._places = places
        self._over = over
        self.stretches = len(over.names)

    def number(self, name: str) -> Ints:
        """One of the rows' numbers."""
        found: Ints = self._pulled.numbers[name][self.held]
        return found

    @cached_property
    def lasted(self) -> Ints:
        """Twice what each row lasted (µs), and one more where it has not ended: of equal times those come last."""
        found: Ints = self.number("lasted_us") << 1
        found |= ~self.ended
        return found

    @cached_property
    def ended(self) -> Flags:
        """Whether each row has ended at T."""
        found: Flags = self._pulled.of(ENDED)[self.held]
        return found

    @cached_property
    def stretch(self) -> Ints:
        """The stretch of each row that is in just one."""
        if self.stretches == 1:
            return np.zeros(len(self.place), dtype=np.int64)
        return np.searchsorted(self._over.start_us, self.number("at_us"), side="right") - 1

    @cached_property
    def sums(self) -> Floats:
        """Rows, or people behind them, by place and stretch: (places, stretches)."""
        shape = (self._places, self.stretches)
        if self.stretches > 1 and self.part.base is Base.BACKLOG:
            begins, ends = self.spans
            width = self.stretches + 1
            size = self._places * width
            moves = [
                grouped.counts(self.place * width + at, size) for at in (begins, np.maximum(begins, ends))
            ]
            found: Floats = np.cumsum((moves[0] - moves[1]).reshape(-1, width), axis=1)[:, :-1]
            return found
        weight = self._weight()
        group = self.place * self.stretches + self.stretch
        return grouped.counts(group, shape[0] * shape[1], weight).reshape(shape)

    def _weight(self) -> Ints | None:
        """What each row stands for, if more than one request."""
        name = sum_name(self._pulled.parts.index(self.part))
        if name in self._pulled.numbers:
            return self._pulled.numbers[name]
        return self.number("requesters") if self.part.counted is Counted.REQUESTERS else None

    @cached_property
    def spans(self) -> tuple[Ints, Ints]:
        """Of rows of the backlog the first stretch that they count in, and the first that they no more do."""
        until = self._over.until_us
        begins = np.searchsorted(until, self.number("from_us"), side="left")
        if self.part.since is not None:
            since = self.number(f"since_{self.part.since}")
            past = np.where(since == NEVER, NEVER, since + self.part.after_us)
            begins = np.maximum(begins, np.searchsorted(until, past, side="right"))
        return begins, np.searchsorted(until, self.number("gone_us"), side="left")

    @cached_property
    def durations(self) -> tuple[Ints, Ints, Ints]:
        """Place, stretch and duration (µs), a row's of the backlog at the end of each stretch that it counts in."""
        if self.part.base is not Base.BACKLOG:
            return self.place, self.stretch, self.number("lasted_us")
        until, opened = self._over.until_us, self.number("opened_us")
        if self.stretches == 1:
            return self.place, self.stretch, np.maximum(until[0] - opened, 0)
        begins, ends = self.spans
        times = np.maximum(ends - begins, 0)
        row = np.repeat(np.arange(len(opened)), times)
        stretch = begins[row] + np.arange(len(row)) - np.repeat(np.cumsum(times) - times, times)
        return self.place[row], stretch, np.maximum(until[stretch] - opened[row], 0)

    @cached_property
    def episodes(self) -> Summed:
        """Different episodes by place and stretch."""
        group, key = self.place * self.stretches + self.stretch, self.number("episode_id")
        apart = grouped.astride(group, key) if self._places > 1 else np.zeros(len(key), dtype=bool)
        size = self._places * self.stretches
        alone = grouped.distinct(group[~apart], size, key[~apart]).reshape(self._places, self.stretches)
        return Summed(alone, np.flatnonzero(apart))

    @cached_property
    def problems(self) -> list[tuple[Summed, Summed]]:
        """Of each stretch the different problems by place, and those that recur, in the 6 months before its end."""
        return [self._problems(some) for some in self.windows]

    def _problems(self, some: Ints) -> tuple[Summed, Summed]:
        place, problem, episode = (
            self.place[some],
            self.number("problem_id")[some],
            self.number("episode_id")[some],
        )
        apart = grouped.astride(place, problem) if self._places > 1 else np.zeros(len(place), dtype=bool)
        alone = grouped.problems(place[~apart], self._places, problem[~apart], episode[~apart])
        return Summed(alone[0], some[apart]), Summed(alone[1], some[apart])

    @cached_property
    def windows(self) -> list[Ints]:
        """Of each stretch the rows in the 6 months before its end."""
        if self.stretches == 1:
            return [np.arange(len(self.place))]
        at = self.number("at_us")
        order = np.argsort(at, kind="stable")
        first = np.searchsorted(at[order], self._over.recent_from_us, side="left")
        last = np.searchsorted(at[order], self._over.until_us, side="right")
        return [order[a:b] for a, b in zip(first, last, strict=True)]


class Counting:
    """The parts of KPIs, each worked out once; levels in several threads may share it."""

    def __init__(self, pulled: Sequence[Pulled], places: Sequence[Ints], count: int, over: Stretches) -> None:
        self._pulled = [(rows, place) for rows, place in zip(pulled, places, strict=True)]
        """Rows, and the place of each."""
        self.count = count
        self.over = over
        self._parts: dict[Rows, PartRows] = {}
        self._lock = threading.Lock()

    def part(self, part: Rows) -> PartRows:
        """The rows of a part."""
        with self._lock:
            if part not in self._parts:
                rows, place = next(both for both in self._pulled if part in both[0].parts)
                self._parts[part] = PartRows(part, rows, place, self.count, self.over)
            return self._parts[part]


class Level:
    """Groups of places at one level: group g in stretch s is number g × stretches + s."""

    def __init__(self, counting: Counting, group: Ints, groups: int) -> None:
        self._counting = counting
        self._group = group
        """Of each place, its group."""
        self._groups = groups
        self._stretches = len(counting.over.names)
        self._size = groups * self._stretches
        self._ordered: dict[Rows, grouped.Ordered] = {}
        self._problems: dict[Base, tuple[Floats, Floats]] = {}

    def number(self, kpi: Kpi) -> Number:
        """A KPI of each group and stretch."""
        if kpi.figure is Figure.DURATION:
            ordered = self._durations(kpi.numerator)
            return _in_days(grouped.quantile(ordered, kpi.quantile), ordered.n)
        if kpi.figure is Figure.SURVIVAL:
            return self._survival(self._counting.part(kpi.numerator))
        part = self._count(kpi.numerator)
        if kpi.denominator is None:
            unknown = np.full(self._size, np.nan)
            return Number(part, part, unknown, unknown)
        return _quotient(kpi, part, self._count(kpi.denominator))

    def _count(self, part: Rows) -> Floats:
        rows = self._counting.part(part)
        if part.counted is Counted.EPISODES:
            return self._count_episodes(rows)
        if part.counted in {Counted.PROBLEMS, Counted.RECURRING}:
            if part.base not in self._problems:
                self._problems[part.base] = self._count_problems(rows)
            return self._problems[part.base][part.counted is Counted.RECURRING]
        return self._summed(rows.sums).reshape(-1)

    def _summed(self, by_place: Floats) -> Floats:
        """What adds up: that of a group is the sum of its places'."""
        found = np.zeros((self._groups, *by_place.shape[1:]))
        np.add.at(found, self._group, by_place)
        return found

    def _of(self, place: Ints, stretch: Ints) -> Ints:
        found: Ints = self._group[place]
        if self._stretches > 1:
            found *= self._stretches
            found += stretch
        return found

    def _count_episodes(self, rows: PartRows) -> Floats:
        alone, astride = rows.episodes
        group = self._of(rows.place[astride], rows.stretch[astride])
        others = grouped.distinct(group, self._size, rows.number("episode_id")[astride])
        return self._summed(alone).reshape(-1) + others

    def _count_problems(self, rows: PartRows) -> tuple[Floats, Floats]:
        """Different problems, and of them recurring ones."""
        found = np.zeros((2, self._groups, self._stretches))
        problem, episode = rows.number("problem_id"), rows.number("episode_id")
        for stretch, (all_, recurring) in enumerate(rows.problems):
            some = all_.astride
            group = self._group[rows.place[some]]
            others = grouped.problems(group, self._groups, problem[some], episode[some])
            for number, (summed, more) in enumerate(zip((all_, recurring), others, strict=True)):
                found[number, :, stretch] = self._summed(summed.alone) + more
        return found[0].reshape(-1), found[1].reshape(-1)

    def _durations(self, part: Rows) -> grouped.Ordered:
        if part not in self._ordered:
            place, stretch, lasted = self._counting.part(part).durations
            self._ordered[part] = grouped.ordered(self._of(place, stretch), self._size, lasted)
        return self._ordered[part]

    def _survival(self, rows: PartRows) -> Number:
        group = self._of(rows.place, rows.stretch)
        n = np.bincount(group, minlength=self._size)
        return _in_days(grouped.survival_median(group, self._size, rows.lasted), n)


def _quotient(kpi: Kpi, part: Floats, whole: Floats) -> Number:
    with np.errstate(divide="ignore", invalid="ignore"):
        value = np.where(whole > 0, part / whole, np.nan)
    unknown = np.full(len(value), np.nan)
    bounds = {Figure.SHARE: intervals.wilson, Figure.RATIO: intervals.ratio}.get(kpi.figure)
    low, high = bounds(part, whole) if bounds else (unknown, unknown)
    return Number(value * kpi.scale, whole, low * kpi.scale, high * kpi.scale)


def _in_days(found: Estimate, n: Ints) -> Number:
    return Number(found.value / DAY_US, n.astype(np.float64), found.low / DAY_US, found.high / DAY_US)
