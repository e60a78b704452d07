"""The work behind the shares of Récurrence as CSV: one row per piece of work, and when it came back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from fastapi import FastAPI, Query, Request, Response
from fastapi.responses import StreamingResponse

from dashboard import recurring
from dashboard.feeds import spreadsheet
from dashboard.feeds.download import CSV, File, download
from dashboard.feeds.export import translated
from dashboard.feeds.models import Refusal
from dashboard.feeds.moments import moments_of, repeated, stamp
from dashboard.feeds.question import PageQuery, Question
from dashboard.feeds.spreadsheet import texts_of
from dashboard.services import Services
from dashboard.state import ViewState
from dashboard.text import t
from mart.snapshot import Mart

PATH = "/feeds/returned.csv"
COLUMNS = (
    "external_id",
    "activity",
    "borough",
    "done_at",
    "back_at",
    "back_after_days",
    "problem_id",
    "as_of",
)
PART_ROWS = 20_000
"""Rows of a part: some 2 MB of text."""


def address(state: ViewState) -> str:
    """Where the file of a view is."""
    view = state.replace(map_view=None, request=None, theme=None, sort="")
    return f"{PATH}?{view.to_query() or 'lang=fr'}"


def csv_parts(work: pd.DataFrame, as_of: datetime, lang: str) -> Iterator[bytes]:
    """A file of `recurring.work`, part by part, the header first: beside the frame only one part is in memory."""
    return spreadsheet.csv_parts(names(lang), batches(work, as_of, lang), lang)


def names(lang: str) -> list[str]:
    """Of the columns."""
    return [t(f"recurrence.work.{name}", lang) for name in COLUMNS]


def batches(work: pd.DataFrame, as_of: datetime, lang: str) -> Iterator[pa.RecordBatch]:
    """Rows (`COLUMNS`) as people read them: names for codes. Numbers and moments stay what they are."""
    for start in range(0, len(work), PART_ROWS):
        yield _batch(work[start : start + PART_ROWS], as_of, lang)


def _batch(work: pd.DataFrame, as_of: datetime, lang: str) -> pa.RecordBatch:
    columns = {
        "external_id": texts_of(work["external_id"]),
        "activity": translated("activity", texts_of(work["activity"]), lang),
        "borough": translated("borough", texts_of(work["borough"]), lang),
        "done_at": moments_of(work["done_at"]),
        "back_at": moments_of(work["back_at"]),
        "back_after_days": pc.round(pa.array(work["back_after_days"], pa.float64(), from_pandas=True), 1),
        "problem_id": pa.array(work["problem_id"], pa.int64()),
        "as_of": repeated(as_of, len(work)),
    }
    return pa.RecordBatch.from_pydict({name: columns[name] for name in COLUMNS})


def register(server: FastAPI, services: Services) -> None:
    """Add /feeds/returned.csv."""

    def make(mart: Mart, question: Question) -> File:
        work, lang = recurring.work(mart, question.state), question.state.lang
        name = f"{t('recurrence.work_file', lang)}-{stamp(question.as_of)}.csv"
        return File(name, CSV, csv_parts(work, question.as_of, lang))

    @server.get(
        PATH, tags=["recurrence"], response_class=StreamingResponse,
        responses={200: {"content": {"text/csv": {}}}, 422: {"model": Refusal}},
    )  # fmt: skip
    async def get_returned(_request: Request, query: Annotated[PageQuery, Query()]) -> Response:
        """Work done in the twelve months before T, and when each piece of it came back."""
        return await download(services, query, make)
