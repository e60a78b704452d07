"""The requests behind each number: a number and its list use the same condition."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import ibis.expr.types as ir

from domain.errors import InputRefused
from mart.filters import Filters
from mart.kpi_model import BASES, Base, Rows
from mart.kpis import kpi

DENOMINATOR = "denominator"
"""`CODE/denominator` is the population that a KPI is a share or ratio of; `CODE` alone is its numerator."""


class Population(StrEnum):
    """The populations that screens offer first; any code of `mart.kpis` is one."""

    RECEIVED = "received"
    CLOSED = "closed"
    BACKLOG = "backlog"
    OVERDUE = "overdue"


def rows_of(population: str) -> Rows:
    """Which rows a population has.

    Raises:
        InputRefused: no such KPI, or a denominator where there is none.
    """
    code, _, part = population.partition("/")
    found = kpi(code)
    if part not in {"", DENOMINATOR}:
        raise InputRefused(f"a KPI has a numerator and a denominator, not {part!r}.")
    if not part:
        return found.numerator
    if found.denominator is None:
        raise InputRefused(f"the KPI {code!r} is no share: it has no denominator.")
    return found.denominator


def condition(spells: ir.Table, population: str) -> ir.BooleanValue:
    """Which spells (that have `fate`) are in a population."""
    rows = rows_of(population)
    held: ir.BooleanValue = BASES[rows.base](spells) & rows.condition(spells)
    return held


def moment_of(population: str, filters: Filters, as_of: datetime) -> datetime:
    """The moment at which the state of these requests is shown.

    The backlog is that of the period's end; what was received or closed is shown as it is at T.
    """
    return filters.until(as_of) if rows_of(population).base is Base.BACKLOG else as_of
