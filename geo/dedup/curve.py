"""The sweep as a page: precision, recall and F1 by threshold, in one HTML file that needs nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import plotly.graph_objects as go
from plotly.subplots import make_subplots

SHARES = {"precision": "#1f6feb", "recall": "#b45309", "f1": "#15803d"}
"""What is drawn, and the colour of each."""

NAMES = {"precision": "precision", "recall": "recall", "f1": "F1"}
FROZEN = "frozen threshold"


def sweep_page(curve: Sequence[Mapping[str, float]], numbers: Mapping[str, Any]) -> str:
    """One self-contained page.

    Args:
        curve: points of `evaluate.sweep_curve`, by rising threshold; `bits` 0 is the frozen threshold.
        numbers: of `evaluate.evaluate`, for the title.
    """
    figure = make_subplots(
        cols=2, subplot_titles=("By threshold", "Precision against recall"), horizontal_spacing=0.1
    )
    bits = [point["bits"] for point in curve]
    for name, colour in SHARES.items():
        line = go.Scatter(
            x=bits, y=[point[name] for point in curve], name=NAMES[name], line={"color": colour}
        )
        figure.add_trace(line, row=1, col=1)
    figure.add_vline(x=0, line_dash="dot", annotation_text=FROZEN, row=1, col=1)
    figure.add_trace(_tradeoff(curve), row=1, col=2)
    frozen = [point for point in curve if point["bits"] == 0]
    figure.add_trace(_marked(frozen), row=1, col=2)
    figure.update_xaxes(title="bits added to the frozen threshold", row=1, col=1)
    figure.update_yaxes(title="share", range=[0, 1], row=1, col=1)
    figure.update_xaxes(title="recall", range=[0, 1], row=1, col=2)
    figure.update_yaxes(title="precision", range=[0, 1], row=1, col=2)
    figure.update_layout(title=title_of(numbers), template="plotly_white", height=560)
    page: str = figure.to_html(include_plotlyjs=True, full_html=True, config={"displaylogo": False})
    return page.replace("<head>", "<head><title>Vigie 311: dedup evaluate</title>", 1)


def title_of(numbers: Mapping[str, Any]) -> str:
    """What the numbers at the frozen threshold say, in one line."""
    return (
        f"This request repeats an earlier one: {numbers['rows']} requests, {numbers['duplicates']} labelled; "
        f"F1 {numbers['f1']:.3f}, average precision {numbers['average_precision']:.3f}"
    )


def _tradeoff(curve: Sequence[Mapping[str, float]]) -> go.Scatter:
    """Precision against recall, each point saying its threshold."""
    return go.Scatter(
        x=[point["recall"] for point in curve],
        y=[point["precision"] for point in curve],
        text=[f"{point['bits']:+g} bits, F1 {point['f1']:.3f}" for point in curve],
        hovertemplate="%{text}<br>recall %{x:.3f}, precision %{y:.3f}<extra></extra>",
        mode="lines+markers",
        showlegend=False,
        line={"color": "#57606a"},
    )


def _marked(frozen: Sequence[Mapping[str, float]]) -> go.Scatter:
    """The frozen threshold on the same curve."""
    return go.Scatter(
        x=[point["recall"] for point in frozen],
        y=[point["precision"] for point in frozen],
        name=FROZEN,
        mode="markers",
        marker={"size": 13, "symbol": "diamond", "color": "#cf222e"},
    )
