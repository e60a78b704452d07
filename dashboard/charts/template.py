"""What every Plotly figure looks like: our type, spacing and lines.

Figures are written in the colours of the light theme (`ink`), so that they stand by themselves wherever they are
drawn; in the dark theme assets/chart.js puts the dark colour in the place of each (`dark_of`).
"""

from __future__ import annotations

from functools import cache
from typing import Any

import plotly.graph_objects as go

from dashboard import theme

TEXT_PX, SMALL_PX = 13, 12
_INKS = ("surface-2", "text", "dim", "line", "line-strong", "accent", "accent-soft", "surface")
"""Colours that a figure may use beside the ramp and the states."""

NOTHING = "rgba(0,0,0,0)"


def ink(name: str) -> str:
    """A colour of the light theme: a surface's, `ramp-1` to `ramp-7`, or a state's ink.

    Raises:
        KeyError: there is no such colour for figures.
    """
    return _pairs()[name][0]


def dark_of() -> dict[str, str]:
    """The dark colour of each light one."""
    return dict(_pairs().values())


def template(lang: str) -> go.layout.Template:
    """The template of figures in a language (its separators of decimals and thousands)."""
    axis: dict[str, Any] = {
        "gridcolor": ink("line"),
        "linecolor": ink("line-strong"),
        "tickfont": {"color": ink("dim"), "size": SMALL_PX},
        "title": {"font": {"color": ink("dim"), "size": SMALL_PX}},
        "automargin": True,
        "zeroline": False,
        "fixedrange": True,
        "ticks": "",
    }
    layout = {
        "font": {"family": theme.FONT, "size": TEXT_PX, "color": ink("text")},
        "paper_bgcolor": NOTHING,
        "plot_bgcolor": NOTHING,
        "colorway": [ink("accent"), ink("dim"), ink("ramp-4"), ink("line-strong")],
        "colorscale": {"sequential": [[i / 6, ink(f"ramp-{i + 1}")] for i in range(7)]},
        "hoverlabel": {
            "bgcolor": ink("surface"),
            "bordercolor": ink("line-strong"),
            "font": {"color": ink("text"), "family": theme.FONT, "size": TEXT_PX},
        },
        "margin": {"l": 8, "r": 8, "t": 8, "b": 8},
        "separators": ",\u202f" if lang == "fr" else ".,",
        "showlegend": False,
        "xaxis": {**axis, "showgrid": False},
        "yaxis": {**axis, "tickformat": ","},
    }
    return go.layout.Template(layout=layout)


@cache
def _pairs() -> dict[str, tuple[str, str]]:
    """Light and dark colour by name. Of two names with one light colour the later one decides the dark one."""
    found = {f"ramp-{i + 1}": (theme.RAMP["light"][i], theme.RAMP["dark"][i]) for i in range(7)}
    found |= {code.replace("_", "-"): (look.light, look.dark) for code, look in theme.STATES.items()}
    return found | {name: (theme.SURFACES["light"][name], theme.SURFACES["dark"][name]) for name in _INKS}
