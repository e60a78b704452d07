"""A KPI over time in words: what a step says, where it leads, and how it is written on an axis."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date
from typing import Any

import pandas as pd

from dashboard.charts.multiples import Panel
from dashboard.charts.trend import Step, Words
from dashboard.components.names import activity_name
from dashboard.courses import Course
from dashboard.kpi_texts import few, is_few, list_state, suffix, written
from dashboard.state import ViewState
from dashboard.text import day, t
from domain.activities import activities
from mart.kpi_model import Figure

_LONGEST_DAYS = 330
"""A period this long is nearly all that is drawn: it needs no band."""


def steps_of(course: Course, state: ViewState, activity: str | None = None) -> list[Step]:
    """The steps of a course, or of one activity of it."""
    frame = course.steps
    if activity is not None:
        frame = frame[frame["activity"] == activity]
        state = state.replace(activities=(activity,))
    return [_step(course, line, state) for line in frame.to_dict("records")]


def panels_of(course: Course, state: ViewState) -> list[Panel]:
    """A panel for each activity that occurs, in the order of data/activities.yml."""
    occur = set(course.steps["activity"])
    return [_panel(course, code, state) for code in (one.code for one in activities()) if code in occur]


def words_of(course: Course, lang: str) -> Words:
    """The words of the picture of a course."""
    return Words(
        now=t("apercu.trend_now", lang),
        year=t("apercu.trend_year", lang),
        period=t("apercu.trend_period", lang),
        ticks=lambda at: tick(at, lang),
        suffix=suffix(course.kpi, lang),
    )


def tick(at: date, lang: str) -> str:
    """A month under an axis, with its year in January."""
    month = t(f"month.short.{at.month}", lang)
    return f"{month}<br>{at.year}" if at.month == 1 else month


def is_partial(course: Course) -> bool:
    """Whether the last step is not over yet."""
    return bool(len(course.steps)) and bool(course.steps["partial"].iloc[-1])


def band(course: Course) -> tuple[date, date] | None:
    """The period of the view, where it is a part of what is drawn."""
    return None if (course.end - course.start).days > _LONGEST_DAYS else (course.start, course.end)


def numbers(course: Course, line: Mapping[Any, Any], lang: str) -> tuple[str, str]:
    """Value and that of the year before, written; what rests on very little says so."""
    return tuple(  # type: ignore[return-value]  # two of them
        few(lang) if is_few(course.kpi, line[n]) else written(course.kpi, _number(line[name]), lang)
        for name, n in (("value", "n"), ("year", "year_n"))
    )


def step_state(line: Mapping[Any, Any], state: ViewState) -> ViewState:
    """The list behind a step."""
    return list_state(state.kpi, state.replace(period="custom", start=line["start"], end=line["end"]))


def _panel(course: Course, code: str, state: ViewState) -> Panel:
    """The number beside the name is that of the last step that is over and has one."""
    lang = state.lang
    steps = steps_of(course, state, code)
    lines = course.steps[course.steps["activity"] == code].to_dict("records")
    over = [
        line
        for line, step in zip(lines, steps, strict=True)
        if step.value is not None and not line["partial"]
    ]
    text = numbers(course, over[-1], lang)[0] if over else t("kpi.no_data", lang)
    return Panel(activity_name(code, lang, short=True), text, steps, partial=bool(lines[-1]["partial"]))


def _step(course: Course, line: Mapping[Any, Any], state: ViewState) -> Step:
    lang = state.lang
    value, year = numbers(course, line, lang)
    words = t(f"apercu.step.{course.freq}", lang, date=day(line["start"], lang), value=value)
    if line["partial"]:
        words = t("apercu.step_partial", lang, step=words)
    if _number(line["year"]) is not None:
        words = t("apercu.step_year", lang, step=words, before=year)
    return Step(
        line["start"],
        _drawn(course, line, "value", "n"),
        _drawn(course, line, "year", "year_n"),
        words,
        step_state(line, state).to_url(),
    )


def _drawn(course: Course, line: Mapping[Any, Any], name: str, n: str) -> float | None:
    """A value as it is drawn: a rate that rests on very little would only jump about."""
    return (
        None if course.kpi.figure is not Figure.COUNT and is_few(course.kpi, line[n]) else _number(line[name])
    )


def _number(value: Any) -> float | None:
    return None if value is None or pd.isna(value) or math.isnan(value) else float(value)
