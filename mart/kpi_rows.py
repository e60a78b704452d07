"""The rows that KPIs count, pulled from the mart once per base, with everything that is counted of them.

SQL filters and derives; `mart.grouped` counts. Which parts of KPIs a row belongs to are the bits of one number.
What adds up is summed by place in SQL already: a few hundred sums instead of half a million rows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import add
from typing import Any, NamedTuple

import ibis
import ibis.expr.types as ir
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from geo.hexgrid import to_hex
from mart import spells
from mart.ask import epoch_us, moment
from mart.cells import parent
from mart.cuts import Cut, missing
from mart.filters import Filters, Shape, in_territory
from mart.kpi_model import BASES, Base, Counted, Figure, Kpi, Rows
from mart.snapshot import Mart

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

ENDED = Rows(Base.RECEIVED, spells.is_closed)
"""A bit beside those of the KPIs: whether what was received has ended at T."""

NEVER = np.iinfo(np.int64).max
_AT = {
    Base.RECEIVED: "opened_at",
    Base.CLOSED: "ended_at",
    Base.REOPENED: "undone_at",
    Base.ACTIVE: "opened_at",
}
"""The moment that puts a row of a base into a stretch of the period."""


@dataclass(frozen=True, slots=True, eq=False)
class Pulled:
    """Rows of one base; every array is (n,)."""

    parts: tuple[Rows, ...]
    """Bit i is part i."""
    bits: npt.NDArray[np.int32]
    codes: tuple[Ints, ...]
    """Of each column of the cut, the place of the row's value in `values`."""
    values: tuple[list[str], ...]
    numbers: Mapping[str, Ints]
    """Ids, people, and moments and durations in µs, by name; of sums, what each part comes to (see `sum_name`)."""

    def of(self, part: Rows) -> Flags:
        """The rows of a part."""
        flags: Flags = (self.bits & np.int32(1 << self.parts.index(part))) != 0
        return flags


class Query(NamedTuple):
    """What is pulled of one base: rows, or sums of them."""

    base: Base
    parts: tuple[Rows, ...]
    needs: tuple[str, ...]
    """Numbers of each row."""
    summed: bool


def queries(kpis: tuple[Kpi, ...], *, timed: bool) -> list[Query]:
    """What some KPIs need: of each base the rows that cannot be summed in SQL, and the sums of the others."""
    found = []
    for base in Base:
        kept = _parts(kpis, base, lambda kpi, part: timed or _is_rowwise(kpi, part))
        added = _parts(kpis, base, lambda kpi, part: not timed and not _is_rowwise(kpi, part))
        if kept:
            found.append(Query(base, kept, _needs(base, kpis, kept, timed=timed), summed=False))
        if added:
            names = tuple(sum_name(i) for i in range(len(added)))
            found.append(Query(base, added, names, summed=True))
    return found


def sum_name(part: int) -> str:
    """Name of the sum of a part, by its number."""
    return f"sum_{part}"


def _parts(kpis: tuple[Kpi, ...], base: Base, wanted: Callable[[Kpi, Rows], bool]) -> tuple[Rows, ...]:
    found: dict[Rows, None] = {}
    for kpi in kpis:
        for part in (kpi.numerator, kpi.denominator):
            if part is not None and part.base is base and wanted(kpi, part):
                found[part] = None
                if kpi.figure is Figure.SURVIVAL:
                    found[ENDED] = None
    return tuple(found)


def _is_rowwise(kpi: Kpi, part: Rows) -> bool:
    """Whether a part needs each of its rows: a duration, or something counted once however often it is met."""
    return kpi.figure in _DURATIONS or part.counted not in {Counted.REQUESTS, Counted.REQUESTERS}


_DURATIONS = {Figure.DURATION, Figure.SURVIVAL}


def pull(
    mart: Mart,
    table: str,
    filters: Filters,
    as_of: datetime,
    bounds: Mapping[str, datetime],
    query: Query,
    cut: Cut,
) -> Pulled:
    """Rows of one base within filters, or sums of them.

    Args:
        mart: the version asked.
        table: `spells`, or a table of facts.
        filters: what the rows are filtered by.
        as_of: T.
        bounds: `start`, `until`, `first_until` (the end of the first stretch) and `recent_from`.
        query: what to pull.
        cut: by what it will be cut.
    """
    values = filters.values(as_of) | dict(bounds) | {"as_of": as_of}
    shape = (filters.shape, query, cut.columns, cut.resolution, cut.time is not None)
    answer = mart.run(_rows, shape, values, table=table)
    decoded = [_decoded(answer[f"by_{name}"], name) for name in cut.columns]
    numbers = {name: _integers(answer[name]) for name in query.needs}
    codes, texts = tuple(code for code, _ in decoded), tuple(listed for _, listed in decoded)
    bits = np.full(answer.num_rows, -1, dtype=np.int32)  # every sum is of every part: all bits
    if not query.summed:
        bits = np.asarray(answer["bits"].to_numpy(), dtype=np.int32)
    return Pulled(query.parts, bits, codes, texts, numbers)


