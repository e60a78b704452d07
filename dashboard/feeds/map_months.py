"""The months that the map's time slider replays."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import FastAPI, Query, Request, Response

from dashboard.feeds.answer import Bodies, answer
from dashboard.feeds.map_models import Months
from dashboard.feeds.models import Refusal
from dashboard.feeds.question import PageQuery, Question
from dashboard.services import Services
from mart.periods import local_date
from mart.snapshot import Mart

MOST_YEARS = 20


def months(mart: Mart, question: Question) -> dict[str, Any]:
    """From the month of the first request to that of T; a slider is of no use for dates that cannot be."""
    today = local_date(question.as_of)
    last = f"{today:%Y-%m}"
    earliest = f"{today.year - MOST_YEARS}-01"
    known = [month for month in mart.manifest.months() if earliest <= month <= last]
    return {
        "as_of": question.as_of,
        "ignored": question.ignored,
        "first": min([last, *known]),
        "last": last,
    }


def register(server: FastAPI, services: Services) -> None:
    """Add /feeds/months.json."""
    kept = Bodies()

    @server.get(
        "/feeds/months.json", tags=["map"], response_model=Months, responses={422: {"model": Refusal}}
    )
    async def get_months(request: Request, query: Annotated[PageQuery, Query()]) -> Response:
        """First and last month of the data."""
        return await answer(request, services, kept, query, months, feed="months")
