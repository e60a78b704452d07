"""Rows and their lines, against Python's own CSV reader; what is no table is refused."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

import etl.extract
from domain.errors import InputRefused
from etl.extract import RawBatch, raw_batches
from etl.source import Source

SOURCE = Source.model_validate(
    {
        "name": "made",
        "title": "Made",
        "time_zone": "UTC",
        "moment_formats": ["%Y"],
        "region": [-1, -1, 1, 1],
        "precision": "exact",
        "columns": {"external_id": "id", "opened_at": "at", "street": "rue"},
    }
)
HEADER = ["id", "extra", "rue", "at", "more"]
VALUES = st.text(st.sampled_from("ab é,\"\n'=;\u2028🕳"), max_size=6)
ROWS = st.lists(st.lists(VALUES, min_size=1, max_size=7), max_size=20)


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks and batches so small that a few rows fill several, yet the longest of ROWS fits into one."""
    monkeypatch.setattr(etl.extract, "BLOCK_BYTES", 200)
    monkeypatch.setattr(etl.extract, "BATCH_ROWS", 3)


def as_csv(rows: list[list[str]], newline: str = "\n") -> str:
    """The text of a file with these rows after the header."""
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator=newline).writerows([HEADER, *rows])
    return out.getvalue()


def rows_by_csv(text: str) -> Iterator[tuple[int, list[str]]]:
    """Line and fields of each row after the header that is no blank line, as Python reads them."""
    reader = csv.reader(io.StringIO(text, newline=""))
    next(reader)
    line = reader.line_num + 1
    for row in reader:
        if row:
            yield line, row
        line = reader.line_num + 1


def rows_by_us(path: Path, text: str) -> tuple[list[tuple[int, dict[str, str]]], list[tuple[int, int]]]:
    """Line and values of each row, and line and number of fields of each misshapen one."""
    path.write_bytes(text.encode())
    batches: list[RawBatch] = list(raw_batches(path, SOURCE))
    rows = [
        (int(line), values)
        for batch in batches
        for line, values in zip(batch.lines, batch.table.to_pylist(), strict=True)
    ]
    return rows, [(m.line, m.found) for batch in batches for m in batch.misshapen]


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ROWS, st.sampled_from(["\n", "\r\n"]))
@example([["a"] * 7] * 12, "\n")
@example([["a"] * 5, *[["b"] * 2] * 30], "\n")
@example([*[["b"] * 2] * 30, ["a"] * 5], "\n")
@example([["a\n\n", "b", "c\n", "d", "e"], ["x"], ["a", "b", "c", "d", "e"]], "\r\n")
def test_every_row_is_read_and_knows_its_line(tmp_path: Path, rows: list[list[str]], newline: str) -> None:
    if not rows:
        return  # refused: see below
    text = as_csv(rows, newline)
    expected = list(rows_by_csv(text))
    well = [(n, dict(zip(HEADER, row, strict=True))) for n, row in expected if len(row) == len(HEADER)]
    # A row whose every value that is looked at is empty is no other than a blank line.
    well = [(n, row) for n, row in well if any(row[c] for c in ("id", "rue", "at", "more"))]
    well = [(n, {c: row[c] for c in ("id", "rue", "at")}) for n, row in well]
    # Of a misshapen row every line break counts, of a well-shaped one those in the columns that are looked at.
    if any("\n" in row[i] for row in rows if len(row) == len(HEADER) for i in (1,)):
        return
    misshapen = [(n, len(row)) for n, row in expected if len(row) != len(HEADER)]
    assert rows_by_us(tmp_path / "made.csv", text) == (well, misshapen)


def test_blank_lines_are_no_rows_and_count_as_lines(tmp_path: Path) -> None:
    text = as_csv([["1", "", "", "", ""]]) + "\n\r\n\n" + "2,,,,\n" + "\n\n"
    rows, misshapen = rows_by_us(tmp_path / "made.csv", text)
    assert [(line, row["id"]) for line, row in rows] == [(2, "1"), (6, "2")]
    assert misshapen == []


