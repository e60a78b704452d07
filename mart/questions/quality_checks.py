"""What the data cannot tell: one record per check, its condition the same for its count, course, list and export.

Checks are of requests received in the period, each once, as of T; mass closures are of what was closed in it, for
they happen to requests of any age. What a load refused or emptied before it became a request is in the store.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import ibis.expr.types as ir

from domain.activities import OTHER, classify
from domain.errors import InputRefused
from domain.precision import Precision
from domain.territory import HORS_TERRITOIRE, VILLE_LIEE
from mart.ask import integers, text
from mart.filters import Filters
from mart.kpi_model import Base
from mart.questions.quality_mass import mass_hours, place_hour
from mart.snapshot import Mart

Where = Callable[[ir.Table, int], ir.BooleanValue]
"""Condition on spells that are in the check's base; the number is of placeholders for known labels. Never null."""


@dataclass(frozen=True, slots=True)
class Check:
    """One check. Its name and sentence are the texts `qualite.check.CODE` of the catalogue."""

    code: str
    where: Where
    cut: tuple[str, ...]
    """Columns by which its requests are counted, to say where to look."""
    base: Base = Base.RECEIVED

    @property
    def moment(self) -> str:
        """The column whose moment puts a request into the period."""
        return "opened_at" if self.base is Base.RECEIVED else "ended_at"


def _precision(which: Precision) -> Where:
    return lambda spells, _labels: spells["precision"] == which.value


def _borough(code: str) -> Where:
    return lambda spells, _labels: (spells["borough"] == code).fill_null(False)


def _who_not_where(spells: ir.Table, _labels: int) -> ir.BooleanValue:
    """Both known, and the place in a borough: elsewhere no crew is of the place, which has checks of its own."""
    where, who = spells["borough"], spells["borough_who"]
    return ((where != who) & ~where.isin((HORS_TERRITOIRE, VILLE_LIEE))).fill_null(False)


def _unknown_label(spells: ir.Table, labels: int) -> ir.BooleanValue:
    known = spells["label"].isin([text(f"known_label_{i}") for i in range(labels)]).fill_null(False)
    return (spells["activity"] == OTHER) & ~known


def _closed_nobody_knows_when(spells: ir.Table, _labels: int) -> ir.BooleanValue:
    """A load empties a closing that comes before its opening, or that is no moment of the past."""
    found: ir.BooleanValue = spells["ended_at"].notnull() & spells["closed_at"].isnull()
    return found


def _mass_closure(spells: ir.Table, _labels: int) -> ir.BooleanValue:
    hours = integers("mass_hours", "hour")
    return place_hour(spells).isin(hours["hour"]).fill_null(False)


CHECKS: dict[str, Check] = {
    check.code: check
    for check in (
        Check("unlocated", _precision(Precision.NONE), ("activity",)),
        Check("counter", _precision(Precision.COUNTER), ("borough_who",)),
        Check("outside", _borough(HORS_TERRITOIRE), ("borough_who",)),
        Check("related_town", _borough(VILLE_LIEE), ("borough_who",)),
        Check("who_not_where", _who_not_where, ("borough", "borough_who")),
        Check("unknown_label", _unknown_label, ("label",)),
        Check("closed_before_opened", _closed_nobody_knows_when, ("activity",)),
        Check("mass_closures", _mass_closure, ("borough_who", "activity"), Base.CLOSED),
    )
}


def check_of(code: str) -> Check:
    """The check of a code.

    Raises:
        InputRefused: there is none.
    """
    found = CHECKS.get(code)
    if found is None:
        raise InputRefused(f"there is no check {code!r}: there are {', '.join(CHECKS)}.")
    return found


@dataclass(frozen=True)
class Bound:
    """What the conditions need of a version of the mart, beside the filters."""

    labels: tuple[str, ...]
    """Spellings of labels of `autre` that data/activities.yml knows, padded (see `shape`)."""
    hours: list[int]

    @property
    def shape(self) -> int:
        """Placeholders for labels: a power of two, so that one statement serves many versions."""
        return len(self.labels)

    def values(self, filters: Filters, as_of: datetime) -> dict[str, Any]:
        """Every value of a question about checks."""
        named = {f"known_label_{i}": label for i, label in enumerate(self.labels)}
        own = {"as_of": as_of, "mass_hours": self.hours}
        return filters.values(as_of) | filters.period_values(as_of) | named | own


def bound(mart: Mart, as_of: datetime) -> Bound:
    """The values of a version, worked out once."""
    labels = mart.remembered("known labels", lambda: _known_labels(mart))
    return Bound(labels, mass_hours(mart, as_of))


def _known_labels(mart: Mart) -> tuple[str, ...]:
    answer = mart.run(_labels_of_other, (), {})
    known = sorted(label for label in answer["label"].to_pylist() if label and classify(label)[1])
    missing = (1 << max(len(known) - 1, 0).bit_length()) - len(known)
    return (*known, *[known[-1] if known else ""] * missing)


def _labels_of_other(requests: ir.Table) -> ir.Table:
    return requests.filter(requests["activity"] == OTHER).select("label").distinct()
