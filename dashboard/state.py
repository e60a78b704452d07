"""The address is the state: a view to and from a URL.

Reading is tolerant. A link may be old, cut short or hostile: what is valid in it opens, and
what is not is listed, so that the screen can say what it left out.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode

from dashboard import behind, column_query
from dashboard.query import PILOTS, READERS, MapView
from domain import territory
from geo.polygon import Corners
from mart.column_filters import ColumnFilter
from mart.filters import Filters

SCREENS = {
    "/": "apercu",
    "/carte": "carte",
    "/liste": "liste",
    "/recurrence": "recurrence",
    "/qualite": "qualite",
    "/definitions": "definitions",
}
WHICH = ("period", "from", "to", "borough", "sector", "activity", "by", "h3", "area")
"""Keys that say which requests are counted."""
SCREEN_KEYS: dict[str, tuple[str, ...]] = {
    "apercu": (*WHICH, "kpi", "vs"),
    "carte": (*WHICH, "kpi", "state", "cf", "layer", "measure", "v", "request", "sort"),
    "liste": (*WHICH, "kpi", "state", "cf", "at", "request", "sort"),
    "recurrence": ("borough", "sector", "activity", "by", "h3", "area", "rank", "check", "place", "behind"),
    "qualite": (*WHICH, "check"),
    "definitions": (),
}
"""Which keys each screen uses, beside language and theme: nothing else in an address is applied, shown or linked."""
CARRIED = (*WHICH, "kpi", "layer", "measure", "v", "lang", "theme")
"""Keys that an address keeps on a screen without a use for them, so that the next one opens as the last was left."""
DEFAULT_PERIOD = "30d"
DAYS = ("from", "to")
"""Keys of a period's first and last day; without a period, both of them are one."""
LONGEST = 4_000
"""Characters that a key may hold, decoded: as many for a page as for a feed, whose addresses are encoded otherwise."""
_MOST_UNKNOWN = 60


@dataclass(frozen=True, slots=True)
class Ignored:
    """A part of an address that could not be used."""

    key: str
    value: str


@dataclass(frozen=True, slots=True)
class ViewState:
    """All that a screen shows, in plain values. An empty tuple means "all"."""

    screen: str = "apercu"
    period: str = DEFAULT_PERIOD
    start: date | None = None
    end: date | None = None
    boroughs: tuple[str, ...] = ()
    sectors: tuple[str, ...] = ()
    activities: tuple[str, ...] = ()
    by: str = "where"
    kpi: str = "backlog"
    """What the map, the ranking and the list are about: one of POPULATIONS."""
    layer: str = "hexagons"
    measure: str = "count"
    states: tuple[str, ...] = ()
    h3: tuple[str, ...] = ()
    area: Corners = ()
    """A polygon drawn on the map."""
    columns: tuple[ColumnFilter, ...] = ()
    """Conditions on columns of the list."""
    at: datetime | None = None
    """The T of the list (UTC); None for that of the mart."""
    request: int | None = None
    place: int | None = None
    """The problem whose history is shown."""
    rank: str = "requests"
    check: str = ""
    """The check of the data whose list is shown."""
    behind: str = ""
    """The number of Récurrence whose list is open: see `dashboard.behind`."""
    versus: str = ""
    """What the figures are set beside: `before`, `year`, a borough, or `FIRST..LAST`."""
    map_view: MapView | None = None
    sort: str = ""
    """Column of the list, `-` before it for descending; empty for the list's own order."""
    lang: str = "fr"
    theme: str | None = None
    """None follows the person's system or last choice."""

    @classmethod
    def from_query(cls, query: str, screen: str = "apercu") -> tuple[ViewState, list[Ignored]]:
        """The state in a query string (with or without `?`), whatever screen uses it, and what of it was ignored."""
        return cls._read(query, screen, tuple(READERS))

    @classmethod
    def of_screen(cls, query: str, screen: str) -> tuple[ViewState, list[Ignored]]:
        """The same of what a screen keeps: other keys are no part of what it shows, and set nothing.

        What cannot be is told of them all the same.
        """
        return cls._read(query, screen, keys_on(screen))

    @classmethod
    def _read(cls, query: str, screen: str, keys: tuple[str, ...]) -> tuple[ViewState, list[Ignored]]:
        values: dict[str, Any] = {"screen": screen}
        ignored: list[Ignored] = []
        pairs = parse_qsl(query.removeprefix("?"), keep_blank_values=True, errors="replace")
        # Of a key that stands twice the last word counts, even an empty one: so do browsers and feeds.
        given = {key: value for key, value in dict(pairs).items() if value}
        for key, value in given.items():
            if key not in READERS:
                continue
            name, parsed, refused = READERS[key](value) if len(value) <= LONGEST else (key, None, [value])
            ignored += [Ignored(key, part[:40]) for part in refused]
            if parsed is not None and key in keys:
                values[name] = parsed
        unknown = [Ignored(key[:40], value[:40]) for key, value in given.items() if key not in READERS]
        ignored += unknown[:_MOST_UNKNOWN]
        if "period" not in given and {"start", "end"} <= values.keys():
            values["period"] = "custom"
        told = {one.key for one in ignored}
        beside = [Ignored(key, given[key]) for key in DAYS if key in given and key not in told]
        return _settled(cls(**values), ignored, beside)

    @classmethod
    def from_url(cls, path: str | None, query: str | None) -> tuple[ViewState, list[Ignored]]:
        """The state of a path and a query string; an unknown path is the screen "missing"."""
        screen = SCREENS.get((path or "/").rstrip("/") or "/", "missing")
        return cls.of_screen(query or "", screen)

    def to_query(self) -> str:
        """The query string, without `?`: what the screen keeps; what is at its default is left out."""
        kept = keys_on(self.screen)
        pairs = [(key, write(self)) for key, write in _WRITERS.items() if key in kept]
        return urlencode([(k, v) for k, v in pairs if v], safe=",.:/;")

    def to_url(self) -> str:
        """Path and query string."""
        path = next((p for p, s in SCREENS.items() if s == self.screen), "/")
        query = self.to_query()
        return f"{path}?{query}" if query else path

    def uses(self, key: str) -> bool:
        """Whether the screen shows something by a key of the address."""
        return key in SCREEN_KEYS.get(self.screen, ())

    def replace(self, **changes: Any) -> ViewState:
        """A copy with some fields changed."""
        return dataclasses.replace(self, **changes)

    def dates(self, today: date) -> tuple[date, date]:
        """First and last day of the period, both included, where `today` is the as-of day."""
        if self.period == "custom" and self.start and self.end:
            return self.start, self.end
        if self.period == "year":
            return date(today.year, 1, 1), today
        if self.period == "12m":
            return same_day_last_year(today) + timedelta(days=1), today
        return today - timedelta(days=int(self.period.removesuffix("d")) - 1), today

    def filters(self, today: date) -> Filters:
        """The mart's filters of this state, where `today` is the as-of day in Montréal."""
        start, end = self.dates(today)
        return Filters(
            start=start,
            end=end,
            boroughs=self.boroughs,
            sectors=self.sectors,
            activities=self.activities,
            by="who" if self.by == "who" else "where",
            h3=self.h3,
            area=self.area,
        )

    def cleared(self) -> ViewState:
        """Without any filter but the period; screen, language and theme stay."""
        return self.replace(
            boroughs=(),
            sectors=(),
            activities=(),
            by="where",
            states=(),
            h3=(),
            area=(),
            columns=(),
            at=None,
            request=None,
        )


