"""A KPI's course in two views: what is asked in one room, drawn in another and written in a third."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mart.kpi_model import Kpi


@dataclass(frozen=True, slots=True)
class Course:
    """One of the two, step by step."""

    name: str
    values: Sequence[float | None]
    labels: Sequence[str]
    """The first day of each step."""
    addresses: Sequence[str]
    """Of the list behind each step."""


@dataclass(frozen=True, slots=True)
class Courses:
    """A KPI step by step in two views."""

    kpi: Kpi
    mine: Course
    other: Course
