"""The call behind `vigie generate`: check, make, write."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from domain.errors import InputRefused
from etl.generate import lines, truths
from etl.generate.city import City, make_city
from etl.generate.clock import end_of
from etl.generate.points import point_texts
from etl.generate.writer import refuse_unwritable, whole_file

Progress = Callable[[int, int], None]
"""Called with the rows written so far and all rows."""

CHUNK_ROWS = 100_000
YEARS = (1990, 2100)
"""An `until` beyond them is a slip of the hand."""


def generate_file(
    out: Path,
    rows: int,
    seed: int = 311,
    until: date | datetime | None = None,
    truth: Path | None = None,
    information: float = 0.0,
    *,
    exact: bool = False,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Write `rows` rows of invented requests in the format that Montréal publishes.

    The same arguments write the same bytes. There are about 1,070 requests a day, so that a million is two
    and a half years; a file of few rows still spreads them over four weeks.

    Args:
        out: the CSV; packed where its name ends in `.gz`.
        rows: rows in all, at least 1.
        seed: of everything but the street network, which is always the same.
        until: last day (included whole) or last moment, Montréal's; by default yesterday.
        truth: CSV with the problem and episode of every request (Information rows have none).
        information: share of `Information` rows among the rows, from 0 to less than 1.
        exact: points where the things are, to a few metres, not the middles of their street segments.
        progress: told the rows written and the rows in all.

    Returns:
        Counts of what was made (`City.summary`), seed, file, truth and seconds.

    Raises:
        InputRefused: an argument out of its range, or a file that cannot be written.
    """
    started = time.monotonic()
    _refuse(out, rows, seed, until, truth, information)
    asked = min(round(rows * information), rows - 1)
    city = make_city(rows - asked, asked, seed, end_of(until))
    _write_rows(out, city, progress, exact=exact)
    if truth is not None:
        _write_truth(truth, city)
    files = {"file": str(out), "truth": str(truth) if truth else None}
    return city.summary() | {"seed": seed} | files | {"seconds": round(time.monotonic() - started, 3)}


def _write_rows(out: Path, city: City, progress: Progress | None, *, exact: bool) -> None:
    rows = len(city.rows.request)
    with whole_file(out) as file:
        file.write(lines.header())
        for chosen in _chunks(rows):
            points = _own_points(city, chosen) if exact else None
            file.write(lines.lines(city.rows, chosen, city.texts, points))
            if progress is not None:
                progress(chosen.stop, rows)


def _write_truth(path: Path, city: City) -> None:
    with whole_file(path) as file:
        file.write(truths.header())
        for chosen in _chunks(len(city.requests.request)):
            file.write(truths.lines(city.requests, chosen, city.truth))


def _own_points(city: City, chosen: slice) -> pa.Array:
    """Points of rows where their things are; the published ones where a row has none of its own."""
    request = city.rows.request[chosen]
    known = (request >= 0) & ~city.hidden[request]
    own = point_texts(city.truth.x[request], city.truth.y[request])
    return pc.if_else(pa.array(known), own, city.texts.point.take(pa.array(city.rows.point[chosen])))


def _chunks(rows: int) -> Iterator[slice]:
    """Slices of rows to write at once: memory does not grow with the file's text."""
    for first in range(0, rows, CHUNK_ROWS):
        yield slice(first, min(first + CHUNK_ROWS, rows))


def _refuse(
    out: Path, rows: int, seed: int, until: date | datetime | None, truth: Path | None, information: float
) -> None:
    if rows < 1:
        raise InputRefused(f"A file needs at least 1 row, not {rows}.")
    if seed < 0:
        raise InputRefused(f"The seed is a whole number from 0 on, not {seed}.")
    if not 0 <= information < 1:
        raise InputRefused(f"The share of Information rows is from 0 to less than 1, not {information}.")
    if until is not None and not YEARS[0] <= until.year < YEARS[1]:
        raise InputRefused(f"The last day is in {YEARS[0]} to {YEARS[1] - 1}, not in {until.year}.")
    refuse_unwritable(out)
    if truth is not None:
        refuse_unwritable(truth)
        if truth.resolve() == out.resolve():
            raise InputRefused(f"{out} cannot hold both the requests and the truth: name two files.")
