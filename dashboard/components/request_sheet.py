"""One request, to read: what, where, when, in which state, and how well its place is known."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from dashboard.attributes import attributes
from dashboard.components.names import activity_name, borough_name, sector_name
from dashboard.components.painted import icon
from dashboard.components.state_mark import state_word
from dashboard.markup import Markup, html
from dashboard.text import moment, number, since, t, tn
from domain.precision import ON_MAP

Row = Mapping[str, Any]
"""A row of `mart.questions.request_row`."""


def sheet(row: Row, as_of: datetime, lang: str) -> list[Markup]:
    """The sheet of a request, as of a moment."""
    facts = [
        (t("carte.sheet.where", lang), _where(row, lang)),
        (t("carte.sheet.opened", lang), _opened(row, as_of, lang)),
        _end(row, as_of, lang),
        (t("carte.sheet.status", lang), _status(row, lang)),
        (t("carte.sheet.reported", lang), _reported(row, lang)),
        (t("carte.sheet.position", lang), t(f"carte.precision.{row['precision']}", lang)),
    ]
    return [
        html.Div(
            [state_word(row["state"], lang), *_buttons(row, lang)],
            className="vg-sheet-top",
        ),
        html.H2([activity_name(row["activity"], lang), html.Span(row["external_id"], className="vg-dim")]),
        html.P(row["label"], className="vg-dim vg-sheet-label") if row["label"] else html.Span(),
        html.Dl([html.Div([html.Dt(term), html.Dd(said)]) for term, said in facts], className="vg-facts"),
        html.H3(t("liste.sheet.timeline", lang), className="vg-sheet-known vg-sheet-part"),
        html.Ol([_event(*event, lang) for event in _events(row, as_of, lang)], className="vg-known"),
        _more(row, lang),
    ]


def _events(row: Row, as_of: datetime, lang: str) -> list[tuple[datetime, str, str]]:
    """What is known of its life, in order: when, what, and how it is shown."""
    closed = row["closed_at"] if row["closed_at"] is not None and row["closed_at"] <= as_of else None
    found = [(row["opened_at"], t("liste.sheet.when_opened", lang), "")]
    if row["reopened_at"] is not None:
        found.append((row["reopened_at"], t("liste.sheet.when_reopened", lang), ""))
    if row["due_at"] is not None:
        missed = row["due_at"] < (closed or as_of)
        look = "is-late" if missed else "is-coming" if closed is None else ""
        found.append((row["due_at"], t("liste.sheet.when_due", lang), look))
    if row["status"] and row["status_at"] is not None and row["status_at"] not in {closed, row["opened_at"]}:
        word = t(f"carte.status.{row['status']}", lang)
        found.append((row["status_at"], t("liste.sheet.when_status", lang, status=word), ""))
    if closed is not None:
        found.append((closed, t("liste.sheet.when_closed", lang), "is-end"))
    return sorted(found, key=lambda event: event[0])


def _event(at: datetime, what: str, look: str, lang: str) -> Markup:
    return html.Li(
        [html.Span(what), html.Time(moment(at, lang), dateTime=at.isoformat())], className=look or None
    )


def _more(row: Row, lang: str) -> Markup:
    """Where assets/sheet.js puts what is beside the request."""
    return html.Div(
        className="vg-sheet-more",
        data_kept=True,
        data_src=f"/feeds/sheet/{row['id']}/more.json?lang={lang}",
        data_failed=t("liste.js.sheet_failed", lang),
        data_retry=t("carte.js.retry", lang),
    )


def missing(request_id: int, lang: str) -> list[Markup]:
    """The sheet of a request that is not there."""
    return [
        html.Div([html.Span(), _close(lang)], className="vg-sheet-top"),
        html.P(t("carte.sheet.missing", lang, id=request_id)),
    ]


def _buttons(row: Row, lang: str) -> list[Markup]:
    action = attributes(data_action="show-request")
    show = html.Button(
        [icon("map"), t("carte.sheet.show", lang)], type="button", className="vg-button", **action
    )
    on_map = row["precision"] in ON_MAP and row["lon"] is not None
    return [*([show] if on_map else []), _close(lang)]


def _close(lang: str) -> Markup:
    label = t("carte.sheet.close", lang)
    return html.Button(
        icon("close"), type="button", className="vg-button vg-quiet vg-square", title=label,
        **attributes(data_action="close-request", aria_label=label),
    )  # fmt: skip


def _where(row: Row, lang: str) -> list[Any]:
    a, b = row["street_from"], row["street_to"]
    if row["street"] is None:
        street = " / ".join(part for part in (a, b) if part)
        between = ""
    else:
        street = row["street"]
        between = t("carte.sheet.where_between", lang, a=a, b=b) if a and b else ""
        between = between or (t("carte.sheet.where_near", lang, a=a or b) if a or b else "")
    sector = [sector_name(row["sector"], lang)] if row["sector"] else []
    place = " · ".join([borough_name(row["borough"], lang), *sector])
    lines: list[Any] = [
        html.Strong(street) if street else "",
        between,
        html.Span(place, className="vg-dim"),
        html.Span(_crew(row, lang), className="vg-dim"),
    ]
    return [html.Div(line) for line in lines if line]


def _crew(row: Row, lang: str) -> str:
    """Who fixes it, where that is another borough than the one where it is."""
    who = row["borough_who"]
    if not who or who == row["borough"]:
        return ""
    return f"{t('carte.sheet.who', lang)}{_colon(lang)}{borough_name(who, lang)}"


def _opened(row: Row, as_of: datetime, lang: str) -> list[Any]:
    age = t("carte.sheet.age", lang, age=since(as_of - row["opened_at"], lang))
    return [moment(row["opened_at"], lang), html.Div(age, className="vg-dim")]


def _end(row: Row, as_of: datetime, lang: str) -> tuple[str, list[Any]]:
    """When it was closed; while it is open, when it is due."""
    if row["closed_at"] is not None and row["closed_at"] <= as_of:
        return t("carte.sheet.closed", lang), [
            moment(row["closed_at"], lang),
            *_due(row, row["closed_at"], lang),
        ]
    if row["due_at"] is None:
        return t("carte.sheet.due", lang), [t("carte.sheet.due_none", lang)]
    target = html.Span(t("carte.sheet.target", lang), className="vg-dim")
    return t("carte.sheet.due", lang), [
        moment(row["due_at"], lang),
        *_due(row, as_of, lang),
        html.Div(target),
    ]


def _due(row: Row, at: datetime, lang: str) -> list[Any]:
    """How a moment stands to the due date."""
    if row["due_at"] is None:
        return []
    left: timedelta = row["due_at"] - at
    if left < timedelta(0):
        return [html.Div(t("carte.sheet.due_late", lang, age=since(-left, lang)), className="vg-late")]
    if row["closed_at"] is not None and at == row["closed_at"]:
        return []
    return [html.Div(t("carte.sheet.due_left", lang, age=since(left, lang)), className="vg-dim")]


def _status(row: Row, lang: str) -> list[Any]:
    word = (
        t(f"carte.status.{row['status']}", lang) if row["status"] else t("carte.sheet.status_unknown", lang)
    )
    when = (
        [html.Div(moment(row["status_at"], lang), className="vg-dim")] if row["status_at"] is not None else []
    )
    again = [html.Div(t("carte.sheet.reopened", lang))] if row["reopened"] else []
    return [word, *when, *again]


def _reported(row: Row, lang: str) -> list[Any]:
    people = tn("carte.people", row["requesters"], lang, n=number(row["requesters"], lang))
    channel = (
        [html.Div(t(f"carte.channel.{row['channel']}", lang), className="vg-dim")] if row["channel"] else []
    )
    return [people, *channel]


def _colon(lang: str) -> str:
    return "\u00a0: " if lang == "fr" else ": "
