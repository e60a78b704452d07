"""A sparkline: the shape of a series, its last value as a dot. It has no axis and no script."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.markup import Markup, html, svg

WIDTH, HEIGHT, PAD = 100.0, 32.0, 3.0
"""Units of the drawing; the style sheet stretches it to its box."""

LEAST_SPAN = 0.25

Series = Sequence[float | None]
Point = tuple[float, float]


def sparkline(values: Series, label: str, *, partial: bool = False) -> Markup:
    """The shape of a series, with gaps where there is no value; one of a single value or none draws nothing.

    `label` says in words what the shape shows; the last step of a `partial` series is not over: its way is dashed and
    its dot hollow.
    """
    points = places(values)
    known = [point for point in points if point is not None]
    if len(known) < 2:  # noqa: PLR2004 - a line needs two points
        return html.Div(className="vg-spark", role="img", aria_label=label)
    open_end = partial and points[-1] is not None
    whole = points[:-1] if open_end else points
    lines = [svg.Polyline(points=_written(run), className="vg-spark-line") for run in _runs(whole)]
    if open_end and (end := points[-1]) is not None and (before := points[-2]) is not None:
        lines.append(svg.Polyline(points=_written([before, end]), className="vg-spark-line is-partial"))
    drawing = svg.Svg(
        lines, viewBox=f"0 0 {WIDTH:g} {HEIGHT:g}", preserveAspectRatio="none", aria_hidden="true"
    )
    x, y = known[-1]
    look = "vg-spark-dot is-partial" if open_end else "vg-spark-dot"
    dot = html.I(className=look, style={"left": f"{x:.2f}%", "top": f"{y / HEIGHT:.2%}"})
    return html.Div([drawing, dot], className="vg-spark", role="img", aria_label=label)


def places(values: Series) -> list[Point | None]:
    """Points (x, y) of a series: x over the whole width, y over its range.

    The range is at least LEAST_SPAN of the highest value, so that a flat series looks flat.
    """
    known = [value for value in values if value is not None]
    if not known:
        return [None] * len(values)
    high = max(known)
    span = max(high - min(known), LEAST_SPAN * high, 1e-9)
    middle = (high + min(known)) / 2
    step, room = WIDTH / max(len(values) - 1, 1), HEIGHT - 2 * PAD
    return [
        None if value is None else (i * step, HEIGHT / 2 - room * (value - middle) / span)
        for i, value in enumerate(values)
    ]


def _runs(points: Sequence[Point | None]) -> list[list[Point]]:
    """Points that follow each other without a gap; a lone one is a dash of no length."""
    runs: list[list[Point]] = [[]]
    for point in points:
        if point is None:
            runs.append([])
        else:
            runs[-1].append(point)
    return [run if len(run) > 1 else run * 2 for run in runs if run]


def _written(points: Sequence[Point]) -> str:
    return " ".join(f"{x:.2f},{y:.2f}" for x, y in points)
