"""The list behind a number of Récurrence as a file: CSV, or an Excel workbook with a page that says what it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

import pandas as pd
import pyarrow as pa

from dashboard.behind import PlaceRequests, Work
from dashboard.behind_view import Listed
from dashboard.components import behind_words
from dashboard.feeds import returned
from dashboard.feeds.download import CSV, File
from dashboard.feeds.export import translated
from dashboard.feeds.moments import moments_of, repeated, stamp
from dashboard.feeds.question import Question
from dashboard.feeds.spreadsheet import csv_parts, texts_of
from dashboard.feeds.workbook import MEDIA_TYPE, Heading, workbook
from dashboard.feeds.workbook_words import heading, refuse_beyond_a_sheet
from dashboard.text import t

PLACE_COLUMNS = ("id", "episode", "opened_at", "closed_at", "status", "requesters", "problem_id", "as_of")
_WIDTH = 19


def csv_file(found: Listed, of: Work | PlaceRequests, question: Question) -> File:
    """All of the list, as the language of the page has its CSV."""
    names, batches = _table(found, of, question)
    return File(_name(found, of, question, "csv"), CSV, csv_parts(names, batches, question.state.lang))


def xlsx_file(found: Listed, of: Work | PlaceRequests, question: Question) -> File:
    """All of the list as a workbook.

    Raises:
        InputRefused: it has more rows than a sheet takes.
    """
    refuse_beyond_a_sheet(found.total, question.state.lang)
    names, batches = _table(found, of, question)
    parts = workbook(_heading(names, found, of, question), batches)
    return File(_name(found, of, question, "xlsx"), MEDIA_TYPE, parts)


def place_batch(requests: pd.DataFrame, problem_id: int, as_of: datetime, lang: str) -> pa.RecordBatch:
    """Requests of a place (`PLACE_COLUMNS`) as people read them: names for codes."""
    columns = {
        "id": texts_of(requests["external_id"]),
        "episode": pa.array(requests["episode"], pa.int64()),
        "opened_at": moments_of(requests["opened_at"]),
        "closed_at": moments_of(requests["closed_at"]),
        "status": translated("status", texts_of(requests["status"]), lang),
        "requesters": pa.array(requests["requesters"], pa.int64()),
        "problem_id": pa.repeat(problem_id, len(requests)),
        "as_of": repeated(as_of, len(requests)),
    }
    return pa.RecordBatch.from_pydict({name: columns[name] for name in PLACE_COLUMNS})


def _table(
    found: Listed, of: Work | PlaceRequests, question: Question
) -> tuple[Sequence[str], Iterator[pa.RecordBatch]]:
    """The names of the columns, and the rows."""
    as_of, lang = question.as_of, question.state.lang
    if isinstance(of, PlaceRequests):
        names = [t(f"recurrence.behind.csv.{name}", lang) for name in PLACE_COLUMNS]
        return names, iter([place_batch(found.rows, of.problem_id, as_of, lang)])
    return returned.names(lang), returned.batches(found.rows, as_of, lang)


def _heading(names: Sequence[str], found: Listed, of: Work | PlaceRequests, question: Question) -> Heading:
    lang = question.state.lang

    said = {
        "what": behind_words.title(found, of, lang),
        "filters": behind_words.scope(found, of, question.state),
        "definition": behind_words.note(found, of, question.as_of, lang),
    }
    sheet = t(f"recurrence.behind.sheet_{found.of}", lang)
    return heading(sheet, names, [_WIDTH] * len(names), found.total, said, question)


def _name(found: Listed, of: Work | PlaceRequests, question: Question, ending: str) -> str:
    """Such as `travaux-termines-borough-VD-90-2025-11-20T1405.csv`: what, and as of when."""
    lang = question.state.lang
    what = t("recurrence.work_file" if found.of == "work" else "recurrence.behind.file", lang)
    parts = (what, *str(of).replace("_", "-").split(":")[1:], stamp(question.as_of))
    return f"{'-'.join(parts)}.{ending}"
