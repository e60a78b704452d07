"""Filters on columns of the list, in words."""

from __future__ import annotations

from datetime import date

from dashboard.components.names import activity_name, borough_name, sector_name
from dashboard.text import day, number, t
from mart.column_filters import ColumnFilter

_NAMED = {
    "activity": activity_name,
    "borough": borough_name,
    "borough_who": borough_name,
    "sector": sector_name,
}
_WORDS = {"state": "state", "precision": "carte.precision_name", "status": "carte.status"}
_SAYS = {"blank": "empty", "filled": "filled", "one_of": "one_of", "contains": "contains", "equals": "equals"}


def filter_words(one: ColumnFilter, lang: str) -> str:
    """Such as `Lieu contient « saint »`."""
    name = t(f"liste.column.{one.column}", lang)
    values = [_value(one.column, value, lang) for value in one.values]
    says = f"liste.js.says_{_SAYS.get(one.operator, one.operator)}"
    if one.operator == "between":
        return t(says, lang, name=name, low=values[0], high=values[1])
    return t(says, lang, name=name, value=", ".join(values)) if values else t(says, lang, name=name)


def _value(column: str, value: str | float | date, lang: str) -> str:
    if isinstance(value, date):
        return day(value, lang)
    if not isinstance(value, str):
        return number(value, lang, 0 if float(value).is_integer() else 1)
    if column in _NAMED:
        return _NAMED[column](value, lang)
    return t(f"{_WORDS[column]}.{value}", lang) if column in _WORDS else value
