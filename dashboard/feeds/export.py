"""The whole list as CSV, as it is produced: memory does not grow with it.

What somebody typed in a request must not run when the file is opened in a spreadsheet: a text that
begins like a formula gets an apostrophe, which a spreadsheet shows as plain text.
"""

from __future__ import annotations

import io
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
from fastapi import FastAPI, Query, Request, Response
from fastapi.responses import StreamingResponse

from dashboard.components.names import activity_name, borough_name, sector_name
from dashboard.feeds.answer import refused
from dashboard.feeds.listing import sort_of
from dashboard.feeds.models import Refusal
from dashboard.feeds.question import PageQuery, Question, read
from dashboard.services import Services
from dashboard.text import t
from domain.errors import InputRefused, MartMissing
from domain.localtime import MONTREAL
from mart.questions.page import EXPORTED, export_batches
from mart.snapshot import Mart

BOM = "\ufeff".encode()
"""Excel reads UTF-8 only where this stands first."""

_FORMULA = r"^[=+\-@\t\r]"
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


def defused(texts: pa.Array) -> pa.Array:
    """Texts with an apostrophe before what a spreadsheet would run."""
    risky = pc.match_substring_regex(texts, _FORMULA)
    return pc.if_else(pc.fill_null(risky, False), pc.binary_join_element_wise("'", texts, ""), texts)


def written(batch: pa.RecordBatch, as_of: str, lang: str) -> pa.RecordBatch:
    """A batch as people read it: names for codes, Montréal's time, texts defused, the as-of in each row."""
    columns = {name: _column(name, batch[name], lang) for name in EXPORTED}
    columns["as_of"] = pa.array([as_of] * batch.num_rows, pa.string())
    return pa.RecordBatch.from_pydict(
        {t(f"liste.export.{name}", lang): column for name, column in columns.items()}
    )


def csv_parts(mart: Mart, question: Question) -> Iterator[bytes]:
    """The file, part by part: the header at once, so that the download begins."""
    lang = question.state.lang
    as_of = _local_text(pa.array([question.as_of], pa.timestamp("us", "UTC")))[0].as_py()
    yield (
        BOM
        + ",".join(f'"{t(f"liste.export.{name}", lang)}"' for name in (*EXPORTED, "as_of")).encode()
        + b"\n"
    )
    batches = export_batches(
        mart, question.filters, question.as_of, sort_of(question.state.sort),
        population=question.population, column_filters=question.column_filters,
    )  # fmt: skip
    for batch in batches:
        part = io.BytesIO()
        options = pyarrow.csv.WriteOptions(include_header=False, quoting_style="needed")
        pyarrow.csv.write_csv(written(batch, as_of, lang), part, options)
        yield part.getvalue()


def register(server: FastAPI, services: Services) -> None:
    """Add /feeds/requests.csv."""

    @server.get(
        "/feeds/requests.csv", tags=["list"], response_class=StreamingResponse,
        responses={200: {"content": {"text/csv": {}}}, 422: {"model": Refusal}},
    )  # fmt: skip
    async def get_csv(_request: Request, query: Annotated[PageQuery, Query()]) -> Response:
        """The whole list, as the page has it filtered and sorted."""
        held = ExitStack()
        try:
            mart, question = await services.run(begin, services, held, query)
        except InputRefused as error:
            held.close()
            return refused(422, str(error))
        except MartMissing as error:
            return refused(503, str(error))
        headers = {
            "Content-Disposition": f'attachment; filename="{file_name(question, "csv")}"',
            "Cache-Control": "no-store",
        }
        return StreamingResponse(
            sent(services, held, csv_parts(mart, question)), 200, headers, "text/csv; charset=utf-8"
        )


def file_name(question: Question, ending: str) -> str:
    """Such as `requetes-backlog-2025-11-20T1405.csv`: what, and as of when."""
    local: datetime = question.as_of.astimezone(ZoneInfo(MONTREAL))
    what = question.population.replace("/", "-")
    return f"{t('carte.export.file', question.state.lang)}-{what}-{local:%Y-%m-%dT%H%M}.{ending}"


def begin(services: Services, held: ExitStack, query: PageQuery) -> tuple[Mart, Question]:
    """The newest mart, held until `held` is closed, and the question of a query string on it."""
    mart = held.enter_context(services.reader.lease())
    return mart, read(query, mart, {})


async def sent(services: Services, held: ExitStack, parts: Iterator[bytes]) -> AsyncIterator[bytes]:
    """Each part is made in a thread; the mart is held until the last one, or until the reader leaves."""
    try:
        while (part := await services.run(next, parts, None)) is not None:
            yield part
    finally:
        held.close()


def _column(name: str, values: pa.Array, lang: str) -> pa.Array:
    if pa.types.is_timestamp(values.type):
        return _local_text(values)
    if name == "age_days":
        return pc.round(values, 1)
    if not pa.types.is_string(values.type):
        return values
    return defused(translated(name, values, lang))


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


def _local_text(moments: pa.Array) -> pa.Array:
    """`2025-03-20 12:00`: Montréal's time, which a spreadsheet reads as a moment."""
    local = pc.local_timestamp(moments.cast(pa.timestamp("s", MONTREAL), safe=False))
    return pc.strftime(local, format="%Y-%m-%d %H:%M")
