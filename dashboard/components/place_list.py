"""The places that keep coming back as a ranked table; each line chooses its place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import pandas as pd

from dashboard.behind import PlaceRequests
from dashboard.components.behind_link import behind_link
from dashboard.components.place_words import place_area, place_between, place_name, what
from dashboard.markup import Markup, Node, html
from dashboard.query import RANKS
from dashboard.state import ViewState
from dashboard.text import day, number, t, tn
from mart.periods import local_date

AT_FIRST = 50
"""So many lines are seen before a person asks for more."""

_STEPS = 4
_NUMBERS = ("requests", "episodes", "requesters")


def order_chooser(rank: str, lang: str) -> Markup:
    """By what the places are ranked: buttons that change the address."""
    buttons = [
        html.Button(
            t(f"recurrence.rank.{code}", lang),
            type="button",
            className="vg-order-button",
            data_set="rank",
            data_value="" if code == RANKS[0] else code,
            aria_pressed="true" if code == rank else "false",
        )
        for code in RANKS
    ]
    return html.Div(buttons, className="vg-order", role="group", aria_label=t("recurrence.rank.label", lang))


def place_list(
    rows: pd.DataFrame, bounds: Sequence[datetime], chosen: int | None, state: ViewState
) -> list[Markup]:
    """The lines: the first ones, and the others behind a button. A number opens the requests that it counts."""
    lang, rank = state.lang, state.rank
    months = month_names(bounds, lang)
    lines = [_line(row, months, chosen, state) for row in rows.to_dict("records")]
    first, rest = lines[:AT_FIRST], lines[AT_FIRST:]
    made = [_table(first, rank, lang, t("recurrence.caption", lang))]
    if rest:
        words = tn("recurrence.more", len(rest), lang, n=number(len(rest), lang))
        more = _table(rest, rank, lang, words, is_more=True)
        made.append(
            html.Details([html.Summary(words, className="vg-places-more"), more], className="vg-more")
        )
    return made


def month_names(bounds: Sequence[datetime], lang: str) -> list[str]:
    """The six months of the squares: `21 mai – 20 juin`."""
    days = [local_date(at) for at in bounds]
    lasts = [*(at - timedelta(days=1) for at in days[1:-1]), days[-1]]
    return [
        t("recurrence.month", lang, first=day(first, lang, year=False), last=day(last, lang, year=False))
        for first, last in zip(days[:-1], lasts, strict=True)
    ]


def _table(lines: list[Markup], rank: str, lang: str, caption: str, *, is_more: bool = False) -> Markup:
    columns = ["position", "place", *_NUMBERS, "spread", "open"]
    ranked = {rank} & {*columns}
    head = [
        html.Th(
            t(f"recurrence.column.{name}", lang),
            scope="col",
            className=" ".join(
                filter(None, [f"vg-places-{name}", "is-ranked" if name in ranked else "", _align(name)])
            ),
            aria_sort="descending" if name in ranked else None,
        )
        for name in columns
    ]
    return html.Table(
        [
            html.Caption(caption, className="vg-hidden"),
            html.Thead(html.Tr(head), className="vg-hidden" if is_more else None),
            html.Tbody(lines),
        ],
        className="vg-places",
    )


def _align(name: str) -> str:
    return "vg-number" if name in {*_NUMBERS, "position", "open"} else ""


def _line(row: Mapping[Any, Any], months: list[str], chosen: int | None, state: ViewState) -> Markup:
    lang, rank = state.lang, state.rank
    number_, is_chosen = int(row["problem_id"]), int(row["problem_id"]) == chosen
    cells: list[Node] = [
        html.Td(number(row["position"], lang), className="vg-places-position vg-number"),
        html.Th(_place(row, is_chosen, lang), scope="row", className="vg-places-place"),
        *(_number(row, name, state) for name in _NUMBERS),
        html.Td(
            _squares(row, months, lang),
            className="vg-places-spread" + (" is-ranked" if rank == "spread" else ""),
        ),
        html.Td(_open(row, state), className="vg-places-open vg-number"),
    ]
    return html.Tr(cells, data_place=number_, className="is-chosen" if is_chosen else None)


def _place(row: Mapping[Any, Any], is_chosen: bool, lang: str) -> list[Markup]:
    tag = html.Span(t("recurrence.new", lang), className="vg-tag vg-new") if row["is_new"] else None
    between = place_between(row, lang)
    street = [
        html.Span(place_name(row, lang), className="vg-place-street"),
        html.Span(f" {between}", className="vg-place-between") if between else None,
        tag,
    ]
    about = f"{what(row, lang)} · {place_area(row, lang)}"
    button = html.Button(
        [html.Span(street), html.Span(about, className="vg-place-about")],
        type="button",
        className="vg-place-button",
        data_set="place",
        data_value=int(row["problem_id"]),
        aria_pressed="true" if is_chosen else "false",
    )
    return [button]


def _number(row: Mapping[Any, Any], name: str, state: ViewState) -> Markup:
    looks = f"vg-places-{name} vg-number" + (" is-ranked" if name == state.rank else "")
    return html.Td(_link(number(row[name], state.lang), row, state), className=looks)


def _link(words: str, row: Mapping[Any, Any], state: ViewState, *, open_only: bool = False) -> Markup:
    opens = t("recurrence.behind.open_place", state.lang, place=place_name(row, state.lang))
    return behind_link(words, PlaceRequests(int(row["problem_id"]), open_only), state, opens)


def _squares(row: Mapping[Any, Any], months: list[str], lang: str) -> Markup:
    """Six squares, a month each, darker where there were more requests; said in words too."""
    counts = [int(row[f"month_{i}"]) for i in range(len(months))]
    told = [
        html.I(
            className=f"vg-month is-{min(count, _STEPS)}",
            title=tn("recurrence.in_month", count, lang, month=month, n=count),
        )
        for count, month in zip(counts, months, strict=True)
    ]
    words = tn("recurrence.spread_words", int(row["spread"]), lang, n=int(row["spread"]))
    return html.Span([*told, html.Span(words, className="vg-hidden")], className="vg-months")


def _open(row: Mapping[Any, Any], state: ViewState) -> Node:
    count = int(row["open"])
    if not count:
        return html.Span("–", className="vg-dim")
    told = _link(number(count, state.lang), row, state, open_only=True)
    return html.Span([html.Span("●", className="vg-open-sign", aria_hidden="true"), told])
