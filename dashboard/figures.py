"""What Aperçu asks of the mart first: six KPIs compared, and the chosen one by borough or by sector."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pandas as pd

from dashboard.asking import Level, View, Why
from dashboard.changes import parts, whole
from dashboard.services import Services
from dashboard.state import ViewState
from domain.activities import goal_for
from mart.filters import Filters
from mart.kpi_model import Kpi
from mart.kpis import kpi
from mart.questions.compare import BEFORE, Earlier, known
from mart.questions.kpi import KpiTable
from mart.snapshot import Mart

CARDS = ("received", "on_time_pct", "overdue", "median_days_to_close", "backlog", "recurring_pct")
"""The KPIs that have a card, in reading order."""

NOW = "now"


@dataclass(frozen=True, slots=True)
class Figures:
    """The answers behind the cards, the map and the ranking of one view."""

    as_of: datetime
    filters: Filters
    chosen: Kpi
    """What the map and the ranking show."""
    level: Level
    focus: str | None
    """The borough whose sectors the parts are."""
    compared: tuple[str, ...]
    """Which of the periods `before` and `year` the data reach."""
    cards: pd.DataFrame
    """A line for each of CARDS: `kpi`, the columns of `mart.questions.compare.line_of`, `goal` (NaN: none); empty
    without data."""
    parts: pd.DataFrame
    """A line for each borough or sector of the whole that occurs: as `dashboard.changes.parts`."""
    whole: Mapping[Any, Any]
    """The same of the city, or of the borough in focus."""
    why: Why | None
    """Why there is nothing to show."""
    first_day: date | None
    """Of the data."""


def figures(services: Services, state: ViewState) -> Figures:
    """The first figures of a view. Blocking.

    Raises:
        MartMissing: there is no mart to ask.
    """
    with services.reader.lease() as mart:
        return figures_of(services, mart, state)


def figures_of(services: Services, mart: Mart, state: ViewState) -> Figures:
    """The same, of a version that is leased already."""
    view = View(services, mart, state)
    if view.why:
        return _figures(view, (), pd.DataFrame(), pd.DataFrame({"code": []}), {}, view.why)
    with mart.facts.table(view.first_moment, view.as_of):
        return _answered(view)


def _answered(view: View) -> Figures:
    """All questions at once: the cards of three periods, and the parts of two."""
    drawn = {NOW: Earlier(view.place, view.as_of)}
    if before := view.compared.get(BEFORE):
        drawn[BEFORE] = Earlier(view.place.previous(), before.as_of)
    cards = {NOW: Earlier(view.filters, view.as_of), **view.compared}
    # Where the cards are of all that is drawn, one question answers for both.
    wanted: dict[Earlier, set[str]] = {}
    for seen in cards.values():
        wanted.setdefault(seen, set()).update(CARDS)
    for seen in drawn.values():
        wanted.setdefault(seen, set()).add(view.chosen.code)
    drawn_too = set(drawn.values())
    asked = [
        _asking(view, seen, tuple(sorted(codes)), (view.level,) if seen in drawn_too else ())
        for seen, codes in wanted.items()
    ]
    answers = dict(zip(wanted, view.services.together(*asked), strict=True))
    mine = {name: _known(view, name, answers[seen]) for name, seen in cards.items()}
    ours = {name: _known(view, name, answers[seen]) for name, seen in drawn.items()}
    now, here = mine.pop(NOW), ours.pop(NOW)
    lines = _cards(view, now, mine)
    return _figures(
        view,
        tuple(mine),
        lines,
        parts(view.chosen, here, ours),
        whole(view.chosen, here, ours),
        None if lines["n"].any() else "nothing",
    )


def _asking(view: View, seen: Earlier, codes: tuple[str, ...], by: tuple[str, ...]) -> Callable[[], KpiTable]:
    return lambda: view.ask(seen, codes, by)


def _known(view: View, name: str, table: KpiTable) -> KpiTable:
    return table if name == NOW else known(view.mart, table)


def _figures(
    view: View,
    compared: tuple[str, ...],
    cards: pd.DataFrame,
    places: pd.DataFrame,
    total: Mapping[Any, Any],
    why: Why | None,
) -> Figures:
    return Figures(
        as_of=view.as_of,
        filters=view.filters,
        chosen=view.chosen,
        level=view.level,
        focus=view.focus,
        compared=compared,
        cards=cards,
        parts=places,
        whole=total,
        why=why,
        first_day=view.first_day,
    )


def _cards(view: View, now: KpiTable, then: Mapping[str, KpiTable]) -> pd.DataFrame:
    lines = []
    for code in CARDS:
        goal = goal_for(code, view.focus)
        line = whole(kpi(code), now, then)
        lines.append(line | {"kpi": code, "goal": goal.value if goal else float("nan")})
    return pd.DataFrame(lines)
