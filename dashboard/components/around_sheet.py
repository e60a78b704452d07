"""How often a request's problem came back, and what else is open around it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pandas as pd

from dashboard.components.names import activity_name
from dashboard.components.sheet_parts import More, request_link, rest, section
from dashboard.components.state_mark import mark
from dashboard.markup import Markup, html, svg
from dashboard.state import ViewState
from dashboard.text import day, number, since, t, tn
from domain.precision import Precision
from mart.periods import local_date
from mart.questions.same_problem import episodes

MOST_GAPS = 6
_STRIP = (320, 34)
_LEAST_BAR = 3.0


def recurrence_part(found: More, lang: str) -> list[Markup]:
    """The six months of its problem; nothing where it has none."""
    history = found.recurrence
    if history is None:
        return []
    title = t("liste.sheet.recurrence", lang)
    if not history.requests:
        return [section(title, [html.P(t("liste.sheet.none_recent", lang))], "recurrence")]
    counts = " · ".join(
        tn(f"liste.sheet.{name}", n, lang, n=number(n, lang))
        for name, n in (
            ("requests", history.requests),
            ("requesters", history.requesters),
            ("episodes", history.episodes),
        )
    )
    gaps = [_days(gap, lang) for gap in history.gap_days[-MOST_GAPS:]]
    back = (
        t("liste.sheet.came_back", lang, gaps=", ".join(gaps)) if gaps else t("liste.sheet.never_back", lang)
    )
    place = ViewState(screen="recurrence", place=int(found.row["problem_id"]), lang=lang)
    link = html.A(t("liste.sheet.history", lang), href=place.to_url(), data_nav=True)
    return [
        section(
            title,
            [html.P(html.Strong(counts)), _strip(found, lang), html.P(back), html.P(link)],
            "recurrence",
        )
    ]


def _days(gap: float, lang: str) -> str:
    return since(pd.Timedelta(days=gap).to_pytimedelta(), lang)


def _strip(found: More, lang: str) -> Markup:
    """The episodes of the six months as bars on a line; what is open still goes to its end."""
    assert found.recurrence is not None  # noqa: S101 - its one caller has looked
    start, end = found.recurrence.since, pd.Timestamp(found.as_of)
    width, height = _STRIP
    per_day = width / ((end - start) / pd.Timedelta(days=1))

    def x(at: Any) -> float:
        days = float((at - start) / pd.Timedelta(days=1))
        return round(max(days, 0.0) * per_day, 1)

    bars = []
    for one in episodes(found.problem).iloc[::-1].to_dict("records"):  # the newest lies on top
        last = end if pd.isna(one["ended_at"]) else one["ended_at"]
        if last < start:
            continue
        left = x(one["opened_at"])
        this = one["episode_id"] == found.row["episode_id"]
        wide = max(x(last) - left, _LEAST_BAR)
        bars.append(
            svg.Rect(
                x=min(left, width - _LEAST_BAR),
                y=6,
                width=wide,
                height=16,
                rx=2,
                className="is-this" if this else None,
            )
        )
    line = svg.Line(x1=0, x2=width, y1=27, y2=27)
    label = t(
        "liste.sheet.strip",
        lang,
        start=day(local_date(start.to_pydatetime()), lang),
        end=day(local_date(found.as_of), lang),
    )
    drawn = svg.Svg(
        [line, *bars],
        viewBox=f"0 0 {width} {height}",
        className="vg-strip-mini",
        role="img",
        aria_label=label,
    )
    return html.Figure([drawn, html.Figcaption(label, className="vg-dim", aria_hidden="true")])


def neighbours_part(found: More, lang: str) -> list[Markup]:
    """Open requests around it; nothing where it has no place."""
    around = found.around
    if around is None:
        return []
    title = t("liste.sheet.neighbours", lang)
    if not around.total:
        return [section(title, [html.P(t("liste.sheet.no_neighbour", lang))], "neighbours")]
    lines = [_neighbour(one, found.as_of, lang) for one in around.rows.to_dict("records")]
    note = (
        [html.P(t("liste.sheet.segment_note", lang), className="vg-dim")]
        if found.row["precision"] == Precision.SEGMENT
        else []
    )
    others = rest(around.total - len(lines), lang)
    heading = [title, html.Span(number(around.total, lang), className="vg-sheet-n")]
    return [section(heading, [html.Ul(lines, className="vg-near"), *others, *note], "neighbours")]


def _neighbour(one: Mapping[Any, Any], as_of: datetime, lang: str) -> Markup:
    far = round(one["distance_m"])
    said = t("liste.sheet.metres", lang, n=number(far, lang)) if far else t("liste.sheet.same_point", lang)
    age = since(as_of - one["opened_at"].to_pydatetime(), lang)
    where = one["street"] if isinstance(one["street"], str) else ""
    words = [activity_name(one["activity"], lang, short=True), *([where] if where else []), age]
    return html.Li(
        [
            mark(one["state"], 14),
            html.Div(
                [
                    html.Span(t(f"state.{one['state']}", lang), className="vg-hidden"),
                    request_link(int(one["id"]), one["external_id"]),
                    html.Span(" · ".join(words), className="vg-dim"),
                ],
                className="vg-near-what",
            ),
            html.Span(said, className="vg-near-far"),
        ]
    )
