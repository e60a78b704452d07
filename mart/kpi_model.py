"""What a KPI is made of: which rows it counts, and what is said of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple

import ibis.expr.types as ir

from mart import spells


class Text(NamedTuple):
    """The same in both languages."""

    fr: str
    en: str

    def of(self, lang: str) -> str:
        """In a language, `fr` or `en`."""
        found: str = getattr(self, lang)
        return found


class Base(StrEnum):
    """The spells that rows are taken from."""

    RECEIVED = "received"
    CLOSED = "closed"
    REOPENED = "reopened"
    BACKLOG = "backlog"
    ACTIVE = "active"


BASES: dict[Base, spells.Condition] = {
    Base.RECEIVED: spells.opened_in_period,
    Base.CLOSED: spells.closed_in_period,
    Base.REOPENED: spells.reopened_in_period,
    Base.BACKLOG: spells.open_at_end,
    Base.ACTIVE: spells.active_recently,
}


class Counted(StrEnum):
    """What is counted of the rows."""

    REQUESTS = "requests"
    REQUESTERS = "requesters"
    EPISODES = "episodes"
    PROBLEMS = "problems"
    RECURRING = "recurring"
    """Problems with two episodes or more."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Numerator or denominator: the rows of a base for which a condition holds, and what of them counts."""

    base: Base
    where: spells.Condition = spells.everything
    """Asked of rows that have `fate` (see `mart.spells.with_fate`)."""
    counted: Counted = Counted.REQUESTS
    since: str | None = None
    """Of the backlog: a row counts only from after the moment in this column (null: never)…"""
    after_days: int = 0
    """…and so many days of 24 hours."""

    @property
    def after_us(self) -> int:
        """`after_days` in microseconds."""
        return self.after_days * spells.DAY_US

    def condition(self, table: ir.Table) -> ir.BooleanValue:
        """Which rows of the base."""
        held = self.where(table)
        return held if self.since is None else held & spells.past(table[self.since], self.after_us)


class Figure(StrEnum):
    """How rows become a number."""

    COUNT = "count"
    SHARE = "share"
    """Numerator ÷ denominator, the one being part of the other; with a Wilson interval."""
    RATIO = "ratio"
    """Numerator ÷ denominator, two counts of their own; with the interval of a ratio."""
    MEAN = "mean"
    """Numerator ÷ denominator, a sum over a count."""
    DURATION = "duration"
    """Quantile of the days from opening to closing (closed) or to the period's end (backlog)."""
    SURVIVAL = "survival"
    """Kaplan–Meier median of the days from opening to closing, open ones as "not yet"."""


class Unit(StrEnum):
    """What the number is in."""

    REQUESTS = "requests"
    PERCENT = "percent"
    DAYS = "days"
    RATIO = "ratio"
    PEOPLE = "people"
    """People per episode."""


class Good(StrEnum):
    """Which direction is good."""

    UP = "up"
    DOWN = "down"
    NEITHER = "neither"


@dataclass(frozen=True, slots=True)
class Change:
    """One version of a definition."""

    version: int
    day: date
    what: Text
    by: str


@dataclass(frozen=True, slots=True)
class Kpi:
    """One KPI."""

    code: str
    name: Text
    short: Text
    sentence: Text
    formula: Text
    leaves_out: Text
    figure: Figure
    unit: Unit
    good: Good
    numerator: Rows
    denominator: Rows | None = None
    quantile: float = 0.5
    is_part: bool = False
    """One of the parts that another number is the sum of: asked for by name, not shown among the first."""
    changes: tuple[Change, ...] = ()

    @property
    def version(self) -> int:
        """Of the definition, from 1."""
        return max(change.version for change in self.changes)

    @property
    def stem(self) -> str:
        """What the names of its n and bounds begin with."""
        return self.code.removesuffix("_pct")

    @property
    def scale(self) -> float:
        """What a quotient is multiplied by."""
        return 100.0 if self.unit is Unit.PERCENT else 1.0
