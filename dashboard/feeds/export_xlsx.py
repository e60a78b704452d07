"""The whole list as an Excel workbook, as it is produced, with a page that says what it is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import pyarrow as pa
from fastapi import FastAPI, Query, Request, Response
from fastapi.responses import StreamingResponse

from dashboard import kpi_texts
from dashboard.components.column_words import filter_words
from dashboard.feeds import workbook_words
from dashboard.feeds.download import File, download
from dashboard.feeds.export import file_name, translated
from dashboard.feeds.listing import sort_of
from dashboard.feeds.models import Refusal
from dashboard.feeds.question import ListQuery, Question
from dashboard.feeds.workbook import MEDIA_TYPE, Heading, workbook
from dashboard.feeds.workbook_words import refuse_beyond_a_sheet
from dashboard.services import Services
from dashboard.text import t
from dashboard.view_words import filters_in_words
from mart.ask import TABLES
from mart.periods import local_date
from mart.questions.page import EXPORTED, export_batches, total
from mart.snapshot import Mart

_WIDTHS = {
    "label": 34,
    "street": 30,
    "street_from": 24,
    "street_to": 24,
    "activity": 24,
    "borough": 26,
    "borough_who": 26,
}
_USUAL_WIDTH, _MOMENT_WIDTH = 13, 17


def xlsx_parts(mart: Mart, question: Question) -> Iterator[bytes]:
    """The file, part by part; `extra["address"]` is where the list is.

    Raises:
        InputRefused: the list has more rows than a sheet takes.
    """
    filters = question.column_filters
    rows = total(mart, question.filters, question.as_of, question.population, filters)
    lang = question.state.lang
    refuse_beyond_a_sheet(rows, lang)
    batches = export_batches(
        mart, question.filters, question.as_of, sort_of(question.state.sort),
        population=question.population, column_filters=filters,
    )  # fmt: skip
    return workbook(heading(question, rows), (readable(batch, lang) for batch in batches))


def readable(batch: pa.RecordBatch, lang: str) -> pa.RecordBatch:
    """A batch as people read it: names for codes. Numbers and moments stay what they are."""
    return pa.RecordBatch.from_pydict({name: _column(name, batch[name], lang) for name in EXPORTED})


def heading(question: Question, rows: int) -> Heading:
    """The head of the table, and what the second page says of it."""
    lang = question.state.lang
    what, note = kpi_texts.listed(question.population, lang)
    about = kpi_texts.about(kpi_texts.kpi_of(question.population), lang)
    columns = [filter_words(one, lang) for one in question.column_filters if one.column != "state"]
    said = {
        "what": f"{kpi_texts.name(question.population, lang)} ({what})",
        "definition": " ".join(filter(None, [about["definition"], note, about["without"]])),
        "filters": filters_in_words(question.state, local_date(question.as_of)),
        "columns": " · ".join(columns),
        "precision": t("liste.xlsx_file.precision_said", lang),
    }
    names = [t(f"liste.export.{name}", lang) for name in EXPORTED]
    widths = [_width(name) for name in EXPORTED]
    return workbook_words.heading(t("liste.xlsx_file.sheet", lang), names, widths, rows, said, question)


def register(server: FastAPI, services: Services) -> None:
    """Add /feeds/requests.xlsx."""

    def make(mart: Mart, question: Question) -> File:
        return File(file_name(question, "xlsx"), MEDIA_TYPE, xlsx_parts(mart, question))

    @server.get(
        "/feeds/requests.xlsx", tags=["list"], response_class=StreamingResponse,
        responses={200: {"content": {MEDIA_TYPE: {}}}, 422: {"model": Refusal}},
    )  # fmt: skip
    async def get_xlsx(request: Request, query: Annotated[ListQuery, Query()]) -> Response:
        """The whole list as an Excel workbook; refused where it has more rows than a sheet takes."""
        return await download(services, query, make, address=request.headers.get("referer", ""))


def _column(name: str, values: pa.Array, lang: str) -> pa.Array:
    return translated(name, values, lang) if pa.types.is_string(values.type) else values


def _width(name: str) -> int:
    schema = TABLES["spells"].schema()
    if name in schema and schema[name].is_timestamp():
        return _MOMENT_WIDTH
    return _WIDTHS.get(name, _USUAL_WIDTH)
