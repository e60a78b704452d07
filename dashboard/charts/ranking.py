"""Parts ranked by a number: a dot with its 95 % interval, the period before as a hollow dot, the whole as a line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from dashboard.charts.template import SMALL_PX, ink


@dataclass(frozen=True, slots=True)
class Mark:
    """One part, in the order in which it is drawn from the top."""

    name: str
    value: float
    low: float | None
    high: float | None
    before: float | None
    text: str
    """The value, written."""


def figure(
    marks: Sequence[Mark], now: str, before: str, whole: tuple[float, str] | None = None, suffix: str = ""
) -> go.Figure:
    """The ranking. `whole` is the value of the whole and its name, a line across; a sum has none."""
    made = go.Figure()
    if not marks:
        return made
    names = [mark.name for mark in marks]
    earlier = [mark for mark in marks if mark.before is not None]
    hollow = {"size": 9, "color": ink("surface"), "line": {"color": ink("line-strong"), "width": 1.5}}
    made.add_trace(
        go.Scatter(
            x=[mark.before for mark in earlier], y=[mark.name for mark in earlier], mode="markers", marker=hollow,
            name=before, hoverinfo="skip",
        )
    )  # fmt: skip
    bars = {
        "type": "data",
        "symmetric": False,
        "array": [0 if mark.high is None else mark.high - mark.value for mark in marks],
        "arrayminus": [0 if mark.low is None else mark.value - mark.low for mark in marks],
        "color": ink("dim"),
        "thickness": 1.5,
        "width": 3,
    }
    made.add_trace(
        go.Scatter(
            x=[mark.value for mark in marks], y=names, mode="markers", name=now, error_x=bars,
            marker={"size": 11, "color": ink("accent")}, text=[mark.text for mark in marks],
            hovertemplate="%{y} : %{text}<extra></extra>",
        )
    )  # fmt: skip
    if whole is not None:
        made.add_vline(
            x=whole[0], line={"color": ink("dim"), "width": 1}, layer="below", annotation_text=whole[1],
            annotation_font={"size": SMALL_PX, "color": ink("dim")}, annotation_position="top",
        )  # fmt: skip
    made.update_yaxes(autorange="reversed", categoryorder="array", categoryarray=names, dtick=1, side="left")
    made.update_xaxes(showgrid=True, ticksuffix=suffix, tickformat=",~r", rangemode="normal")
    made.update_layout(showlegend=True, legend={"orientation": "h", "y": -0.04, "yanchor": "top", "x": 0})
    return made
