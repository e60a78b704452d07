"""Routes that carry the data of the map and of the list, beside Dash's callbacks: typed, cached, compressed."""

from __future__ import annotations

from fastapi import FastAPI

from dashboard.feeds import (
    areas,
    cells,
    charts,
    export,
    export_xlsx,
    hexagons,
    likely,
    listing,
    map_export,
    map_months,
    map_points,
    map_problems,
    map_recurrence,
    points,
    quality,
    rejected,
    returned,
    returned_list,
    search,
    shapes,
    sheet,
)
from dashboard.services import Services


def register(server: FastAPI, services: Services) -> None:
    """Add every feed to a server."""
    for feed in (
        shapes,
        cells,
        areas,
        hexagons,
        points,
        listing,
        likely,
        export,
        charts,
        map_points,
        map_problems,
        map_recurrence,
        map_months,
        map_export,
        export_xlsx,
        sheet,
        search,
        quality,
        rejected,
        returned,
        returned_list,
    ):
        feed.register(server, services)
