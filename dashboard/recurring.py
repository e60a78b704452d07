"""What Récurrence asks of the mart: the ranked places, what came back, and one place's course."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

import pandas as pd

from dashboard.services import Services
from dashboard.state import ViewState
from mart.filters import FIRST_DAY, Filters
from mart.periods import local_date
from mart.questions.place_history import PlaceStory, place_story
from mart.questions.recurring_places import RecurringPlaces, recurring_places
from mart.questions.returns import WITHIN_DAYS, named_episodes, returns
from mart.snapshot import Mart

SHOWN = 200
"""Places on the list and on the map."""

NEW = "new"
"""`check=new`: only the places that are new this month."""

AFTER_DAYS = WITHIN_DAYS[1]
"""Within how many days work has to hold for parts to be ranked by it."""


@dataclass(frozen=True, slots=True, eq=False)
class CameBack:
    """What came back of the work done in a window: tables of `mart.questions.returns.Returns`."""

    since: datetime
    as_of: datetime
    total: pd.DataFrame
    """One row: all within the view's filters."""
    activity: pd.DataFrame
    borough: pd.DataFrame
    """Of the whole city, whichever boroughs and sectors are in focus: they are compared with the others."""
    city: pd.DataFrame
    """One row: their sum."""
    course: pd.DataFrame
    """Day by day, by activity."""
    whole_course: pd.DataFrame
    """The same of all of them."""


def places(services: Services, mart: Mart, state: ViewState, limit: int | None = SHOWN) -> RecurringPlaces:
    """The places that a view ranks. Blocking."""
    as_of = mart.as_of()
    filters, new_only = anywhen(state, as_of), state.check == NEW
    key = (mart.version, as_of, filters, "places", state.rank, new_only)
    if limit != SHOWN:
        return recurring_places(mart, filters, as_of, state.rank, limit=limit, new_only=new_only)
    return services.kept.get(
        key, lambda: recurring_places(mart, filters, as_of, state.rank, limit=SHOWN, new_only=new_only)
    )


def came_back(services: Services, mart: Mart, state: ViewState) -> CameBack:
    """Returns of a view's filters. Blocking."""
    here, everywhere = _questions(state, mart.as_of())
    return _compared(
        _came_back(services, mart, here, mart.as_of()), _came_back(services, mart, everywhere, mart.as_of())
    )


def work(mart: Mart, state: ViewState) -> pd.DataFrame:
    """The work behind the shares of a view, one row per episode. Blocking."""
    as_of = mart.as_of()
    return named_episodes(mart, returns(mart, anywhen(state, as_of), as_of))


def _questions(state: ViewState, as_of: datetime) -> tuple[Filters, Filters]:
    """The view's filters, and the same of the whole city."""
    here = anywhen(state, as_of)
    return here, replace(here, boroughs=(), sectors=())


def _compared(here: CameBack, city: CameBack) -> CameBack:
    """Boroughs in focus are compared with all others."""
    return replace(here, borough=city.borough, city=city.total)


def story(mart: Mart, problem_id: int | None) -> PlaceStory | None:
    """The course of one place; None where there is none. Blocking."""
    return None if problem_id is None else place_story(mart, problem_id, mart.as_of())


def chosen_place(state: ViewState, found: RecurringPlaces) -> int | None:
    """The place whose history is shown: the one that the address names, else the first of the list."""
    if state.place is not None or found.rows.empty:
        return state.place
    return int(found.rows["problem_id"].iloc[0])


def anywhen(state: ViewState, as_of: datetime) -> Filters:
    """The view's filters without its period, which this screen does not look at."""
    return replace(state.filters(local_date(as_of)), start=FIRST_DAY, end=FIRST_DAY)


def _came_back(services: Services, mart: Mart, filters: Filters, as_of: datetime) -> CameBack:
    """Returns within some filters."""

    def ask() -> CameBack:
        found = returns(mart, filters, as_of)
        total = found.by()
        return CameBack(
            since=found.since,
            as_of=as_of,
            total=total,
            activity=found.by("activity"),
            borough=found.by("borough"),
            city=total,
            course=found.course("activity"),
            whole_course=found.course(),
        )

    return services.kept.get((mart.version, as_of, filters, "returns"), ask)
