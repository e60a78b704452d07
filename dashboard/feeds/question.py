"""What a feed is asked: the query string of a page, read by the page's own parser."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import Depends, Query
from pydantic import BaseModel, ConfigDict, Field

from dashboard.at import reached
from dashboard.query import LANGUAGES
from dashboard.state import ViewState
from domain.errors import InputRefused
from mart.column_filters import ColumnFilter
from mart.filters import Filters
from mart.periods import local_date
from mart.snapshot import Mart

Box = tuple[float, float, float, float]
"""West, south, east, north; degrees, WGS84."""

_WIDEST_DEG = 40.0
_LON, _LAT = 180.0, 90.0


def _text(description: str) -> Any:
    return Field(None, description=description)


class PageQuery(BaseModel):
    """The filters of a page, as they stand in its address. What is not understood is left out and said.

    What a key may hold, and how much, `ViewState` says for page and feeds alike: nothing is refused here.
    """

    model_config = ConfigDict(extra="ignore")

    period: str | None = _text("7d, 30d, 90d, 12m, year, or custom with `from` and `to`")
    from_: str | None = Field(None, alias="from", description="first day, YYYY-MM-DD")
    to: str | None = _text("last day, included")
    borough: str | None = _text("borough codes, or `pilots`")
    sector: str | None = _text("sector codes")
    activity: str | None = _text("activity codes")
    by: str | None = _text("what borough means: where (default) or who")
    kpi: str | None = _text(
        "which requests: backlog (default), another KPI's code (its numerator), or CODE/denominator"
    )
    state: str | None = _text("states: late, due_soon, in_progress, waiting, done, closed, withdrawn")
    h3: str | None = _text("H3 cells, as text")
    area: str | None = _text("a drawn polygon: lon,lat;lon,lat;… (WGS84, 3 to 100 corners)")
    rank: str | None = _text(
        "order of places that come back: requests (default), episodes, requesters, spread"
    )
    cf: str | None = _text(
        "conditions on columns: street~saint denis;requesters~2..;activity~graffitis,eclairage"
    )
    place: str | None = _text("a problem's id")
    check: str | None = _text("code of a check of the data")
    vs: str | None = _text("what figures are set beside: before, year, a borough, or FIRST..LAST")
    sort: str | None = _text("column of the list, `-` before it for descending")
    lang: str | None = _text("fr (default) or en")

    def text(self) -> str:
        """As a query string again."""
        return urlencode({k: v for k, v in self.model_dump(by_alias=True).items() if v is not None})


class ListQuery(PageQuery):
    """The filters of the list, which may be of an earlier moment."""

    at: str | None = _text("T in UTC (2025-03-20T16:00Z), where it is not that of the mart")


def _language(lang: Annotated[str, Query(description="fr (default) or en")] = LANGUAGES[0]) -> str:
    return lang if lang in LANGUAGES else LANGUAGES[0]


Language = Annotated[str, Depends(_language)]
"""The `lang` of feeds that take nothing else of a page; what is none is the usual one, as on the page."""


@dataclass(frozen=True, slots=True)
class Question:
    """A page's filters on one version of the mart, at one moment."""

    state: ViewState
    version: str
    as_of: datetime
    filters: Filters
    ignored: tuple[str, ...] = ()
    """Keys of the query string that were not understood."""

    extra: Mapping[str, Any] = field(default_factory=dict)
    """What one feed takes beside the filters (resolution, bbox, …)."""

    @property
    def population(self) -> str:
        """Which requests the map and the list are of: see `mart.populations`."""
        return self.state.kpi

    @property
    def column_filters(self) -> tuple[ColumnFilter, ...]:
        """The states that are kept, and conditions on other columns; empty for all."""
        states = (ColumnFilter("state", "one_of", self.state.states),) if self.state.states else ()
        return (*states, *self.state.columns)

    def identity(self, feed: str) -> str:
        """Equal for questions that have the same answer."""
        asked = self.version, self.as_of.isoformat(), self.state, self.filters, self.ignored, self.extra
        return f"{feed} {asked!r}"


def read(query: PageQuery, mart: Mart, extra: Mapping[str, Any]) -> Question:
    """The question of a query string, for a version of the mart.

    Raises:
        InputRefused: a filter that cannot be (a hexagon that is none).
    """
    read_as, ignored = ViewState.from_query(query.text(), screen="carte")
    state, beyond = reached(read_as, mart)
    as_of = state.at or mart.as_of()
    keys = tuple(sorted({part.key for part in (*ignored, *beyond)}))
    return Question(state, mart.version, as_of, state.filters(local_date(as_of)), keys, extra)


def boxed(extra: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a feed takes beside the filters, its `bbox` (a text) read where it has one.

    Raises:
        InputRefused: see `read_box`.
    """
    return {**extra, "bbox": read_box(extra["bbox"])} if "bbox" in extra else extra


def read_box(text: str | None) -> Box | None:
    """A box from `west,south,east,north`.

    Raises:
        InputRefused: the text is no box on the globe.
    """
    if text is None:
        return None
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError as error:
        raise InputRefused("bbox has to be west,south,east,north in degrees.") from error
    # NaN fails every comparison.
    if not (-_LON <= west < east <= _LON and -_LAT <= south < north <= _LAT and east - west <= _WIDEST_DEG):
        raise InputRefused(
            "bbox has to be west,south,east,north in degrees, west of east and south of north."
        )
    return west, south, east, north
