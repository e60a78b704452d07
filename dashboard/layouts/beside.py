"""The place of two views side by side, above the figures of Aperçu."""

from __future__ import annotations

from dash import dcc, html
from dash.development.base_component import Component

from dashboard.beside import listed, names, other_state, pair
from dashboard.components.beside import Side, beside_panel, refused
from dashboard.ids import Id
from dashboard.markup import to_html
from dashboard.services import Services
from dashboard.state import ViewState
from dashboard.text import t
from domain.errors import InputRefused
from mart.periods import local_date


def place(drawn: dict[str, str] | None = None) -> Component:
    """Where it is painted, with what it opens with."""
    return html.Div(
        [
            dcc.Store(id=Id.BESIDE_DRAWN, data=drawn),
            dcc.Store(id=Id.BESIDE_PAINTED),
            html.Div(id=Id.BESIDE, className="vg-beside"),
        ]
    )


def draw_beside(services: Services, state: ViewState) -> dict[str, str]:
    """The panel as HTML by the id of its place; empty where the view is set beside nothing. Blocking.

    Raises:
        MartMissing: there is no mart to ask.
    """
    try:
        found = pair(services, state)
    except InputRefused:
        return {Id.BESIDE.value: to_html(refused(t("compare.refused", state.lang), state))}
    if found is None:
        return {Id.BESIDE.value: ""}
    today = local_date(found.as_of)
    other = other_state(state, today)
    if other is None:
        return {Id.BESIDE.value: ""}
    mine_name, other_name = names(state, other, today)
    there = listed(other, found.other, found.as_of)
    panel = beside_panel(found.lines, found.courses, Side(mine_name, state), Side(other_name, there))
    return {Id.BESIDE.value: to_html(panel)}
