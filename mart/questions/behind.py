"""The very requests that a number counts: the rows of its numerator or denominator."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal

import ibis.expr.types as ir

from domain.errors import InputRefused
from mart.ask import frame
from mart.column_filters import ColumnFilter
from mart.cuts import of_part
from mart.filters import Filters
from mart.kpi_model import Counted
from mart.kpis import kpi
from mart.populations import DENOMINATOR, rows_of
from mart.questions.page import MOST_URGENT, Page, page
from mart.selection import Selection, SelectionShape, selected
from mart.snapshot import Mart

Part = Literal["numerator", "denominator"]


def population(code: str, part: Part = "numerator") -> str:
    """The population of a KPI's numerator or denominator: see `mart.populations`.

    Raises:
        InputRefused: no such KPI, or no such part of it.
    """
    if part not in {"numerator", DENOMINATOR}:
        raise InputRefused(f"a KPI has a numerator and a denominator, not {part!r}.")
    named = kpi(code).code if part == "numerator" else f"{kpi(code).code}/{part}"
    rows_of(named)
    return named


def requests_behind(
    mart: Mart,
    code: str,
    part: Part,
    filters: Filters,
    as_of: datetime,
    *,
    of: Mapping[str, str] | None = None,
    sort: Sequence[tuple[str, bool]] = MOST_URGENT,
    offset: int = 0,
    limit: int = 100,
    column_filters: tuple[ColumnFilter, ...] = (),
) -> Page:
    """A page of the rows of a KPI's numerator or denominator, and how many there are: the number itself.

    Where episodes or problems are counted, each is shown by its first request in the period, or in the 6
    months; people are counted by the column `requesters`. Of an interval of time a request that was closed
    twice in it has a row for each closing.

    Args:
        mart: the version asked.
        code: of the KPI.
        part: which of the two; a count or a duration has a numerator only.
        filters: those of the number.
        as_of: T.
        of: one part of a cut, as a row of `kpis` names it, such as `{"borough": "VD", "month": "2026-03"}`.
        sort: column and whether it descends, as `mart.questions.page`.
        offset: rows before the page.
        limit: rows of the page, 1 to 500.
        column_filters: of the list.

    Raises:
        InputRefused: an unknown code or part, or a page that cannot be.
    """
    narrowed = of_part(filters, of or {})
    return page(mart, narrowed, as_of, sort, offset, limit, population(code, part), column_filters)


def counted_behind(mart: Mart, code: str, part: Part, filters: Filters, as_of: datetime) -> int:
    """What the rows behind a number come to: rows, people, episodes or problems."""
    selection = Selection(filters, as_of, population(code, part))
    answer = mart.run(_count, (selection.shape,), selection.values, table="spells")
    return int(frame(answer)["n"].iloc[0])


def _count(spells: ir.Table, shape: SelectionShape) -> ir.Table:
    kept = selected(spells, shape)
    people = rows_of(shape.population).counted is Counted.REQUESTERS
    return kept.aggregate(n=kept["requesters"].sum().fill_null(0) if people else kept.count())
