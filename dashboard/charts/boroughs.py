"""A map as filled polygons without a ground: boroughs or sectors shaded by a number."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go
import shapely

from dashboard.charts.template import SMALL_PX, ink

UNKNOWN = 0
"""Step of a part without a number."""

_LIGHT_FROM = 6
"""Step of the ramp from which ink is light."""

_SEAM = 2.2
"""How far the seam around words reaches, units of the drawing (about a pixel each)."""

_AROUND = tuple((_SEAM * math.cos(turn), _SEAM * math.sin(turn)) for turn in np.arange(12) * math.pi / 6)
"""Where words are written in the colour of their own part, beneath their ink.

They stay legible where they leave the part, as on the page; this holds for every reader of SVG, as a shadow does not.
"""


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
    """Lines of its name; none where there is no room."""
    value: str
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
    made.add_traces([_written(parts, _AROUND, _fill), _written(parts, ((0.0, 0.0),), _ink)])
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


def _written(
    parts: Sequence[Part], shifts: Sequence[tuple[float, float]], colour: Callable[[int], str]
) -> go.Scatter:
    """The words of all parts, once for each shift (units of the drawing)."""
    placed = [(part, right, down) for part in parts for right, down in shifts]
    return go.Scatter(
        x=[round(part.label[0] + right, 1) for part, right, _ in placed],
        y=[round(part.label[1] + down, 1) for part, _, down in placed],
        text=[_words(part) for part, _, _ in placed],
        mode="text",
        textposition="middle center",
        textfont={"size": SMALL_PX - 2, "color": [colour(part.step) for part, _, _ in placed]},
        cliponaxis=False,
        hoverinfo="skip",
    )


def _words(part: Part) -> str:
    name = [f"<b>{line}</b>" for line in part.words] if part.strong else part.words
    return "<br>".join([*name, f"<b>{part.value}</b>"])


def _ink(step: int) -> str:
    return ink("surface") if step >= _LIGHT_FROM else ink("text")


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
