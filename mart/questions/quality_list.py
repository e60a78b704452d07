"""The very requests that a check finds, a page at a time or all of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import ibis.expr.types as ir
import pyarrow as pa

from domain.errors import InputRefused
from mart.ask import frame, integers, moment
from mart.filters import Filters, Shape
from mart.periods import day_start
from mart.questions.page import EXPORTED, MOST_ROWS, PAGED, Page
from mart.questions.quality import found_by
from mart.questions.quality_checks import CHECKS, bound, check_of
from mart.selection import described
from mart.snapshot import Mart
from mart.state import state_values

_KEYS = ("id", "opened_at", "undone_at")


def found_page(
    mart: Mart, code: str, filters: Filters, as_of: datetime, offset: int = 0, limit: int = 100
) -> Page:
    """Rows `offset` to `offset + limit` of what a check finds, the newest first, ties by id.

    `state` and `age_days` are those of T. `total` is the check's count.

    Raises:
        InputRefused: no such check, or a page that cannot be.
    """
    if not 1 <= limit <= MOST_ROWS or offset < 0:
        raise InputRefused(f"a page has 1 to {MOST_ROWS} rows from row 0 on, not {limit} from {offset}.")
    check, given = check_of(code), bound(mart, as_of)
    values = given.values(filters, as_of) | state_values(as_of) | {"limit": limit, "offset": offset}
    shape = filters.shape, check.code, given.shape
    with mart.facts.table(day_start(filters.start), filters.until(as_of)) as table:
        key = ("found", code, filters, as_of)
        total = mart.remembered(
            key, lambda: int(mart.run(_counted, shape, values, table=table)["n"][0].as_py())
        )
        places = mart.run(_placed, shape, values, table=table, paged=True)
    return Page(frame(_completed(mart, places, values)), total)


def found_batches(mart: Mart, code: str, filters: Filters, as_of: datetime) -> Iterator[pa.RecordBatch]:
    """All that a check finds, in the same order (columns `EXPORTED`); hold the mart meanwhile.

    Raises:
        InputRefused: no such check.
    """
    check, given = check_of(code), bound(mart, as_of)
    values = given.values(filters, as_of) | state_values(as_of)
    return mart.stream(_whole, (filters.shape, check.code, given.shape), values, table="spells")


def _counted(spells: ir.Table, shape: Shape, code: str, labels: int) -> ir.Table:
    return found_by(spells, shape, code, labels).aggregate(n=lambda rows: rows.count())


def _placed(spells: ir.Table, shape: Shape, code: str, labels: int) -> ir.Table:
    return _ordered(found_by(spells, shape, code, labels), code).select(*_KEYS)


def _whole(spells: ir.Table, shape: Shape, code: str, labels: int) -> ir.Table:
    return _ordered(described(found_by(spells, shape, code, labels)), code).select(*EXPORTED)


def _ordered(rows: ir.Table, code: str) -> ir.Table:
    """A request closed twice in the period is there twice: by its spells."""
    newest = rows[CHECKS[code].moment].desc()
    return rows.order_by([newest, rows["id"].desc(), rows["undone_at"].asc(nulls_first=False)])


def _completed(mart: Mart, places: pa.Table, values: dict[str, Any]) -> pa.Table:
    """The listed columns of some spells, in their order."""
    opened = places["opened_at"].to_pylist()
    never = values["as_of"]
    span = {"first": min(opened, default=never), "last": max(opened, default=never)}
    found = mart.run(_by_id, (), {**values, **span, "ids": places["id"].to_pylist()}, table="spells")
    place = {key: i for i, key in enumerate(_keys(found))}
    return found.take(pa.array([place[key] for key in _keys(places)], pa.int64())).select(PAGED)


def _keys(rows: pa.Table) -> list[tuple[Any, ...]]:
    return list(zip(rows["id"].to_pylist(), rows["undone_at"].to_pylist(), strict=True))


def _by_id(spells: ir.Table) -> ir.Table:
    within = spells.filter(spells["opened_at"].between(moment("first"), moment("last")))
    return described(within.semi_join(integers("ids", "id"), "id")).select(*PAGED)
