"""What the feeds of Qualité answer."""

from __future__ import annotations

from pydantic import BaseModel, Field

from dashboard.feeds.models import Answer, Row


class Found(Answer):
    """A page of the requests that a check finds."""

    check: str = Field(description="code of the check")
    total: int = Field(description="requests that it finds: the count of the screen")
    offset: int
    rows: list[Row]


class RejectedRow(BaseModel):
    """A row of a file that cannot be a request."""

    line: int = Field(description="in its file; 1 is the header")
    field: str = Field(description="column of the file; empty where the row as a whole is wrong")
    value: str = Field(description="what it said, at most 200 characters")
    reason: str


class RejectedRows(BaseModel):
    """A page of the rejected rows of a load."""

    load: int
    file: str = Field(description="name without folders")
    total: int
    offset: int
    rows: list[RejectedRow]
