"""Pulled rows in places and stretches of time: what several levels of a cut need of them, worked out once."""

from __future__ import annotations

from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from mart import grouped
from mart.cuts import Stretches
from mart.grouped import Codes, Ints, Span
from mart.intervals import Floats
from mart.kpi_model import Base, Counted, Figure, Kpi, Rows
from mart.kpi_rows import NEVER, Pulled

Some = slice | Ints
"""All rows, or some by their places."""

ALL = slice(None)


class BaseRows:
    """Rows of one base; a cell is a place in a stretch: place × stretches + stretch."""

    def __init__(self, pulled: Pulled, place: Codes, places: int, over: Stretches) -> None:
        self.pulled = pulled
        self.place = place
        self.places = places
        self.over = over
        self.stretches = len(over.names)
        self.cells = places * self.stretches
        self.is_stock = pulled.base is Base.BACKLOG and self.stretches > 1
        """Whether a row may count in several stretches."""

    @cached_property
    def cell(self) -> Codes:
        """The cell of each row that is in just one stretch."""
        if self.stretches == 1:
            return self.place
        stretch = np.searchsorted(self.over.start_us, self.pulled.numbers["at_us"], side="right") - 1
        found = self.place.astype(grouped.code_type(max(self.cells, self.stretches) + 1))
        found *= self.stretches
        np.add(found, stretch, out=found, casting="unsafe")
        return found

    @cached_property
    def span(self) -> Span:
        """Of rows of the backlog the stretches at whose ends they are open."""
        until, numbers = self.over.until_us, self.pulled.numbers
        begins, ends = (np.searchsorted(until, numbers[name], side="left") for name in ("from_us", "gone_us"))
        return Span(begins, ends)

    @cached_property
    def _by_bits(self) -> tuple[Ints, Ints]:
        """The different bits, and of each the rows in every cell: (bits, cells)."""
        bits = self.pulled.bits
        there = np.flatnonzero(np.bincount(bits))
        kind = np.zeros(int(bits.max(initial=0)) + 1, dtype=grouped.code_type(len(there) * self.cells + 1))
        kind[there] = np.arange(len(there)) * self.cells
        key = kind[bits]
        np.add(key, self.cell, out=key, casting="unsafe")
        return there, np.bincount(key, minlength=len(there) * self.cells).reshape(len(there), self.cells)

    def rows(self, part: Rows) -> Floats:
        """Rows of a part by cell."""
        bits, rows = self._by_bits
        if part in self.pulled.parts:
            rows = rows[(bits >> self.pulled.parts.index(part)) & 1 == 1]
        found: Floats = rows.sum(axis=0).astype(np.float64)
        return found

    def held(self, part: Rows) -> Some:
        """Which rows a part has."""
        if part not in self.pulled.parts:
            return ALL
        found = (self.pulled.bits & np.int32(1 << self.pulled.parts.index(part))) != 0
        return ALL if found.all() else np.flatnonzero(found)


class Apart(NamedTuple):
    """Different things by cell, but for those that several rows have, which may be in several cells."""

    alone: Floats
    group: Codes
    """Place, or cell, of each row of the others."""
    rows: Some
    """The others."""


class InOrder(NamedTuple):
    """Rows in order of value."""

    cell: Codes
    value: Ints
    n: Floats
    """How many there are in each cell."""


class Ages(NamedTuple):
    """Rows of the backlog, the youngest first."""

    place: Codes
    opened: Ints
    span: Span


