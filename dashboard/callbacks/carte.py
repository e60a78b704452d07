"""Carte's callbacks: the controls write to the address, the sheet reads one request."""

from __future__ import annotations

from typing import Any

from dash import ClientsideFunction, Dash, Input, Output, State

from dashboard.feeds.sheet import request_sheet
from dashboard.ids import Id
from dashboard.services import Services


def register(app: Dash, services: Services) -> None:
    """Register Carte's callbacks with an app."""
    add: Any = app.clientside_callback  # Dash leaves it untyped

    def browser(name: str, outputs: Any, *arguments: Any) -> None:
        add(ClientsideFunction("vigie", name), outputs, *arguments)

    # An output that only Carte has keeps this one quiet on the other screens.
    wanted = Id.CARTE_REQUEST, "data"
    inputs = Input(Id.VIEW, "data"), Input(Id.MART, "data")
    browser("showCarte", Output(*wanted), *inputs, State(Id.CARTE_CONFIG, "data"), State(*wanted))
    browser("showPlace", [], Input(Id.CARTE_PLACE, "data"))
    browser("gridAsks", [], Input(Id.CARTE_GRID, "getRowsRequest"))
    config = State(Id.CARTE_CONFIG, "data")
    for control, key in ((Id.CARTE_LAYER, "layer"), (Id.CARTE_MEASURE, "measure")):
        value = control, "value"
        browser(f"{key}Picked", [], Input(*value), State(Id.VIEW, "data"))
        browser(f"{key}Shown", Output(*value), Input(Id.VIEW, "data"), State(*value), config)
    kpi = Id.CARTE_KPI, "value"
    browser("kpiPicked", [], Input(*kpi), State(Id.VIEW, "data"), config)
    offered = Output(Id.CARTE_KPI, "data")
    browser("kpiShown", [Output(*kpi), offered], Input(Id.VIEW, "data"), State(*kpi), config)
    app.callback(
        Output(Id.CARTE_PLACE, "data"),
        Input(Id.CARTE_REQUEST, "data"),
        prevent_initial_call=True,
    )(services.bind(show_request))


async def show_request(services: Services, wanted: dict[str, Any] | None) -> dict[str, Any] | None:
    """The sheet (HTML) of the request that the address names, and its line of the list; None where it names none."""
    if not wanted or wanted.get("id") is None:
        return None
    return await services.run(_read, services, int(wanted["id"]), str(wanted.get("lang") or "fr"))


def _read(services: Services, request_id: int, lang: str) -> dict[str, Any]:
    with services.reader.lease() as mart:
        return request_sheet(mart, request_id, mart.as_of(), lang)
