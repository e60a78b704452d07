"""One place's history as a Plotly figure: a bar for each episode, a tick for each request, how each ended."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.template import SMALL_PX, ink
from dashboard.text import number, t
from domain.localtime import MONTREAL

_SIGNS = {"done": "✓", "refused": "✕", "withdrawn": "–", "closed": "✓", "open": ""}
_INKS = {"done": "done", "closed": "done", "refused": "withdrawn", "withdrawn": "withdrawn", "open": "text"}
_BAR = 0.3
_LANE = 1.15
_LEAST_DAYS_FOR_WORDS = 24
_MONTHS = 3


def episode_strip(
    episodes: pd.DataFrame,
    requests: pd.DataFrame,
    endings: Sequence[str],
    lanes: Sequence[int],
    span: tuple[datetime, datetime],
    lang: str,
) -> go.Figure:
    """A strip over some time of a place.

    Args:
        episodes: `episode_id`, `begin_at`, `end_at` (NaT while open), `back_after_days`, by begin.
        requests: `episode_id` and `opened_at` of each.
        endings: how each episode ended: done, refused, withdrawn, closed or open.
        lanes: the lane of each episode, from 0: those that are at once lie in several.
        span: from when to when; at its end is what is still open.
        lang: language of the words.
    """
    figure = go.Figure()
    first, now = (pd.Timestamp(at).tz_convert(MONTREAL).tz_localize(None) for at in span)
    begins, ends = (_local(episodes[name]) for name in ("begin_at", "end_at"))
    heights = [-_LANE * lane for lane in lanes]
    for begin, end, how, y in zip(begins, ends.fillna(now), endings, heights, strict=True):
        figure.add_shape(
            type="rect", x0=max(begin, first), x1=end, y0=y - _BAR, y1=y + _BAR, layer="below",
            fillcolor=ink("ramp-2" if how == "open" else "ramp-3"), line={"width": 1, "color": ink("ramp-5")},
        )  # fmt: skip
    height_of = dict(zip(episodes["episode_id"], heights, strict=True))
    figure.add_scatter(
        x=_local(requests["opened_at"]).tolist(),
        y=[height_of[one] for one in requests["episode_id"]],
        mode="markers",
        marker={"symbol": "line-ns", "size": 20, "line": {"width": 1.5, "color": ink("text")}},
        name=t("recurrence.key.request", lang),
        hovertemplate="%{x|%Y-%m-%d}<extra></extra>",
    )
    _say_endings(figure, ends, endings, heights)
    _say_returns(figure, episodes["back_after_days"], begins, ends, heights, lang)
    months = [at for at in pd.date_range(first, now, freq="MS") if (at.month - 1) % _MONTHS == 0]
    words = [f"{t(f'month.short.{at.month}', lang)} {at.year}" for at in months]
    figure.update_xaxes(type="date", range=[first, now], showgrid=True, tickvals=months, ticktext=words)
    figure.update_yaxes(visible=False, range=[min(heights, default=0) - 0.6, 0.9])
    return figure


def _say_endings(
    figure: go.Figure, ends: pd.Series, endings: Sequence[str], heights: Sequence[float]
) -> None:
    """A sign above the end of each episode that is closed."""
    closed = [i for i, end in enumerate(ends) if not pd.isna(end)]
    figure.add_scatter(
        x=[ends.iloc[i] for i in closed],
        y=[heights[i] + _BAR + 0.2 for i in closed],
        mode="text",
        text=[_SIGNS[endings[i]] for i in closed],
        textfont={"size": SMALL_PX + 1, "color": [ink(_INKS[endings[i]]) for i in closed]},
        hoverinfo="skip",
    )


def _say_returns(
    figure: go.Figure,
    days: pd.Series,
    begins: pd.Series,
    ends: pd.Series,
    heights: Sequence[float],
    lang: str,
) -> None:
    """Between two episodes of a lane after how many days it came back, where there is room for it."""
    for i, after in enumerate(days):
        if i and not pd.isna(after) and after >= _LEAST_DAYS_FOR_WORDS and heights[i] == heights[i - 1]:
            figure.add_annotation(
                x=ends.iloc[i - 1] + (begins.iloc[i] - ends.iloc[i - 1]) / 2,
                y=heights[i],
                text=t("recurrence.days", lang, n=number(after, lang)),
                showarrow=False,
                font={"size": SMALL_PX, "color": ink("dim")},
            )


def _local(moments: pd.Series) -> pd.Series:
    """Moments on Montréal's clock, as Plotly draws them."""
    local: pd.Series = moments.dt.tz_convert(MONTREAL).dt.tz_localize(None)
    return local
