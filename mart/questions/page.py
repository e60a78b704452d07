"""One page of the list of requests, sorted and filtered where the data is; and the whole list."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import ibis.expr.types as ir
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from domain.errors import InputRefused
from mart.ask import frame, integers, moment
from mart.column_filters import ColumnFilter
from mart.filters import Filters
from mart.populations import Population
from mart.schema import FACTS
from mart.selection import Selection, SelectionShape, described, selected
from mart.snapshot import Mart
from mart.state import severity

MOST_ROWS = 500
LISTED: tuple[str, ...] = (
    "id", "external_id", "state", "activity", "label", "borough", "borough_who", "sector", "street",
    "street_from", "street_to", "precision", "status", "channel", "opened_at", "due_at", "closed_at", "age_days",
    "requesters",
)  # fmt: skip
"""Columns of the list; any of them sorts it."""

_KEY = ("id", "undone_at")
IN_FACTS = tuple(name for name in LISTED if name in {*FACTS.names, "state", "age_days"})
"""Columns of the list that are in memory with what KPIs are counted of; the others are texts of the files."""
_TEXTS = tuple(name for name in LISTED if name not in IN_FACTS)
PAGED = (*LISTED, "undone_at")
"""Columns of a page of the list. A request may be there twice: `id` and `undone_at` tell its spells apart."""
EXPORTED = (*LISTED, "lon", "lat")

Sort = Sequence[tuple[str, bool]]
MOST_URGENT: Sort = (("state", False), ("due_at", False))
SLICE_ROWS = 100_000
"""Rows of the whole list that are in memory at once, at least."""
_MOST_SLICES = 10
_BATCH_ROWS = 50_000
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Page:
    """Some rows of a list (columns `PAGED`), and how many the whole list has."""

    rows: pd.DataFrame
    total: int


def page(
    mart: Mart,
    filters: Filters,
    as_of: datetime,
    sort: Sort = MOST_URGENT,
    offset: int = 0,
    limit: int = 100,
    population: str = Population.BACKLOG,
    column_filters: tuple[ColumnFilter, ...] = (),
    *,
    known_total: int | None = None,
) -> Page:
    """Rows `offset` to `offset + limit` of the requests behind a count.

    `known_total` spares counting the list where the caller has done so (see `by_state`).
    `sort` is (column, descending) pairs; states sort by urgency, ties by id, nulls last. `state` and
    `age_days` are those of the moment that the population is shown at.

    Raises:
        InputRefused: a column that the list does not have, or a limit that is not 1 to 500.
    """
    if not 1 <= limit <= MOST_ROWS or offset < 0:
        raise InputRefused(f"a page has 1 to {MOST_ROWS} rows from row 0 on, not {limit} from {offset}.")
    selection = Selection(filters, as_of, population, column_filters)
    values = selection.values | {"offset": offset, "limit": limit}
    size = _total_of(mart, selection) if known_total is None else known_total
    keys = _checked(sort)
    with _table(mart, selection, keys) as table:
        shown = () if table == "spells" else IN_FACTS
        places = mart.run(_places, (selection.shape, keys, shown), values, table=table, paged=True)
    rows = _completed(mart, places, values) if shown else _rows(mart, places, values, PAGED)
    return Page(frame(rows.select(PAGED)), size)


def total(
    mart: Mart,
    filters: Filters,
    as_of: datetime,
    population: str = Population.BACKLOG,
    column_filters: tuple[ColumnFilter, ...] = (),
) -> int:
    """How many rows the whole list has."""
    return _total_of(mart, Selection(filters, as_of, population, column_filters))


def export_batches(
    mart: Mart,
    filters: Filters,
    as_of: datetime,
    sort: Sort = MOST_URGENT,
    population: str = Population.BACKLOG,
    column_filters: tuple[ColumnFilter, ...] = (),
) -> Iterator[pa.RecordBatch]:
    """The whole list in its order, batch by batch (columns `EXPORTED`); hold the mart meanwhile.

    Raises:
        InputRefused: a column that the list does not have.
    """
    selection = Selection(filters, as_of, population, column_filters)
    return _slices(mart, selection, _checked(sort))


def _slices(mart: Mart, selection: Selection, keys: tuple[tuple[str, bool], ...]) -> Iterator[pa.RecordBatch]:
    """Only ids are sorted in one piece; what they stand for is read a slice at a time, as much as memory is to hold.

    Each slice reads the files, so the slices of a long list are larger rather than more.
    """
    values = selection.values
    places = mart.run(_places, (selection.shape, keys, ()), values, table="spells")
    size = max(SLICE_ROWS, -(-places.num_rows // _MOST_SLICES))
    for start in range(0, max(places.num_rows, 1), size):
        rows = _rows(mart, places.slice(start, size), values, (*EXPORTED, "undone_at")).select(EXPORTED)
        empty = pa.RecordBatch.from_pylist([], schema=rows.schema)
        yield from rows.to_batches(_BATCH_ROWS) or [empty]


@contextmanager
def _table(mart: Mart, selection: Selection, keys: tuple[tuple[str, bool], ...]) -> Iterator[str]:
    """What the rows are looked for in: what KPIs are counted of, if it has the columns that this needs."""
    needed = {name for name, _ in keys} | {one.column for one in selection.column_filters}
    if not needed <= {*IN_FACTS, "undone_at"}:
        yield "spells"
        return
    with mart.facts.table(*selection.span) as table:
        yield table


def _checked(sort: Sort) -> tuple[tuple[str, bool], ...]:
    unknown = [name for name, _ in sort if name not in LISTED]
    if unknown:
        raise InputRefused(f"the list has no column {unknown[0]!r} to sort by; it has {', '.join(LISTED)}.")
    # The first word on a column stands; ids settle every tie.
    first = {name: bool(descending) for name, descending in reversed([*sort, ("id", False)])}
    return tuple((name, first[name]) for name in dict.fromkeys(name for name, _ in [*sort, ("id", False)]))


def _total_of(mart: Mart, selection: Selection) -> int:
    return mart.remembered(("total", selection), lambda: _count(mart, selection))


def _count(mart: Mart, selection: Selection) -> int:
    with _table(mart, selection, ()) as table:
        counted = mart.run(_counted, (selection.shape,), selection.values, table=table)
    return int(counted["n"][0].as_py())


def _counted(spells: ir.Table, shape: SelectionShape) -> ir.Table:
    return selected(spells, shape).aggregate(n=lambda kept: kept.count())


def _places(
    spells: ir.Table, shape: SelectionShape, sort: tuple[tuple[str, bool], ...], shown: tuple[str, ...]
) -> ir.Table:
    """Ids in the order of the list, with columns that are at hand: of files only those that filter and sort."""
    return _ordered(selected(spells, shape), sort).select(*dict.fromkeys((*_KEY, "opened_at", *shown)))


def _ordered(rows: ir.Table, sort: tuple[tuple[str, bool], ...]) -> ir.Table:
    keys = []
    for name, descending in sort:
        key = severity(rows["state"]) if name == "state" else rows[name]
        keys.append(key.desc(nulls_first=False) if descending else key.asc(nulls_first=False))
    # A request closed twice in the period is there twice: by its spells.
    return rows.order_by([*keys, rows["undone_at"].asc(nulls_first=False)])


def _rows(mart: Mart, places: pa.Table, values: Mapping[str, Any], columns: tuple[str, ...]) -> pa.Table:
    """Some columns of some spells, in their order."""
    found = mart.run(_by_id, (columns,), {**values, **_span(places)}, table="spells")
    place = {key: i for i, key in enumerate(_spells(found))}
    return found.take(pa.array([place[key] for key in _spells(places)], pa.int64()))


def _completed(mart: Mart, places: pa.Table, values: Mapping[str, Any]) -> pa.Table:
    """The same, where only texts that no fact has are still to be read: they are those of any spell."""
    found = mart.run(_texts_by_id, (), {**values, **_span(places)})
    place = {number: i for i, number in enumerate(found["id"].to_pylist())}
    texts = found.take(pa.array([place[number] for number in places["id"].to_pylist()], pa.int64()))
    columns = {name: texts[name] if name in _TEXTS else places[name] for name in PAGED}
    coded = {name for name, column in columns.items() if pa.types.is_dictionary(column.type)}
    return pa.table({name: c.cast(pa.string()) if name in coded else c for name, c in columns.items()})


def _span(places: pa.Table) -> dict[str, Any]:
    """Ids, and between which moments they were opened: it spares the months in which none of them is."""
    opened = places["opened_at"]
    first, last = (of(opened).as_py() or _NEVER for of in (pc.min, pc.max))
    return {"ids": places["id"].to_pylist(), "first": first, "last": last}


def _spells(rows: pa.Table) -> list[tuple[Any, ...]]:
    """What tells rows apart: a request may be there in several spells."""
    return list(zip(*(rows[name].to_pylist() for name in _KEY), strict=True))


def _by_id(spells: ir.Table, columns: tuple[str, ...]) -> ir.Table:
    within = spells.filter(spells["opened_at"].between(moment("first"), moment("last")))
    return described(within.semi_join(integers("ids", "id"), "id")).select(*columns)


def _texts_by_id(requests: ir.Table) -> ir.Table:
    within = requests.filter(requests["opened_at"].between(moment("first"), moment("last")))
    return within.semi_join(integers("ids", "id"), "id").select("id", *_TEXTS)
