"""Récurrence's figures in their places: what stands above, list, map, returns and their course."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from dashboard import kpi_texts, recurring
from dashboard.behind import Work
from dashboard.components.about import about
from dashboard.components.chart import chart, menu
from dashboard.components.names import activity_name, borough_name
from dashboard.components.painted import link
from dashboard.components.place_list import order_chooser, place_list
from dashboard.components.place_words import place_name, what
from dashboard.components.return_steps import steps_table
from dashboard.components.returned import between_words, returned_table, share_words, work_link
from dashboard.feeds import returned
from dashboard.ids import Id
from dashboard.layouts.recurrence_place import place_panel
from dashboard.maplayers import place_map
from dashboard.markup import Markup, Node, html, to_html
from dashboard.recurring import AFTER_DAYS, NEW, SHOWN, CameBack
from dashboard.services import Services
from dashboard.state import ViewState
from dashboard.text import NO_BREAK, day, day_range, moment, number, percent, t, tn
from domain import territory
from geo.boroughs import load_boroughs
from mart.periods import local_date
from mart.questions.recurring_places import RecurringPlaces
from mart.questions.returns import WITHIN_DAYS

COURSE_PX = 360


def draw_recurrence(services: Services, state: ViewState) -> dict[str, str]:
    """Every figure as HTML by the id of its place. Blocking: it asks the mart.

    Raises:
        MartMissing: there is no mart to ask.
    """
    with services.reader.lease() as mart:
        found, back = services.together(
            lambda: recurring.places(services, mart, state),
            lambda: recurring.came_back(services, mart, state),
        )
        chosen = recurring.chosen_place(state, found)
        told = recurring.story(mart, chosen)
        as_of = mart.as_of()
    return {
        Id.RECURRENCE_HEAD.value: to_html(head(found, back, state)),
        Id.RECURRENCE_ORDER.value: to_html(list_head(found, state)),
        Id.RECURRENCE_LIST.value: to_html(list_panel(found, chosen, state)),
        Id.RECURRENCE_MAP.value: to_html(map_panel(found, chosen, state)),
        Id.RECURRENCE_PLACE.value: to_html(place_panel(told, chosen, as_of, state)),
        Id.RECURRENCE_BACK.value: to_html(back_panel(back, state)),
    }


def head(found: RecurringPlaces, back: CameBack, state: ViewState) -> Markup:
    """Three numbers: places that come back, those that are new, and the work that did not hold."""
    return html.Div(
        [_came_back(found, state), _new(found, state), _held(back, state)], className="vg-rec-head"
    )


def _card(title: str, info: Markup, value: Markup, said: list[Markup]) -> Markup:
    top = html.Div([html.H2(title), info], className="vg-kpi-head")
    return html.Article(
        [top, html.Div([value, *said], className="vg-rec-body")], className="vg-card vg-rec-card"
    )


def _about(key: str, state: ViewState, more: Markup | None = None) -> Markup:
    lang = state.lang
    title = t(f"recurrence.about.{key}.title", lang)
    parts = [
        (t(f"kpi.parts.{part}", lang), t(f"recurrence.about.{key}.{part}", lang))
        for part in ("definition", "formula", "without")
    ]
    return about(t("kpi.about", lang, name=title), title, parts, more)


def _came_back(found: RecurringPlaces, state: ViewState) -> Markup:
    lang = state.lang
    first, last = (local_date(at) for at in (found.bounds[0], found.bounds[-1]))
    share = percent(found.total / found.active if found.active else None, lang, 1)
    words = t("recurrence.of_active", lang, share=share, n=number(found.active, lang))
    months = t("recurrence.six_months", lang, range=day_range(first, last, lang))
    listed = kpi_texts.list_state("recurring_pct", state.replace(period="30d", start=None, end=None))
    more = html.A(
        t("kpi.more", lang),
        href=kpi_texts.definition_url("recurring_pct", state),
        className="vg-more",
        data_nav=True,
    )
    value = link(
        number(found.total, lang),
        listed.replace(place=None, check=""),
        className="vg-kpi-value",
        title=t("recurrence.open_list", lang),
    )
    said = [html.P([words, html.Br(), html.Span(months, className="vg-dim")])]
    return _card(t("recurrence.places", lang), _about("places", state, more), value, said)


def _new(found: RecurringPlaces, state: ViewState) -> Markup:
    lang = state.lang
    only = state.check == NEW
    value = html.Button(
        number(found.new, lang),
        type="button",
        className="vg-kpi-value vg-rec-toggle",
        data_set="check",
        data_value="" if only else NEW,
        aria_pressed="true" if only else "false",
        title=t("recurrence.all_places" if only else "recurrence.new_only", lang),
    )
    toggle = html.Button(
        t("recurrence.all_places" if only else "recurrence.new_only", lang),
        type="button",
        className="vg-link",
        data_set="check",
        data_value="" if only else NEW,
    )
    month = local_date(found.bounds[-1])
    since = t("recurrence.since", lang, date=day(month.replace(day=1), lang))
    said = [html.P([html.Span(since, className="vg-dim"), html.Br(), toggle])]
    return _card(t("recurrence.new_title", lang), _about("new", state), value, said)


def _held(back: CameBack, state: ViewState) -> Markup:
    lang = state.lang
    [row] = back.total.to_dict("records")
    value = _share(row, AFTER_DAYS, share_words(row[f"share_{AFTER_DAYS}"], lang), state, "vg-kpi-value")
    shares: list[Node] = []
    for days in (days for days in WITHIN_DAYS if days != AFTER_DAYS):
        words = t("recurrence.within_share", lang, n=days, share=share_words(row[f"share_{days}"], lang))
        shares += [" · "] if shares else []
        shares.append(_share(row, days, words.replace(" ", NO_BREAK), state))
    rests = t(
        "recurrence.rests_on", lang, range=between_words(row, AFTER_DAYS, lang), n=number(row["n"], lang)
    )
    listed = html.A(
        t("recurrence.work_list", lang),
        href=returned.address(_plain(state)),
        className="vg-link",
        download=True,
    )
    held = work_link(rests, Work(), state, "vg-dim") if row["n"] else html.Span(rests, className="vg-dim")
    said = [html.P([*shares, html.Br(), held, html.Br(), listed])]
    return _card(t("recurrence.held", lang, n=AFTER_DAYS), _about("returns", state), value, said)


def _share(
    row: Mapping[Any, Any], days: int, words: str, state: ViewState, look: str | None = None
) -> Markup:
    """A share that opens the returns that were seen, where there are any."""
    if not row[f"returned_{days}"]:
        return html.Span(words, className=look)
    return work_link(words, Work(days=days), state, look)


def list_head(found: RecurringPlaces, state: ViewState) -> Markup:
    """What the list has, and by what it is ranked."""
    lang = state.lang
    listed = found.new if state.check == NEW else found.total
    key = "recurrence.listed_new" if state.check == NEW else "recurrence.listed"
    words = tn(key, listed, lang, n=number(listed, lang))
    if listed > SHOWN:
        words = f"{words} {t('recurrence.first_ones', lang, n=SHOWN)}"
    title = html.Div([html.H2(words, aria_live="polite"), menu("places", state)], className="vg-section-head")
    return html.Div([title, order_chooser(state.rank, lang)], className="vg-places-head")


def list_panel(found: RecurringPlaces, chosen: int | None, state: ViewState) -> list[Markup]:
    """The ranked lines, or why there are none."""
    if found.rows.empty:
        return [_empty(state)]
    # Where all are new, saying so of each tells nothing.
    rows = found.rows.assign(is_new=False) if state.check == NEW else found.rows
    return place_list(rows, found.bounds, chosen, state)


def _empty(state: ViewState) -> Markup:
    key = "recurrence.empty_new" if state.check == NEW else "recurrence.empty"
    said = [html.Strong(t(key, state.lang)), html.P(t("recurrence.empty_hint", state.lang))]
    return html.Div(said, className="vg-empty", role="status")


def map_panel(found: RecurringPlaces, chosen: int | None, state: ViewState) -> list[Markup]:
    """The places of the list on the boroughs."""
    lang = state.lang
    rank = t(f"recurrence.rank.{state.rank}", lang)
    marks = [
        place_map.Mark(
            int(row["problem_id"]),
            float(row["lon"]),
            float(row["lat"]),
            float(row[state.rank]),
            t(
                "recurrence.mark", lang, position=number(row["position"], lang), place=place_name(row, lang),
                what=what(row, lang), n=number(row[state.rank], lang), rank=rank.lower(),
            ),
        )
        for row in found.rows.to_dict("records")
    ]  # fmt: skip
    title = t("recurrence.map_title", lang, rank=rank.lower())
    drawn = place_map.place_map(marks, _ground(lang), title, focus=state.boroughs, chosen=chosen)
    buttons = [
        html.Button(
            sign,
            type="button",
            className="vg-button vg-square",
            data_nearer=step,
            title=t(f"recurrence.zoom.{name}", lang),
            aria_label=t(f"recurrence.zoom.{name}", lang),
        )
        for sign, step, name in (("+", "2", "in"), ("−", "0.5", "out"))
    ]
    return [
        html.Div([drawn, html.Div(buttons, className="vg-pm-zoom")], className="vg-pm"),
        html.P(t("recurrence.map_hint", lang, rank=rank.lower()), className="vg-hint"),
    ]


def back_panel(back: CameBack, state: ViewState) -> list[Markup]:
    """Returns by activity and by borough."""
    lang = state.lang
    title = html.Div(
        [html.H2(t("recurrence.back_title", lang)), _about("returns", state)], className="vg-section-head"
    )
    window = t(
        "recurrence.window", lang, first=day(local_date(back.since), lang), last=moment(back.as_of, lang)
    )
    lead = html.P([window, " ", t("recurrence.caution", lang)], className="vg-lead-small")
    if not back.total["n"].iloc[0]:
        said = [html.Strong(t("recurrence.no_work", lang)), html.P(t("recurrence.empty_hint", lang))]
        return [title, lead, html.Div(said, className="vg-empty", role="status")]
    by_activity = _cut(back, "activity", lambda code: activity_name(code, lang, short=True), state)
    tables = [
        html.Div([by_activity, *course_panel(back, state)]),
        _cut(back, "borough", lambda code: borough_name(code, lang), state),
    ]
    hint = html.P(t("recurrence.back_hint", lang, n=AFTER_DAYS), className="vg-hint")
    return [title, lead, html.Div(tables, className="vg-back-pair"), hint]


def _cut(back: CameBack, cut: str, names: Callable[[str], str], state: ViewState) -> Markup:
    lang = state.lang
    is_activity = cut == "activity"
    parts, total = (back.activity, back.total) if is_activity else (back.borough, back.city)
    focus = state.activities if is_activity else state.boroughs
    title = html.Div(
        [html.H3(t(f"recurrence.by_{cut}", lang)), menu(f"returns_{cut}", _plain(state))],
        className="vg-section-head",
    )
    table = returned_table(parts, total, cut, names, AFTER_DAYS, state, focus)
    return html.Div([title, html.Div(table, className="vg-scroll", tabIndex="0", role="region",
                                     aria_label=t(f"recurrence.caption_{cut}", lang))])  # fmt: skip


def course_panel(back: CameBack, state: ViewState) -> list[Markup]:
    """How soon it came back, day by day, by activity; a table behind it has its numbers."""
    lang, plain = state.lang, _plain(state)
    top = [html.H3(t("recurrence.course_title", lang)), menu("returns_course", plain)]
    label = t("recurrence.course_label", lang)
    return [
        html.Div(top, className="vg-section-head vg-course-head"),
        html.Div(
            chart("returns_course", plain, label, COURSE_PX),
            className="vg-scroll vg-course",
            tabIndex="0",
            role="region",
            aria_label=t("recurrence.course_title", lang),
        ),
        steps_table(back, lang),
    ]


def _plain(state: ViewState) -> ViewState:
    """Without what returns do not depend on, so that their chart is asked for only when it changes."""
    return state.replace(place=None, check="", rank="requests")


@cache
def _ground(lang: str) -> place_map.Ground:
    names = {b.code: borough_name(b.code, lang) for b in territory.boroughs()}
    return place_map.ground(load_boroughs(), names)
