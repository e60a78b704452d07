"""What the feeds answer, for their readers and for OpenAPI. Moments are UTC, coordinates WGS84 [lon, lat]."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, Field


class Geometry(BaseModel):
    """A GeoJSON geometry."""

    type: Literal["Point", "Polygon", "MultiPolygon"]
    coordinates: list[Any]


class Shape(BaseModel):
    """A borough or sector."""

    type: Literal["Feature"]
    id: str
    properties: dict[str, Any] = Field(description="code, name_fr, name_en, anchor; a sector's borough")
    geometry: Geometry


class Shapes(BaseModel):
    """Boroughs or sectors."""

    type: Literal["FeatureCollection"]
    features: list[Shape]


class Answer(BaseModel):
    """What every answer says of itself."""

    as_of: datetime = Field(description="the moment at which the figures hold")
    ignored: list[str] = Field(description="keys of the query string that were not understood")


class Scale(BaseModel):
    """Rising break points of the number scale of each measure, over the whole city."""

    count: list[float]
    late_share: list[float]
    median_age: list[float]


class Measures(BaseModel):
    """The measures of a hexagon, borough or sector."""

    n: int = Field(description="requests")
    open: int = Field(description="of these, open")
    late: int = Field(description="of these, open and past due")
    late_share: float | None = Field(description="late ÷ n, 0 to 1")
    median_age: float | None = Field(description="median age of the open ones, days")


class Hexagon(BaseModel):
    """A cell and its measures; the id is the H3 cell."""

    type: Literal["Feature"]
    id: str
    properties: Measures
    geometry: Geometry


class Hexagons(Answer):
    """Located requests by H3 cell."""

    type: Literal["FeatureCollection"]
    resolution: int
    total: int = Field(description="requests on the map, in the whole city")
    scale: Scale
    features: list[Hexagon]


class Cell(BaseModel):
    """The outline of an H3 cell."""

    type: Literal["Feature"]
    id: str
    geometry: Geometry


class Cells(BaseModel):
    """Outlines of H3 cells."""

    type: Literal["FeatureCollection"]
    features: list[Cell]


class Areas(Answer):
    """Requests by borough or sector: numbers only, to be joined to the shapes."""

    by: Literal["borough", "sector"]
    scale: Scale
    values: dict[str, Measures]


class PointProperties(BaseModel):
    """What a mark on the map says."""

    external_id: str
    state: str
    activity: str
    street: str | None
    opened_at: datetime
    due_at: datetime | None
    requesters: int
    precision: str


class Point(BaseModel):
    """One request."""

    type: Literal["Feature"]
    id: int
    properties: PointProperties
    geometry: Geometry


class Points(Answer):
    """Requests inside a box."""

    type: Literal["FeatureCollection"]
    truncated: bool = Field(description="there are more than `limit`; those due first are here")
    features: list[Point]


class Row(BaseModel):
    """One line of the list."""

    id: int
    external_id: str
    state: str
    activity: str
    label: str | None
    borough: str | None
    borough_who: str | None = Field(description="who fixes it")
    sector: str | None
    street: str | None
    street_from: str | None
    street_to: str | None
    opened_at: datetime
    due_at: datetime | None
    closed_at: datetime | None
    undone_at: datetime | None = Field(
        description="when a reopening undid this closing: with `id`, what tells the lines of a request apart"
    )
    age_days: float
    requesters: int
    precision: str
    status: str | None
    channel: str | None


class Rows(Answer):
    """Some lines of the list, and how many it has."""

    at: datetime = Field(
        description="the moment of the states: of open requests the period's end, else the as-of"
    )
    total: int
    offset: int
    states: dict[str, int] = Field(
        description="how many of the list are in each state, whatever states are picked"
    )
    rows: list[Row]


class Reason(BaseModel):
    """One part of a score."""

    code: str
    bits: float = Field(description="above 0 speaks for the same thing, below 0 against")
    text: str = Field(description="in the language asked for")


class LikelyEpisode(BaseModel):
    """An open episode that a report may be about."""

    episode_id: int
    problem_id: int
    request_id: int = Field(description="the request of it that is most like the report")
    external_id: str
    street: str | None
    opened_at: datetime
    due_at: datetime | None
    requests: int = Field(description="open requests of the episode")
    requesters: int = Field(description="people behind them")
    distance_m: float
    score_bits: float = Field(description="log2 of the odds that it is about the same thing")
    joins: bool = Field(description="the next build would join them")
    reasons: list[Reason] = Field(description="the strongest first; their bits add up to the score")


class LikelyEpisodes(BaseModel):
    """What a report may be about, the likeliest first."""

    as_of: datetime
    episodes: list[LikelyEpisode]


class Refusal(BaseModel):
    """Why there is no answer."""

    detail: str = Field(description="a sentence for who asks the API")
    code: str = Field(description="why, for programs: a key of `refusal` in dashboard/text/frame.en.yml")
