"""KPIs of pulled rows at every level of a cut: by all its parts, by one of them, or as a whole."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from mart import grouped, intervals
from mart.cuts import Stretches
from mart.grouped import Codes, Ints, Ordered
from mart.intervals import Estimate, Floats
from mart.kpi_model import Base, Counted, Figure, Kpi, Rows
from mart.kpi_parts import BaseRows, InOrder, PartRows
from mart.kpi_rows import Pulled
from mart.spells import DAY_US
from mart.survival import survival_median


class Number(NamedTuple):
    """A KPI of each group: (groups,) each, NaN where there is no data."""

    value: Floats
    n: Floats
    """What it rests on: the denominator, the durations measured, or the count itself."""
    low: Floats
    """95 % interval; of a count NaN: it is what was counted."""
    high: Floats


class Counting:
    """The parts of KPIs, each worked out once; levels in several threads may share it."""

    def __init__(
        self, pulled: Sequence[Pulled], places: Sequence[Codes], count: int, over: Stretches
    ) -> None:
        self._bases = {
            rows.base: BaseRows(rows, place, count, over) for rows, place in zip(pulled, places, strict=True)
        }
        self.count = count
        self.over = over
        self._parts: dict[Rows, PartRows] = {}
        self._lock = threading.Lock()

    def part(self, part: Rows) -> PartRows:
        """The rows of a part."""
        with self._lock:
            if part not in self._parts:
                self._parts[part] = PartRows(part, self._bases[part.base])
            return self._parts[part]

    def prepare(self, kpis: Sequence[Kpi], in_threads: Callable[..., Iterator[Any]]) -> None:
        """Work out what is heavy and what every level needs, each apart from the others."""
        parts = [(kpi, part) for kpi in kpis for part in (kpi.numerator, kpi.denominator) if part is not None]
        named = {(part, self.part(part).preparation(kpi)) for kpi, part in parts}
        heavy = [(part, name) for part, name in named if name is not None]
        list(in_threads(lambda one: getattr(self.part(one[0]), one[1]), heavy))


class Level:
    """Groups of places at one level: group g in stretch s is number g × stretches + s."""

    def __init__(self, counting: Counting, group: Ints, groups: int) -> None:
        self._counting = counting
        self._groups = groups
        self._stretches = len(counting.over.names)
        self._size = groups * self._stretches
        self._of_place: Codes = group.astype(grouped.code_type(groups))
        """Of each place, its group."""
        numbers = group[:, np.newaxis] * self._stretches + np.arange(self._stretches)
        self._of_cell: Codes = numbers.reshape(-1).astype(grouped.code_type(self._size))
        """Of each cell, its number."""
        self._durations: dict[Rows, Ordered] = {}
        self._problems: dict[Base, tuple[Floats, Floats]] = {}

    def number(self, kpi: Kpi) -> Number:
        """A KPI of each group and stretch."""
        rows = self._counting.part(kpi.numerator)
        if kpi.figure is Figure.DURATION and rows.of.is_stock:
            return self._ages(rows, kpi.quantile)
        if kpi.figure is Figure.DURATION:
            if kpi.numerator not in self._durations:
                self._durations[kpi.numerator] = self._ordered(rows.durations)
            of = self._durations[kpi.numerator]
            return _in_days(grouped.quantile(of, kpi.quantile), of.n)
        if kpi.figure is Figure.SURVIVAL:
            of = self._ordered(rows.survived)
            return _in_days(survival_median(of), of.n)
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
        return self._summed(rows.sums)

    def _summed(self, by_cell: Floats) -> Floats:
        """What adds up: that of a group is the sum of its cells'."""
        return grouped.counts(self._of_cell, self._size, by_cell)

    def _ordered(self, rows: InOrder) -> Ordered:
        """Rows that are in order of value, by group."""
        n = self._summed(rows.n).astype(np.int64)
        return grouped.ordered(self._of_cell[rows.cell], n, rows.value)

    def _count_episodes(self, rows: PartRows) -> Floats:
        alone, cell, others = rows.episodes
        several = grouped.distinct(self._of_cell[cell], self._size, rows.number("episode_id")[others])
        return self._summed(alone) + several

    def _count_problems(self, rows: PartRows) -> tuple[Floats, Floats]:
        """Different problems, and of them recurring ones."""
        found = np.zeros((2, self._groups, self._stretches))
        problem, episode = rows.number("problem_id"), rows.number("episode_id")
        for window, (alone, place, others) in rows.problems:
            group, at = self._of_place[place], slice(window.first, window.last)
            width = window.last - window.first
            both = (problem[others], episode[others])
            if window.span is None:
                several = grouped.problems(group, self._groups, *both)
            else:
                several = grouped.problems_over(group, self._groups, width, window.span, *both)
            np.add.at(found[0, :, at], self._of_place, alone.reshape(-1, width))
            for number, more in zip(found, several, strict=True):
                number[:, at] += more.reshape(-1, width)
        return found[0].reshape(-1), found[1].reshape(-1)

    def _ages(self, rows: PartRows, q: float) -> Number:
        """Quantile of the ages of the backlog at the end of each stretch.

        Rows stay in order of group and age: each stretch only picks those that are open at its end.
        """
        group = self._of_place[rows.ages.place]
        order = grouped.order_of(group)
        opened, span = rows.ages.opened[order], rows.ages.span.of(order)
        edges = np.searchsorted(group[order], np.arange(self._groups + 1))
        found = np.empty((4, self._groups, self._stretches))
        for stretch, until in enumerate(self._counting.over.until_us):
            there = np.flatnonzero((span.begins <= stretch) & (span.ends > stretch))
            first = np.searchsorted(there, edges)
            ages = Ordered(np.maximum(until - opened[there], 0), None, np.diff(first), first[:-1])
            value, low, high = grouped.quantile(ages, q)
            found[:, :, stretch] = value, ages.n, low, high
        value, n, low, high = found.reshape(4, -1)
        return _in_days(Estimate(value, low, high), n)


def _quotient(kpi: Kpi, part: Floats, whole: Floats) -> Number:
    with np.errstate(divide="ignore", invalid="ignore"):
        value = np.where(whole > 0, part / whole, np.nan)
    unknown = np.full(len(value), np.nan)
    bounds = {Figure.SHARE: intervals.wilson, Figure.RATIO: intervals.ratio}.get(kpi.figure)
    low, high = bounds(part, whole) if bounds else (unknown, unknown)
    return Number(value * kpi.scale, whole, low * kpi.scale, high * kpi.scale)


def _in_days(found: Estimate, n: Ints | Floats) -> Number:
    return Number(found.value / DAY_US, n.astype(np.float64), found.low / DAY_US, found.high / DAY_US)
