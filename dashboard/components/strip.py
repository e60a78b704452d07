"""One place's history as a strip: each episode a bar from its begin to its end, its requests ticks on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pandas as pd

from dashboard.markup import Markup, html
from dashboard.text import day, number, t, tn
from domain.statuses import Status
from mart.periods import day_start, local_date

LEAST_DAYS, MOST_DAYS = 366, 731
"""The strip shows a year; where the place is older up to two, unless that would be too many episodes."""

MOST_EPISODES = 24

MOST_LANES = 5
_ROOM_FOR_WORDS = 0.085
_ROOM_FOR_SIGN = 0.02
_SAME = 0.004
"""Bars closer than this share of the strip lie in lanes of their own only where they are at once."""


@dataclass(frozen=True, slots=True)
class Axis:
    """The time of a strip."""

    start: datetime
    end: datetime

    def at(self, moment: datetime) -> float:
        """Share of the strip, 0 to 1."""
        share = (moment - self.start) / (self.end - self.start)
        return min(max(share, 0.0), 1.0)


def axis_of(begins: pd.Series, as_of: datetime) -> Axis:
    """From the first episode, but a year at least and two at most, to T; from the first of a month."""
    most = LEAST_DAYS if len(begins) > MOST_EPISODES else MOST_DAYS
    days = min(max((as_of - begins.min().to_pydatetime()).days, LEAST_DAYS), most)
    first = local_date(as_of - timedelta(days=days)).replace(day=1)
    return Axis(day_start(first), as_of)


def strip(
    episodes: pd.DataFrame, requests: pd.DataFrame, as_of: datetime, recent_from: datetime, lang: str
) -> Markup:
    """The strip of `PlaceStory.episodes` and `.requests`; the six months of the ranking are set off."""
    axis = axis_of(episodes["begin_at"], as_of)
    ends = episodes["end_at"].fillna(pd.Timestamp(as_of))
    shown: list[dict[Any, Any]] = episodes.assign(shown_to=ends)[ends >= axis.start].to_dict("records")
    lanes = lanes_of([(axis.at(one["begin_at"]), axis.at(one["shown_to"])) for one in shown])
    opened = dict(iter(requests[~requests["is_again"]].groupby("episode_id")["opened_at"]))
    again = requests[requests["is_again"] & (requests["closed_at"] >= axis.start)]
    begins = [axis.at(one["begin_at"]) for one in shown]
    bars = [
        _bar(
            one, lane, axis, [at.to_pydatetime() for at in opened[one["episode_id"]]], lang,
            signed=following - axis.at(one["shown_to"]) >= _ROOM_FOR_SIGN,
        )
        for one, lane, following in zip(shown, lanes, [*begins[1:], 2.0], strict=True)
    ]  # fmt: skip
    return html.Div(
        [
            html.Div(
                [
                    html.Span(className="vg-strip-recent", style=_span(axis.at(recent_from), 1.0)),
                    *_months(axis, lang),
                    *bars,
                    *(_undone(at.to_pydatetime(), axis, lang) for at in again["closed_at"]),
                    *_returns(shown, axis, lang),
                ],
                className="vg-strip-lanes",
                style={"--lanes": max(lanes, default=0) + 1},
            )
        ],
        className="vg-strip",
        role="img",
        aria_label=summary(episodes, lang),
    )


def summary(episodes: pd.DataFrame, lang: str) -> str:
    """The place's course in a sentence or two."""
    counts = {
        "requests": int(episodes["requests"].sum()),
        "people": int(episodes["requesters"].sum()),
        "episodes": len(episodes),
    }
    said = {name: tn(f"recurrence.n_{name}", n, lang, n=number(n, lang)) for name, n in counts.items()}
    told = t("recurrence.story", lang, **said, since=day(local_date(episodes["begin_at"].iloc[0]), lang))
    back = episodes["back_after_days"].dropna()
    if back.empty:
        return told
    days = number(float(back.median()), lang, 0 if back.median() >= 10 else 1)  # noqa: PLR2004 - days
    return f"{told} {tn('recurrence.story_back', len(back), lang, n=number(len(back), lang), days=days)}"


