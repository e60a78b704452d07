"""The course of one check of the data: a column per day, week or month, each a link to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from dashboard.charts.template import ink

_LABELS = 8


@dataclass(frozen=True, slots=True)
class Step:
    """A stretch of the period."""

    n: int
    """Requests found."""
    among: int
    """Of so many."""
    tick: str
    """Short date below the column."""
    words: str
    """What the pointer reads."""
    href: str
    partial: bool = False
    """The period or T cuts it short."""


def figure(steps: Sequence[Step]) -> go.Figure:
    """Columns in the order of time; a step that is cut short is pale."""
    colours = [ink("ramp-2") if step.partial else ink("ramp-4") for step in steps]
    bars = go.Bar(
        x=list(range(len(steps))),
        y=[step.n for step in steps],
        marker={"color": colours},
        customdata=[step.href for step in steps],
        hovertext=[step.words for step in steps],
        hovertemplate="%{hovertext}<extra></extra>",
    )
    made = go.Figure([bars] if any(step.n for step in steps) else [])
    ticks = range(0, len(steps), max(1, -(-len(steps) // _LABELS)))
    made.update_layout(
        bargap=0.25,
        hovermode="closest",
        xaxis={"tickvals": list(ticks), "ticktext": [steps[i].tick for i in ticks]},
        yaxis={"rangemode": "tozero", "nticks": 5},
    )
    return made
