"""Tables for spreadsheets, as those of a language read them; no text in them ever runs as a formula.

In French, columns have a semicolon between them and decimals a comma; in English it is a comma and a point.
Moments are written alike in both. A text that begins like a formula gets an apostrophe, which a spreadsheet
shows as plain text.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from dashboard.feeds.moments import minutes

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""First characters of what a spreadsheet would run."""
BOM = "\ufeff"
"""Excel reads UTF-8 only where this stands first."""


_BETWEEN = {"fr": ";", "en": ","}
_DECIMAL = {"fr": ",", "en": "."}


def defused(value: Any) -> Any:
    """A text with an apostrophe before what a spreadsheet would run; all else as it is."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def defused_texts(texts: pa.Array) -> pa.Array:
    """The same for texts of Arrow; none stays none."""
    risky = pc.is_in(pc.utf8_slice_codeunits(texts, 0, 1), value_set=pa.array(_FORMULA))
    return pc.if_else(risky, pc.binary_join_element_wise("'", texts, ""), texts)


def texts_of(texts: pd.Series[str]) -> pa.Array:
    """A column of a frame as texts of Arrow; none stays none."""
    return pa.array(texts.astype(object), pa.string(), from_pandas=True)


def cells(values: pa.Array) -> pa.Array:
    """A column of Arrow as a CSV has it: texts defused, moments in Montréal's time."""
    if pa.types.is_timestamp(values.type):
        return minutes(values)
    return defused_texts(values) if pa.types.is_string(values.type) else values


def csv_head(names: Sequence[str], lang: str) -> bytes:
    """The first line of a CSV in UTF-8, to be followed by `csv_rows`."""
    return (BOM + _BETWEEN[lang].join(f'"{name}"' for name in names) + "\n").encode()


def csv_rows(batch: pa.RecordBatch | pa.Table, lang: str) -> bytes:
    """Lines of a CSV in UTF-8; texts are to be defused before."""
    lines = io.BytesIO()
    options = pyarrow.csv.WriteOptions(include_header=False, quoting_style="needed", delimiter=_BETWEEN[lang])
    pyarrow.csv.write_csv(_with_decimals(batch, lang), lines, options)
    return lines.getvalue()


def csv_parts(names: Sequence[str], batches: Iterable[pa.RecordBatch], lang: str) -> Iterator[bytes]:
    """A whole CSV part by part, the head first: batches as people read them, in the order of `names`."""
    yield csv_head(names, lang)
    for batch in batches:
        yield csv_rows(pa.RecordBatch.from_arrays([cells(column) for column in batch.columns], names), lang)


def csv_lines(rows: Iterable[Sequence[Any]], lang: str) -> bytes:
    """The same of a few rows of Python; texts are defused here."""
    lines = io.StringIO()
    written = csv.writer(lines, delimiter=_BETWEEN[lang], lineterminator="\n")
    written.writerows([_cell(value, lang) for value in row] for row in rows)
    return lines.getvalue().encode()


def csv_text(table: pd.DataFrame, notes: Sequence[str], lang: str) -> bytes:
    """A table as CSV in UTF-8, then an empty line and the notes. Missing numbers are empty."""
    written = io.StringIO()
    rows = csv.writer(written, delimiter=_BETWEEN[lang], lineterminator="\r\n")
    rows.writerow([defused(str(name)) for name in table.columns])
    for row in table.itertuples(index=False):
        rows.writerow([_cell(value, lang) for value in row])
    rows.writerow([])
    rows.writerows([defused(note)] for note in notes if note)
    return (BOM + written.getvalue()).encode()


def _with_decimals(batch: pa.RecordBatch | pa.Table, lang: str) -> pa.RecordBatch | pa.Table:
    """Arrow writes points: where they are none, its numbers become texts that a spreadsheet reads as numbers."""
    if _DECIMAL[lang] == ".":
        return batch
    for i, field in enumerate(batch.schema):
        if pa.types.is_floating(field.type):
            texts = pc.replace_substring(batch[i].cast(pa.string()), ".", _DECIMAL[lang])
            batch = batch.set_column(i, field.name, texts)
    return batch


def _cell(value: Any, lang: str) -> Any:
    if value is None or value is pd.NA or value != value:  # noqa: PLR0124 - NaN is the one value unlike itself
        return ""
    if isinstance(value, float):
        text = f"{value:.10g}" if value % 1 else f"{value:.0f}"
        return text.replace(".", _DECIMAL[lang])
    return defused(value)
