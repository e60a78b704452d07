"""The columns that KPIs need, of the spells that concern a stretch of time, in memory while a version is open.

Reading them from the files takes several times as long as counting them. A table of facts has the columns of
`spells` under the same names and types (texts as ENUM), so that the same questions run on either.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime

import duckdb
import numpy as np
import pyarrow as pa

from mart.layout import Manifest
from mart.periods import day_end, day_start, local_date
from mart.schema import FACTS

COLUMNS = FACTS.names
_TEXTS = tuple(name for name in COLUMNS if pa.types.is_string(FACTS.field(name).type))

_DIFFERENT = ", ".join(f"list(DISTINCT {name}) FILTER ({name} <> '') AS {name}" for name in _TEXTS)
_WITHIN = (
    # A spell that was closed before and is undone later still counts: as a reopening.
    "FROM spells WHERE opened_at <= $until AND coalesce(undone_at >= $start, ended_at >= $start, TRUE)"
)

MOST_ROWS = 3_000_000
"""A stretch with more rows than this (about 300 MB) is asked of the files."""

_MOST_TABLES = 3

Connect = Callable[[], duckdb.DuckDBPyConnection]


@dataclass(frozen=True, slots=True)
class Span:
    """First and last day (Montréal's) of whole months."""

    first: date
    last: date

    def covers(self, other: Span) -> bool:
        """Whether it has every day of another."""
        return self.first <= other.first and other.last <= self.last


class Facts:
    """The tables of facts of one version: the few that were asked for last."""

    def __init__(self, manifest: Manifest, connect: Connect) -> None:
        self._manifest = manifest
        self._connect = connect
        self._lock = threading.Lock()
        self._tables: OrderedDict[str, Span] = OrderedDict()
        self._used: dict[str, int] = {}
        self._made = 0

    @contextmanager
    def table(self, start: datetime, until: datetime) -> Iterator[str]:
        """Name of a table with every spell opened by `until` that is open, closed or opened again at `start` or later.

        The table of facts stays while the block runs; `spells` where the stretch has too many rows.
        """
        span = _months(start, until)
        if self._rows(span) > MOST_ROWS:
            yield "spells"
            return
        with self._lock:
            name = self._found(span) or self._load(span)
            self._used[name] = self._used.get(name, 0) + 1
        try:
            yield name
        finally:
            with self._lock:
                self._used[name] -= 1
                self._drop_old()

    def _rows(self, span: Span) -> int:
        first, last = f"{span.first:%Y-%m}", f"{span.last:%Y-%m}"
        months = zip(self._manifest.months(), self._manifest.files.values(), strict=True)
        return sum(file.rows for month, file in months if first <= month <= last)

    def _found(self, span: Span) -> str | None:
        for name, there in reversed(self._tables.items()):
            if there.covers(span):
                self._tables.move_to_end(name)
                return name
        return None

    def _load(self, span: Span) -> str:
        self._made += 1
        name = f"facts_{self._made}"
        bounds = {"start": day_start(span.first), "until": day_end(span.last)}
        with self._connect() as connection:
            # Reading the texts twice costs less than holding them: casts of dictionaries are casts of their entries.
            connection.execute(f"CREATE TEMP TABLE texts AS SELECT {_DIFFERENT} {_WITHIN}", bounds)
            for text in _TEXTS:
                # In order, so that codes sort as texts do. An ENUM of nothing is refused: the empty text is in it.
                values = f"SELECT unnest(list_prepend('', list_sort(coalesce({text}, [])))) FROM texts"
                connection.execute(f"CREATE TYPE {name}_{text} AS ENUM ({values})")
            connection.execute("DROP TABLE texts")
            coded = [f"{c}::{name}_{c} AS {c}" if c in _TEXTS else c for c in COLUMNS]
            connection.execute(f"CREATE TABLE {name} AS SELECT {', '.join(coded)} {_WITHIN}", bounds)
        self._tables[name] = span
        return name

    def _drop_old(self) -> None:
        idle = [name for name in self._tables if not self._used.get(name)]
        for name in idle[: max(len(self._tables) - _MOST_TABLES, 0)]:
            del self._tables[name]
            self._used.pop(name, None)
            with self._connect() as connection:
                connection.execute(f"DROP TABLE {name}")
                for text in _TEXTS:
                    connection.execute(f"DROP TYPE {name}_{text}")


def _months(start: datetime, until: datetime) -> Span:
    """The whole months around a stretch: questions a few days apart share a table."""
    first, last = local_date(start).replace(day=1), local_date(until)
    after = np.datetime64(last, "M") + 1
    end: date = (after.astype("datetime64[D]") - 1).astype(object)
    return Span(first, end)
