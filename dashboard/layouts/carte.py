"""Carte: a map beside a list, of the same requests."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import dash_leaflet as dl
import dash_mantine_components as dmc
import shapely
from dash import dcc, html
from dash.development.base_component import Component

from dashboard import kpi_texts
from dashboard.attributes import attributes
from dashboard.components import listing
from dashboard.components.names import activity_name, borough_name, sector_name
from dashboard.feeds.shapes import shape_url
from dashboard.ids import Id
from dashboard.query import LAYERS, MAP_VIEW_BOUNDS, MEASURES, POPULATIONS, activity_codes, borough_codes
from dashboard.services import Services
from dashboard.state import ViewState
from dashboard.text import catalogue, t
from domain import territory
from geo.boroughs import Area, load_boroughs, load_sectors

CENTRE = (45.56, -73.71)
"""Latitude and longitude of the middle of the island: where the map waits until its shapes are there."""

NO_TILES = "none"
LATE = "late"

START_ZOOM, LEAST_ZOOM, MOST_ZOOM = 10, 9, 19


def layout(state: ViewState, services: Services) -> Component:
    """The screen. The map and the list fetch their data themselves, from the feeds."""
    lang = state.lang
    return html.Div(
        [
            html.H1(t("carte.title", lang), className="vg-hidden"),
            dcc.Store(id=Id.CARTE_CONFIG, data=config(lang)),
            dcc.Store(id=Id.CARTE_REQUEST),
            dcc.Store(id=Id.CARTE_PLACE),
            _panel("map", _map_panel(state, services.settings.tiles), lang),
            _panel("list", _list_panel(state), lang),
        ],
        className="vg-carte",
    )


def config(lang: str) -> dict[str, Any]:
    """What assets/map.js and listing.js need in the page's language."""
    words = catalogue(lang)
    prefix = "carte.js."
    return {
        "lang": lang,
        "texts": {key.removeprefix(prefix): text for key, text in words.items() if key.startswith(prefix)},
        "states": {
            key.removeprefix("state."): text for key, text in words.items() if key.startswith("state.")
        },
        "names": {
            "boroughs": {code: borough_name(code, lang) for code in borough_codes()},
            "sectors": {area.code: sector_name(area.code, lang) for area in load_sectors()},
            "activities": {code: activity_name(code, lang, short=True) for code in activity_codes()},
        },
        "kpis": kpi_texts.choices(lang),
        "scopes": {population: kpi_texts.listed(population, lang) for population in POPULATIONS},
        "pilots": list(territory.pilots()),
        "bounds": {area.code: bounds(area) for area in (*load_boroughs(), *load_sectors())},
        "looks": {"layer": LAYERS, "measure": MEASURES, "v": MAP_VIEW_BOUNDS},
        "feeds": {"boroughs": shape_url("boroughs"), "sectors": shape_url("sectors")},
    }


def bounds(area: Area) -> list[float]:
    """West, south, east, north of an area, degrees to about a metre: the map finds its view before its shapes."""
    return [round(float(side), 5) for side in shapely.bounds(area.shape)]


def _map_panel(state: ViewState, tiles: str) -> list[Component]:
    lang = state.lang
    over = [_corner(state), *_hands(lang)]
    strip = html.Div(id=Id.CARTE_TIME, className="vg-map-strip")
    return [html.Div([_ground(tiles, lang), *over], className="vg-map-stage"), strip]


def _ground(tiles: str, lang: str) -> Component:
    """Where Leaflet draws."""
    return html.Div(
        dl.MapContainer(
            [*_tiles(tiles), dl.ScaleControl(imperial=False, position="bottomright")],
            id=Id.CARTE_MAP,
            center=list(CENTRE),
            zoom=START_ZOOM,
            minZoom=LEAST_ZOOM,
            maxZoom=MOST_ZOOM,
            zoomSnap=0.25,
            zoomDelta=1,
            wheelPxPerZoomLevel=90,
            zoomControl=False,
            attributionControl=True,
            trackViewport=False,
            className="vg-map" if tiles == NO_TILES else "vg-map has-tiles",
        ),
        className="vg-map-holder",
        **attributes(data_attribution=t("carte.attribution", lang)),
    )


