"""Tables for spreadsheets: no text in them ever runs as a formula.

A text that begins like one gets an apostrophe, which a spreadsheet shows as plain text.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""First characters of what a spreadsheet would run."""
BOM = "\ufeff"
"""Excel reads UTF-8 only where this stands first."""


def defused(value: Any) -> Any:
    """A text with an apostrophe before what a spreadsheet would run; all else as it is."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def defused_texts(texts: pa.Array) -> pa.Array:
    """The same for texts of Arrow; none stays none."""
    risky = pc.is_in(pc.utf8_slice_codeunits(texts, 0, 1), value_set=pa.array(_FORMULA))
    return pc.if_else(risky, pc.binary_join_element_wise("'", texts, ""), texts)


def csv_head(names: Sequence[str]) -> bytes:
    """The first line of a CSV in UTF-8, to be followed by `csv_rows`."""
    return (BOM + ",".join(f'"{name}"' for name in names) + "\n").encode()


def csv_rows(batch: pa.RecordBatch | pa.Table) -> bytes:
    """Lines of a CSV in UTF-8; texts are to be defused before."""
    lines = io.BytesIO()
    options = pyarrow.csv.WriteOptions(include_header=False, quoting_style="needed")
    pyarrow.csv.write_csv(batch, lines, options)
    return lines.getvalue()


def csv_text(table: pd.DataFrame, notes: Sequence[str], lang: str) -> bytes:
    """A table as CSV in UTF-8, then an empty line and the notes. Missing numbers are empty.

    In French decimals have a comma and columns a semicolon, as its spreadsheets read them.
    """
    written = io.StringIO()
    rows = csv.writer(written, delimiter=";" if lang == "fr" else ",", lineterminator="\r\n")
    rows.writerow([defused(str(name)) for name in table.columns])
    for row in table.itertuples(index=False):
        rows.writerow([_cell(value, lang) for value in row])
    rows.writerow([])
    rows.writerows([defused(note)] for note in notes if note)
    return (BOM + written.getvalue()).encode()


def _cell(value: Any, lang: str) -> Any:
    if value is None or value is pd.NA or value != value:  # noqa: PLR0124 - NaN is the one value unlike itself
        return ""
    if isinstance(value, float):
        text = f"{value:.10g}" if value % 1 else f"{value:.0f}"
        return text.replace(".", ",") if lang == "fr" else text
    return defused(value)