def keys_on(screen: str) -> tuple[str, ...]:
    """Keys that an address of a screen keeps."""
    return (*SCREEN_KEYS.get(screen, ()), *CARRIED)


LOOKS = ("v", "request", "place", "check", "behind", "layer", "measure", "sort", "theme")
"""Keys that change how data is drawn, not which: a change of theirs asks the server nothing."""


def data_query(query: str) -> str:
    """The part of a query string that data depends on, in one fixed order (as `query` of assets/00-nav.js)."""
    given = dict(parse_qsl(query.removeprefix("?")))
    if "period" not in given and all(map(given.get, DAYS)):
        given["period"] = "custom"
    return urlencode(sorted((k, v) for k, v in given.items() if k not in LOOKS), safe=",:/;")


def same_day_last_year(day: date) -> date:
    """The same day of the year before; 29 February becomes the 28th."""
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return day.replace(year=day.year - 1, day=28)


def _settled(
    state: ViewState, ignored: list[Ignored], days: list[Ignored]
) -> tuple[ViewState, list[Ignored]]:
    """Dates that make sense together: a custom period needs both, in order; `days` beside another one are ignored."""
    if state.period != "custom":
        return state.replace(start=None, end=None), [*ignored, *days]
    if state.start is None or state.end is None:
        return state.replace(period=DEFAULT_PERIOD, start=None, end=None), [
            *ignored,
            Ignored("period", "custom"),
        ]
    if state.start > state.end:
        return state.replace(start=state.end, end=state.start), ignored
    return state, ignored


def _unless(name: str) -> Callable[[ViewState], str]:
    """Write a field as text unless it is at its default."""
    default = {f.name: f.default for f in dataclasses.fields(ViewState)}[name]

    def write(state: ViewState) -> str:
        value = getattr(state, name)
        if value == default or value is None:
            return ""
        return ",".join(value) if isinstance(value, tuple) else str(value)

    return write


def _write_boroughs(state: ViewState) -> str:
    return PILOTS if set(state.boroughs) == set(territory.pilots()) else ",".join(state.boroughs)


def _write_area(state: ViewState) -> str:
    return ";".join(f"{lon},{lat}" for lon, lat in state.area)


_WRITERS: dict[str, Callable[[ViewState], str]] = {
    "period": _unless("period"),
    "from": _unless("start"),
    "to": _unless("end"),
    "borough": _write_boroughs,
    "sector": _unless("sectors"),
    "activity": _unless("activities"),
    "by": _unless("by"),
    "kpi": _unless("kpi"),
    "layer": _unless("layer"),
    "measure": _unless("measure"),
    "state": _unless("states"),
    "h3": _unless("h3"),
    "area": _write_area,
    column_query.KEY: lambda state: column_query.write(state.columns),
    "at": lambda state: f"{state.at:%Y-%m-%dT%H:%M:%SZ}" if state.at else "",
    "request": _unless("request"),
    "place": _unless("place"),
    "rank": _unless("rank"),
    "check": _unless("check"),
    behind.KEY: _unless("behind"),
    "vs": _unless("versus"),
    "v": _unless("map_view"),
    "sort": _unless("sort"),
    "lang": _unless("lang"),
    "theme": _unless("theme"),
}
