"""What came back of done work, as Plotly figures: shares with their intervals, and the course over days."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.template import SMALL_PX, ink
from dashboard.text import number, percent, t
from mart.questions.returns import WITHIN_DAYS

DOT_INKS = ("ramp-3", "ramp-5", "ramp-7")
"""Of the three numbers of days, the least first."""

_LABEL_GAP = 0.032
"""Labels at the lines' ends keep so much of the axis between them."""

_ROOM_FOR_NAMES = 1.45
_DASHED = "dot"
_NAMES_WIDTH = 0.27


def share_dots(rows: Sequence[Mapping[Any, Any]], names: Sequence[str], lang: str) -> go.Figure:
    """Parts from the top, each with three dots and their 95 % intervals; `rows` as of `Returns.by`."""
    figure = go.Figure()
    for days, colour in zip(WITHIN_DAYS, DOT_INKS, strict=True):
        share, low, high = (
            [100 * row[f"{what}_{days}"] for row in rows] for what in ("share", "low", "high")
        )
        figure.add_scatter(
            x=share,
            y=list(names),
            mode="markers",
            name=t("recurrence.within", lang, n=days),
            marker={"size": 10, "color": ink(colour), "line": {"width": 1, "color": ink("surface")}},
            error_x={
                "type": "data",
                "symmetric": False,
                "array": [top - value for top, value in zip(high, share, strict=True)],
                "arrayminus": [value - bottom for bottom, value in zip(low, share, strict=True)],
                "color": ink(colour),
                "thickness": 2,
                "width": 0,
            },
            customdata=[number(row["n"], lang) for row in rows],
            hovertemplate=f"%{{y}} : %{{x:.1f}}{_percent(lang)} (n = %{{customdata}})<extra>%{{fullData.name}}</extra>",
        )
    # Names stand within the picture, left of the axis: outside they would push its caption aside.
    figure.update_xaxes(
        ticksuffix=_percent(lang), rangemode="tozero", showgrid=True, domain=[_NAMES_WIDTH, 1]
    )
    figure.update_yaxes(autorange="reversed", showgrid=False, automargin=False)
    corner = {"x": 1, "xanchor": "right", "y": 0, "yanchor": "bottom"}  # where the shares, ranked, leave room
    figure.update_layout(showlegend=True, legend=corner)
    return figure


def _percent(lang: str) -> str:
    return "\u00a0%" if lang == "fr" else "%"


def course(parts: pd.DataFrame, whole: pd.DataFrame, names: Mapping[str, str], lang: str) -> go.Figure:
    """A line for each activity, named at its end; darker where more came back. The whole is dotted.

    Args:
        parts: `activity`, `day`, `share`, `low`, `high`: those that rest on enough work.
        whole: the same of all, without `activity`.
        names: name by activity.
        lang: language of the words.
    """
    figure = go.Figure()
    if whole.empty or whole["share"].isna().all():
        return figure
    lines = {str(code): rows for code, rows in parts.groupby("activity")}
    ends = {code: _end(rows) for code, rows in lines.items()}
    order = sorted(ends, key=lambda code: ends[code][1])
    inks = {code: f"ramp-{3 + round(4 * i / max(len(order) - 1, 1))}" for i, code in enumerate(order)}
    for code in order:
        _line(figure, lines[code], names[code], ink(inks[code]), lang)
    everything = t("recurrence.all", lang)
    _line(figure, whole, everything, ink("text"), lang, dash=_DASHED)
    told = {names[code]: ends[code] for code in order} | {everything: _end(whole)}
    _name_ends(figure, told, lang)
    figure.update_xaxes(title_text=t("recurrence.course_x", lang), tickvals=[0, *WITHIN_DAYS, 60, 120, 150])
    figure.update_xaxes(range=[0, WITHIN_DAYS[-1] * _ROOM_FOR_NAMES])
    figure.update_yaxes(
        title_text=t("recurrence.course_y", lang), ticksuffix=_percent(lang), rangemode="tozero"
    )
    figure.update_layout(hovermode="closest")
    return figure


def _line(
    figure: go.Figure, rows: pd.DataFrame, name: str, colour: str, lang: str, dash: str | None = None
) -> None:
    ranges = [
        t("kpi.range", lang, low=percent(low, lang, 1), high=percent(high, lang, 1))
        for low, high in zip(rows["low"].fillna(0), rows["high"].fillna(0), strict=True)
    ]
    figure.add_scatter(
        x=rows["day"].tolist(),
        y=[None if pd.isna(share) else 100 * float(share) for share in rows["share"]],
        mode="lines",
        name=name,
        line={"color": colour, "width": 2, "dash": dash, "shape": "hv"},
        customdata=ranges,
        hovertemplate=t("recurrence.day", lang)
        + " %{x} : %{y:.1f}"
        + _percent(lang)
        + "<br>%{customdata}<extra>%{fullData.name}</extra>",
    )


def _end(rows: pd.DataFrame) -> tuple[float, float]:
    """Day and share of the last point that is known."""
    last = rows[rows["share"].notna()].iloc[-1]
    return float(last["day"]), float(last["share"])


def _name_ends(figure: go.Figure, ends: Mapping[str, tuple[float, float]], lang: str) -> None:
    """Names beside the last points, moved apart where they would lie on each other."""
    top = max((share for _, share in ends.values()), default=0) or 1.0
    at = -1.0
    for name, (day, share) in sorted(ends.items(), key=lambda one: one[1][1]):
        at = max(share, at + _LABEL_GAP * top * 1.5)
        figure.add_annotation(
            x=day,
            y=100 * at,
            text=f"{name} {percent(share, lang, 0)}".replace("<", "&lt;"),
            showarrow=False,
            xanchor="left",
            xshift=6,
            font={"size": SMALL_PX, "color": ink("text")},
        )
