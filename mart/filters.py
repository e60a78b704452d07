"""What a screen is filtered by, and the requests that this leaves.

A `Filters` holds values; its `shape` says only which conditions there are, so that one compiled
statement serves every value (see mart.ask).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import reduce
from operator import or_
from typing import Any, Literal, NamedTuple

import ibis.expr.types as ir

from domain.errors import InputRefused
from geo.hexgrid import children_range, from_hex
from mart.ask import integer, moment, text
from mart.periods import day_end, day_start

UNLOCATED = "unlocated"
"""Stands for requests that have no borough or sector, in filters."""

MOST_CELLS = 512
"""Hexagons that one filter may name."""

By = Literal["where", "who"]
_BOROUGH_COLUMN: dict[By, str] = {"where": "borough", "who": "borough_who"}


class Shape(NamedTuple):
    """Which conditions a filter has; the numbers are of placeholders."""

    by: By
    boroughs: tuple[int, bool]
    sectors: tuple[int, bool]
    activities: tuple[int, bool]
    cells: int
    late_only: bool

    @property
    def borough_column(self) -> str:
        """The column that "borough" means."""
        return _BOROUGH_COLUMN[self.by]


@dataclass(frozen=True)
class Filters:
    """Period (Montréal days, both included) and place; an empty tuple is everything.

    `boroughs` and `sectors` may name `UNLOCATED`. `h3` are cells of any resolution up to 12, as text.

    Raises:
        InputRefused: the period ends before it starts, or a cell is none.
    """

    start: date
    end: date
    boroughs: tuple[str, ...] = ()
    sectors: tuple[str, ...] = ()
    activities: tuple[str, ...] = ()
    by: By = "where"
    h3: tuple[str, ...] = ()
    late_only: bool = False

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise InputRefused(f"the period ends ({self.end}) before it starts ({self.start}).")
        if self.by not in _BOROUGH_COLUMN:
            raise InputRefused(f"by has to be `where` or `who`, not {self.by!r}.")
        if len(self.h3) > MOST_CELLS:
            raise InputRefused(f"a filter may name {MOST_CELLS} hexagons, not {len(self.h3)}.")
        for name in ("boroughs", "sectors", "activities", "h3"):
            object.__setattr__(self, name, tuple(sorted(set(getattr(self, name)))))
        if self.h3:
            _ranges(self.h3)

    @property
    def days(self) -> int:
        """Length of the period in days."""
        return (self.end - self.start).days + 1

    def previous(self) -> Filters:
        """The same over the period of equal length just before."""
        length = timedelta(days=self.days)
        return replace(self, start=self.start - length, end=self.end - length)

    def year_before(self) -> Filters:
        """The same over the same days of the year before (29 February becomes the 28th)."""
        return replace(self, start=_year_before(self.start), end=_year_before(self.end))

    def same_place(self, other: Filters) -> bool:
        """Whether another filter differs in its period only."""
        return replace(other, start=self.start, end=self.end) == self

    def until(self, as_of: datetime) -> datetime:
        """The moment that "at the period's end" means: its last one, or T where that is earlier."""
        return min(day_end(self.end), as_of)

    @property
    def shape(self) -> Shape:
        """Which conditions there are."""
        return Shape(
            self.by,
            _list_shape(self.boroughs),
            _list_shape(self.sectors),
            _list_shape(self.activities),
            _padded(len(self.h3)),
            self.late_only,
        )

    def period_values(self, as_of: datetime, suffix: str = "") -> dict[str, datetime]:
        """Values of `start…` and `until…`, the bounds of the period (both included)."""
        return {f"start{suffix}": day_start(self.start), f"until{suffix}": self.until(as_of)}

    def values(self, as_of: datetime) -> dict[str, Any]:
        """Values of every placeholder of `in_territory` and of the period."""
        found: dict[str, Any] = {"as_of": as_of} if self.late_only else {}
        for name in ("boroughs", "sectors", "activities"):
            found |= _list_values(name, getattr(self, name))
        if self.h3:
            bounds = _ranges(self.h3)
            bounds += [bounds[-1]] * (_padded(len(bounds)) - len(bounds))
            for i, (first, last) in enumerate(bounds):
                found |= {f"cell_first_{i}": first, f"cell_last_{i}": last}
        return found


def in_territory(table: ir.Table, shape: Shape) -> list[ir.BooleanValue]:
    """Conditions on place, activity and lateness: everything but the period."""
    found = [
        *_one_of(table[shape.borough_column], "boroughs", shape.boroughs),
        *_one_of(table["sector"], "sectors", shape.sectors),
        *_one_of(table["activity"], "activities", shape.activities),
    ]
    if shape.cells:
        cell = table["h3_12"]
        within = [
            cell.between(integer(f"cell_first_{i}"), integer(f"cell_last_{i}")) for i in range(shape.cells)
        ]
        found.append(reduce(or_, within))
    if shape.late_only:
        found.append(open_at(table, moment("as_of")) & (table["due_at"] < moment("as_of")))
    return found


def open_at(table: ir.Table, at: ir.TimestampScalar) -> ir.BooleanValue:
    """Opened by a moment, and closed after it or not at all."""
    return (table["opened_at"] <= at) & (table["ended_at"].isnull() | (table["ended_at"] > at))


def _one_of(column: ir.StringColumn, name: str, shape: tuple[int, bool]) -> Iterable[ir.BooleanValue]:
    codes, missing = shape
    if codes and missing:
        yield column.isin([text(f"{name}_{i}") for i in range(codes)]) | column.isnull()
    elif codes:
        yield column.isin([text(f"{name}_{i}") for i in range(codes)])
    elif missing:
        yield column.isnull()


def _list_shape(codes: tuple[str, ...]) -> tuple[int, bool]:
    return _padded(sum(code != UNLOCATED for code in codes)), UNLOCATED in codes


def _list_values(name: str, codes: tuple[str, ...]) -> dict[str, str]:
    named = [code for code in codes if code != UNLOCATED]
    if not named:
        return {}
    named += [named[-1]] * (_padded(len(named)) - len(named))
    return {f"{name}_{i}": code for i, code in enumerate(named)}


def _padded(n: int) -> int:
    """A power of two at least n, so that few shapes serve lists of every length (0 stays 0)."""
    return 1 << (n - 1).bit_length() if n else 0


def _ranges(cells: tuple[str, ...]) -> list[tuple[int, int]]:
    """First and last cell of resolution 12 under each cell.

    Raises:
        InputRefused: a text is no cell, or finer than resolution 12.
    """
    try:
        first, last = children_range(from_hex(cells))
    except InputRefused:
        raise
    except ValueError as error:
        raise InputRefused(f"a hexagon of the filter cannot be used: {error}.") from error
    return [(int(a), int(b)) for a, b in zip(first, last, strict=True)]


def _year_before(day: date) -> date:
    last_of_february = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year - 1, day=28 if last_of_february else day.day)