def _corner(state: ViewState) -> Component:
    """What is drawn and what it means; on a phone behind a button."""
    lang = state.lang
    more = attributes(data_action="map-controls", aria_expanded="false")
    late = attributes(data_action="late-only", aria_pressed=str(state.states == (LATE,)).lower())
    controls = [
        _segments(Id.CARTE_LAYER, "carte.layer", LAYERS, state.layer, lang),
        _segments(Id.CARTE_MEASURE, "carte.measure", MEASURES, state.measure, lang),
        html.Button(
            t("carte.late_only", lang),
            id=Id.CARTE_LATE,
            type="button",
            className="vg-button vg-late-only",
            **late,
        ),
    ]
    return html.Div(
        [
            html.Button(
                t("carte.controls", lang),
                type="button",
                className="vg-button vg-map-more vg-i-layers",
                **more,
            ),
            html.Div(controls, className="vg-map-controls"),
            html.Div(id=Id.CARTE_WHERE, className="vg-map-where", **attributes(aria_hidden="true")),
            html.Div(id=Id.CARTE_LEGEND, className="vg-map-legend"),
        ],
        className="vg-map-corner",
    )


def _hands(lang: str) -> list[Component]:
    """Buttons to move the map and to draw on it (assets/map_tools.js), and its messages."""
    home = t("carte.home", lang)
    all_of_it = html.Button(
        id=Id.CARTE_HOME, type="button", className="vg-map-button vg-i-home", title=home,
        **attributes(aria_label=home),
    )  # fmt: skip
    zoom_in, zoom_out = (
        _zoom(sign, action, t(f"carte.{action.replace('-', '_')}", lang))
        for sign, action in (("+", "zoom-in"), ("−", "zoom-out"))
    )
    return [
        html.Div(id=Id.CARTE_TOOLS, className="vg-map-tools", role="group"),
        html.Div([zoom_in, zoom_out, all_of_it], className="vg-map-zoom"),
        html.Div(id=Id.CARTE_DRAW, className="vg-map-draw", role="status"),
        html.Div(id=Id.CARTE_MESSAGE, className="vg-map-message", role="status"),
        html.Div(className="vg-map-progress", **attributes(aria_hidden="true")),
        html.P(t("carte.map_help", lang), className="vg-hidden"),
    ]


def _list_panel(state: ViewState) -> list[Component]:
    lang = state.lang
    kpis = dmc.SegmentedControl(
        id=Id.CARTE_KPI,
        value=state.kpi,
        data=kpi_texts.options(state.kpi, lang),
        className="vg-segments",
        fullWidth=True,
        attributes={"root": {"aria-label": t("carte.kpi", lang)}},
    )
    return [
        html.Div([kpis, listing.heading(lang), listing.state_chips(lang)], className="vg-list-tools"),
        html.Div(listing.grid(lang), className="vg-list-grid"),
        html.Div(id=Id.CARTE_SHEET, className="vg-sheet", role="region", **attributes(aria_live="polite")),
    ]


def _segments(id_: Id, key: str, codes: tuple[str, ...], value: str, lang: str) -> Component:
    control: Component = dmc.SegmentedControl(
        id=id_,
        value=value,
        data=[{"value": code, "label": t(f"{key}.{code}", lang)} for code in codes],
        className="vg-segments",
        attributes={"root": {"aria-label": t(f"{key}.label", lang)}},
    )
    return control


def _zoom(sign: str, action: str, label: str) -> Component:
    names = attributes(data_action=action, aria_label=label)
    return html.Button(sign, type="button", className="vg-map-button", title=label, **names)


def _tiles(url: str) -> list[Component]:
    """A layer of tiles where the city has set one, with where they come from; else the boroughs are the ground."""
    if url == NO_TILES:
        return []
    host = urlsplit(url).hostname or ""
    return [dl.TileLayer(url=url, attribution="© OpenStreetMap" if "openstreetmap" in host else host)]


def _panel(name: str, content: list[Component], lang: str) -> Component:
    label = t(f"carte.{name}", lang)
    return html.Section(content, className=f"vg-card vg-{name}-panel", **attributes(aria_label=label))
