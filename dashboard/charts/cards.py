"""Cards as a table: names, numbers and how they compare."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from dashboard.charts.template import NOTHING, TEXT_PX, ink


def figure(head: Sequence[str], lines: Sequence[Sequence[str]]) -> go.Figure:
    """A table of texts: the first column holds names, the others numbers."""
    if not lines:
        return go.Figure()
    align = ["left", *["right"] * (len(head) - 1)]
    weights = [f"<b>{text}</b>" for text in head]
    table = go.Table(
        columnwidth=[3, *[2] * (len(head) - 1)],
        header={
            "values": weights, "align": align, "fill": {"color": ink("surface-2")}, "line": {"color": ink("line")},
            "font": {"size": TEXT_PX, "color": ink("text")}, "height": 34,
        },
        cells={
            "values": [list(column) for column in zip(*lines, strict=True)], "align": align,
            "fill": {"color": NOTHING}, "line": {"color": ink("line")},
            "font": {"size": TEXT_PX, "color": ink("text")}, "height": 30,
        },
    )  # fmt: skip
    return go.Figure(table)
