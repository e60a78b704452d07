"""What is behind a number of Récurrence: pieces of done work, or the requests of a place."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

import pandas as pd

from dashboard import recurring
from dashboard.behind import PlaceRequests, Work, parse
from dashboard.kept import Kept
from dashboard.state import ViewState
from domain.errors import InputRefused
from mart.filters import Filters
from mart.questions.place_requests import place_requests
from mart.questions.returns import Cut, Returns, returns
from mart.questions.returns_list import SORTED, work_behind, work_page
from mart.snapshot import Mart

PLACE_SORTED = ("opened_at", "closed_at", "requesters", "episode")
"""Columns that order the requests of a place."""


@dataclass(frozen=True, eq=False)
class Listed:
    """A page of what is behind a number; `rows` as of `mart.questions.returns_list` or `.place_requests`."""

    of: Literal["work", "place"]
    rows: pd.DataFrame
    total: int
    counts: dict[str, int]
    """Of a place, what its line counts: `people` and `episodes`."""


def named(text: str) -> Work | PlaceRequests:
    """What a text of the address names.

    Raises:
        InputRefused: it names nothing.
    """
    found = parse(text)
    if found is None:
        raise InputRefused(f"there is no list behind {text[:40]!r}.")
    return found


def sort_of(text: str, of: Work | PlaceRequests) -> tuple[str, bool]:
    """Column and whether it descends; without a text the newest first.

    Raises:
        InputRefused: the list has no such column to sort by.
    """
    columns = SORTED if isinstance(of, Work) else PLACE_SORTED
    column = text.removeprefix("-") or columns[0]
    if column not in columns:
        raise InputRefused(f"this list is ordered by {', '.join(columns)}, not {column!r}.")
    return column, text.startswith("-") or not text


def listed(
    mart: Mart,
    kept: Kept,
    state: ViewState,
    as_of: datetime,
    of: Work | PlaceRequests,
    sort: tuple[str, bool],
    offset: int,
    limit: int | None,
) -> Listed:
    """A page (all: `limit` None) of the list of a number of the view `state`. Blocking.

    `kept` holds the work of the last views, which is all found again for each page.
    """
    filters = recurring.anywhen(state, as_of)
    if isinstance(of, PlaceRequests):
        return _requests(mart, filters, as_of, of, sort, slice(offset, limit and offset + limit))
    if of.of_city:
        filters = replace(filters, boroughs=(), sectors=())
    found: Returns = kept.get((mart.version, as_of, filters), lambda: returns(mart, filters, as_of))
    cut: Cut | None = of.cut if of.cut in {"activity", "borough"} else None
    page = work_page(mart, found, work_behind(found, cut, of.code, of.days), sort, offset, limit)
    return Listed("work", page.rows, page.total, {})


def _requests(
    mart: Mart, filters: Filters, as_of: datetime, of: PlaceRequests, sort: tuple[str, bool], part: slice
) -> Listed:
    rows = place_requests(mart, filters, as_of, of.problem_id, open_only=of.open_only)
    column, descending = sort
    ordered = rows.sort_values(column, ascending=not descending, kind="stable")
    counts = {"people": int(rows["requesters"].sum()), "episodes": int(rows["episode"].nunique())}
    return Listed("place", ordered.iloc[part].reset_index(drop=True), len(rows), counts)
