"""The line under the filter bar: the period in words, active filters as removable chips, notices."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from dashboard import column_query
from dashboard.components.column_words import filter_words
from dashboard.components.names import activity_name, borough_name, sector_name
from dashboard.components.painted import icon, link
from dashboard.markup import Markup, html
from dashboard.state import Ignored, ViewState
from dashboard.text import day, day_range, moment, since, t, tn
from domain import territory
from mart.periods import local_date


def status_line(state: ViewState, today: date | None) -> list[Markup]:
    """Period in full, then a chip for each filter in force, then "clear all"."""
    chips = list(_chips(state))
    start, end = state.dates(today) if today else (None, None)
    period = day_range(start, end, state.lang) if start and end and state.uses("period") else ""
    said = html.Strong(period, className="vg-dates-said", data_start=str(start), data_end=str(end))
    quiet = [html.Span(t("filters.none", state.lang), className="vg-dim")] if not chips else []
    listed = (
        [html.Ul(chips, className="vg-active", aria_label=t("filters.active", state.lang))] if chips else []
    )
    return [said, *quiet, *listed, *([_reset(state)] if chips else [])]


def _reset(state: ViewState) -> Markup:
    """Back to everything; the period stays."""
    return link(t("filters.reset", state.lang), state.cleared(), className="vg-reset")


def _chips(state: ViewState) -> Iterator[Markup]:
    """A chip for each filter of what is shown: of keys that the screen does not use there is none."""
    for key, name, without in _filters(state):
        if state.uses(key):
            yield _chip(name, state, without)


def _filters(state: ViewState) -> Iterator[tuple[str, str, ViewState]]:
    """Key of the address, words, and the view without it."""
    lang = state.lang
    yield from _places(state)
    for code, rest in _without_each(state.activities):
        yield "activity", activity_name(code, lang, short=True), state.replace(activities=rest)
    for code, rest in _without_each(state.states):
        yield "state", t("filters.state", lang, name=t(f"state.{code}", lang)), state.replace(states=rest)
    if state.h3:
        yield "h3", tn("filters.cells", len(state.h3), lang, n=len(state.h3)), state.replace(h3=())
    if state.columns:
        n = len(state.columns)
        said = filter_words(state.columns[0], lang) if n == 1 else tn("filters.columns", n, lang, n=n)
        yield column_query.KEY, said, state.replace(columns=())
    if state.area:
        yield "area", t("filters.area", lang), state.replace(area=())
    if state.by == "who":
        yield "by", t("filters.by.who_hint", lang), state.replace(by="where")
    if state.at:
        yield "at", t("filters.at", lang, moment=moment(state.at, lang)), state.replace(at=None)


def _places(state: ViewState) -> Iterator[tuple[str, str, ViewState]]:
    lang = state.lang
    if set(state.boroughs) == set(territory.pilots()):
        yield "borough", t("filters.pilots", lang), state.replace(boroughs=())
    else:
        for code, rest in _without_each(state.boroughs):
            yield "borough", borough_name(code, lang), state.replace(boroughs=rest)
    for code, rest in _without_each(state.sectors):
        yield "sector", sector_name(code, lang), state.replace(sectors=rest)


def _without_each(codes: tuple[str, ...]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each code, and the others."""
    return ((code, tuple(other for other in codes if other != code)) for code in codes)


def _chip(name: str, state: ViewState, without: ViewState) -> Markup:
    label = t("filters.remove", state.lang, name=name)
    return html.Li(link([name, icon("close")], without, className="vg-pill", aria_label=label, title=label))


def as_of_line(
    as_of: datetime, newest: datetime, built: datetime, now: datetime, lang: str, *, demo: bool = False
) -> list[Markup]:
    """The moment at which the figures hold and the age of the data; a press tells where both come from."""
    age = now - newest
    said = t("as_of.now", lang) if age < timedelta(minutes=2) else t("as_of.age", lang, age=since(age, lang))
    clock = html.Time(moment(as_of, lang), dateTime=as_of.isoformat())
    lines = [html.Span([f"{t('as_of.label', lang)} ", clock]), html.Span(said, className="vg-dim")]
    facts = (("meaning", as_of), ("newest", newest), ("built", built))
    told = [
        piece for key, at in facts for piece in (html.Dt(t(f"as_of.{key}", lang)), html.Dd(moment(at, lang)))
    ]
    box = html.Details(
        [html.Summary(lines), html.Div(html.Dl(told, className="vg-info"), className="vg-pop")],
        className="vg-info-box",
    )
    return [html.Span(t("app.demo", lang), className="vg-tag"), box] if demo else [box]


def ignored_notice(ignored: list[Ignored], lang: str) -> Markup | None:
    """What of the address was left out, in one sentence; None where nothing was."""
    if not ignored:
        return None
    parts = ", ".join(f"{part.key}={part.value}" for part in ignored[:6])
    return html.Div(t("notice.ignored", lang, parts=parts), className="vg-notice", role="status")


def why_notice(why: str, as_of: datetime, first_day: date | None, lang: str) -> Markup:
    """Why a view has nothing (`dashboard.asking.Why`), and what to do: the same words on every screen."""
    first = "" if first_day is None else day(first_day, lang)
    hint = t(f"apercu.why.{why}_hint", lang, as_of=moment(as_of, lang), first=first)
    words = [html.Strong(t(f"apercu.why.{why}", lang)), html.Span(hint)]
    return html.Div(words, className="vg-notice", role="status")


def stale_notice(age: timedelta, lang: str) -> Markup:
    """The data were prepared long ago: say so, and what to run."""
    said = t("notice.stale", lang, age=since(age, lang))
    return html.Div([said, " ", html.Code("vigie build")], className="vg-notice", role="status")


GAP_AFTER = timedelta(hours=6)
"""Even at night the city hears of something more often."""


def gap_notice(state: ViewState, newest: datetime, as_of: datetime) -> Markup | None:
    """The period goes on after the newest event: what came since is missing from its numbers, and from their changes.

    With a way to a period of as many days that is whole. None where there is no such gap.
    """
    start, end = state.dates(local_date(as_of))
    # The last event of a day is seldom at midnight: within its last hour the day is whole.
    last = local_date(newest + timedelta(hours=1)) - timedelta(days=1)
    if not state.uses("period") or as_of - newest < GAP_AFTER or end <= last:
        return None
    lang = state.lang
    first = start - (end - last)
    whole = state.replace(period="custom", start=first, end=last)
    said = t("notice.gap", lang, newest=moment(newest, lang), age=since(as_of - newest, lang))
    there = link(t("notice.gap_whole", lang, range=day_range(first, last, lang)), whole)
    return html.Div([said, " ", there], className="vg-notice", role="status")


def error_notice(lang: str) -> Markup:
    """A calculation failed; what is on display is older."""
    again = html.Button(t("notice.retry", lang), className="vg-button", type="button", data_action="retry")
    return html.Div([t("notice.error", lang), again], className="vg-notice vg-notice-error", role="alert")
