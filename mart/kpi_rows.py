"""The rows that KPIs count, pulled from the mart once per base, with everything that is counted of them.

SQL filters and derives; `mart.grouped` counts. Which parts of KPIs a row belongs to are the bits of one number.
Where nothing but what adds up is asked of a base, SQL sums it by place: a few hundred sums instead of half a
million rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import add
from typing import Any, NamedTuple

import ibis
import ibis.expr.types as ir
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from geo.hexgrid import to_hex
from mart import spells
from mart.ask import epoch_us, moment
from mart.cells import parent
from mart.cuts import Cut, missing
from mart.filters import Filters, Shape, in_territory
from mart.grouped import Codes, Ints, code_type
from mart.kpi_model import BASES, Base, Counted, Figure, Kpi, Rows
from mart.snapshot import Mart

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

    base: Base
    parts: tuple[Rows, ...]
    """Bit i is part i; a part that is not among them has every row."""
    bits: npt.NDArray[np.int32]
    codes: tuple[Codes, ...]
    """Of each column of the cut, the place of the row's value in `values`."""
    values: tuple[list[str], ...]
    numbers: Mapping[str, Ints]
    """Ids, people, and moments and durations in µs, by name; of sums, what each part comes to."""
    sums: Mapping[Rows, str]
    """Names of the numbers that are sums, by part."""


class Query(NamedTuple):
    """What is pulled of one base: rows, or sums of them."""

    base: Base
    parts: tuple[Rows, ...]
    """Those that not every row belongs to; of sums, all."""
    needs: tuple[str, ...]
    """Numbers of each row."""
    summed: bool


def queries(kpis: tuple[Kpi, ...], *, timed: bool) -> list[Query]:
    """What some KPIs need of each base: sums where these are enough, else rows, from which all is counted."""
    found = []
    for base in Base:
        uses = [
            (kpi, part)
            for kpi in kpis
            for part in (kpi.numerator, kpi.denominator)
            if part is not None and part.base is base
        ]
        parts = tuple(dict.fromkeys(part for _, part in uses))
        if uses and (timed or any(_is_rowwise(*use) for use in uses)):
            marked = tuple(part for part in parts if not _is_whole(part, timed=timed))
            found.append(Query(base, marked, _needs(base, uses, timed=timed), summed=False))
        elif uses:
            found.append(Query(base, parts, tuple(f"sum_{i}" for i in range(len(parts))), summed=True))
    return found


def _is_rowwise(kpi: Kpi, part: Rows) -> bool:
    """Whether a part needs each of its rows: a duration, or something counted once however often it is met."""
    return kpi.figure in _DURATIONS or part.counted not in {Counted.REQUESTS, Counted.REQUESTERS}


_DURATIONS = {Figure.DURATION, Figure.SURVIVAL}


def _is_whole(part: Rows, *, timed: bool) -> bool:
    """Whether every row of its base belongs to a part (over time, `since` is asked of each stretch)."""
    since_later = timed and part.base is Base.BACKLOG
    return part.where is spells.everything and (since_later or part.since is None)


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
    if query.summed:
        sums, bits = dict(zip(query.parts, query.needs, strict=True)), _no_bits(answer)
        return Pulled(query.base, (), bits, codes, texts, numbers, sums)
    bits = np.asarray(answer["bits"].to_numpy(), dtype=np.int32) if query.parts else _no_bits(answer)
    return Pulled(query.base, query.parts, bits, codes, texts, numbers, {})


def _no_bits(answer: pa.Table) -> npt.NDArray[np.int32]:
    return np.zeros(answer.num_rows, dtype=np.int32)


def _needs(base: Base, uses: list[tuple[Kpi, Rows]], *, timed: bool) -> tuple[str, ...]:
    """Names of the numbers that are counted of a base's rows."""
    figures = {kpi.figure for kpi, _ in uses}
    counted = {part.counted for _, part in uses}
    needs = {
        "requesters": Counted.REQUESTERS in counted,
        "episode_id": bool(counted & {Counted.EPISODES, Counted.RECURRING, Counted.PROBLEMS}),
        "problem_id": bool(counted & {Counted.PROBLEMS, Counted.RECURRING}),
        "lasted_us": Figure.DURATION in figures and base is not Base.BACKLOG,
        "survived": Figure.SURVIVAL in figures,
        "opened_us": Figure.DURATION in figures and base is Base.BACKLOG,
    }
    found = [name for name, needed in needs.items() if needed]
    if timed:
        since = {f"since_{part.since}" for _, part in uses if part.since}
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
    marks = [held.cast("int32") * (1 << i) for i, held in enumerate(conditions)]
    bits = {"bits": reduce(add, marks).cast("int32")} if marks else {}
    return kept.select(**cut, **bits, **{name: _number(kept, name, base) for name in query.needs})


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
    if name == "lasted_us":
        return _lasted(table, table["ended_at"])
    if name == "survived":
        # Twice the time, and one more where it has not ended: see `mart.survival`.
        closed = spells.is_closed(table)
        lasted = _lasted(table, ibis.ifelse(closed, table["ended_at"], moment("as_of")))
        return lasted * 2 + (~closed).cast("int64")
    moments = {
        "opened_us": table["opened_at"],
        "from_us": spells.from_at(table),
        "gone_us": spells.gone_at(table),
        "at_us": table[_AT.get(base, "opened_at")],
    }
    if name in moments:
        return epoch_us(moments[name])
    return epoch_us(table[name.removeprefix("since_")]) if name.startswith("since_") else table[name]


def _lasted(table: ir.Table, end: ir.TimestampValue) -> ir.IntegerValue:
    lasted: ir.IntegerValue = ibis.greatest(epoch_us(end) - epoch_us(table["opened_at"]), 0)
    return lasted


def _integers(column: pa.ChunkedArray) -> Ints:
    """Whole numbers; null is `NEVER`."""
    if column.null_count:
        column = column.fill_null(pa.scalar(NEVER, column.type))
    return np.asarray(column.to_numpy(), dtype=np.int64)


def _decoded(column: pa.ChunkedArray, name: str) -> tuple[Codes, list[str]]:
    """Place of each value in a list of different texts; the missing one is the last."""
    if name == "hexagon":
        code, cells = pd.factorize(_integers(column))
        order = np.argsort(cells)
        place = np.empty(len(cells), dtype=code_type(len(cells)))
        place[order] = np.arange(len(cells))
        ordered = cells[order]
        named = [*to_hex(ordered[ordered != NEVER]), *([missing(name)] if NEVER in cells else [])]
        return place[code], named
    if not pa.types.is_dictionary(column.type):
        column = column.dictionary_encode()
    whole: Any = column.unify_dictionaries().combine_chunks()
    listed, codes = whole.dictionary.to_pylist(), whole.indices
    if codes.null_count:
        codes = codes.cast(pa.int32()).fill_null(len(listed))
    kind = code_type(len(listed) + 1)
    return codes.to_numpy(zero_copy_only=False).astype(kind, copy=False), [*listed, missing(name)]
