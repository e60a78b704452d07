"""Filters on columns of the list as one key of the address, `cf`.

`cf=street~saint denis;opened_at~2026-01-01..2026-01-31;activity~graffitis,eclairage`: conditions by `;`, in each
the column, `~` and what it has to be. A text has to be contained, a code to be one of several, a number or a day
to lie between two that stand around `..` (either may be missing) or to be the one given. `-` is an empty cell and
`*` a filled one. What cannot be used is left out and said, as with every key.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from domain import activities, statuses, territory
from domain.errors import InputRefused
from domain.precision import Precision
from geo.boroughs import load_sectors
from mart.column_filters import CODES, KIND, ColumnFilter

KEY = "cf"
EMPTY, FILLED = "-", "*"
MOST_FILTERS = 12

_PART, _IS, _OR, _TO = ";", "~", ",", ".."
_NO_FILTER = ("state", "id")
"""States have a key and buttons of their own; ours numbers are nobody's."""

FILTERED = tuple(column for column in KIND if column not in _NO_FILTER)
"""Columns that `cf` may filter."""


def read(text: str) -> tuple[str, tuple[ColumnFilter, ...] | None, list[str]]:
    """A reader of `dashboard.query`: the field, its filters (None for none), and the parts refused."""
    good: dict[str, ColumnFilter] = {}
    refused = []
    for part in filter(None, text.split(_PART)):
        try:
            one = _filter(part)
        except (InputRefused, ValueError):
            refused.append(part)
            continue
        if one.column in good or len(good) == MOST_FILTERS:
            refused.append(part)
        else:
            good[one.column] = one
    return "columns", tuple(good.values()) or None, refused


def write(filters: Iterable[ColumnFilter]) -> str:
    """The text that `read` makes these filters of."""
    return _PART.join(f"{one.column}{_IS}{_value(one)}" for one in filters)


def kind(column: str) -> str:
    """How a column is filtered: `codes`, `text`, `number` or `date`."""
    return "codes" if column in CODES else KIND[column]


def codes(column: str) -> tuple[str, ...]:
    """What a column of codes may hold."""
    boroughs = tuple(b.code for b in territory.boroughs())
    by_column: dict[str, Callable[[], tuple[str, ...]]] = {
        "activity": lambda: tuple(a.code for a in activities.activities()),
        "borough": lambda: (*boroughs, territory.VILLE_LIEE, territory.HORS_TERRITOIRE),
        "borough_who": lambda: (*boroughs, territory.VILLE_LIEE),
        "sector": lambda: tuple(area.code for area in load_sectors()),
        "precision": lambda: tuple(p.value for p in Precision),
        "status": lambda: tuple(s.value for s in statuses.Status),
    }
    return by_column[column]()


def _filter(part: str) -> ColumnFilter:
    column, _, said = part.partition(_IS)
    if column not in FILTERED or not said:
        raise InputRefused(f"{column!r} is no column that can be filtered.")
    if said in {EMPTY, FILLED}:
        return ColumnFilter(column, "blank" if said == EMPTY else "filled")
    of = kind(column)
    if of == "codes":
        given = tuple(dict.fromkeys(filter(None, said.split(_OR))))
        if not set(given) <= set(codes(column)):
            raise InputRefused(f"{said!r} has something that {column} never is.")
        return ColumnFilter(column, "one_of", given)
    if of == "text":
        return ColumnFilter(column, "contains", (said,))
    return _between(column, said, _day if of == "date" else _number)


def _between(column: str, said: str, parse: Any) -> ColumnFilter:
    low, between, high = said.partition(_TO)
    if not between:
        return ColumnFilter(column, "equals", (parse(low),))
    if low and high:
        ends = sorted((parse(low), parse(high)))
        return ColumnFilter(column, "between", tuple(ends))
    return ColumnFilter(column, "from" if low else "to", (parse(low or high),))


def _day(text: str) -> date:
    found = date.fromisoformat(text)
    if not date(2000, 1, 1) <= found <= date(2100, 1, 1):
        raise ValueError(text)
    return found


def _number(text: str) -> float:
    if not text.isascii():
        raise ValueError(text)
    found = float(text)
    return int(found) if found.is_integer() else found


def _value(one: ColumnFilter) -> str:
    if one.operator in {"blank", "filled"}:
        return EMPTY if one.operator == "blank" else FILLED
    if one.operator == "one_of":
        return _OR.join(str(value) for value in one.values)
    if one.operator == "between":
        return _TO.join(str(value) for value in one.values)
    only = str(one.values[0])
    return {"from": f"{only}{_TO}", "to": f"{_TO}{only}"}.get(one.operator, only)
