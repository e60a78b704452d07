"""A full build: every month, each written as soon as it is read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from sqlalchemy import Engine

from etl.build.groups import Groups
from etl.build.spells import Reopenings, ordered_spells, with_spells
from etl.build.view import View, mart_rows, view
from mart.layout import MartFile, month_file
from mart.months import ordered, write_month
from mart.periods import day_start, local_date
from mart.schema import SPELLS

THREADS = 2
"""Connections that read the store at once; with more they wait for each other's pages."""

Wrote = Callable[[int], None]


class Written(NamedTuple):
    """Month files of a draft by path inside it, and the earlier spells of their requests (`schema.SPELLS`)."""

    files: dict[str, MartFile]
    undone: pa.Table


def write_all(engine: Engine, now: View, groups: Groups, folder: Path, wrote: Wrote) -> Written:
    """Write every month of the store into a draft.

    Memory holds a month for each thread, whatever the size of the store, and the groups.

    Args:
        engine: of the store.
        now: the view that decides which state of the store is built.
        groups: of all its requests.
        folder: the draft.
        wrote: called with the number of requests of each month written.
    """
    span = now.span()
    if span is None:
        return Written({}, SPELLS.empty_table())
    reopenings = now.reopenings()
    months: SimpleQueue[np.datetime64] = SimpleQueue()
    for month in _months(local_date(span[0]), local_date(span[1])):
        months.put(month)
    with ExitStack() as stack, ThreadPoolExecutor(THREADS) as pool:
        views = [now, *_same_views(engine, now, stack)]
        work = [pool.submit(_write_months, one, months, reopenings, groups, folder, wrote) for one in views]
        done = [one.result() for one in work]
    files = {name: file for one in done for name, file in one.files.items()}
    return Written(files, ordered_spells(pa.concat_tables(one.undone for one in done)))


def _write_months(
    source: View,
    months: SimpleQueue[np.datetime64],
    reopenings: Reopenings,
    groups: Groups,
    folder: Path,
    wrote: Wrote,
) -> Written:
    files, undone = {}, [SPELLS.empty_table()]
    for month in _until_empty(months):
        first, end = (day_start(at.astype("datetime64[D]").astype(object)) for at in (month, month + 1))
        rows = source.opened_between(first, end)
        if rows.num_rows:
            requests, spells = with_spells(groups.put(mart_rows(rows)), reopenings)
            files[month_file(str(month))] = write_month(folder, str(month), ordered(requests))
            undone.append(spells)
            wrote(rows.num_rows)
    return Written(files, pa.concat_tables(undone))


def _until_empty(months: SimpleQueue[np.datetime64]) -> Iterator[np.datetime64]:
    try:
        while True:
            yield months.get_nowait()
    except Empty:
        return


def _months(first: date, last: date) -> list[np.datetime64]:
    """Months from one day's to another's, both included, the newest first."""
    start, end = (np.datetime64(day, "D").astype("datetime64[M]") for day in (first, last))
    return list(np.arange(start, end + 1)[::-1])


def _same_views(engine: Engine, now: View, stack: ExitStack) -> list[View]:
    """More views of the same tick; none where a load came in between."""
    others = [stack.enter_context(view(engine)) for _ in range(THREADS - 1)]
    return [one for one in others if one.tick == now.tick]
