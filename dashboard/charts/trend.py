"""Columns over time, each a link to its requests, with the year before as a mark across each column."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from dashboard.charts.scales import ticks
from dashboard.markup import Markup, html

_LABELS_MOST = 13


@dataclass(frozen=True, slots=True)
class Step:
    """One column: its height, that of the year before, its words and where it leads."""

    value: float | None
    """None where there is no data."""
    before: float | None
    tick: str
    """Short date under the column."""
    words: str
    """The column in a sentence, for screen readers and pointers."""
    href: str
    partial: bool = False
    """The step is not over yet."""
    few: bool = False
    """The value rests on very little."""


def columns(steps: Sequence[Step], write: Callable[[float], str], label: str) -> Markup:
    """The chart of some steps; `write` makes text of a number on the axis."""
    top = max([s.value or 0 for s in steps] + [s.before or 0 for s in steps] + [1])
    marks = ticks(top)
    every = -(-len(steps) // _LABELS_MOST)
    return html.Div(
        [
            html.Div(
                [html.Span(write(m), style={"bottom": f"{m / marks[-1]:.2%}"}) for m in marks],
                className="vg-trend-axis",
                aria_hidden="true",
            ),
            html.Div(
                [html.I(style={"bottom": f"{m / marks[-1]:.2%}"}) for m in marks],
                className="vg-trend-grid",
                aria_hidden="true",
            ),
            html.Ol(
                [_column(s, marks[-1], _tick_look(i, every)) for i, s in enumerate(steps)],
                className="vg-trend-columns",
                aria_label=label,
            ),
        ],
        className="vg-trend",
    )


def _tick_look(place: int, every: int) -> str | None:
    """Class of a column's date: every few have one, every second of these goes where room is short."""
    if place % every:
        return None
    return "vg-trend-tick is-minor" if (place // every) % 2 else "vg-trend-tick"


def _column(step: Step, top: float, look: str | None) -> Markup:
    parts: list[Markup] = []
    if step.value is not None:
        looks = ["vg-trend-bar", *(["is-partial"] if step.partial else []), *(["is-few"] if step.few else [])]
        parts.append(html.I(className=" ".join(looks), style={"height": f"{step.value / top:.2%}"}))
    if step.before is not None:
        parts.append(html.I(className="vg-trend-before", style={"bottom": f"{step.before / top:.2%}"}))
    bar = html.A(
        parts,
        href=step.href,
        title=step.words,
        className="vg-trend-link",
        data_nav=True,
        aria_label=step.words,
    )
    return html.Li([bar, html.Span(step.tick, className=look, aria_hidden="true") if look else None])
