"""The list of requests: a grid that asks the server for each page, in any order."""

from __future__ import annotations

from typing import Any

import dash_ag_grid as dag
from dash import html
from dash.development.base_component import Component

from dashboard.attributes import attributes
from dashboard.components.nav import icon
from dashboard.ids import Id
from dashboard.text import catalogue, t

BLOCK = 100
"""Rows that the grid asks for at once."""

ROW_HEIGHT = 52
"""Two lines of text, and more than a finger (44 px)."""


def columns(lang: str) -> list[dict[str, Any]]:
    """Column definitions; `field` is the column of the mart that sorts it."""
    return [
        _column("state", t("carte.grid.state", lang), "StateCell", width=124, minWidth=118),
        _column("activity", t("carte.grid.request", lang), "RequestCell", width=126, minWidth=116),
        _column("street", t("carte.grid.place", lang), "PlaceCell", flex=1, minWidth=104),
        _column("due_at", t("carte.grid.due", lang), "DueCell", width=100, minWidth=94),
        _column("opened_at", t("carte.grid.opened", lang), "OpenedCell", width=98, minWidth=92, desc_first=True),
        _column(
            "requesters", t("carte.grid.requesters", lang), "PeopleCell", width=68, minWidth=60, desc_first=True,
            headerTooltip=t("carte.grid.requesters_long", lang), type="rightAligned",
        ),
    ]  # fmt: skip


def grid(
    lang: str,
    name: Id = Id.CARTE_GRID,
    definitions: list[dict[str, Any]] | None = None,
    *,
    movable: bool = False,
    row_height_px: int = ROW_HEIGHT,
) -> Component:
    """The grid, empty: assets/listing.js gives it its source of rows. Without definitions, the few columns of Carte."""
    prefix = "carte.grid_texts."
    texts = {
        key.removeprefix(prefix): text for key, text in catalogue(lang).items() if key.startswith(prefix)
    }
    found: Component = dag.AgGrid(
        id=name,
        rowModelType="infinite",
        columnDefs=columns(lang) if definitions is None else definitions,
        defaultColDef={
            "sortable": True,
            "resizable": True,
            "suppressMovable": not movable,
            "suppressHeaderMenuButton": True,
            "sortingOrder": ["asc", "desc", None],
        },
        # A request that was closed twice has two lines.
        getRowId="params.data.id + ' ' + params.data.undone_at",
        dashGridOptions={
            "theme": {"function": "vigieGridTheme(themeQuartz)"},
            "localeText": texts,
            "cacheBlockSize": BLOCK,
            "maxBlocksInCache": 12,
            # No limit: the questions that a new grid asks Dash in vain would count for ever.
            "maxConcurrentDatasourceRequests": -1,
            "infiniteInitialRowCount": 1,
            # Rows out of view cost as much to draw as those in it, and may lie in a block not yet asked for.
            "rowBuffer": 0,
            "rowHeight": row_height_px,
            "headerHeight": 44,
            "rowSelection": {"mode": "singleRow", "checkboxes": False, "enableClickSelection": False},
            "suppressCellFocus": False,
            "animateRows": False,
            "ensureDomOrder": True,
            "alwaysShowVerticalScroll": True,  # else columns change their width while rows are on their way
            "tooltipShowDelay": 400,
        },
        className="vg-grid",
        style={"height": "100%", "width": "100%"},
    )
    return found


def state_chips(lang: str, name: Id = Id.CARTE_STATES) -> Component:
    """Where assets/listing.js puts a button per state, with how many of the list are in it."""
    label = attributes(aria_label=t("carte.states", lang))
    return html.Div(id=name, className="vg-state-chips", role="group", **label)


def heading(lang: str) -> Component:
    """How many requests the list has, as of when, and the whole of it as a file."""
    return html.Div(
        [
            html.P(id=Id.CARTE_TOTAL, className="vg-total", role="status"),
            html.A(
                [icon("download"), t("carte.export_link", lang)],
                id=Id.CARTE_EXPORT,
                href="/feeds/requests.csv",
                download="",
                className="vg-button",
                title=t("carte.export_hint", lang),
                **attributes(aria_label=t("carte.export_hint", lang)),
            ),
        ],
        className="vg-list-head",
    )


def file_link(place: Id, href: str, words: str, hint: str) -> Component:
    """A button that saves all of a list; assets put the address of the list into it."""
    return html.A(
        [icon("download"), html.Span(words)],
        id=place,
        href=href,
        download="",
        className="vg-button",
        title=hint,
        **attributes(aria_label=hint),
    )


def _column(
    field: str, name: str, renderer: str, *, desc_first: bool = False, **sizes: Any
) -> dict[str, Any]:
    order = {"sortingOrder": ["desc", "asc", None]} if desc_first else {}
    return {"field": field, "headerName": name, "cellRenderer": renderer, **order, **sizes}
