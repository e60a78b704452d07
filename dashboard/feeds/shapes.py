"""The shapes of boroughs and sectors, as they stand in data/boroughs: sent once, then kept by the browser."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from fastapi import FastAPI, Request, Response

from dashboard.compress import FOREVER
from dashboard.feeds.answer import GEOJSON, Bodies, fingerprint, tagged
from dashboard.feeds.models import Shapes
from dashboard.services import Services
from geo.boroughs import BOROUGHS_FILE, FOLDER, SECTORS_FILE

_FILES = {"boroughs": BOROUGHS_FILE, "sectors": SECTORS_FILE}
_REVALIDATE = "public, no-cache"


@cache
def _file(path: Path, _changed_ns: int) -> tuple[bytes, str]:
    """Bytes of a file and their fingerprint; the time of its change makes an imported file a new one."""
    body = path.read_bytes()
    return body, fingerprint(body)


def shape_file(name: str) -> tuple[bytes, str]:
    """The GeoJSON of `boroughs` or `sectors`, and its fingerprint."""
    path = FOLDER / _FILES[name]
    return _file(path, path.stat().st_mtime_ns)


def shape_url(name: str) -> str:
    """Where a page gets shapes: an address that changes with them, so that they may be kept for ever."""
    return f"/feeds/{name}.geojson?s={shape_file(name)[1]}"


def register(server: FastAPI, services: Services) -> None:
    """Add /feeds/boroughs.geojson and /feeds/sectors.geojson."""
    kept = Bodies()

    def send(request: Request, name: str, asked: str | None) -> Response:
        body, print_ = shape_file(name)
        cache_control = FOREVER.decode() if asked == print_ else _REVALIDATE
        return tagged(request, f'"{print_}"', GEOJSON, lambda: body, kept, cache_control)

    @server.get("/feeds/boroughs.geojson", tags=["map"], response_model=Shapes)
    async def get_boroughs(request: Request, s: str | None = None) -> Response:
        """The 19 boroughs (WGS84). With the fingerprint `s` of the page, an answer to keep for ever."""
        return await services.run(send, request, "boroughs", s)

    @server.get("/feeds/sectors.geojson", tags=["map"], response_model=Shapes)
    async def get_sectors(request: Request, s: str | None = None) -> Response:
        """The sectors of the boroughs: electoral districts (WGS84)."""
        return await services.run(send, request, "sectors", s)
