"""What the list behind a number of Récurrence is of, in words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from dashboard.behind import PlaceRequests, Work
from dashboard.behind_view import Listed
from dashboard.components.names import activity_name, borough_name
from dashboard.components.place_words import place_area, place_name, what
from dashboard.state import ViewState
from dashboard.text import day, day_range, moment, number, t, tn
from mart.cuts import recent_from
from mart.periods import local_date
from mart.questions.returns import work_since


def title(found: Listed, of: Work | PlaceRequests, lang: str) -> str:
    """How many, of what: `12 travaux terminés revenus en 90 jours`."""
    if isinstance(of, PlaceRequests):
        key = "recurrence.behind.open" if of.open_only else "recurrence.n_requests"
        return tn(key, found.total, lang, n=number(found.total, lang))
    if of.days is None:
        return tn("recurrence.behind.done", found.total, lang, n=number(found.total, lang))
    return tn("recurrence.behind.back", found.total, lang, n=number(found.total, lang), days=of.days)


def scope(found: Listed, of: Work | PlaceRequests, state: ViewState) -> str:
    """Of which part, or of which place."""
    lang = state.lang
    if isinstance(of, PlaceRequests):
        if found.rows.empty:
            return ""
        place: Mapping[Any, Any] = found.rows.iloc[0].to_dict()
        return " · ".join((place_name(place, lang), what(place, lang), place_area(place, lang)))
    parts = []
    if of.of_city:
        parts = [borough_name(of.code, lang) if of.code else t("recurrence.city", lang)]
    elif of.cut == "activity":
        parts = [activity_name(of.code, lang)]
    if of.cut != "activity":
        parts += [activity_name(code, lang, short=True) for code in state.activities]
    if not of.of_city:
        parts += [borough_name(code, lang) for code in state.boroughs]
    return ", ".join(parts)


def note(found: Listed, of: Work | PlaceRequests, as_of: datetime, lang: str) -> str:
    """Of which time, and what to know of the number."""
    if isinstance(of, PlaceRequests):
        months = t(
            "recurrence.six_months", lang,
            range=day_range(local_date(recent_from(as_of)), local_date(as_of), lang),
        )  # fmt: skip
        people, episodes = (
            tn(f"recurrence.n_{name}", found.counts[name], lang, n=number(found.counts[name], lang))
            for name in ("people", "episodes")
        )
        return f"{people} · {episodes} · {months}"
    first, last = day(local_date(work_since(as_of)), lang), moment(as_of, lang)
    window = t("recurrence.window", lang, first=first, last=last)
    return window if of.days is None else f"{window} {t('recurrence.behind.estimate', lang)}"
