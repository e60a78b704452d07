"""The list, a page at a time: sorted, filtered and counted where the data is."""

from __future__ import annotations

from typing import Annotated, Any

import pandas as pd
from fastapi import FastAPI, Query, Request, Response

from dashboard.feeds.answer import Bodies, answer
from dashboard.feeds.columns import plain, rows_of
from dashboard.feeds.models import Refusal, Rows
from dashboard.feeds.moments import iso
from dashboard.feeds.question import ListQuery, Question
from dashboard.kept import Kept
from dashboard.services import Services
from mart.populations import moment_of
from mart.questions.by_state import by_state
from mart.questions.page import page
from mart.snapshot import Mart

MOST_ROWS = 200
_FARTHEST = 5_000_000
OWN_ORDER = (("state", False), ("due_at", False))
"""What needs somebody first."""

PLAIN = (
    "id", "external_id", "state", "activity", "label", "borough", "borough_who", "sector", "street", "street_from",
    "street_to", "requesters", "precision", "status", "channel",
)  # fmt: skip
MOMENTS = ("opened_at", "due_at", "closed_at")


def sort_of(text: str) -> tuple[tuple[str, bool], ...]:
    """The order that a page's `sort` means: (column, descending) pairs."""
    if not text:
        return OWN_ORDER
    column, descending = text.removeprefix("-"), text.startswith("-")
    return ((column, descending), *(pair for pair in OWN_ORDER if pair[0] != column))


def rows(mart: Mart, question: Question, counts: Kept) -> dict[str, Any]:
    """A page of the list, with the size of the list and how many are in each state."""
    offset: int = question.extra["offset"]
    states = _states(mart, question, counts)
    total = sum(n for state, n in states.items() if state in (question.state.states or states))
    found = page(
        mart,
        question.filters,
        question.as_of,
        sort_of(question.state.sort),
        offset=offset,
        limit=question.extra["limit"],
        population=question.population,
        column_filters=question.column_filters,
        known_total=total,
    )
    return {
        "as_of": question.as_of,
        "at": moment_of(question.population, question.filters, question.as_of),
        "ignored": question.ignored,
        "total": total,
        "offset": offset,
        "states": states,
        "rows": written(found.rows),
    }


def _states(mart: Mart, question: Question, counts: Kept) -> dict[str, int]:
    """How many of the list are in each state: the same for every page and order of it, so counted once."""
    others = tuple(one for one in question.column_filters if one.column != "state")
    asked = question.filters, question.as_of, question.population, others
    return counts.get((question.version, *asked), lambda: by_state(mart, *asked))


def written(found: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows of `mart.questions.page` as records."""
    columns = plain(found, PLAIN) | {name: iso(found[name]) for name in (*MOMENTS, "undone_at")}
    columns["age_days"] = found["age_days"].round(2).tolist()
    return rows_of(columns)


def register(server: FastAPI, services: Services) -> None:
    """Add /feeds/requests.json."""
    kept, counts = Bodies(), Kept(64)

    def make(mart: Mart, question: Question) -> dict[str, Any]:
        return rows(mart, question, counts)

    @server.get(
        "/feeds/requests.json", tags=["list"], response_model=Rows, responses={422: {"model": Refusal}}
    )
    async def get_requests(
        request: Request,
        query: Annotated[ListQuery, Query()],
        offset: Annotated[int, Query(ge=0, le=_FARTHEST)] = 0,
        limit: Annotated[int, Query(ge=1, le=MOST_ROWS)] = 100,
    ) -> Response:
        """Rows `offset` to `offset + limit` of the list, in the order of `sort`."""
        return await answer(request, services, kept, query, make, feed="requests", offset=offset, limit=limit)
