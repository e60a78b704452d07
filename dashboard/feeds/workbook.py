"""A table as an Excel workbook (XLSX), as it is produced: memory does not grow with it.

XlsxWriter makes the workbook with its styles, its page "about" and the head of the table. The rows, of which there
may be a million, are then written into that sheet from Arrow columns and sent on at once: written cell by cell
they would take minutes. No text is ever a formula: it stands in the file as an inline text.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import xlsxwriter

from domain.localtime import MONTREAL

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_ROWS = 1_048_575
"""Rows of an Excel sheet below its head."""

_LONGEST = 32_767
"""Letters of an Excel cell."""
_SHEET = "xl/worksheets/sheet1.xml"
_ROWS_BEGIN = "<sheetData>"
_ROWS_END = "</sheetData>"
_LEVEL = 1  # a file of a million rows is made in seconds, a tenth larger than at the usual level
_SENT_BYTES = 1 << 18

_NO_XML = "[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\ufffe\uffff]"
_ESCAPE_LIKE = "_(x[0-9A-Fa-f]{4}_)"
_EPOCH_DAYS, _DAY_US = 25_569, 86_400_000_000
_MOMENT = "yyyy-mm-dd hh:mm"


@dataclass(frozen=True, slots=True)
class Heading:
    """The head of the table and the page about it."""

    sheet: str
    columns: Sequence[str]
    widths: Sequence[int]
    """In letters."""
    rows: int
    about: str
    notes: Sequence[tuple[str, str]]
    """What is said on the page "about": a term and its text."""


def workbook(heading: Heading, batches: Iterable[pa.RecordBatch]) -> Iterator[bytes]:
    """The file in parts: texts, numbers and moments (Montréal's time) of batches with as many columns as the head."""
    model = _model(heading)
    sink = _Sink()
    with (
        zipfile.ZipFile(io.BytesIO(model)) as made,
        zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL) as file,
    ):
        for name in made.namelist():
            if name != _SHEET:
                file.writestr(name, made.read(name))
        before, style, after = _cut(made.read(_SHEET).decode())
        with file.open(_SHEET, "w") as sheet:
            sheet.write(before.encode())
            yield sink.taken()
            for batch in batches:
                for start in range(0, batch.num_rows, 5_000):
                    sheet.write(rows_xml(batch.slice(start, 5_000), style))
                    if sink.size >= _SENT_BYTES:
                        yield sink.taken()
            sheet.write(after.encode())
    yield sink.taken()


def rows_xml(batch: pa.RecordBatch, style: str) -> memoryview:
    """Rows of a sheet; `style` is the number of the style of moments."""
    cells = [_cells(column, style) for column in batch.columns]
    rows = pc.binary_join_element_wise("<row>", *cells, "</row>", "")
    whole: pa.Buffer = rows.buffers()[2]
    offsets = np.frombuffer(rows.buffers()[1], dtype=np.int32)
    return memoryview(whole)[offsets[rows.offset] : offsets[rows.offset + len(rows)]]


def _cells(column: pa.Array, style: str) -> pa.Array:
    if pa.types.is_timestamp(column.type):
        local = pc.local_timestamp(column.cast(pa.timestamp("us", MONTREAL), safe=False)).cast(pa.int64())
        days = pc.round(pc.add(pc.divide(local.cast(pa.float64()), _DAY_US), _EPOCH_DAYS), 9)
        return _joined(f'<c s="{style}"><v>', days.cast(pa.string()), "</v></c>")
    if pa.types.is_floating(column.type) or pa.types.is_integer(column.type):
        numbers = (
            pc.if_else(pc.is_finite(column), column, None) if pa.types.is_floating(column.type) else column
        )
        return _joined("<c><v>", numbers.cast(pa.string()), "</v></c>")
    return _joined('<c t="inlineStr"><is><t xml:space="preserve">', _escaped(column), "</t></is></c>")


def _joined(before: str, texts: pa.Array, after: str) -> pa.Array:
    """Cells around texts; an empty one where there is none."""
    return pc.fill_null(pc.binary_join_element_wise(before, texts, after, ""), "<c/>")


def _escaped(texts: pa.Array) -> pa.Array:
    found = pc.utf8_slice_codeunits(texts.cast(pa.string()), 0, _LONGEST)
    found = pc.replace_substring_regex(found, _NO_XML, "")
    found = pc.replace_substring_regex(found, _ESCAPE_LIKE, r"_x005F_\1")
    for letter, written in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        found = pc.replace_substring(found, letter, written)
    return found


def _model(heading: Heading) -> bytes:
    """The workbook with one row of the table: its moment tells the number of the style."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(
        file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    bold, moment = book.add_format({"bold": True, "bottom": 1}), book.add_format({"num_format": _MOMENT})
    wrapped, term = (
        book.add_format({"text_wrap": True, "valign": "top"}),
        book.add_format({"bold": True, "valign": "top"}),
    )
    table, about = book.add_worksheet(heading.sheet), book.add_worksheet(heading.about)
    table.freeze_panes(1, 0)
    for place, (name, width) in enumerate(zip(heading.columns, heading.widths, strict=True)):
        table.write_string(0, place, name, bold)
        table.set_column(place, place, width)
    table.write_number(1, 0, 0, moment)
    table.write_blank(max(heading.rows, 1), len(heading.columns) - 1, None, moment)  # the extent of the sheet
    table.autofilter(0, 0, max(heading.rows, 1), len(heading.columns) - 1)
    about.set_column(0, 0, 22)
    about.set_column(1, 1, 100)
    for place, (name, text) in enumerate(heading.notes):
        about.write_string(place, 0, name, term)
        about.write_string(place, 1, text, wrapped)
    book.close()
    return file.getvalue()


def _cut(sheet: str) -> tuple[str, str, str]:
    """What stands before the table's rows, the number of the style of moments, and what stands after."""
    head, _, rest = sheet.partition(_ROWS_BEGIN)
    rows, _, tail = rest.partition(_ROWS_END)
    first = re.search(r"<row .*?</row>", rows, flags=re.DOTALL)
    style = re.search(r'<c r="A2" s="(\d+)"', rows)
    if first is None or style is None:
        raise RuntimeError("the model of the workbook has no row")
    return f"{head}{_ROWS_BEGIN}{first[0]}", style[1], f"{_ROWS_END}{tail}"


class _Sink(io.RawIOBase):
    """What a zip file is written to, one way only; what is taken from it is gone."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self.size = 0

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        part = bytes(data)  # type: ignore[call-overload]
        self._parts.append(part)
        self.size += len(part)
        return len(part)

    def taken(self) -> bytes:
        """All that was written since the last time."""
        found = b"".join(self._parts)
        self._parts.clear()
        self.size = 0
        return found
