"""Définitions of time: goals, targets with their origin, and the days that do not count."""

from __future__ import annotations

from datetime import date, timedelta

from dashboard.components.data_table import data_table
from dashboard.components.names import activity_name, borough_name
from dashboard.kpi_texts import anchor, brief, kpi_of, name
from dashboard.markup import Markup, Node, html
from dashboard.state import ViewState
from dashboard.text import day, day_range, number, t, tn
from domain.activities import OTHER, Activity, Target, activities, goals
from domain.days_off import DayOff
from domain.days_off import days_off as named_days_off
from mart.state import SOON_WORKING_DAYS

_YEAR = timedelta(days=365)
_DEFAULT = "default"


def goals_part(state: ViewState) -> list[Node]:
    """What KPIs should reach: the city's goal, and those of boroughs."""
    lang = state.lang
    lead = html.P(t("definitions.goals_lead", lang))
    rows = []
    for code, goal in goals().items():
        kpi = kpi_of(code)
        link = html.A(name(code, lang), href=f"#{anchor(code)}", className="vg-cell-link")
        rows.append([link, t("definitions.goal_whole", lang), brief(kpi, goal.value, lang)])
        rows += [
            [link, borough_name(borough, lang), brief(kpi, value, lang)]
            for borough, value in goal.boroughs.items()
        ]
    if not rows:
        return [lead, html.P(t("definitions.goals_none", lang))]
    head = [t(f"definitions.{part}", lang) for part in ("goal_kpi", "goal_of", "goal_value")]
    return [lead, data_table(head, rows)]


def targets(lang: str) -> list[Node]:
    """Every activity with its target; a borough's and a label's own below it."""
    head = [t(f"definitions.{part}", lang) for part in ("activity", "target", "origin", "labels")]
    rows = [row for found in activities() for row in _target_rows(found, lang)]
    soon = tn("definitions.working_days", SOON_WORKING_DAYS, lang, n=number(SOON_WORKING_DAYS, lang))
    said = (
        t("definitions.targets_lead", lang),
        t("definitions.due_working", lang),
        t("definitions.due_states", lang, soon=soon),
        t("definitions.target_change", lang),
    )
    return [html.P(said[0]), data_table(head, rows), *(html.P(text) for text in said[1:])]


def days_off(today: date, lang: str) -> list[Node]:
    """The days off of the year before a day and of the year after it."""
    first, last = today - _YEAR, today + _YEAR
    caption = t("definitions.days_off_caption", lang, period=day_range(first, last, lang))
    head = [t(f"definitions.{part}", lang) for part in ("day_off", "day_off_name", "day_off_kind")]
    rows: list[list[Node]] = [
        [_date(found, lang), _day_name(found, lang), _why(found, lang)]
        for found in named_days_off(first, last)
    ]
    return [html.P(t("definitions.days_off_lead", lang)), data_table(head, rows, caption=caption)]


def _target_rows(found: Activity, lang: str) -> list[list[Node]]:
    label = html.Span(_labels(found, lang), className="vg-dim")
    first: list[Node] = [activity_name(found.code, lang), _days(found.target, lang)]
    origin = t("definitions.origin_default", lang) if found.target else t("definitions.no_target_why", lang)
    rows: list[list[Node]] = [[*first, origin, label]]
    for code, target in found.by_borough.items():
        words = t("definitions.origin_borough", lang, name=borough_name(code, lang))
        rows.append([activity_name(found.code, lang), _days(target, lang), words, ""])
    for key, target in found.by_label.items():
        words = t("definitions.origin_label", lang, name=key.capitalize())
        rows.append([activity_name(found.code, lang), _days(target, lang), words, ""])
    return rows


def _days(target: Target | None, lang: str) -> Node:
    if target is None:
        return t("definitions.no_target", lang)
    kind = "definitions.calendar_days" if target.calendar else "definitions.working_days"
    return html.Span(tn(kind, target.days, lang, n=number(target.days, lang)), className="vg-nowrap")


def _labels(found: Activity, lang: str) -> str:
    """Labels as the file has them; of other activities their number."""
    if found.code == OTHER:
        return t("definitions.other_labels", lang, n=number(len(found.labels), lang))
    parts = [", ".join(label.capitalize() for label in found.labels)]
    if found.prefixes:
        names = ", ".join(prefix.capitalize() for prefix in found.prefixes)
        parts.append(t("definitions.prefixes", lang, names=names))
    return " ; ".join(parts) if lang == "fr" else "; ".join(parts)


def _date(found: DayOff, lang: str) -> Markup:
    weekday = t(f"definitions.weekday.{found.day.weekday()}", lang)
    return html.Span([f"{weekday} ", day(found.day, lang)], className="vg-nowrap")


def _day_name(found: DayOff, lang: str) -> str:
    holiday = found.holiday(lang)
    if holiday:
        return holiday
    moving = {-2: "before", 1: "after"}.get(found.easter_offset or 0, "other")
    return t("definitions.closure" if found.easter_offset is None else f"definitions.easter.{moving}", lang)


def _why(found: DayOff, lang: str) -> str:
    kind = "both" if found.is_closure and found.holiday_fr else "closure" if found.is_closure else "holiday"
    words = t(f"definitions.day_off_{kind}", lang)
    return f"{words} ; {t('definitions.day_off_weekend', lang)}" if found.is_weekend else words
