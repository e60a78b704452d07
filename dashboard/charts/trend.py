"""A KPI over time beside the year before: two lines, the last step open where it is not over."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

import plotly.graph_objects as go

from dashboard.charts.template import SMALL_PX, ink

_ROOM = 1.08
"""The axis ends so much above the highest value."""

_NEAR = 0.1
"""Ends of lines that are nearer than this share of the axis would have their names on one another."""

_NAMES_PX = 96
"""Room for the names of the lines, beside their ends."""


@dataclass(frozen=True, slots=True)
class Step:
    """A day, week or month."""

    start: date
    value: float | None
    """None where there is no data, or too little for a rate."""
    year: float | None
    """A year before."""
    words: str
    """All of it in a sentence, for a pointer."""
    href: str
    """Where its requests are."""


@dataclass(frozen=True, slots=True)
class Words:
    """What is written in the picture."""

    now: str
    year: str
    period: str
    ticks: Callable[[date], str]
    """A date under the axis."""
    suffix: str = ""
    """After a number of the axis, such as ` %`."""


def figure(
    steps: Sequence[Step],
    words: Words,
    *,
    partial: bool = False,
    period: tuple[date, date] | None = None,
    from_zero: bool = True,
) -> go.Figure:
    """Two lines over time, named at their ends; nothing where there is no value.

    Args:
        steps: in order, without gaps.
        words: what is written in it.
        partial: the last step is not over yet: dashed, with a hollow dot.
        period: first and last day of the period of the view, a band behind the lines; None where it is all there is.
        from_zero: the axis begins at 0.
    """
    made = go.Figure()
    if not any(step.value is not None or step.year is not None for step in steps):
        return made
    if any(step.year is not None for step in steps):
        made.add_trace(year_line(steps, words.year))
    for trace in now_lines(steps, words.now, partial=partial):
        made.add_trace(trace)
    if period is not None:
        _shade(made, period, steps[-1].start, words.period)
    high = max(_known(steps))
    _name_the_ends(made, steps, words, high)
    made.update_yaxes(
        ticksuffix=words.suffix, rangemode="tozero" if from_zero else "normal", tickformat=",~r", nticks=6
    )
    if from_zero:
        made.update_yaxes(range=[0, high * _ROOM or 1])
    marks = ticks([step.start for step in steps], 6)
    made.update_xaxes(
        type="date",
        tickvals=marks,
        ticktext=[words.ticks(mark) for mark in marks],
        tickangle=0,
        range=_reach(steps),
    )
    made.update_layout(hovermode="x", margin={"l": 8, "r": _NAMES_PX, "t": 12, "b": 8})
    return made


def now_lines(steps: Sequence[Step], name: str, *, partial: bool, width: float = 2.5) -> list[go.Scatter]:
    """The line of this year; its unfinished end apart."""
    whole = [None if partial and i == len(steps) - 1 else step.value for i, step in enumerate(steps)]
    line = {"color": ink("accent"), "width": width}
    lines = [go.Scatter(y=whole, name=name, mode="lines", line=line, **_common(steps))]
    if partial and len(steps) > 1 and steps[-1].value is not None:
        end = steps[-2:]
        marker = {
            "size": [0, 8], "color": ink("surface"), "line": {"color": ink("accent"), "width": [0, 2]}, "opacity": 1,
        }  # fmt: skip
        lines.append(
            go.Scatter(
                y=[step.value for step in end],
                name=name,
                mode="lines+markers",
                line=line | {"dash": "dot"},
                marker=marker,
                **_common(end),
            )
        )
    return lines


def year_line(steps: Sequence[Step], name: str, width: float = 1.25) -> go.Scatter:
    """The thinner line of the year before."""
    line = {"color": ink("line-strong"), "width": width}
    values = [step.year for step in steps]
    return go.Scatter(
        y=values, name=name, mode="lines", line=line, **(_common(steps) | {"hoverinfo": "skip"})
    )


def ticks(starts: Sequence[date], most: int = 12) -> list[date]:
    """First steps of months, as many as have room, January among them; of few steps each."""
    if len(starts) <= most // 2:
        return list(starts)
    firsts = [
        start for before, start in pairwise(starts)
        if (before.year, before.month) != (start.year, start.month)
    ]  # fmt: skip
    every = -(-len(firsts) // most) or 1
    year = next((place for place, first in enumerate(firsts) if first.month == 1), 0)
    return firsts[year % every :: every] or [starts[0]]


def _common(steps: Sequence[Step]) -> dict[str, Any]:
    return {
        "x": [step.start for step in steps],
        "text": [step.words for step in steps],
        "customdata": [step.href for step in steps],
        "hovertemplate": "%{text}<extra></extra>",
        "connectgaps": False,
        "cliponaxis": False,
    }


def _known(steps: Sequence[Step]) -> list[float]:
    numbers = [number for step in steps for number in (step.value, step.year) if number is not None]
    return [number for number in numbers if not math.isnan(number)] or [0.0]


def _reach(steps: Sequence[Step]) -> list[date]:
    return [steps[0].start, steps[-1].start]


def _name_the_ends(made: go.Figure, steps: Sequence[Step], words: Words, high: float) -> None:
    """Each line's name beside its end, in the margin, apart from each other."""
    ends = [
        (_last([step.value for step in steps]), words.now, "accent"),
        (_last([step.year for step in steps]), words.year, "dim"),
    ]
    present = [(end, name, colour) for end, name, colour in ends if end is not None]
    present.sort(key=lambda one: -one[0])
    near = len(present) > 1 and present[0][0] - present[1][0] < _NEAR * high
    for place, (end, name, colour) in enumerate(present):
        shift = 0 if not near else 9 if place == 0 else -9
        made.add_annotation(
            x=1, xref="paper", y=end, text=name, showarrow=False, xanchor="left", xshift=8, yanchor="middle",
            yshift=shift, font={"color": ink(colour), "size": SMALL_PX},
        )  # fmt: skip


def _last(values: Sequence[float | None]) -> float | None:
    """The last value that is there."""
    return next((value for value in reversed(values) if value is not None), None)


def _shade(made: go.Figure, period: tuple[date, date], last: date, name: str) -> None:
    """A band behind the period of the view."""
    start, end = period[0], min(period[1], last)
    if end <= start:
        start, end = min(start, last), last
    made.add_vrect(
        x0=start, x1=end, fillcolor=ink("accent-soft"), opacity=0.75, line_width=0, layer="below",
        annotation={"text": name, "font": {"color": ink("dim"), "size": SMALL_PX}, "xanchor": "right", "x": end},
        annotation_position="bottom right",
    )  # fmt: skip
