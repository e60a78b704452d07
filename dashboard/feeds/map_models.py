"""What the map's own feeds answer, for their readers and for OpenAPI."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

from dashboard.feeds.models import Answer, Geometry


class ProblemProperties(BaseModel):
    """What the mark of a problem says; `recent_*` are of all its requests, the others of those that filters keep."""

    activity: str
    street: str | None
    precision: str
    state: str = Field(description="of its requests, the state that needs somebody first")
    requests: int
    requesters: int = Field(description="people who reported it")
    open: int
    request_id: int = Field(description="its newest open request, else its newest")
    recent_requests: int = Field(description="in the 6 months")
    recent_requesters: int
    recent_episodes: int
    recurring: bool = Field(description="2 episodes or more in the 6 months")


class ProblemMark(BaseModel):
    """One problem, where its first request was."""

    type: Literal["Feature"]
    id: int
    properties: ProblemProperties
    geometry: Geometry


class Problems(Answer):
    """Problems that have a request inside a box."""

    type: Literal["FeatureCollection"]
    truncated: bool = Field(description="there are more than `limit`; those of most people are here")
    features: list[ProblemMark]


class Recurrence(BaseModel):
    """Problems of a place in the 6 months before the period's end."""

    active: int
    recurring: int = Field(description="of these, with 2 episodes or more")


class RecurrenceScale(BaseModel):
    """Rising break points of the number scale, over the whole city."""

    recurrence: list[float]


class RecurrenceCell(BaseModel):
    """A hexagon; the id is the H3 cell."""

    type: Literal["Feature"]
    id: str
    properties: Recurrence
    geometry: Geometry


class RecurrenceCells(Answer):
    """Active and recurring problems by H3 cell."""

    type: Literal["FeatureCollection"]
    resolution: int
    total: int = Field(description="active problems, in the whole city")
    recurring: int = Field(description="recurring ones, in the whole city")
    scale: RecurrenceScale
    features: list[RecurrenceCell]


class RecurrenceAreas(Answer):
    """Active and recurring problems by borough or sector."""

    by: Literal["borough", "sector"]
    scale: RecurrenceScale
    values: dict[str, Recurrence]


class Months(Answer):
    """The months that a time slider replays: local months, `YYYY-MM`, both included."""

    first: str
    last: str
