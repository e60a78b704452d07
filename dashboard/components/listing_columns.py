"""The columns of the list page: names, how each is drawn, filtered and sorted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from dashboard import column_query
from dashboard.components.names import activity_name, borough_name, sector_name
from dashboard.query import SORTS
from dashboard.text import catalogue, t


@dataclass(frozen=True, slots=True)
class ListColumn:
    """One column; `field` is that of the mart, which sorts and filters it."""

    field: str
    renderer: str
    width: int
    """Pixels: its name, the sign of its filter and that of its order have room."""
    desc_first: bool = False
    is_usual: bool = False
    """Shown before a person has chosen, where there is room for a whole table."""
    is_vital: bool = False
    """The same on a tablet or a phone."""
    may_be_empty: bool = False


COLUMNS = (
    ListColumn("state", "StateCell", 124, is_usual=True, is_vital=True),
    ListColumn("external_id", "ListeTextCell", 126, is_usual=True),
    ListColumn("activity", "ListeActivityCell", 150, is_usual=True, is_vital=True),
    ListColumn("label", "ListeTextCell", 200, may_be_empty=True),
    ListColumn("street", "ListePlaceCell", 140, is_usual=True, is_vital=True, may_be_empty=True),
    ListColumn("borough", "ListeNameCell", 190, is_usual=True, may_be_empty=True),
    ListColumn("sector", "ListeNameCell", 170, may_be_empty=True),
    ListColumn("borough_who", "ListeNameCell", 190, may_be_empty=True),
    ListColumn("opened_at", "ListeMomentCell", 134, desc_first=True, is_usual=True),
    ListColumn("due_at", "DueCell", 136, is_usual=True, is_vital=True, may_be_empty=True),
    ListColumn("closed_at", "ListeMomentCell", 122, desc_first=True, may_be_empty=True),
    ListColumn("age_days", "ListeAgeCell", 98, desc_first=True, is_usual=True),
    ListColumn("requesters", "PeopleCell", 118, desc_first=True, is_usual=True, is_vital=True),
    ListColumn("status", "ListeNameCell", 150, may_be_empty=True),
    ListColumn("precision", "ListeNameCell", 130),
    ListColumn("channel", "ListeNameCell", 140, may_be_empty=True),
    ListColumn("street_from", "ListeTextCell", 180, may_be_empty=True),
    ListColumn("street_to", "ListeTextCell", 180, may_be_empty=True),
)

_FLEXIBLE = "street"
_LEAST_WIDTH = 76


def column_name(field: str, lang: str, *, long: bool = False) -> str:
    """The name over a column; the long one says what it is where the short one may leave a doubt."""
    more = catalogue(lang).get(f"liste.long.{field}") if long else None
    return more or t(f"liste.column.{field}", lang)


def definitions(lang: str) -> list[dict[str, Any]]:
    """Column definitions for the grid."""
    return [_definition(column, lang) for column in COLUMNS]


def described(lang: str) -> list[dict[str, Any]]:
    """What the browser needs to choose, filter and draw them."""
    return [
        {
            "field": column.field,
            "name": column_name(column.field, lang),
            "long": column_name(column.field, lang, long=True),
            "usual": column.is_usual,
            "vital": column.is_vital,
            "empty": column.may_be_empty,
            "kind": column_query.kind(column.field) if column.field in column_query.FILTERED else None,
            "codes": _words(column.field, lang),
        }
        for column in COLUMNS
    ]


def _definition(column: ListColumn, lang: str) -> dict[str, Any]:
    order = ["desc", "asc", None] if column.desc_first else ["asc", "desc", None]
    flexible = {"flex": 1} if column.field == _FLEXIBLE else {"width": column.width}
    return {
        "field": column.field,
        "headerName": column_name(column.field, lang),
        "headerTooltip": column_name(column.field, lang, long=True),
        "headerComponentParams": {"innerHeaderComponent": "ListeHeader"},
        "cellRenderer": column.renderer,
        "minWidth": column.width if column.field == _FLEXIBLE else min(column.width, _LEAST_WIDTH),
        "hide": not column.is_usual,
        "sortable": column.field in SORTS,
        "sortingOrder": order,
        **flexible,
    }


def _words(field: str, lang: str) -> dict[str, str] | None:
    """Words of the codes of a column; None where it has none."""
    if field == "channel":
        prefix = "carte.channel."
        return {
            key.removeprefix(prefix): text for key, text in catalogue(lang).items() if key.startswith(prefix)
        }
    if field not in column_query.FILTERED or column_query.kind(field) != "codes":
        return None
    return {code: _word(field, code, lang) for code in column_query.codes(field)}


def _word(field: str, code: str, lang: str) -> str:
    if field in {"borough", "borough_who"}:
        return borough_name(code, lang)
    if field == "sector":
        return sector_name(code, lang)
    if field == "activity":
        return activity_name(code, lang)
    return t(f"carte.{'precision_name' if field == 'precision' else field}.{code}", lang)
