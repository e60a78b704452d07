"""A sparkline: the shape of a series, its last value as a dot. It has no axis and no script."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.markup import Markup, html, svg

WIDTH, HEIGHT, PAD = 100.0, 32.0, 3.0
"""Units of the drawing; the style sheet stretches it to its box."""

LEAST_SPAN = 0.25


def sparkline(values: Sequence[float], label: str) -> Markup:
    """The shape of a series; one of a single value or none draws nothing.

    `label` says in words what the shape shows.
    """
    if len(values) < 2:  # noqa: PLR2004 - a line needs two points
        return html.Div(className="vg-spark")
    points = places(values)
    line = " ".join(f"{x:.2f},{y:.2f}" for x, y in points)
    last_x, last_y = points[-1]
    drawing = svg.Svg(
        svg.Polyline(points=line, className="vg-spark-line"),
        viewBox=f"0 0 {WIDTH:g} {HEIGHT:g}",
        preserveAspectRatio="none",
        aria_hidden="true",
    )
    dot = html.I(className="vg-spark-dot", style={"left": f"{last_x:.2f}%", "top": f"{last_y / HEIGHT:.2%}"})
    return html.Div([drawing, dot], className="vg-spark", role="img", aria_label=label)


def places(values: Sequence[float]) -> list[tuple[float, float]]:
    """Points (x, y) of a series: x over the whole width, y over its range.

    The range is at least LEAST_SPAN of the highest value, so that a flat series looks flat.
    """
    high = max(values)
    span = max(high - min(values), LEAST_SPAN * high, 1.0)
    middle = (high + min(values)) / 2
    step, room = WIDTH / (len(values) - 1), HEIGHT - 2 * PAD
    return [(i * step, HEIGHT / 2 - room * (value - middle) / span) for i, value in enumerate(values)]
