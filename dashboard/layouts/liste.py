"""Liste: the requests behind a number, a page at a time, with the sheet of one of them."""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html
from dash.development.base_component import Component

from dashboard import kpi_texts
from dashboard.attributes import attributes
from dashboard.components import listing
from dashboard.components.listing_columns import definitions, described
from dashboard.components.names import activity_name, borough_name
from dashboard.components.nav import icon, link
from dashboard.feeds.workbook import MOST_ROWS
from dashboard.ids import Id
from dashboard.query import POPULATIONS, activity_codes, borough_codes
from dashboard.services import Services
from dashboard.state import ViewState
from dashboard.text import catalogue, t

ROW_HEIGHT_PX, ROW_HEIGHT_TOUCH_PX = 44, 52


def layout(state: ViewState, services: Services) -> Component:  # noqa: ARG001 - every screen is given them
    """The screen. The list fetches its rows itself, from the feed."""
    lang = state.lang
    columns = definitions(lang)
    grid = listing.grid(lang, Id.LISTE_GRID, columns, movable=True, row_height_px=ROW_HEIGHT_PX)
    return html.Div(
        [
            dcc.Store(id=Id.LISTE_CONFIG, data=config(lang)),
            dcc.Store(id=Id.LISTE_SHOWN),
            html.Section(
                [_head(state), html.Div(grid, className="vg-list-grid")],
                className="vg-card vg-liste-panel",
                **attributes(aria_label=t("liste.label", lang)),
            ),
            html.Div(id=Id.LISTE_PANELS),
            html.Aside(
                id=Id.LISTE_SHEET,
                className="vg-drawer",
                tabIndex=-1,
                **attributes(aria_label=t("liste.sheet_label", lang)),
            ),
        ],
        id=Id.LISTE,
        className="vg-liste",
    )


def config(lang: str) -> dict[str, Any]:
    """What assets/liste*.js need in the page's language."""
    return {
        "lang": lang,
        "texts": _texts("carte.js.", lang),
        "words": _texts("liste.js.", lang),
        "states": _texts("state.", lang),
        "names": {
            "boroughs": {code: borough_name(code, lang) for code in borough_codes()},
            "activities": {code: activity_name(code, lang, short=True) for code in activity_codes()},
        },
        "kpis": kpi_texts.choices(lang),
        "scopes": {population: kpi_texts.listed(population, lang) for population in POPULATIONS},
        "columns": described(lang),
        "mostRows": MOST_ROWS,
        "touchHeight": ROW_HEIGHT_TOUCH_PX,
    }


def _texts(prefix: str, lang: str) -> dict[str, str]:
    words = catalogue(lang)
    return {key.removeprefix(prefix): text for key, text in words.items() if key.startswith(prefix)}


def _head(state: ViewState) -> Component:
    lang = state.lang
    kpis = dmc.SegmentedControl(
        id=Id.LISTE_KPI,
        value=state.kpi,
        data=kpi_texts.options(state.kpi, lang),
        className="vg-segments",
        attributes={"root": {"aria-label": t("carte.kpi", lang)}},
    )
    what, _ = kpi_texts.listed(state.kpi, lang)
    return html.Div(
        [
            html.Div(
                [
                    html.Div(
                        html.H1(t("liste.counting", lang, scope=what)),
                        id=Id.LISTE_TOTAL,
                        className="vg-liste-total",
                        role="status",
                    ),
                    _tools(state),
                ],
                className="vg-liste-head",
            ),
            html.Div([kpis, listing.state_chips(lang, Id.LISTE_STATES)], className="vg-liste-row"),
            html.Div(
                id=Id.LISTE_FILTERS,
                className="vg-liste-filters",
                role="group",
                **attributes(aria_label=t("liste.filters", lang)),
            ),
            html.P(id=Id.LISTE_NOTE, className="vg-liste-note", role="status"),
        ],
        className="vg-liste-tools",
    )


def _tools(state: ViewState) -> Component:
    lang = state.lang
    return html.Div(
        [
            _button(Id.LISTE_FILTER, "filter", t("liste.filter", lang)),
            _button(Id.LISTE_COLUMNS, "columns", t("liste.columns", lang)),
            link(
                [icon("map"), html.Span(t("liste.on_map", lang))],
                state.replace(screen="carte", request=None),
                id=Id.LISTE_MAP,
                className="vg-button",
                title=t("liste.on_map", lang),
            ),
            _file(Id.LISTE_CSV, "csv", lang),
            _file(Id.LISTE_XLSX, "xlsx", lang),
        ],
        className="vg-liste-buttons",
    )


def _button(name: Id, sign: str, label: str) -> Component:
    return html.Button(
        [icon(sign), html.Span(label)],
        id=name,
        type="button",
        className="vg-button",
        title=label,
        **attributes(aria_haspopup="dialog"),
    )


def _file(place: Id, kind: str, lang: str) -> Component:
    words, hint = t(f"liste.{kind}", lang), t(f"liste.{kind}_hint", lang)
    return listing.file_link(place, f"/feeds/requests.{kind}", words, hint)
