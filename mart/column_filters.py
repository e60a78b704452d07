"""Filters on single columns of the list, as a grid sends them."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
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

_GRID_TYPES = {
    "contains": "contains", "notContains": "lacks", "equals": "equals", "notEqual": "differs",
    "startsWith": "starts", "endsWith": "ends", "blank": "blank", "notBlank": "filled",
    "lessThan": "below", "lessThanOrEqual": "to", "greaterThan": "above", "greaterThanOrEqual": "from",
    "inRange": "between",
}  # fmt: skip
_OPERATORS = {
    "text": {"contains", "lacks", "equals", "differs", "starts", "ends", "blank", "filled", "one_of"},
    "number": {"equals", "differs", "below", "to", "above", "from", "between", "blank", "filled"},
    "date": {"equals", "differs", "below", "to", "above", "from", "between", "blank", "filled"},
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


def from_grid(model: Mapping[str, Any]) -> tuple[ColumnFilter, ...]:
    """Filters of an AG Grid filter model (simple conditions, or several joined by AND).

    Raises:
        InputRefused: the model has something else.
    """
    return tuple(found for column, entry in model.items() for found in _from_entry(column, entry))


def fold(value: str) -> str:
    """A text in lower case without accents."""
    return "".join(c for c in unicodedata.normalize("NFD", value.lower()) if not unicodedata.combining(c))


def _from_entry(column: str, entry: Any) -> Iterator[ColumnFilter]:
    if not isinstance(entry, Mapping):
        raise InputRefused(f"the filter on {column} is not a condition.")
    if "conditions" in entry:
        if entry.get("operator") != "AND" or not isinstance(entry["conditions"], list):
            raise InputRefused(f"the conditions on {column} can only be joined by AND.")
        for condition in entry["conditions"]:
            yield from _from_entry(column, condition)
        return
    if entry.get("filterType") == "set":
        yield ColumnFilter(column, "one_of", tuple(entry.get("values") or ()))
        return
    operator = _GRID_TYPES.get(str(entry.get("type")), str(entry.get("type")))
    names = ("dateFrom", "dateTo") if KIND.get(column) == "date" else ("filter", "filterTo")
    given = [entry.get(name) for name in names[: _VALUES.get(operator, 1)]]
    yield ColumnFilter(column, operator, tuple(_parsed(column, value) for value in given))


def _parsed(column: str, value: Any) -> Any:
    if KIND.get(column) != "date":
        return value
    try:
        return datetime.fromisoformat(value).date()
    except (TypeError, ValueError) as error:
        raise InputRefused(f"the filter on {column} wants a day, not {value!r}.") from error


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
    return column.isin(values) if shape.operator == "one_of" else _BY_TEXT[shape.operator](column, *values)


def _date_condition(column: Any, operator: str, name: str) -> ir.BooleanValue:
    start, end = moment(f"{name}0_start"), moment(f"{name}0_end")
    if operator == "between":
        return column.between(start, moment(f"{name}1_end"))
    by_operator: dict[str, Callable[[], ir.BooleanValue]] = {
        "equals": lambda: column.between(start, end),
        "differs": lambda: ~column.between(start, end),
        "below": lambda: column < start,
        "to": lambda: column <= end,
        "above": lambda: column > end,
        "from": lambda: column >= start,
    }
    return by_operator[operator]()


_BY_TEXT: dict[str, Callable[..., ir.BooleanValue]] = {
    "contains": lambda column, value: column.contains(value),
    "lacks": lambda column, value: ~column.contains(value),
    "equals": lambda column, value: column == value,
    "differs": lambda column, value: column != value,
    "starts": lambda column, value: column.startswith(value),
    "ends": lambda column, value: column.endswith(value),
}
_BY_NUMBER: dict[str, Callable[..., ir.BooleanValue]] = {
    "equals": lambda column, value: column == value,
    "differs": lambda column, value: column != value,
    "below": lambda column, value: column < value,
    "to": lambda column, value: column <= value,
    "above": lambda column, value: column > value,
    "from": lambda column, value: column >= value,
    "between": lambda column, low, high: column.between(low, high),
}
