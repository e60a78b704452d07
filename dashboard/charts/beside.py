"""A KPI over two periods or of two boroughs, step by step, in one picture."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from dashboard.charts.template import ink
from dashboard.paired import Course


def figure(mine: Course, other: Course, suffix: str = "") -> go.Figure:
    """Two lines over the number of the step; points are links, `suffix` is the unit of the axis."""
    traces = [
        _line(other, ink("dim"), 1.6, "dot"),
        _line(mine, ink("accent"), 2.6, "solid"),
    ]
    made = go.Figure([trace for trace in traces if trace is not None])
    ticks = _ticks(mine.labels)
    made.update_layout(
        hovermode="closest",
        margin={"l": 8, "r": 8, "t": 30, "b": 8},
        xaxis={"tickvals": list(ticks), "ticktext": [mine.labels[i] for i in ticks]},
        yaxis={"rangemode": "tozero", "ticksuffix": suffix},
        showlegend=True,
        legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom", "traceorder": "reversed"},
    )
    return made


def _line(course: Course, colour: str, width: float, dash: str) -> go.Scatter | None:
    if not course.values:
        return None
    return go.Scatter(
        x=list(range(len(course.values))),
        y=list(course.values),
        name=course.name,
        mode="lines+markers",
        line={"color": colour, "width": width, "dash": dash},
        marker={"size": 6, "color": colour},
        customdata=list(course.addresses),
        hovertext=list(course.labels),
        hovertemplate="%{hovertext}<br><b>%{y}</b><extra>%{fullData.name}</extra>",
    )


def _ticks(labels: Sequence[str]) -> range:
    """At most eight labels."""
    return range(0, len(labels), max(1, -(-len(labels) // 8)))
