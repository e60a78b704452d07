"""What each key of an address may hold: text to values, or to what was refused."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

from dashboard import behind, column_query
from domain import activities, statuses, territory
from domain.errors import InputRefused
from geo import polygon
from geo.boroughs import load_sectors
from mart import kpis
from mart.filters import UNLOCATED, Filters
from mart.populations import DENOMINATOR, Population
from mart.questions.page import LISTED

LANGUAGES = ("fr", "en")
THEMES = ("light", "dark")
PRESETS = ("7d", "30d", "90d", "12m", "year", "custom")
KPIS = tuple(p.value for p in Population)
"""The populations that choosers offer."""
POPULATIONS = (
    *kpis.KPIS,
    *(f"{code}/{DENOMINATOR}" for code, one in kpis.KPIS.items() if one.denominator is not None),
)
"""All that an address may ask for."""
BY = ("where", "who")
LAYERS = ("hexagons", "boroughs", "sectors", "problems")
MEASURES = ("count", "late_share", "median_age", "recurrence")
RANKS = ("requests", "episodes", "requesters", "spread")
"""What the places that come back are ranked by."""
SORTS = tuple(name for name in LISTED if name != "id")
"""Columns of the list that sort it; a request's id is nobody's order."""
PILOTS = "pilots"

_MAX_LIST = 60
_EARLIEST, _LATEST = date(2000, 1, 1), date(2100, 1, 1)
MAP_VIEW_BOUNDS = ((40.0, 50.0), (-80.0, -68.0), (1.0, 22.0))
"""Least and most latitude and longitude (degrees) of the map's centre, and of its zoom."""
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?Z", re.ASCII)
_LONGEST_ID = 18
_CHECK = re.compile(r"[a-z_]{1,40}")
_EARLIER = ("before", "year")
SPAN = ".."
"""Between the first and the last day of a period that is compared with."""


@dataclass(frozen=True, slots=True)
class MapView:
    """Centre (degrees, EPSG:4326) and zoom of the map."""

    lat: float
    lon: float
    zoom: float

    def __str__(self) -> str:
        return f"{self.lat:.5f},{self.lon:.5f},{self.zoom:g}"


def activity_codes() -> tuple[str, ...]:
    """Codes that the activity filter takes."""
    return tuple(a.code for a in activities.activities())


def borough_codes() -> tuple[str, ...]:
    """Codes that the borough filter takes: boroughs, related towns, outside, without a place."""
    return (
        *(b.code for b in territory.boroughs()),
        territory.VILLE_LIEE,
        territory.HORS_TERRITOIRE,
        UNLOCATED,
    )


@cache
def sector_codes() -> frozenset[str]:
    """Codes that the sector filter takes: all sectors, and those without one."""
    return frozenset({*(sector.code for sector in load_sectors()), UNLOCATED})


Reader = Callable[[str], tuple[str, Any, list[str]]]
"""Text of the URL → field name, value (None for none), parts refused."""


def _one(name: str, allowed: Iterable[str]) -> Reader:
    codes = tuple(allowed)
    return lambda text: (name, text, []) if text in codes else (name, None, [text])


def _many(name: str, accepts: Callable[[str], bool]) -> Reader:
    def read(text: str) -> tuple[str, Any, list[str]]:
        parts = list(dict.fromkeys(part for part in text.split(",") if part))
        good = tuple(part for part in parts if accepts(part))[:_MAX_LIST]
        return name, good or None, [part for part in parts if part not in good][:_MAX_LIST]

    return read


def _read_boroughs(text: str) -> tuple[str, Any, list[str]]:
    listed = ",".join(territory.pilots()) if text == PILOTS else text
    name, good, refused = _many("boroughs", set(borough_codes()).__contains__)(listed)
    return name, tuple(code for code in borough_codes() if code in good) if good else None, refused


def _date(name: str) -> Reader:
    def read(text: str) -> tuple[str, Any, list[str]]:
        try:
            day = date.fromisoformat(text)
        except ValueError:
            return name, None, [text]
        good = _EARLIEST <= day <= _LATEST
        return (name, day, []) if good else (name, None, [text])

    return read


def _read_moment(text: str) -> tuple[str, Any, list[str]]:
    """A moment of UTC, to the minute or the second. Whether the data reach it, the mart knows (`dashboard.at`)."""
    try:
        moment = datetime.fromisoformat(text).astimezone(UTC) if _MOMENT.fullmatch(text) else None
    except (ValueError, OverflowError):
        moment = None
    good = moment is not None and _EARLIEST <= moment.date() <= _LATEST
    return ("at", moment, []) if good else ("at", None, [text])


def _read_map_view(text: str) -> tuple[str, Any, list[str]]:
    try:
        lat, lon, zoom = (float(part) for part in text.split(","))
    except ValueError:
        return "map_view", None, [text]
    bounds = zip((lat, lon, zoom), MAP_VIEW_BOUNDS, strict=True)
    if not all(low <= value <= high for value, (low, high) in bounds):
        return "map_view", None, [text]
    return "map_view", MapView(lat, lon, zoom), []


def _is_cell(text: str) -> bool:
    try:
        Filters(_EARLIEST, _EARLIEST, h3=(text,))
    except InputRefused:
        return False
    return True


def _number(name: str) -> Reader:
    def read(text: str) -> tuple[str, Any, list[str]]:
        good = text.isascii() and text.isdigit() and len(text) <= _LONGEST_ID
        return (name, int(text), []) if good else (name, None, [text])

    return read


def _matching(name: str, accepts: Callable[[str], bool]) -> Reader:
    return lambda text: (name, text, []) if accepts(text) else (name, None, [text])


def _read_area(text: str) -> tuple[str, Any, list[str]]:
    """A drawn polygon, `lon,lat;lon,lat;…`."""
    corners = text.split(";", polygon.MOST_CORNERS + 1)
    try:
        pairs = [(float(lon), float(lat)) for lon, lat in (corner.split(",") for corner in corners)]
        return "area", polygon.drawn(pairs), []
    except (ValueError, InputRefused):
        return "area", None, [text]


def is_comparison(text: str) -> bool:
    """Whether a text says what to compare with: `before`, `year`, a borough, or `FIRST..LAST` days."""
    first, between, last = text.partition(SPAN)
    if not between:
        return text in _EARLIER or text in borough_codes()
    days = [_date("vs")(day)[1] for day in (first, last)]
    return None not in days and days[0] <= days[1]


READERS: dict[str, Reader] = {
    "period": _one("period", PRESETS),
    "from": _date("start"),
    "to": _date("end"),
    "borough": _read_boroughs,
    "sector": _many("sectors", lambda part: part in sector_codes()),
    "activity": _many("activities", lambda part: part in activity_codes()),
    "by": _one("by", BY),
    "kpi": _one("kpi", POPULATIONS),
    "layer": _one("layer", LAYERS),
    "measure": _one("measure", MEASURES),
    "state": _many("states", {s.value for s in statuses.State}.__contains__),
    "h3": _many("h3", _is_cell),
    "area": _read_area,
    column_query.KEY: column_query.read,
    "at": _read_moment,
    "request": _number("request"),
    "place": _number("place"),
    "rank": _one("rank", RANKS),
    "check": _matching("check", lambda text: _CHECK.fullmatch(text) is not None),
    behind.KEY: _matching("behind", lambda text: behind.parse(text) is not None),
    "vs": _matching("versus", is_comparison),
    "v": _read_map_view,
    "sort": _one("sort", (*SORTS, *(f"-{name}" for name in SORTS))),
    "lang": _one("lang", LANGUAGES),
    "theme": _one("theme", THEMES),
}
