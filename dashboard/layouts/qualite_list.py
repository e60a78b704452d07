"""The requests of the chosen check, painted: a page of them, and the buttons that turn it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pandas as pd

from dashboard.components.asking import asking
from dashboard.components.data_table import rows_table, scrolling
from dashboard.components.names import activity_name, borough_name
from dashboard.components.painted import link
from dashboard.components.state_mark import state_word
from dashboard.ids import Id
from dashboard.markup import Markup, Node, html
from dashboard.quality_view import PAGE_ROWS, Detail
from dashboard.state import ViewState, data_query
from dashboard.text import DASH, day, number, t
from mart.periods import local_date

Row = dict[Any, Any]


def page_key(state: ViewState, code: str) -> str:
    """What a page of the list is a page of: another view or check begins at its first row."""
    return f"{code} {data_query(state.to_query())}"


def request_list(found: Detail, state: ViewState) -> Markup:
    """A page of the requests, each a link to its sheet."""
    lang = state.lang
    rows = [
        _request({str(k): v for k, v in row.items()}, state) for row in found.page.rows.to_dict("records")
    ]
    names = [t(f"qualite.{name}", lang) for name in ("request", "what", "place", "crew", "dates")]
    title = t("qualite.list", lang)
    return html.Section(
        [
            html.Div([html.H3(title), _pager(found, state)], className="vg-check-list-head"),
            scrolling(rows_table(names, rows, len(names), "vg-found"), title),
        ],
        className="vg-check-part",
    )


def _pager(found: Detail, state: ViewState) -> Markup:
    lang, total = state.lang, found.page.total
    last = min(found.offset + PAGE_ROWS, total)
    said = t(
        "qualite.list_count",
        lang,
        first=number(found.offset + 1, lang),
        last=number(last, lang),
        total=number(total, lang),
    )
    key = page_key(state, state.check)
    turns = [
        asking(Id.QUALITE_PAGE, {"of": key, "offset": offset}, t(f"qualite.{name}", lang), enabled=enabled)
        for name, offset, enabled in (
            ("previous", found.offset - PAGE_ROWS, found.offset > 0),
            ("next", found.offset + PAGE_ROWS, last < total),
        )
    ]
    pager = turns if total > PAGE_ROWS else []
    return html.Div([html.Span(said, className="vg-dim", role="status"), *pager], className="vg-pager")


def _request(row: Row, state: ViewState) -> Markup:
    lang, number_of = state.lang, str(row["external_id"])
    sheet = state.replace(
        screen="liste", request=int(row["id"]), check="", kpi="received", states=(), sort=""
    )
    words = t("qualite.sheet", lang, id=number_of)
    closed = _day_of(row["closed_at"], lang)
    cells = [
        html.Td(activity_words(row, lang)),
        html.Td(place_words(row, lang)),
        html.Td(borough_name(text_of(row["borough_who"]), lang)),
        html.Td(
            [_day_of(row["opened_at"], lang), html.Span(closed, className="vg-under")], className="vg-nowrap"
        ),
    ]
    name = link(number_of, sheet, className="vg-cell-link", aria_label=words)
    mark = html.Span(state_word(str(row["state"]), lang), className="vg-under")
    return html.Tr([html.Th([name, mark], scope="row"), *cells])


def activity_words(row: Row, lang: str) -> list[Node]:
    """The activity, and its label below."""
    label = text_of(row["label"])
    name = activity_name(str(row["activity"]), lang, short=True)
    return [name, html.Span(label, className="vg-under") if label else None]


def place_words(row: Row, lang: str) -> list[Node]:
    """The street (or the intersection), and the borough below."""
    street, first, second = (text_of(row[name]) for name in ("street", "street_from", "street_to"))
    corner = " / ".join(part for part in (first, second) if part)
    return [
        street or corner or DASH,
        html.Span(borough_name(text_of(row["borough"]), lang), className="vg-under"),
    ]


def text_of(value: Any) -> str | None:
    """A text of a frame; None where there is none."""
    return None if value is None or pd.isna(value) else str(value)


def local_of(at: Any) -> date:
    """Montréal's day of a moment of a frame."""
    moment: datetime = pd.Timestamp(at).to_pydatetime()
    return local_date(moment)


def _day_of(at: Any, lang: str) -> str:
    return DASH if pd.isna(at) else day(local_of(at), lang)
