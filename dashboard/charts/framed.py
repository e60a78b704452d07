"""A figure as a picture that stands by itself: title, definition, filters, as-of and source around it."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from dashboard.charts.template import SMALL_PX, ink

WIDTH_PX = 1200
_MARGIN_PX, _LINE_PX, _TITLE_PX, _TITLE_TEXT_PX = 40, 18, 34, 22
_AXIS_PX = 58
_CHARACTERS = 165
"""About as many fit a line of the picture's width at SMALL_PX."""


@dataclass(frozen=True, slots=True)
class Caption:
    """What a picture says about itself."""

    title: str
    above: Sequence[str]
    """Definition and filters: lines below the title."""
    below: Sequence[str]
    """As-of, source, address: lines below the figure."""


def framed(figure: go.Figure, caption: Caption, height_px: int) -> go.Figure:
    """The figure with its caption, as wide as a page, on the ground of the light theme; a new figure."""
    above, below = _wrapped(caption.above), _wrapped(caption.below)
    top = _MARGIN_PX + _TITLE_PX + _LINE_PX * len(above) + 14
    bottom = _MARGIN_PX + _LINE_PX * len(below) + _AXIS_PX
    made = go.Figure(figure)
    made.update_layout(
        width=WIDTH_PX,
        height=height_px + top + bottom,
        paper_bgcolor=ink("surface"),
        margin={"l": _MARGIN_PX, "r": _MARGIN_PX, "t": top, "b": bottom},
    )
    texts = [(caption.title, _TITLE_TEXT_PX, ink("text"), top - _MARGIN_PX)]
    texts += [
        (line, SMALL_PX, ink("dim"), top - _MARGIN_PX - _TITLE_PX - i * _LINE_PX)
        for i, line in enumerate(above)
    ]
    for text, size, colour, shift in texts:
        made.add_annotation(**_at(text, size, colour), y=1, yanchor="top", yshift=shift)
    for i, text in enumerate(below):
        shift = -(bottom - _MARGIN_PX + _LINE_PX) + (len(below) - i) * _LINE_PX
        made.add_annotation(**_at(text, SMALL_PX, ink("dim")), y=0, yanchor="bottom", yshift=shift)
    return made


def _at(text: str, size: int, colour: str) -> dict[str, object]:
    return {
        "text": text.replace("<", "&lt;"),
        "font": {"size": size, "color": colour},
        "showarrow": False,
        "align": "left",
        "x": 0,
        "xref": "paper",
        "yref": "paper",
        "xanchor": "left",
    }


def _wrapped(lines: Sequence[str]) -> list[str]:
    return [piece for line in lines for piece in textwrap.wrap(line, _CHARACTERS, break_on_hyphens=False)]
