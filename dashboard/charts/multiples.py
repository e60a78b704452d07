"""Small multiples: the same KPI over time, a panel for each kind, on one axis of time and scales of their own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from dashboard.charts.template import SMALL_PX, TEXT_PX, ink
from dashboard.charts.trend import Step, now_lines, ticks, year_line

COLUMNS = 2
_SPACES = {"horizontal_spacing": 0.11, "vertical_spacing": 0.09}
_ROOM = 1.18


@dataclass(frozen=True, slots=True)
class Panel:
    """One kind, with its course."""

    name: str
    last: str
    """Its last value, written beside its name."""
    steps: Sequence[Step]
    partial: bool = False


def figure(
    panels: Sequence[Panel], written: Callable[[date], str], now: str, year: str, suffix: str = ""
) -> go.Figure:
    """The panels, COLUMNS in a row; those without any value say only their name.

    Args:
        panels: in reading order.
        written: a date under the axis.
        now: name of the line of this year.
        year: name of the line of the year before.
        suffix: after a number of the axis.
    """
    if not any(step.value is not None for panel in panels for step in panel.steps):
        return go.Figure()
    rows = -(-len(panels) // COLUMNS)
    made = make_subplots(rows=rows, cols=COLUMNS, shared_xaxes=True, **_SPACES)
    for place, panel in enumerate(panels):
        row, column = place // COLUMNS + 1, place % COLUMNS + 1
        if any(step.year is not None for step in panel.steps):
            made.add_trace(year_line(panel.steps, year, 1), row=row, col=column)
        for trace in now_lines(panel.steps, now, partial=panel.partial, width=1.75):
            made.add_trace(trace, row=row, col=column)
        _scale(made, panel, row, column, suffix)
        _name(made, panel, place)
    starts = [step.start for step in panels[0].steps]
    marks = ticks(starts, 3)
    made.update_xaxes(
        type="date",
        tickvals=marks,
        ticktext=[written(mark) for mark in marks],
        tickangle=0,
        range=[starts[0], starts[-1]],
    )
    made.update_layout(hovermode="x", margin={"l": 40, "r": 8, "t": 30, "b": 8})
    return made


def _scale(made: go.Figure, panel: Panel, row: int, column: int, suffix: str) -> None:
    """From 0 to a little above the panel's own highest value."""
    known = [number for step in panel.steps for number in (step.value, step.year) if number is not None]
    top = max(known, default=0.0) * _ROOM or 1
    made.update_yaxes(
        range=[0, top], nticks=3, ticksuffix=suffix, tickformat=",~r", automargin=False, row=row, col=column
    )
    made.update_yaxes(tickfont={"size": SMALL_PX - 1}, row=row, col=column)


def _name(made: go.Figure, panel: Panel, place: int) -> None:
    number = "" if place == 0 else str(place + 1)
    made.add_annotation(
        text=f"<b>{panel.name}</b>  {panel.last}", showarrow=False, xref=f"x{number} domain", yref=f"y{number} domain",
        x=-0.04, y=1, xanchor="left", yanchor="bottom", yshift=6, font={"size": TEXT_PX, "color": ink("text")},
    )  # fmt: skip