class PartRows:
    """The rows of one part of a KPI."""

    def __init__(self, part: Rows, of: BaseRows) -> None:
        self.part = part
        self.of = of
        self._held = of.held(part)

    def preparation(self, kpi: Kpi) -> str | None:
        """Which of the properties, if any, is worth being worked out ahead of the levels for a KPI."""
        if kpi.figure is Figure.SURVIVAL:
            return "survived"
        if kpi.figure is Figure.DURATION:
            return "ages" if self.of.is_stock else "durations"
        # Of problems the recurring ones are counted, and with them all.
        return {Counted.EPISODES: "episodes", Counted.RECURRING: "problems"}.get(self.part.counted)

    def number(self, name: str) -> Ints:
        """One of the rows' numbers."""
        found: Ints = self.of.pulled.numbers[name][self._held]
        return found

    @cached_property
    def sums(self) -> Floats:
        """Rows, or people behind them, by cell."""
        of, pulled = self.of, self.of.pulled
        if of.is_stock:
            return grouped.present(of.place[self._held], of.places, of.stretches, self.span).reshape(-1)
        if self.part in pulled.sums:
            return grouped.counts(of.cell, of.cells, pulled.numbers[pulled.sums[self.part]])
        if self.part.counted is Counted.REQUESTERS:
            return grouped.counts(of.cell[self._held], of.cells, self.number("requesters"))
        return of.rows(self.part)

    @cached_property
    def span(self) -> Span:
        """Of rows of the backlog the stretches that they count in."""
        found, until = self.of.span.of(self._held), self.of.over.until_us
        if self.part.since is None:
            return found
        since = self.number(f"since_{self.part.since}")
        past = np.where(since == NEVER, NEVER, since + self.part.after_us)
        return Span(np.maximum(found.begins, np.searchsorted(until, past, side="right")), found.ends)

    @cached_property
    def durations(self) -> InOrder:
        """Durations (µs)."""
        if self.part.base is Base.BACKLOG:
            lasted = np.maximum(self.of.over.until_us[0] - self.number("opened_us"), 0)
        else:
            lasted = self.number("lasted_us")
        return self._in_order(lasted)

    @cached_property
    def survived(self) -> InOrder:
        """What `mart.survival` is given."""
        return self._in_order(self.number("survived"))

    def _in_order(self, value: Ints) -> InOrder:
        cell, value = grouped.by_value(self.of.cell[self._held], value)
        return InOrder(cell, value, self.of.rows(self.part))

    @cached_property
    def ages(self) -> Ages:
        """Rows of the backlog over time, by age."""
        opened = self.number("opened_us")
        order = np.argsort(opened)[::-1]
        return Ages(self.of.place[self._held][order], opened[order], self.span.of(order))

    @cached_property
    def episodes(self) -> Apart:
        """Different episodes by cell."""
        cell, again = self.of.cell[self._held], grouped.repeated(self.number("episode_id"))
        others = np.flatnonzero(again)
        return Apart(grouped.counts(cell[~again], self.of.cells), cell[others], others)

    @cached_property
    def problems(self) -> list[tuple[Window, Apart]]:
        """Different problems by place in the 6 months before each stretch's end, and the rows of the others.

        One for each run of stretches whose 6 months only move forward: at a month's end they may step back.
        """
        again = grouped.repeated(self.number("problem_id"))
        place, others = self.of.place[self._held], np.flatnonzero(again)
        if self.of.stretches == 1:
            alone = grouped.counts(place[~again], self.of.places)
            return [(Window(0, 1, None), Apart(alone, place[others], others))]
        at = self.number("at_us")
        others = others[np.argsort(at[others], kind="stable")]
        return [self._window(first, last, at, ~again, others) for first, last in self._runs()]

    def _runs(self) -> list[tuple[int, int]]:
        back = np.flatnonzero(np.diff(self.of.over.recent_from_us) < 0) + 1
        ends = [0, *back.tolist(), self.of.stretches]
        return list(pairwise(ends))

    def _window(
        self, first: int, last: int, at: Ints, single: grouped.Flags, others: Ints
    ) -> tuple[Window, Apart]:
        place = self.of.place[self._held]
        until, recent = self.of.over.until_us[first:last], self.of.over.recent_from_us[first:last]
        span = Span(
            np.searchsorted(until, at, side="left"),
            np.searchsorted(recent, at, side="right"),
        )
        alone = grouped.present(place[single], self.of.places, last - first, span.of(single))
        return Window(first, last, span.of(others)), Apart(alone.reshape(-1), place[others], others)


class Window(NamedTuple):
    """Some stretches, from the first to before the last, and when each of the rows is in the 6 months before."""

    first: int
    last: int
    span: Span | None
    """None of one stretch only: every row always is."""
