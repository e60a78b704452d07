"""Conditions on single columns of the list."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

import ibis.expr.types as ir

from domain.errors import InputRefused
from mart.ask import folded, moment, real, text
from mart.periods import day_end, day_start

TEXTS = ("external_id", "label", "street", "street_from", "street_to")
CODES = ("state", "activity", "borough", "borough_who", "sector", "precision", "status")
NUMBERS = ("id", "requesters", "age_days")
MOMENTS = ("opened_at", "due_at", "closed_at")
KIND: dict[str, str] = (
    dict.fromkeys(TEXTS + CODES, "text") | dict.fromkeys(NUMBERS, "number") | dict.fromkeys(MOMENTS, "date")
)
"""Columns that may be filtered, and by what kind of value."""

MOST_VALUES = 64
LONGEST_TEXT = 200

_OPERATORS = {
    "text": {"contains", "one_of", "blank", "filled"},
    "number": {"equals", "from", "to", "between", "blank", "filled"},
    "date": {"equals", "from", "to", "between", "blank", "filled"},
}
_VALUES = {"blank": 0, "filled": 0, "between": 2}


class FilterShape(NamedTuple):
    """A filter without its values."""

    column: str
    operator: str
    values: int
    number: int
    """Its place among the filters of a question: part of its placeholders' names."""


@dataclass(frozen=True)
class ColumnFilter:
    """A condition on one column.

    Texts are compared without capitals and accents, codes as they are. A date stands for a day of Montréal.

    Raises:
        InputRefused: the column, the operator or a value cannot be used.
    """

    column: str
    operator: str
    values: tuple[str | float | date, ...] = ()

    def __post_init__(self) -> None:
        kind = KIND.get(self.column)
        if kind is None or self.operator not in _OPERATORS[kind]:
            raise InputRefused(f"the list cannot be filtered by {self.column} {self.operator}.")
        if not isinstance(self.values, tuple):
            raise TypeError("the values of a filter are a tuple")
        expected = _VALUES.get(self.operator, 1)
        right = 1 <= len(self.values) <= MOST_VALUES if self.operator == "one_of" else None
        if right is False or (right is None and len(self.values) != expected):
            raise InputRefused(f"the filter {self.column} {self.operator} has {len(self.values)} values.")
        if not all(_is_of(kind, value) for value in self.values):
            raise InputRefused(f"the filter on {self.column} wants a {kind}, not {self.values[0]!r}.")


def shapes(filters: Sequence[ColumnFilter]) -> tuple[FilterShape, ...]:
    """The filters without their values."""
    return tuple(FilterShape(f.column, f.operator, len(f.values), i) for i, f in enumerate(filters))


def filter_values(filters: Sequence[ColumnFilter]) -> dict[str, Any]:
    """Values of the placeholders of `conditions`."""
    found: dict[str, Any] = {}
    for i, one in enumerate(filters):
        for j, value in enumerate(one.values):
            if isinstance(value, date):
                found |= {f"filter_{i}_{j}_start": day_start(value), f"filter_{i}_{j}_end": day_end(value)}
            elif isinstance(value, str):
                found[f"filter_{i}_{j}"] = value if one.column in CODES else fold(value)
            else:
                found[f"filter_{i}_{j}"] = float(value)
    return found


def conditions(rows: ir.Table, of: Sequence[FilterShape]) -> list[ir.BooleanValue]:
    """Conditions on rows that have the filtered columns (with `state` and `age_days`)."""
    return [_condition(rows[shape.column], shape) for shape in of]


def fold(value: str) -> str:
    """A text in lower case without accents."""
    return "".join(c for c in unicodedata.normalize("NFD", value.lower()) if not unicodedata.combining(c))


def _is_of(kind: str, value: object) -> bool:
    if kind == "text":
        return isinstance(value, str) and len(value) <= LONGEST_TEXT
    if kind == "date":
        return isinstance(value, date)
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 2**53


def _condition(column: Any, shape: FilterShape) -> ir.BooleanValue:
    if shape.operator in {"blank", "filled"}:
        return column.isnull() if shape.operator == "blank" else column.notnull()
    name = f"filter_{shape.number}_"
    kind = KIND[shape.column]
    if kind == "date":
        return _date_condition(column, shape.operator, name)
    if kind == "number":
        return _BY_NUMBER[shape.operator](column, *(real(f"{name}{j}") for j in range(shape.values)))
    values = [text(f"{name}{j}") for j in range(shape.values)]
    if shape.column not in CODES:
        column = folded(column)
    return column.isin(values) if shape.operator == "one_of" else column.contains(values[0])


def _date_condition(column: Any, operator: str, name: str) -> ir.BooleanValue:
    start, end = moment(f"{name}0_start"), moment(f"{name}0_end")
    if operator == "between":
        return column.between(start, moment(f"{name}1_end"))
    by_operator: dict[str, Callable[[], ir.BooleanValue]] = {
        "equals": lambda: column.between(start, end),
        "to": lambda: column <= end,
        "from": lambda: column >= start,
    }
    return by_operator[operator]()


_BY_NUMBER: dict[str, Callable[..., ir.BooleanValue]] = {
    "equals": lambda column, value: column == value,
    "to": lambda column, value: column <= value,
    "from": lambda column, value: column >= value,
    "between": lambda column, low, high: column.between(low, high),
}