def lanes_of(spans: Sequence[tuple[float, float]]) -> list[int]:
    """The lane of each bar: the first in which none before it still runs."""
    ends: list[float] = []
    found = []
    for begin, end in spans:
        free = next((i for i, last in enumerate(ends) if last <= begin + _SAME), len(ends))
        free = min(free, MOST_LANES - 1)
        ends[free : free + 1] = [end]
        found.append(free)
    return found


def closing(status: str | None) -> str:
    """How an episode ended: `done`, `refused`, `withdrawn`, `open`, or `closed` where it is not known how."""
    known = {
        None: "open",
        Status.DONE.value: "done",
        Status.REFUSED.value: "refused",
        Status.CANCELLED.value: "withdrawn",
        Status.DELETED.value: "withdrawn",
    }
    return known.get(status, "closed")


SIGNS = {"done": "✓", "refused": "✕", "withdrawn": "–", "closed": "✓", "open": ""}


def _bar(
    one: Mapping[Any, Any], lane: int, axis: Axis, opened: Sequence[datetime], lang: str, *, signed: bool
) -> Markup:
    """A bar; the sign of how it ended stands above its end, where the next bar leaves room."""
    begin, end = axis.at(one["begin_at"]), axis.at(one["shown_to"])
    how = closing(one["status"] if isinstance(one["status"], str) else None)
    width = max(end - begin, 1e-9)
    ticks = [
        html.I(className="vg-strip-tick", style={"left": f"{(axis.at(at) - begin) / width:.2%}"})
        for at in opened
        if at >= axis.start
    ]
    return html.Span(
        [*ticks, html.B(SIGNS[how], className="vg-strip-end") if signed else None],
        className=f"vg-strip-bar is-{how}",
        style={**_span(begin, end), "--lane": lane},
        title=episode_words(one, lang),
    )


def episode_words(one: Mapping[Any, Any], lang: str) -> str:
    """An episode in a sentence: when, how many requests and people, how it ended."""
    begin = day(local_date(one["begin_at"]), lang)
    how = closing(one["status"] if isinstance(one["status"], str) else None)
    end = "" if pd.isna(one["end_at"]) else day(local_date(one["end_at"]), lang)
    counts = tn("recurrence.counts", int(one["requests"]), lang, n=one["requests"], people=one["requesters"])
    return t(
        "recurrence.episode", lang, begin=begin, counts=counts, end=t(f"recurrence.end.{how}", lang, date=end)
    )


def _returns(shown: Sequence[Mapping[Any, Any]], axis: Axis, lang: str) -> list[Markup]:
    """Between two bars after how many days it came back, where there is room for it."""
    made = []
    for before, after in pairwise(shown):
        days = after["back_after_days"]
        if pd.isna(days) or pd.isna(before["end_at"]):
            continue
        begin, end = axis.at(before["end_at"]), axis.at(after["begin_at"])
        if end - begin >= _ROOM_FOR_WORDS:
            words = t("recurrence.days", lang, n=number(days, lang))
            made.append(html.Span(words, className="vg-strip-gap", style=_span(begin, end)))
    return made


def _undone(at: datetime, axis: Axis, lang: str) -> Markup:
    words = t("recurrence.undone", lang, date=day(local_date(at), lang))
    return html.I("↺", className="vg-strip-undone", style={"left": f"{axis.at(at):.2%}"}, title=words)


def _months(axis: Axis, lang: str) -> list[Markup]:
    """A line at the first of each month, every third with its name."""
    first, last = local_date(axis.start), local_date(axis.end)
    made = []
    months = (last.year - first.year) * 12 + last.month - first.month
    every = 3 if months > 13 else 2  # noqa: PLR2004 - a year and a month
    for i in range(months + 1):
        at = date(first.year + (first.month - 1 + i) // 12, (first.month - 1 + i) % 12 + 1, 1)
        name = t(f"month.short.{at.month}", lang) + (f" {at.year}" if at.month == 1 or i == 0 else "")
        place = axis.at(day_start(at).astimezone(UTC))
        if place > 0.96 and i % every == 0:  # noqa: PLR2004 - a name there would leave the strip
            name = ""
        looks = "vg-strip-month" + (" is-minor" if i // every % 2 else "")
        label = html.Span(name, className=looks) if i % every == 0 else None
        made.append(html.I(label, className="vg-strip-line", style={"left": f"{place:.2%}"}))
    return made


def _span(begin: float, end: float) -> dict[str, str]:
    return {"left": f"{begin:.2%}", "width": f"{end - begin:.2%}"}