def _needs(base: Base, kpis: tuple[Kpi, ...], parts: tuple[Rows, ...], *, timed: bool) -> tuple[str, ...]:
    """Names of the numbers that are counted of a base's rows."""
    lasts = any(kpi.figure in _DURATIONS and kpi.numerator.base is base for kpi in kpis)
    counted = {part.counted for part in parts}
    needs = {
        "requesters": Counted.REQUESTERS in counted,
        "episode_id": bool(counted & {Counted.EPISODES, Counted.RECURRING, Counted.PROBLEMS}),
        "problem_id": bool(counted & {Counted.PROBLEMS, Counted.RECURRING}),
        "lasted_us": lasts and base is not Base.BACKLOG,
        "opened_us": lasts and base is Base.BACKLOG,
    }
    found = [name for name, needed in needs.items() if needed]
    if timed:
        since = {f"since_{part.since}" for part in parts if part.since}
        found += ["from_us", "gone_us", *sorted(since)] if base is Base.BACKLOG else ["at_us"]
    return tuple(found)


def _rows(
    table: ir.Table, shape: Shape, query: Query, columns: tuple[str, ...], resolution: int, timed: bool
) -> ir.Table:
    base = query.base
    stock_over_time = timed and base is Base.BACKLOG
    within = _open_in_some_stretch(table) if stock_over_time else BASES[base](table)
    kept = spells.with_fate(table.filter(within, *in_territory(table, shape)))
    # Over time a row of the backlog counts in some stretches only: its moments then say in which.
    conditions = [part.where(kept) if stock_over_time else part.condition(kept) for part in query.parts]
    cut = {f"by_{name}": _part(kept, name, shape, resolution) for name in columns}
    if query.summed:
        sums = [_sum(kept, part, held) for part, held in zip(query.parts, conditions, strict=True)]
        grouped = kept.group_by(**cut) if cut else kept
        return grouped.aggregate(**dict(zip(query.needs, sums, strict=True)))
    bits = reduce(add, (held.cast("int32") * (1 << i) for i, held in enumerate(conditions))).cast("int32")
    return kept.select(**cut, bits=bits, **{name: _number(kept, name, base) for name in query.needs})


def _sum(kept: ir.Table, part: Rows, held: ir.BooleanValue) -> ir.IntegerValue:
    if part.counted is Counted.REQUESTERS:
        return kept["requesters"].sum(where=held).fill_null(0).cast("int64")
    return kept.count() if part.where is spells.everything and not part.since else kept.count(where=held)


def _open_in_some_stretch(table: ir.Table) -> ir.BooleanValue:
    gone = spells.gone_at(table)
    return (spells.from_at(table) <= moment("until")) & (gone.isnull() | (gone > moment("first_until")))


def _part(table: ir.Table, name: str, shape: Shape, resolution: int) -> ir.Value:
    if name == "hexagon":
        return parent(table["h3_12"], resolution)
    return table[shape.borough_column if name == "borough" else name]


def _number(table: ir.Table, name: str, base: Base) -> ir.IntegerValue:
    opened = epoch_us(table["opened_at"])
    if name == "lasted_us":
        end = table["ended_at"]
        if base is Base.RECEIVED:
            end = ibis.ifelse(spells.is_closed(table), end, moment("as_of"))
        return ibis.greatest(epoch_us(end) - opened, 0)
    moments = {
        "opened_us": table["opened_at"],
        "from_us": spells.from_at(table),
        "gone_us": spells.gone_at(table),
        "at_us": table[_AT.get(base, "opened_at")],
    }
    if name in moments:
        return epoch_us(moments[name])
    return epoch_us(table[name.removeprefix("since_")]) if name.startswith("since_") else table[name]


def _integers(column: pa.ChunkedArray) -> Ints:
    """Whole numbers; null is `NEVER`."""
    if column.null_count:
        column = column.fill_null(pa.scalar(NEVER, column.type))
    return np.asarray(column.to_numpy(), dtype=np.int64)


def _decoded(column: pa.ChunkedArray, name: str) -> tuple[Ints, list[str]]:
    """Place of each value in a list of different texts; the missing one is the last."""
    if name == "hexagon":
        cells, code = np.unique(_integers(column), return_inverse=True)
        named = [*to_hex(cells[cells != NEVER]), *([missing(name)] if NEVER in cells else [])]
        return code.astype(np.int64), named
    if not pa.types.is_dictionary(column.type):
        column = column.dictionary_encode()
    whole: Any = column.unify_dictionaries().combine_chunks()
    codes = whole.indices.fill_null(len(whole.dictionary)).to_numpy(zero_copy_only=False)
    return codes.astype(np.int64), [*whole.dictionary.to_pylist(), missing(name)]
