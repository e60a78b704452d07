"""A map as filled polygons without a ground: boroughs or sectors shaded by a number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go
import shapely

from dashboard.charts.template import SMALL_PX, ink

UNKNOWN = 0
"""Step of a part without a number."""

_LIGHT_FROM = 6
"""Step of the ramp from which ink is light."""


@dataclass(frozen=True, slots=True)
class Part:
    """One shape, with what is written on it."""

    shape: shapely.Geometry
    """Polygon or multipolygon; x to the right, y down."""
    step: int
    """Of the ramp, 1 to 7; UNKNOWN without a number."""
    label: tuple[float, float]
    """Middle of its words."""
    words: Sequence[str]
    strong: bool = False
    """It is emphasised."""


def figure(parts: Sequence[Part], steps: Sequence[tuple[int, str]], title: str) -> go.Figure:
    """The map, true to scale; `steps` are those of the ramp in use, each with where it begins in words."""
    made = go.Figure()
    if not parts:
        return made
    for part in sorted(parts, key=lambda one: one.strong):
        x, y = _outline(part.shape)
        line = {
            "color": ink("text") if part.strong else ink("line-strong"),
            "width": 1.5 if part.strong else 0.7,
        }
        made.add_trace(
            go.Scatter(
                x=x, y=y, mode="lines", fill="toself", fillcolor=_fill(part.step), line=line, hoverinfo="skip"
            )
        )
    for part in parts:
        made.add_annotation(
            x=part.label[0], y=part.label[1], text="<br>".join(part.words), showarrow=False,
            font={"size": SMALL_PX - 2, "color": ink("surface") if part.step >= _LIGHT_FROM else ink("text")},
        )  # fmt: skip
    for place, (step, begins) in enumerate(steps):
        made.add_shape(
            type="rect", xref="paper", yref="paper", x0=0.01 + place * 0.035, x1=0.01 + (place + 1) * 0.035,
            y0=0.93, y1=0.945, fillcolor=_fill(step), line_width=0,
        )  # fmt: skip
        made.add_annotation(
            xref="paper", yref="paper", x=0.01 + place * 0.035, y=0.925, text=begins, showarrow=False,
            yanchor="top", font={"size": SMALL_PX - 1, "color": ink("dim")},
        )  # fmt: skip
    made.add_annotation(
        xref="paper", yref="paper", x=0.01, y=0.95, text=title, showarrow=False, xanchor="left", yanchor="bottom",
        font={"size": SMALL_PX, "color": ink("text")},
    )  # fmt: skip
    hidden = {"visible": False, "showgrid": False}
    made.update_xaxes(**hidden)
    made.update_yaxes(**hidden, autorange="reversed", scaleanchor="x", scaleratio=1)
    return made


def _fill(step: int) -> str:
    return ink("surface-2") if step == UNKNOWN else ink(f"ramp-{step}")


def _outline(shape: shapely.Geometry) -> tuple[list[float | None], list[float | None]]:
    """The rings of a shape, one after the other with a gap between."""
    xs: list[float | None] = []
    ys: list[float | None] = []
    for polygon in shapely.get_parts(shape):
        for x, y in np.round(shapely.get_coordinates(polygon.exterior), 1):
            xs.append(float(x))
            ys.append(float(y))
        xs.append(None)
        ys.append(None)
    return xs, ys
