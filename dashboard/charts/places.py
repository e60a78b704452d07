"""The places that keep coming back as a Plotly figure: circles on the outlines of the boroughs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
import shapely

from dashboard.charts.template import ink

_LARGEST_PX = 34.0
_MIDDLE_LAT = 45.55
_NAMED = 10


def place_circles(
    lon: Sequence[float],
    lat: Sequence[float],
    values: Sequence[float],
    words: Sequence[str],
    outlines: Sequence[shapely.Geometry],
) -> go.Figure:
    """Circles whose area tells `values`, on outlines (all WGS84); the first ten are numbered."""
    figure = go.Figure()
    if not len(values):
        return figure
    for outline in outlines:
        for polygon in shapely.get_parts(outline):
            xy = shapely.get_coordinates(shapely.simplify(polygon.exterior, 0.0004))
            figure.add_scatter(
                x=xy[:, 0].round(5).tolist(),
                y=xy[:, 1].round(5).tolist(),
                mode="lines",
                fill="toself",
                fillcolor=ink("surface-2"),
                line={"width": 0.8, "color": ink("line-strong")},
                hoverinfo="skip",
            )
    sizes = _LARGEST_PX * np.sqrt(np.asarray(values, dtype=np.float64) / max(values))
    figure.add_scatter(
        x=list(lon),
        y=list(lat),
        mode="markers+text",
        marker={"size": sizes.tolist(), "color": ink("accent"), "opacity": 0.5, "line": {"width": 1}},
        text=[str(i + 1) if i < _NAMED else "" for i in range(len(values))],
        textposition="top center",
        customdata=[told.replace("<", "&lt;") for told in words],
        hovertemplate="%{customdata}<extra></extra>",
    )
    figure.update_xaxes(visible=False)
    figure.update_yaxes(visible=False, scaleanchor="x", scaleratio=float(1 / np.cos(np.radians(_MIDDLE_LAT))))
    return figure
