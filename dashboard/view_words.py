"""A view in words: what a picture or a file says that it was filtered by."""

from __future__ import annotations

from datetime import date

from dashboard.components.names import activity_name, borough_name, sector_name
from dashboard.state import ViewState
from dashboard.text import day_range, t, tn
from domain import territory


def filters_in_words(state: ViewState, today: date | None) -> str:
    """Period (as of a day; left out without one), places, activities and the rest, in one line."""
    lang = state.lang
    period = [day_range(*state.dates(today), lang)] if today else []
    parts = [*period, *_places(state), *_activities(state)]
    parts += [t("filters.state", lang, name=t(f"state.{code}", lang)) for code in state.states]
    if state.h3:
        parts.append(tn("filters.cells", len(state.h3), lang, n=len(state.h3)))
    if state.columns:
        parts.append(tn("filters.columns", len(state.columns), lang, n=len(state.columns)))
    if state.area:
        parts.append(t("filters.area", lang))
    if state.by == "who":
        parts.append(t("filters.by.who_hint", lang))
    return " · ".join(parts)


def _places(state: ViewState) -> list[str]:
    lang = state.lang
    if state.sectors:
        return [", ".join(sector_name(code, lang) for code in state.sectors)]
    if set(state.boroughs) == set(territory.pilots()):
        return [t("filters.pilots_long", lang)]
    if state.boroughs:
        return [", ".join(borough_name(code, lang) for code in state.boroughs)]
    return [t("filters.everywhere", lang)]


def _activities(state: ViewState) -> list[str]:
    lang = state.lang
    if not state.activities:
        return [t("filters.every_activity", lang)]
    return [", ".join(activity_name(code, lang, short=True) for code in state.activities)]
