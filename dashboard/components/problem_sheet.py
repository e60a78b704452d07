"""What is beside a request on its sheet: why it belongs to its problem, and what around_sheet.py adds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from dashboard.components.around_sheet import neighbours_part, recurrence_part
from dashboard.components.sheet_parts import More, request_link, rest, section
from dashboard.components.state_mark import mark
from dashboard.markup import Markup, html
from dashboard.text import day, day_range, moment, number, percent, signed, t, tn
from geo.dedup.reasons import Reason, text_of, unpack
from mart.periods import local_date
from mart.questions.same_problem import episodes

MOST_REQUESTS, MOST_EPISODES, MOST_REASONS = 10, 6, 4
_SURE_SHOWN = 0.99


def more(found: More, lang: str) -> list[Markup]:
    """The sections below a request's sheet."""
    return [
        _problem(found, lang),
        *_others(found, lang),
        *recurrence_part(found, lang),
        *neighbours_part(found, lang),
    ]


def _problem(found: More, lang: str) -> Markup:
    title = t("liste.sheet.problem", lang)
    episode = found.problem[found.problem["episode_id"] == found.row["episode_id"]]
    if len(episode) <= 1:
        nowhere = found.row["problem_id"] is None
        return section(
            title, [html.P(t(f"liste.sheet.{'nowhere' if nowhere else 'alone'}", lang))], "problem"
        )
    people = int(episode["requesters"].sum())
    said = html.P(
        [
            html.Strong(tn("liste.sheet.episode", len(episode), lang, n=number(len(episode), lang))),
            " · ",
            tn("liste.sheet.people", people, lang, n=number(people, lang)),
        ]
    )
    shown = _with_this(episode, int(found.row["id"]))
    numbers = dict(zip(found.problem["id"].tolist(), found.problem["external_id"].tolist(), strict=True))
    lines = [_joined(one, found, numbers, lang) for one in shown.to_dict("records")]
    return section(
        title,
        [said, html.Ol(lines, className="vg-joined"), *rest(len(episode) - len(shown), lang)],
        "problem",
    )


def _with_this(episode: pd.DataFrame, request_id: int) -> pd.DataFrame:
    """As many requests as are shown, the earliest first, the one of the sheet among them."""
    if len(episode) <= MOST_REQUESTS:
        return episode
    first = episode.head(MOST_REQUESTS)
    if request_id in set(first["id"]):
        return first
    return pd.concat([episode.head(MOST_REQUESTS - 1), episode[episode["id"] == request_id]])


def _joined(one: Mapping[Any, Any], found: More, numbers: dict[int, str], lang: str) -> Markup:
    """A request of the episode: what it is, and why it was joined to an earlier one."""
    is_this = one["id"] == found.row["id"]
    name = (
        html.Strong([one["external_id"], f" ({t('liste.sheet.this', lang)})"])
        if is_this
        else request_link(int(one["id"]), one["external_id"])
    )
    opened = html.Span(moment(one["opened_at"].to_pydatetime(), lang), className="vg-dim")
    head = html.Div(
        [
            mark(one["state"], 14),
            html.Span(t(f"state.{one['state']}", lang), className="vg-hidden"),
            name,
            opened,
        ]
    )
    return html.Li([head, _why(one, numbers, lang)], className="is-this" if is_this else None)


def _why(one: Mapping[Any, Any], numbers: dict[int, str], lang: str) -> Markup | None:
    if pd.isna(one["parent_id"]):
        return html.Div(t("liste.sheet.first", lang), className="vg-dim")
    parent = t("liste.sheet.joined", lang, number=numbers.get(int(one["parent_id"]), "?"))
    reasons = unpack(one["reasons"]) if isinstance(one["reasons"], str) else ()
    if any(reason.code == "decided" for reason in reasons):
        return html.Div([parent, ", ", t("liste.sheet.decided", lang)])
    bits = float(one["score_bits"])
    sure = html.Strong(t("liste.sheet.sure", lang, share=certainty(bits, lang)), title=_bits(bits, lang))
    telling = [reason for reason in reasons if reason.code != "prior" and reason.bits][:MOST_REASONS]
    listed = [_reason(reason, lang) for reason in telling]
    return html.Div(
        [html.Div([parent, " · ", sure]), html.Ul(listed, className="vg-reasons") if listed else None]
    )


def _reason(reason: Reason, lang: str) -> Markup:
    side = "for" if reason.bits > 0 else "against"
    sign = html.Span("+" if reason.bits > 0 else "−", className=f"vg-reason-{side}", aria_hidden="true")
    word = html.Span(f"{t(f'liste.sheet.{side}', lang)} ", className="vg-hidden")
    return html.Li([sign, word, text_of(reason, lang)], title=_bits(reason.bits, lang))


def certainty(bits: float, lang: str) -> str:
    """The odds of a score as a share; what rounds to all of it is not said to be."""
    share = 1 / (1 + 2**-bits)
    return f"> {percent(_SURE_SHOWN, lang)}" if share > _SURE_SHOWN else percent(share, lang)


def _bits(bits: float, lang: str) -> str:
    return t("liste.sheet.bits", lang, bits=signed(bits, lang, 1))


def _others(found: More, lang: str) -> list[Markup]:
    """The other episodes of the problem."""
    if found.problem.empty:
        return []
    each = episodes(found.problem)
    others = each[each["episode_id"] != found.row["episode_id"]]
    if others.empty:
        return []
    lines = [_episode(one, lang) for one in others.head(MOST_EPISODES).to_dict("records")]
    hidden = rest(max(len(others) - MOST_EPISODES, 0), lang)
    return [
        section(t("liste.sheet.others", lang), [html.Ul(lines, className="vg-others"), *hidden], "others")
    ]


def _episode(one: Mapping[Any, Any], lang: str) -> Markup:
    start = local_date(one["opened_at"].to_pydatetime())
    when = (
        t("liste.sheet.since", lang, start=day(start, lang))
        if pd.isna(one["ended_at"])
        else day_range(start, local_date(one["ended_at"].to_pydatetime()), lang)
    )
    counts = [
        tn("liste.sheet.other_episode", one["requests"], lang, n=number(one["requests"], lang)),
        tn("liste.sheet.requesters", one["requesters"], lang, n=number(one["requesters"], lang)),
    ]
    return html.Li(
        [request_link(int(one["first_id"]), when), html.Span(" · ".join(counts), className="vg-dim")]
    )
