"""What a screen is filtered by, and the requests that this leaves.

A `Filters` holds values; its `shape` says only which conditions there are, so that one compiled
statement serves every value (see mart.ask).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import reduce
from operator import add, or_
from typing import Any, Literal, NamedTuple

import ibis.expr.types as ir

from domain.errors import InputRefused
from geo import polygon
from geo.hexgrid import children_range, from_hex
from mart.ask import integer, moment, real, text
from mart.periods import day_end, day_start
from mart.spells import open_at

UNLOCATED = "unlocated"
"""Stands for requests that have no borough, sector or hexagon, in filters and cuts."""

UNKNOWN = "unknown"
"""The same for requests without a label or channel."""

FIRST_DAY, LAST_DAY = date(1000, 1, 1), date(2999, 12, 31)
"""Between these, days can be counted from and to without leaving the calendar."""

MOST_CELLS = 512
"""Hexagons that one filter may name."""

_WITHOUT = frozenset({UNLOCATED, UNKNOWN})

By = Literal["where", "who"]
_BOROUGH_COLUMN: dict[By, str] = {"where": "borough", "who": "borough_who"}


_LISTS = {
    "sectors": "sector",
    "activities": "activity",
    "labels": "label",
    "channels": "channel",
    "precisions": "precision",
}
"""Lists of codes and the columns that hold them; `boroughs` is where or who."""


class Shape(NamedTuple):
    """Which conditions a filter has; the numbers are of placeholders."""

    by: By
    lists: tuple[tuple[str, int, bool], ...]
    """Of each list that is not empty: its name, how many codes, and whether those without one are meant too."""
    cells: int
    no_cell: bool
    corners: int
    late_only: bool

    @property
    def borough_column(self) -> str:
        """The column that "borough" means."""
        return _BOROUGH_COLUMN[self.by]


@dataclass(frozen=True)
class Filters:
    """Period (Montréal days, both included) and place; an empty tuple is everything.

    `boroughs`, `sectors` and `h3` may name `UNLOCATED`, `labels` and `channels` `UNKNOWN`. `h3` are cells of any
    resolution up to 12, as text. `area` are the corners of a drawn polygon (`geo.polygon`): requests whose point
    lies in it.

    Raises:
        InputRefused: the period ends before it starts, a cell is none, or the area is no simple polygon.
    """

    start: date
    end: date
    boroughs: tuple[str, ...] = ()
    sectors: tuple[str, ...] = ()
    activities: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    precisions: tuple[str, ...] = ()
    by: By = "where"
    h3: tuple[str, ...] = ()
    area: polygon.Corners = ()
    late_only: bool = False

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise InputRefused(f"the period ends ({self.end}) before it starts ({self.start}).")
        if not FIRST_DAY <= self.start <= self.end <= LAST_DAY:
            raise InputRefused(f"a period lies between the years {FIRST_DAY.year} and {LAST_DAY.year}.")
        if self.by not in _BOROUGH_COLUMN:
            raise InputRefused(f"by has to be `where` or `who`, not {self.by!r}.")
        if len(self.h3) > MOST_CELLS:
            raise InputRefused(f"a filter may name {MOST_CELLS} hexagons, not {len(self.h3)}.")
        for name in ("boroughs", *_LISTS, "h3"):
            object.__setattr__(self, name, tuple(sorted(set(getattr(self, name)))))
        ranges(self.cells)
        if self.area:
            object.__setattr__(self, "area", polygon.drawn(self.area))

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
    def cells(self) -> tuple[str, ...]:
        """The hexagons of the filter, without `UNLOCATED`."""
        return tuple(cell for cell in self.h3 if cell != UNLOCATED)

    @property
    def shape(self) -> Shape:
        """Which conditions there are."""
        named = {name: getattr(self, name) for name in ("boroughs", *_LISTS)}
        lists = tuple((name, *_list_shape(codes)) for name, codes in named.items() if codes)
        cells, corners = _padded(len(self.cells)), _padded(len(self.area))
        return Shape(self.by, lists, cells, UNLOCATED in self.h3, corners, self.late_only)

    def period_values(self, as_of: datetime, suffix: str = "") -> dict[str, datetime]:
        """Values of `start…` and `until…`, the bounds of the period (both included)."""
        return {f"start{suffix}": day_start(self.start), f"until{suffix}": self.until(as_of)}

    def values(self, as_of: datetime) -> dict[str, Any]:
        """Values of every placeholder of `in_territory` and of the period."""
        found: dict[str, Any] = {"as_of": as_of} if self.late_only else {}
        for name in ("boroughs", *_LISTS):
            found |= _list_values(name, getattr(self, name))
        if self.cells:
            bounds = ranges(self.cells)
            bounds += [bounds[-1]] * (_padded(len(bounds)) - len(bounds))
            for i, (first, last) in enumerate(bounds):
                found |= {f"cell_first_{i}": first, f"cell_last_{i}": last}
        return found | _area_values(self.area)


def in_territory(table: ir.Table, shape: Shape) -> list[ir.BooleanValue]:
    """Conditions on place, activity and lateness: everything but the period."""
    found: list[ir.BooleanValue] = []
    for name, codes, without in shape.lists:
        column = table[shape.borough_column if name == "boroughs" else _LISTS[name]]
        found += _one_of(column, name, codes, without)
    cell = table["h3_12"]
    within = [cell.between(integer(f"cell_first_{i}"), integer(f"cell_last_{i}")) for i in range(shape.cells)]
    within += [cell.isnull()] if shape.no_cell else []
    if within:
        found.append(reduce(or_, within))
    if shape.corners:
        found += _in_area(table, shape.corners)
    if shape.late_only:
        found.append(open_at(table, moment("as_of")) & (table["due_at"] < moment("as_of")))
    return found


def _one_of(column: ir.StringColumn, name: str, codes: int, without: bool) -> Iterable[ir.BooleanValue]:
    named = column.isin([text(f"{name}_{i}") for i in range(codes)])
    if codes and without:
        yield named | column.isnull()
    elif codes:
        yield named
    elif without:
        yield column.isnull()


def _in_area(table: ir.Table, corners: int) -> list[ir.BooleanValue]:
    """Inside the box of the drawn area, and an odd number of its sides lie east of the point."""
    lon, lat = table["lon"], table["lat"]
    boxed = [
        lon.between(real("area_west"), real("area_east")),
        lat.between(real("area_south"), real("area_north")),
    ]
    crossed = []
    for i in range(corners):
        j = (i + 1) % corners
        (lon_i, lat_i), (lon_j, lat_j) = ((real(f"area_lon_{k}"), real(f"area_lat_{k}")) for k in (i, j))
        spans = (lat_i > lat) != (lat_j > lat)
        # A level side spans no latitude: what its division by zero gives is never looked at.
        east = lon < (lon_j - lon_i) * (lat - lat_i) / (lat_j - lat_i) + lon_i
        crossed.append((spans & east).ifelse(1, 0))
    return [*boxed, reduce(add, crossed) % 2 == 1]


def _area_values(area: polygon.Corners) -> dict[str, float]:
    if not area:
        return {}
    sides = ("area_west", "area_south", "area_east", "area_north")
    found = dict(zip(sides, polygon.bounds(area), strict=True))
    # A corner given twice makes a side without length, which no point crosses.
    for i, (lon, lat) in enumerate((*area, *[area[-1]] * (_padded(len(area)) - len(area)))):
        found |= {f"area_lon_{i}": lon, f"area_lat_{i}": lat}
    return found


def _list_shape(codes: tuple[str, ...]) -> tuple[int, bool]:
    named = [code for code in codes if code not in _WITHOUT]
    return _padded(len(named)), len(named) < len(codes)


def _list_values(name: str, codes: tuple[str, ...]) -> dict[str, str]:
    named = [code for code in codes if code not in _WITHOUT]
    if not named:
        return {}
    named += [named[-1]] * (_padded(len(named)) - len(named))
    return {f"{name}_{i}": code for i, code in enumerate(named)}


def _padded(n: int) -> int:
    """A power of two at least n, so that few shapes serve lists of every length (0 stays 0)."""
    return 1 << (n - 1).bit_length() if n else 0


def ranges(cells: Sequence[str]) -> list[tuple[int, int]]:
    """First and last cell of resolution 12 under each cell.

    Raises:
        InputRefused: a text is no cell, or finer than resolution 12.
    """
    if not cells:
        return []
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
