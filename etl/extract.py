"""A CSV file as a stream of Arrow batches of text, each row with its line in the file.

Nothing is interpreted here. What makes the file another one than the source declares (separator,
encoding, columns) refuses it; a row with too few or too many fields is handed on as misshapen.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from io import BufferedReader
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

from domain.errors import InputRefused
from etl.files import DECODING_ERRORS, Utf8Stream, opened, skip_bom
from etl.hints import endless_value_sentence, missing_columns_sentence, undecodable_sentence
from etl.lines import LineNumbers, Misshapen
from etl.source import Source

BLOCK_BYTES = 2 << 20
"""How much text is parsed at once. The reader holds up to 32 of these ahead."""

BATCH_ROWS = 30_000
"""Parsed blocks are handed on together, about so many rows at once: whole-array work pays then."""

_BATCH_BYTES = 32 << 20  # or fewer, where they are long
_MAX_HEADER_BYTES = 1 << 20
_FEW_COLUMNS = 5


@dataclass
class RawBatch:
    """Rows of text: `table` has the source's columns, `lines` the line of each row (header = 1)."""

    table: pa.RecordBatch
    lines: npt.NDArray[np.int64]
    misshapen: list[Misshapen] = field(default_factory=list)


def raw_batches(path: Path, source: Source) -> Iterator[RawBatch]:
    """Batches of a file in its own order.

    Raises:
        InputRefused: the file cannot be read as what the source declares.
    """
    with opened(path) as stream:
        try:
            skip_bom(stream)
            header = _header(path, stream, source)
            yield from _grouped(_parsed(path, stream, header, source))
        except DECODING_ERRORS as error:
            raise InputRefused(f"{path.name}: the archive is truncated or damaged ({error}).") from error


def _header(path: Path, stream: BufferedReader, source: Source) -> list[str]:
    names = _names(path, stream.readline(_MAX_HEADER_BYTES), source.csv.delimiter)
    missing = [name for name in source.required_columns if name not in names]
    if missing:
        raise InputRefused(missing_columns_sentence(path, source, names, missing))
    doubled = sorted({name for name in source.required_columns if names.count(name) > 1})
    if doubled:
        raise InputRefused(f"{path.name}: the column {doubled[0]} stands twice in the header.")
    return names


def _names(path: Path, line: bytes, delimiter: str) -> list[str]:
    """Names of the columns in the first line."""
    try:
        text = line.decode("utf-8").rstrip("\r\n")
    except UnicodeDecodeError as error:
        raise InputRefused(undecodable_sentence(path)) from error
    if "\0" in text:
        raise InputRefused(f"{path.name}: line 1 holds NUL bytes; text in UTF-8 is expected.")
    if "\r" in text:
        raise InputRefused(f"{path.name}: its lines end in a carriage return alone; a line feed is expected.")
    if not text:
        what = "line 1 is blank, a header is expected" if line else "the file is empty"
        raise InputRefused(f"{path.name}: {what}.")
    try:
        return next(csv.reader([text], delimiter=delimiter))
    except csv.Error as error:
        raise InputRefused(f"{path.name}: line 1 is no header ({error}).") from error


def _parsed(path: Path, stream: BufferedReader, header: list[str], source: Source) -> Iterator[RawBatch]:
    misshapen: list[pa_csv.InvalidRow] = []
    lines = LineNumbers()

    def keep_misshapen(row: pa_csv.InvalidRow) -> str:
        misshapen.append(row)
        return "skip"

    # Unread columns get names of their own: the file may have two alike, or one without a name.
    names = [name if name in source.read_columns else f"unread_{i}" for i, name in enumerate(header)]
    # The last column is always looked at: a quotation mark left open there makes no row misshapen.
    included = list(dict.fromkeys([*source.read_columns, names[-1]]))
    try:
        reader = pa_csv.open_csv(
            pa.PythonFile(Utf8Stream(stream), mode="r"),
            # Serial: only so does the parser number its rows.
            read_options=pa_csv.ReadOptions(use_threads=False, block_size=BLOCK_BYTES, column_names=names),
            parse_options=pa_csv.ParseOptions(
                delimiter=source.csv.delimiter,
                newlines_in_values=True,
                ignore_empty_lines=False,
                invalid_row_handler=keep_misshapen,
            ),
            convert_options=pa_csv.ConvertOptions(
                include_columns=included,
                column_types=dict.fromkeys(included, pa.string()),
                strings_can_be_null=False,
                check_utf8=False,
            ),
        )
        for batch in _numbered(reader, misshapen, lines):
            _refuse_swallowed(path, batch, len(header), source.csv.delimiter)
            yield replace(batch, table=batch.table.select(source.read_columns))
    except UnicodeError as error:
        raise InputRefused(undecodable_sentence(path)) from error
    except pa.ArrowInvalid as error:
        raise InputRefused(_unparsable(path, error, source, lines.last)) from error