def test_a_last_line_needs_no_end(tmp_path: Path) -> None:
    rows, _ = rows_by_us(tmp_path / "made.csv", as_csv([["1", "", "x", "", ""]]).rstrip("\n"))
    assert [row["rue"] for _, row in rows] == ["x"]


def test_batches_are_as_large_as_asked_and_no_larger_where_rows_are_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(etl.extract, "BLOCK_BYTES", 4096)
    monkeypatch.setattr(etl.extract, "BATCH_ROWS", 100_000)
    monkeypatch.setattr(etl.extract, "_BATCH_BYTES", 20_000)
    path = tmp_path / "made.csv"
    path.write_text(as_csv([[str(n), "", "x" * 500, "", ""] for n in range(400)]))
    batches = list(raw_batches(path, SOURCE))
    assert sum(batch.table.num_rows for batch in batches) == 400
    assert max(batch.table.num_rows for batch in batches) < 80


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a,b\r1,2\r", "carriage return"),
        ("\n" + as_csv([]), "line 1 is blank"),
        ("id\0,rue,at\n", "NUL bytes"),
        ('{"a": "' + "x" * 200_000 + '"}', "line 1 is no header"),
        (as_csv([]), "no rows"),
        (as_csv([])[:-1], "no rows"),
    ],
    ids=[
        "old Macintosh",
        "blank first line",
        "NUL",
        "one line of JSON",
        "header alone",
        "header without end",
    ],
)
def test_what_is_no_table_is_refused(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(InputRefused, match=words):
        rows_by_us(tmp_path / "made.csv", text)


@pytest.mark.parametrize("column", range(5))
@pytest.mark.parametrize("rows_after", [1, 40])
def test_a_quotation_mark_that_is_never_closed_swallows_no_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, column: int, rows_after: int
) -> None:
    monkeypatch.setattr(etl.extract, "BLOCK_BYTES", 2 << 20)
    row = ["1", "2", "3", "4", "5"]
    broken = [*row[:column], '"' + row[column], *row[column + 1 :]]
    text = as_csv([row, row]) + ",".join(broken) + "\n" + "1,2,3,4,5\n" * rows_after
    with pytest.raises(InputRefused, match=r"line 4: a quotation mark is opened and not closed"):
        rows_by_us(tmp_path / "made.csv", text)


def test_a_value_without_an_end_names_the_line_where_it_begins(tmp_path: Path) -> None:
    text = as_csv([["1", "2", "3", "4", "5"]] * 30) + '1,2,"3,4,5\n' + "1,2,3,4,5\n" * 50
    with pytest.raises(InputRefused, match=r"line 32 begins a value of more than .* MB: a quotation mark"):
        rows_by_us(tmp_path / "made.csv", text)


def test_a_row_without_an_end_names_the_line_before_it(tmp_path: Path) -> None:
    text = as_csv([["1", "2", "3", "4", "5"]]) + "x," * 200 + "\n"
    with pytest.raises(InputRefused, match=r"a row after line \d+ is longer than"):
        rows_by_us(tmp_path / "made.csv", text)


@pytest.mark.parametrize("row", ["1,é,3,4,5", "1,é", "1,2,é,4,5", "1,2,3,4,5,é"])
def test_bytes_that_are_no_utf_8_are_found_in_any_column_and_any_row(tmp_path: Path, row: str) -> None:
    path = tmp_path / "made.csv"
    path.write_bytes((as_csv([["1", "é", "3", "4", "5"]] * 9)).encode() + row.encode("cp1252"))
    with pytest.raises(InputRefused, match=r"line 11 is not UTF-8 \(byte 0xe9\).*cp1252"):
        list(raw_batches(path, SOURCE))


def test_a_file_of_another_program_s_unicode_is_told_so(tmp_path: Path) -> None:
    path = tmp_path / "made.csv"
    path.write_bytes(as_csv([]).encode("utf-16"))
    with pytest.raises(InputRefused, match="looks like UTF-16"):
        list(raw_batches(path, SOURCE))
