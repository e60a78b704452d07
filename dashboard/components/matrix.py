"""One KPI by place and activity: shaded cells, margins of their own, each number a link to its list.

assets/matrix.js sorts it by any column and keeps the order while numbers change.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pandas as pd

from dashboard import kpi_texts
from dashboard.components.names import activity_name
from dashboard.components.ranking import is_least_first, place_name, sectors_of
from dashboard.markup import Markup, Node, html
from dashboard.matrices import Matrix
from dashboard.state import ViewState
from dashboard.text import DASH, t
from domain import territory
from mart.kpi_model import Figure, Kpi

Number = tuple[float, float]
"""Value and n."""

Numbers = Mapping[tuple[str, str], Number]


Shade = Callable[[float], int]
"""Step of the ramp of a value, 1 to 7."""


def cells_of(found: Matrix) -> dict[tuple[str, str], Number]:
    """Value and n by place and activity."""
    rows = zip(*(found.cells[name] for name in ("place", "activity", "value", "n")), strict=True)
    return {(str(place), str(activity)): (float(value), float(n)) for place, activity, value, n in rows}


def is_shaded(kpi: Kpi, number: Number) -> bool:
    """Whether a number has a shade: there is one, and it does not rest on too little."""
    return not math.isnan(number[0]) and not kpi_texts.is_few(kpi, number[1])


def matrix_table(found: Matrix, state: ViewState, focus: str | None, shade: Shade) -> Markup:
    """The table, in a box of its own to scroll in."""
    table = _Table(state, found.kpi, focus, found, cells_of(found), shade)
    name = t(f"apercu.matrix.{found.level}", state.lang)
    drawn = html.Table(
        [
            html.Caption(name, className="vg-hidden"),
            html.Thead(_head(table)),
            html.Tbody([_row(place, number, table) for place, number in places_of(found, state.lang)]),
            html.Tfoot(_sums(table)),
        ],
        className="vg-table vg-matrix",
        data_sorts=found.level,
    )
    return html.Div(drawn, className="vg-scroll", tabIndex="0", role="region", aria_label=name)


@dataclass(frozen=True, slots=True)
class _Table:
    """What every cell needs."""

    state: ViewState
    kpi: Kpi
    focus: str | None
    found: Matrix
    cells: Numbers
    shade: Shade


def places_of(found: Matrix, lang: str) -> list[tuple[str, Number]]:
    """Rows from most to least (of a rate or a duration, the best first); parts that are no place of ours come last."""
    known = {b.code for b in territory.boroughs()} | {
        sector for b in territory.boroughs() for sector in sectors_of(b.code)
    }
    sign = 1 if is_least_first(found.kpi) else -1

    def place(item: tuple[str, Number]) -> tuple[bool, bool, float, str]:
        code, number = item
        unranked = not is_shaded(found.kpi, number)
        return (
            code not in known,
            unranked,
            0.0 if unranked else sign * number[0],
            place_name(code, lang, found.level),
        )

    return sorted(pairs(found.by_place, "place"), key=place)


def pairs(margin: pd.DataFrame, name: str) -> list[tuple[str, Number]]:
    """Code, value and n of a margin."""
    rows = zip(margin[name], margin["value"], margin["n"], strict=True)
    return [(str(code), (float(value), float(n))) for code, value, n in rows]


def _head(table: _Table) -> Markup:
    lang = table.state.lang
    whole = "sum" if table.kpi.figure is Figure.COUNT else "all"
    columns = [
        ("name", t(f"apercu.{table.found.level}", lang), None),
        *(
            (code, activity_name(code, lang, short=True), activity_name(code, lang))
            for code in table.found.activities
        ),
        ("all", t(f"apercu.matrix.{whole}", lang), None),
    ]
    return html.Tr(
        [
            html.Th(
                html.Button(
                    [name, html.I(aria_hidden="true")], type="button", className="vg-sort", data_sort=code
                ),
                scope="col",
                className=None if code == "name" else "vg-number",
                title=long if long != name else None,
                data_column=code,
            )
            for code, name, long in columns
        ]
    )


def _row(place: str, total: Number, table: _Table) -> Markup:
    state = table.state
    name = place_name(place, state.lang, table.found.level)
    where = _at(state, place, table.focus)
    cells = [
        _cell(
            table.cells.get((place, code)),
            table,
            where.replace(activities=(code,)),
            f"{name}, {_long(code, state)}",
        )
        for code in table.found.activities
    ]
    pilot = table.focus is None and place in territory.pilots()
    return html.Tr(
        [html.Th(name, scope="row"), *cells, _margin(total, table, where, name)],
        className="is-pilot" if pilot else None,
        data_code=place,
    )


def _sums(table: _Table) -> Markup:
    """The sums; of rates, those of the whole columns."""
    state, lang = table.state, table.state.lang
    by_activity = dict(pairs(table.found.by_activity, "activity"))
    whole = table.found.total.iloc[0]
    name = t(f"apercu.matrix.{'sum' if table.kpi.figure is Figure.COUNT else 'all'}", lang)
    margins = [
        _margin(by_activity[code], table, state.replace(activities=(code,)), _long(code, state))
        for code in table.found.activities
    ]
    total = _margin((float(whole["value"]), float(whole["n"])), table, state, name)
    return html.Tr([html.Th(name, scope="row"), *margins, total])


def _cell(number: Number | None, table: _Table, target: ViewState, name: str) -> Markup:
    """A number on its step of the ramp; where there is none, nothing to press."""
    if number is None or (table.kpi.figure is Figure.COUNT and not number[0]):
        return html.Td(_absent(table.kpi), className="vg-number vg-dim", data_value=_sortable(number))
    known = is_shaded(table.kpi, number)
    look = f"vg-number vg-shade-{table.shade(number[0]) if known else 0}"
    return html.Td(
        _link(number, table, target, name), className=look, data_value=_sortable(number if known else None)
    )


def _absent(kpi: Kpi) -> str:
    return "0" if kpi.figure is Figure.COUNT else DASH


def _margin(number: Number, table: _Table, target: ViewState, name: str) -> Markup:
    return html.Td(
        _link(number, table, target, name), className="vg-number vg-margin", data_value=_sortable(number)
    )


def _link(number: Number, table: _Table, target: ViewState, name: str) -> Node:
    lang, (value, n) = table.state.lang, number
    if math.isnan(value):
        return DASH
    text = (
        kpi_texts.few(lang) if kpi_texts.is_few(table.kpi, n) else kpi_texts.written(table.kpi, value, lang)
    )
    opens = t("kpi.open_list", lang, value=text, name=name)
    href = kpi_texts.list_state(table.state.kpi, target).to_url()
    return html.A(text, href=href, data_nav=True, title=opens, aria_label=opens)


def _at(state: ViewState, place: str, focus: str | None) -> ViewState:
    """The view with one row only."""
    if focus is None:
        return state.replace(boroughs=(place,))
    return state.replace(boroughs=(focus,), sectors=(place,))


def _long(activity: str, state: ViewState) -> str:
    return activity_name(activity, state.lang)


def _sortable(number: Number | None) -> str:
    """What assets/matrix.js compares; nothing comes last."""
    return "" if number is None or math.isnan(number[0]) else f"{number[0]:.6g}"
