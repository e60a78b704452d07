"""A view in words: what a picture or a file says that it was filtered by."""

from __future__ import annotations

from datetime import date

from dashboard import column_query
from dashboard.components.names import activity_name, borough_name, sector_name
from dashboard.state import ViewState
from dashboard.text import day_range, t, tn
from domain import territory


def filters_in_words(state: ViewState, today: date | None) -> str:
    """Period (as of a day; left out without one), places, activities and the rest, in one line.

    Only what the view's screen uses is said: nothing else filters what is shown there.
    """
    lang = state.lang
    states, columns = (
        state.states if state.uses("state") else (),
        state.columns if state.uses(column_query.KEY) else (),
    )
    period = [day_range(*state.dates(today), lang)] if today else []
    parts = [*period, picked_places(state), *_activities(state)]
    parts += [t("filters.state", lang, name=t(f"state.{code}", lang)) for code in states]
    parts += _drawn(state)
    if columns:
        parts.append(tn("filters.columns", len(columns), lang, n=len(columns)))
    if state.by == "who":
        parts.append(t("filters.by.who_hint", lang))
    return " · ".join(parts)


def where(state: ViewState) -> str:
    """Every place that a view is of, so that two views are told apart."""
    return ", ".join([picked_places(state), *_drawn(state)])


def picked_places(state: ViewState) -> str:
    """Sectors or boroughs that are picked; all where none is."""
    lang = state.lang
    if state.sectors:
        return ", ".join(sector_name(code, lang) for code in state.sectors)
    if set(state.boroughs) == set(territory.pilots()):
        return t("filters.pilots_long", lang)
    if state.boroughs:
        return ", ".join(borough_name(code, lang) for code in state.boroughs)
    return t("filters.everywhere", lang)


def _drawn(state: ViewState) -> list[str]:
    """Hexagons and the polygon of the map."""
    cells = tn("filters.cells", len(state.h3), state.lang, n=len(state.h3))
    return [*([cells] if state.h3 else []), *([t("filters.area", state.lang)] if state.area else [])]


def _activities(state: ViewState) -> list[str]:
    lang = state.lang
    if not state.activities:
        return [t("filters.every_activity", lang)]
    return [", ".join(activity_name(code, lang, short=True) for code in state.activities)]
