"""One place's history: the strip of its episodes, and a table of them with their requests."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pandas as pd

from dashboard import recurring
from dashboard.components.chart import menu
from dashboard.components.painted import link
from dashboard.components.place_words import place_area, place_between, place_name, what
from dashboard.components.strip import closing, strip, summary
from dashboard.ids import Id
from dashboard.markup import Markup, html, to_html
from dashboard.query import MapView
from dashboard.services import Services
from dashboard.state import ViewState
from dashboard.text import DASH, day, number, t
from mart.cuts import recent_from
from mart.periods import local_date
from mart.questions.place_history import PlaceStory

CLOSE_UP = 17.0
"""Zoom of Carte at a place: its street and the next ones."""


def draw_place(services: Services, state: ViewState) -> dict[str, str]:
    """The panel of the chosen place, as HTML by its id. Blocking: it asks the mart.

    Raises:
        MartMissing: there is no mart to ask.
    """
    with services.reader.lease() as mart:
        chosen = recurring.chosen_place(state, recurring.places(services, mart, state))
        told, as_of = recurring.story(mart, chosen), mart.as_of()
    return {Id.RECURRENCE_PLACE.value: to_html(place_panel(told, chosen, as_of, state))}


def place_panel(
    told: PlaceStory | None, chosen: int | None, as_of: datetime, state: ViewState
) -> list[Markup]:
    """The history of a place to T, or why there is none."""
    lang = state.lang
    if told is None:
        key = "recurrence.no_choice" if chosen is None else "recurrence.no_place"
        said = [html.Strong(t(key, lang)), html.P(t("recurrence.no_choice_hint", lang))]
        return [html.Div(said, className="vg-empty", role="status")]
    place, view = told.place, state.replace(place=chosen)
    between = place_between(place, lang)
    name = [
        place_name(place, lang),
        html.Span(f" {between}", className="vg-place-between") if between else None,
    ]
    on_map = state.replace(
        screen="carte",
        layer="problems",
        map_view=MapView(place["lat"], place["lon"], CLOSE_UP),
        place=None,
        check="",
    )
    head = html.Div(
        [
            html.H2(name),
            link(t("recurrence.on_map", lang), on_map, className="vg-link"),
            menu("place", view),
        ],
        className="vg-section-head vg-story-head",
    )
    keys = [
        html.Span(t(f"recurrence.key.{name}", lang), className=f"vg-strip-key is-{name}")
        for name in ("request", "done", "refused", "open", "recent")
    ]
    return [
        head,
        html.P(f"{what(place, lang)} · {place_area(place, lang)}", className="vg-dim"),
        html.P(summary(told.episodes, lang), className="vg-story-words"),
        strip(told.episodes, told.requests, as_of, recent_from(as_of), lang),
        html.Div(keys, className="vg-strip-keys", aria_hidden="true"),
        _table(told, state),
    ]


def _table(told: PlaceStory, state: ViewState) -> Markup:
    """Every episode, the newest first, with each of its requests as a link to its sheet."""
    lang = state.lang
    requests = told.requests[~told.requests["is_again"]]
    by_episode = {key: rows.to_dict("records") for key, rows in requests.groupby("episode_id")}
    names = ("begin", "end", "back_after", "people", "requests")
    numbers = {"back_after", "people"}
    head = [
        html.Th(
            t(f"recurrence.table.{name}", lang),
            scope="col",
            className="vg-number" if name in numbers else None,
        )
        for name in names
    ]
    rows = [
        _row(one, by_episode[one["episode_id"]], state) for one in told.episodes.iloc[::-1].to_dict("records")
    ]
    name = t("recurrence.table_title", lang, n=number(len(told.episodes), lang))
    table = html.Table([html.Thead(html.Tr(head)), html.Tbody(rows)], className="vg-table vg-story-table")
    box = html.Div(table, className="vg-scroll", tabIndex="0", role="region", aria_label=name)
    return html.Details([html.Summary(name), box], className="vg-details")


def _row(one: Mapping[Any, Any], requests: list[dict[Any, Any]], state: ViewState) -> Markup:
    lang = state.lang
    how = closing(one["status"] if isinstance(one["status"], str) else None)
    ended = "" if pd.isna(one["end_at"]) else day(local_date(one["end_at"]), lang)
    days = one["back_after_days"]
    after = DASH if pd.isna(days) else t("recurrence.days", lang, n=number(days, lang))
    links = [
        link(row["external_id"], state.replace(screen="liste", request=int(row["id"]), place=None, check=""))
        for row in requests
    ]
    return html.Tr(
        [
            html.Th(day(local_date(one["begin_at"]), lang), scope="row"),
            html.Td(t(f"recurrence.end.{how}", lang, date=ended)),
            html.Td(after, className="vg-number"),
            html.Td(number(one["requesters"], lang), className="vg-number"),
            html.Td(html.Span(links, className="vg-story-requests")),
        ]
    )
