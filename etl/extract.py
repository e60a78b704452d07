"""A CSV file as a stream of Arrow batches of text, each row with its line in the file.

Nothing is interpreted here. What makes the file another one than the source declares (separator,
encoding, columns) refuses it; a row with too few or too many fields is handed on as misshapen.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BufferedReader
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

from domain.errors import InputRefused
from etl.files import DECODING_ERRORS, opened, skip_bom
from etl.hints import missing_columns_sentence, undecodable_sentence
from etl.source import Source

BLOCK_BYTES = 2 << 20
"""How much text is parsed at once. The reader holds up to 32 of these ahead."""

BATCH_ROWS = 30_000
"""Parsed blocks are handed on together, about so many rows at once: whole-array work pays then."""

_MAX_HEADER_BYTES = 1 << 20


@dataclass(frozen=True)
class Misshapen:
    """A row whose number of fields is not the header's."""

    line: int
    expected: int
    found: int
    text: str


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
    line = stream.readline(_MAX_HEADER_BYTES)
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputRefused(undecodable_sentence(path)) from error
    names = next(csv.reader([text], delimiter=source.csv.delimiter), [])
    missing = [name for name in source.required_columns if name not in names]
    if missing:
        raise InputRefused(missing_columns_sentence(path, source, names, missing))
    doubled = sorted({name for name in source.required_columns if names.count(name) > 1})
    if doubled:
        raise InputRefused(f"{path.name}: the column {doubled[0]} stands twice in the header.")
    return names


def _parsed(path: Path, stream: BufferedReader, header: list[str], source: Source) -> Iterator[RawBatch]:
    misshapen: list[pa_csv.InvalidRow] = []

    def keep_misshapen(row: pa_csv.InvalidRow) -> str:
        misshapen.append(row)
        return "skip"

    # Unread columns get names of their own: the file may have two alike, or one without a name.
    names = [name if name in source.read_columns else f"unread_{i}" for i, name in enumerate(header)]
    try:
        reader = pa_csv.open_csv(
            pa.PythonFile(stream, mode="r"),
            # Serial: only so does the parser number its rows.
            read_options=pa_csv.ReadOptions(use_threads=False, block_size=BLOCK_BYTES, column_names=names),
            parse_options=pa_csv.ParseOptions(
                delimiter=source.csv.delimiter,
                newlines_in_values=True,
                ignore_empty_lines=False,
                invalid_row_handler=keep_misshapen,
            ),
            convert_options=pa_csv.ConvertOptions(
                include_columns=source.read_columns,
                column_types=dict.fromkeys(source.read_columns, pa.string()),
                strings_can_be_null=False,
            ),
        )
        yield from _numbered(reader, misshapen)
    except pa.ArrowInvalid as error:
        raise InputRefused(_unparsable(path, error)) from error


def _numbered(reader: pa_csv.CSVStreamingReader, misshapen: list[pa_csv.InvalidRow]) -> Iterator[RawBatch]:
    """Give each row its line: rows before it, misshapen ones too, and line breaks inside values."""
    rows_seen, breaks_seen = 1, 0  # the header is line 1
    for batch in reader:
        bad = sorted((row for row in misshapen if row.number is not None), key=_number)
        misshapen.clear()
        bad_numbers = np.array([row.number + 1 for row in bad], dtype=np.int64)
        bad_breaks = np.array([row.text.count("\n") for row in bad], dtype=np.int64)
        total = batch.num_rows + len(bad)
        ordinals = np.arange(rows_seen + 1, rows_seen + 1 + total, dtype=np.int64)
        is_bad = np.isin(ordinals, bad_numbers)
        breaks = np.zeros(total, dtype=np.int64)
        breaks[~is_bad], breaks[is_bad] = _line_breaks(batch), bad_breaks
        all_lines = ordinals + breaks_seen + np.cumsum(breaks) - breaks
        found = [
            Misshapen(int(line), row.expected_columns, row.actual_columns, row.text)
            for line, row in zip(all_lines[is_bad], bad, strict=True)
        ]
        lines = all_lines[~is_bad]
        rows_seen += total
        breaks_seen += int(breaks.sum())
        kept, kept_lines = _without_blank_lines(batch, lines)
        yield RawBatch(kept, kept_lines, found)


def _number(row: pa_csv.InvalidRow) -> int:
    return int(row.number)


def _grouped(batches: Iterator[RawBatch]) -> Iterator[RawBatch]:
    """Small batches put together into ones of about `BATCH_ROWS` rows."""
    waiting: list[RawBatch] = []
    for batch in batches:
        waiting.append(batch)
        if sum(b.table.num_rows for b in waiting) >= BATCH_ROWS:
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


def _unparsable(path: Path, error: pa.ArrowInvalid) -> str:
    words = str(error)
    if "UTF8" in words or "UTF-8" in words:
        return undecodable_sentence(path)
    if "Empty CSV" in words:
        return f"{path.name}: the file has a header and no rows."
    return f"{path.name}: the text is not CSV ({' '.join(words.split())[:200]})."
