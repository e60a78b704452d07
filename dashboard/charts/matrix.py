"""A table of numbers, each on its shade; the last row and column are margins, without one."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from dashboard.charts.template import SMALL_PX, TEXT_PX, ink

_LIGHT_FROM = 6
"""Step of the ramp from which ink is light."""


def figure(
    rows: Sequence[str],
    columns: Sequence[str],
    steps: Sequence[Sequence[int]],
    texts: Sequence[Sequence[str]],
) -> go.Figure:
    """The table: `steps` of the ramp (1 to 7; 0: no shade) and `texts`, by row and column."""
    made = go.Figure()
    if not rows:
        return made
    scale = [[0.0, ink("surface")], *([step / 7, ink(f"ramp-{step}")] for step in range(1, 8))]
    made.add_trace(
        go.Heatmap(
            z=[list(row) for row in steps], x=list(range(len(columns))), y=list(range(len(rows))), zmin=0, zmax=7,
            colorscale=scale, showscale=False, xgap=1, ygap=1, hoverinfo="skip",
        )
    )  # fmt: skip
    for y, (row, written) in enumerate(zip(steps, texts, strict=True)):
        for x, (step, text) in enumerate(zip(row, written, strict=True)):
            colour = ink("surface") if step >= _LIGHT_FROM else ink("text")
            made.add_annotation(
                x=x, y=y, text=text, showarrow=False, font={"size": SMALL_PX, "color": colour}, align="center"
            )
    named = {"showgrid": False, "tickfont": {"size": TEXT_PX, "color": ink("text")}}
    made.update_xaxes(tickvals=list(range(len(columns))), ticktext=list(columns), side="top", **named)
    made.update_yaxes(tickvals=list(range(len(rows))), ticktext=list(rows), autorange="reversed", **named)
    return made