def _numbered(
    reader: pa_csv.CSVStreamingReader, misshapen: list[pa_csv.InvalidRow], lines: LineNumbers
) -> Iterator[RawBatch]:
    """Give each row its line, and hand on the misshapen ones where they stand."""
    for batch in reader:
        numbers, found = lines.of(_line_breaks(batch), _taken(misshapen))
        kept, kept_numbers = _without_blank_lines(batch, numbers)
        yield RawBatch(kept, kept_numbers, found)
    nothing = pa.RecordBatch.from_pylist([], schema=reader.schema)
    yield RawBatch(nothing, np.empty(0, dtype=np.int64), lines.rest(_taken(misshapen)))


def _taken(rows: list[pa_csv.InvalidRow]) -> list[pa_csv.InvalidRow]:
    """Empty a list that the parser may be adding to; what was in it."""
    taken = rows[:]
    del rows[: len(taken)]
    return taken


def _refuse_swallowed(path: Path, batch: RawBatch, fields: int, delimiter: str) -> None:
    """Refuse a value that holds whole rows: its quotation mark was opened and never closed.

    With few columns a line of prose may look like a row: then nothing can be told.
    """
    if fields < _FEW_COLUMNS:
        return
    row = rf"\n[^\n]*(?:{re.escape(delimiter)}[^\n]*){{{fields - 1}}}"
    lines = [m.line for m in batch.misshapen if any(re.search(row, v) for v in _values(m.text, delimiter))]
    for column in batch.table.columns:
        if has_byte(column, ord("\n")):
            whole = pc.match_substring_regex(column, row).to_numpy(zero_copy_only=False)
            lines += batch.lines[whole].tolist()
    if lines:
        raise InputRefused(
            f"{path.name}: line {min(lines)}: a quotation mark is opened and not closed, so that the rows "
            "after it would be read as one value."
        )


def _values(text: str, delimiter: str) -> list[str]:
    """Values of a misshapen row that goes over several lines."""
    if "\n" not in text:
        return []
    try:
        return next(csv.reader(text.splitlines(keepends=True), delimiter=delimiter), [])
    except csv.Error:  # a value longer than this reader takes
        return [text]


def _grouped(batches: Iterator[RawBatch]) -> Iterator[RawBatch]:
    """Small batches put together into ones of about `BATCH_ROWS` rows."""
    waiting: list[RawBatch] = []
    for batch in batches:
        waiting.append(batch)
        rows, size = sum(b.table.num_rows for b in waiting), sum(b.table.nbytes for b in waiting)
        if rows >= BATCH_ROWS or size >= _BATCH_BYTES:
            yield _together(waiting)
            waiting = []
    if waiting:
        yield _together(waiting)


def _together(parts: list[RawBatch]) -> RawBatch:
    return RawBatch(
        pa.concat_batches([part.table for part in parts]),
        np.concatenate([part.lines for part in parts]),
        [row for part in parts for row in part.misshapen],
    )


def _line_breaks(batch: pa.RecordBatch) -> npt.NDArray[np.int64]:
    """Line breaks inside the values of each row; looked for only where a column has any."""
    total = np.zeros(batch.num_rows, dtype=np.int64)
    for column in batch.columns:
        if has_byte(column, ord("\n")):
            total += pc.count_substring(column, "\n").to_numpy(zero_copy_only=False)
    return total


def has_byte(column: pa.Array, byte: int) -> bool:
    """Whether a byte stands anywhere in a text column's data."""
    return bool((text_bytes(column) == byte).any())


def text_bytes(column: pa.Array) -> npt.NDArray[np.uint8]:
    """All bytes of a text column's values, one after the other, without a copy."""
    _, offsets, data = column.buffers()
    if data is None or len(column) == 0:
        return np.empty(0, dtype=np.uint8)
    bounds = np.frombuffer(offsets, dtype=np.int32)[column.offset : column.offset + len(column) + 1]
    return np.frombuffer(data, dtype=np.uint8)[bounds[0] : bounds[-1]]


def _without_blank_lines(
    batch: pa.RecordBatch, lines: npt.NDArray[np.int64]
) -> tuple[pa.RecordBatch, npt.NDArray[np.int64]]:
    """A blank line is no row; the parser gives it as one whose every value is empty."""
    blank = np.ones(batch.num_rows, dtype=bool)
    for column in batch.columns:
        blank &= pc.equal(pc.binary_length(column), 0).to_numpy(zero_copy_only=False)
        if not blank.any():
            return batch, lines
    return batch.filter(pa.array(~blank)), lines[~blank]


def _unparsable(path: Path, error: pa.ArrowInvalid, source: Source, last_line: int) -> str:
    words = str(error)
    if "Empty CSV" in words:
        return f"{path.name}: the file has a header and no rows."
    if "straddling" in words:
        return endless_value_sentence(path, source, BLOCK_BYTES, last_line)
    return f"{path.name}: the text after line {last_line} is not CSV ({' '.join(words.split())[:200]})."
