"""The number scale beside a map: one step of the ramp per class, the numbers where classes meet."""

from __future__ import annotations

from collections.abc import Callable

from dashboard.maplayers.scale import spread
from dashboard.markup import Markup, html


def ramp_legend(title: str, scale: tuple[float, ...], write: Callable[[float], str]) -> Markup:
    """A legend for a number scale; `write` makes text of a break point. One shade for all has nothing to say."""
    steps = spread(scale)
    labels = ["", *(write(step) for step in scale)]
    ramp = html.Div(
        [
            html.Div(
                html.Span(label, className="vg-legend-number"),
                className="vg-legend-step",
                style={"background": f"var(--vigie-ramp-{step})"},
            )
            for label, step in zip(labels, steps, strict=True)
        ],
        className="vg-legend-ramp",
    )
    return html.Div(
        [html.Div(title, className="vg-legend-title"), ramp if scale else None], className="vg-legend"
    )
