"""The outlines of H3 cells that a link names: geometry only, the same for ever."""

from __future__ import annotations

from typing import Annotated, Any

import orjson
from fastapi import FastAPI, Query, Request, Response

from dashboard.compress import FOREVER
from dashboard.feeds.answer import GEOJSON, Bodies, fingerprint, refusing, tagged
from dashboard.feeds.geojson import features
from dashboard.feeds.models import Cells, Refusal
from dashboard.services import Services
from domain.errors import InputRefused
from geo.hexgrid import from_hex, rings
from mart.filters import MOST_CELLS


def outlines(cells: list[str]) -> dict[str, Any]:
    """A FeatureCollection of cells.

    Raises:
        InputRefused: one is no cell, or there are too many.
    """
    if len(cells) > MOST_CELLS:
        raise InputRefused(f"at most {MOST_CELLS} cells, not {len(cells)}.")
    polygons = rings(from_hex(cells), decimals=5)
    outlined = ({"type": "Polygon", "coordinates": [ring]} for ring in polygons)
    return {"type": "FeatureCollection", "features": features(cells, [{}] * len(cells), outlined)}


def register(server: FastAPI, services: Services) -> None:
    """Add /feeds/cells.geojson."""
    kept = Bodies()

    @refusing
    def send(request: Request, h3: str) -> Response:
        body = orjson.dumps(outlines([cell for cell in h3.split(",") if cell]))
        return tagged(request, f'"{fingerprint(body)}"', GEOJSON, lambda: body, kept, FOREVER.decode())

    @server.get(
        "/feeds/cells.geojson", tags=["map"], response_model=Cells, responses={422: {"model": Refusal}}
    )
    async def get_cells(request: Request, h3: Annotated[str, Query(max_length=10_000)]) -> Response:
        """Outlines of H3 cells (comma between them)."""
        return await services.run(send, request, h3)
