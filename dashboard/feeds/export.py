"""The whole list as CSV, as it is produced: memory does not grow with it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated

import pyarrow as pa
import pyarrow.compute as pc
from fastapi import FastAPI, Query, Request, Response
from fastapi.responses import StreamingResponse

from dashboard.components.names import activity_name, borough_name, sector_name
from dashboard.feeds.download import CSV, File, download
from dashboard.feeds.listing import sort_of
from dashboard.feeds.models import Refusal
from dashboard.feeds.moments import minute, stamp
from dashboard.feeds.question import ListQuery, Question
from dashboard.feeds.spreadsheet import cells, csv_head, csv_rows
from dashboard.services import Services
from dashboard.text import t
from mart.questions.page import EXPORTED, export_batches
from mart.snapshot import Mart

_NAMED = {
    "activity": activity_name,
    "borough": borough_name,
    "borough_who": borough_name,
    "sector": sector_name,
}

_WORDS = {
    "state": "state",
    "precision": "carte.precision_name",
    "status": "carte.status",
    "channel": "carte.channel",
}
"""Columns of codes by where the catalogue has their words."""


def csv_parts(mart: Mart, question: Question) -> Iterator[bytes]:
    """The file, part by part: the header at once, so that the download begins."""
    yield head(question)
    batches = export_batches(
        mart, question.filters, question.as_of, sort_of(question.state.sort),
        population=question.population, column_filters=question.column_filters,
    )  # fmt: skip
    yield from lines(batches, question)


def head(question: Question) -> bytes:
    """The names of the columns."""
    lang = question.state.lang
    return csv_head([t(f"liste.export.{name}", lang) for name in (*EXPORTED, "as_of")], lang)


def lines(batches: Iterable[pa.RecordBatch], question: Question) -> Iterator[bytes]:
    """Batches (columns `EXPORTED`) under that head, a part each."""
    as_of, lang = minute(question.as_of), question.state.lang
    return (csv_rows(written(batch, as_of, lang), lang) for batch in batches if batch.num_rows)


def written(batch: pa.RecordBatch, as_of: str, lang: str) -> pa.RecordBatch:
    """A batch as people read it: names for codes, Montréal's time, texts defused, the as-of in each row."""
    columns = {name: _column(name, batch[name], lang) for name in EXPORTED}
    return pa.RecordBatch.from_pydict(columns | {"as_of": pa.repeat(as_of, batch.num_rows)})


def register(server: FastAPI, services: Services) -> None:
    """Add /feeds/requests.csv."""

    def make(mart: Mart, question: Question) -> File:
        return File(file_name(question, "csv"), CSV, csv_parts(mart, question))

    @server.get(
        "/feeds/requests.csv", tags=["list"], response_class=StreamingResponse,
        responses={200: {"content": {"text/csv": {}}}, 422: {"model": Refusal}},
    )  # fmt: skip
    async def get_csv(_request: Request, query: Annotated[ListQuery, Query()]) -> Response:
        """The whole list, as the page has it filtered and sorted."""
        return await download(services, query, make)


def file_name(question: Question, ending: str) -> str:
    """Such as `requetes-backlog-2025-11-20T1405.csv`: what, and as of when."""
    what = question.population.replace("/", "-")
    return f"{t('carte.export.file', question.state.lang)}-{what}-{stamp(question.as_of)}.{ending}"


def _column(name: str, values: pa.Array, lang: str) -> pa.Array:
    if name == "age_days":
        return pc.round(values, 1)
    return cells(translated(name, values, lang) if pa.types.is_string(values.type) else values)


def translated(name: str, values: pa.Array, lang: str) -> pa.Array:
    """Codes that the interface has words for, in words."""
    if name not in {*_NAMED, *_WORDS}:
        return values
    encoded = values.dictionary_encode()
    words = [_word(name, code, lang) for code in encoded.dictionary.to_pylist()]
    return pa.array(words, pa.string()).take(encoded.indices)


def _word(name: str, code: str | None, lang: str) -> str | None:
    if code is None:
        return None
    return _NAMED[name](code, lang) if name in _NAMED else t(f"{_WORDS[name]}.{code}", lang)
