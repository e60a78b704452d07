"""What loads said, painted: each load, the rows that it rejected, and the fields that it set aside."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeVar

from dashboard.anchors import LOADS, definition_of
from dashboard.components.asking import asking
from dashboard.components.data_table import scrolling
from dashboard.components.painted import icon
from dashboard.feeds_address import rejected_csv
from dashboard.ids import Id
from dashboard.markup import Markup, Node, html, to_html
from dashboard.services import Services
from dashboard.state import ViewState
from dashboard.text import catalogue, moment, number, t, tn
from domain.errors import InputRefused, StoreUnavailable
from store.loads import Fault, Load, Loads, RejectedPage, read_loads, read_rejected, tick_of

PAGE_ROWS = 100
_COUNTS = ("read", "inserted", "updated", "unchanged", "information")
_FIELDS = re.compile(r"(\d+) fields expected, (\d+) found")

T = TypeVar("T")


def draw_loads(services: Services, load: int | None, offset: int, lang: str) -> dict[str, str]:
    """Loads, rejected rows of one of them, and faults, as HTML by the id of their place. Blocking."""
    url = services.settings.store
    try:
        tick = tick_of(url)
        found = _kept(services, (url, tick, "loads"), lambda: read_loads(url))
        content = [loads_table(found, lang), faults_table(found.faults, lang)]
        if load is not None:
            page = _kept(services, (url, tick, load, offset), lambda: _rejected(url, load, offset))
            content[1:1] = [] if page is None else [rejected_table(page, offset, lang)]
    except (StoreUnavailable, InputRefused):
        content = [away(lang)]
    return {Id.QUALITE_LOADS.value: to_html([_head(lang), *content])}


def _kept(services: Services, key: tuple[object, ...], ask: Callable[[], T]) -> T:
    return services.kept.get(key, ask)


def _rejected(url: str, load: int, offset: int) -> RejectedPage | None:
    """None where the load is not there: the browser may ask for anything."""
    try:
        return read_rejected(url, load, offset, PAGE_ROWS)
    except InputRefused:
        return None


def _head(lang: str) -> Markup:
    more = html.A(
        t("qualite.definition", lang),
        href=definition_of(LOADS, ViewState(lang=lang)),
        className="vg-more",
        data_nav=True,
    )
    title = [
        html.H2(t("qualite.loads.title", lang)),
        html.P(t("qualite.loads.lead", lang), className="vg-dim"),
    ]
    return html.Div([*title, more], className="vg-section-head")


def away(lang: str) -> Markup:
    """The request store does not answer: what still holds, and how to ask again."""
    again = asking(
        Id.QUALITE_LOADS_ASKED, {"load": None, "offset": 0, "lang": lang}, t("qualite.loads.retry", lang)
    )
    words = [html.Strong(t("qualite.loads.away", lang)), html.P(t("qualite.loads.away_hint", lang)), again]
    return html.Div(words, className="vg-empty", role="status")


def loads_table(found: Loads, lang: str) -> Markup:
    """The loads, the newest first."""
    if not found.loads:
        command = html.Pre(html.Code("vigie ingest montreal requetes311.csv"))
        words = [
            html.Strong(t("qualite.loads.empty", lang)),
            html.P(t("qualite.loads.empty_hint", lang)),
            command,
        ]
        return html.Div(words, className="vg-empty", role="status")
    columns = ("when", "source", "file", *_COUNTS, "rejected", "reasons")
    head = _header([t(f"qualite.loads.{name}", lang) for name in columns], range(3, 9))
    rows = [_load_row(load, lang) for load in found.loads]
    caption = t("qualite.loads.caption", lang)
    table = html.Table(
        [html.Caption(caption, className="vg-hidden"), head, html.Tbody(rows)], className="vg-table vg-loads"
    )
    more = found.total - len(found.loads)
    note = (
        html.P(tn("qualite.loads.more", more, lang, n=number(more, lang)), className="vg-dim")
        if more
        else None
    )
    return html.Div([scrolling(table, caption), note])


def _load_row(load: Load, lang: str) -> Markup:
    counts = [html.Td(number(getattr(load, name), lang), className="vg-number") for name in _COUNTS]
    rejected: Node = number(load.rejected, lang)
    if load.reasons:
        asked = {"load": load.id, "offset": 0, "lang": lang}
        label = t("qualite.loads.see_long", lang, file=load.file)
        see = asking(Id.QUALITE_LOADS_ASKED, asked, t("qualite.loads.see", lang), label=label)
        rejected = [html.Strong(number(load.rejected, lang)), " ", see]
    return html.Tr(
        [
            html.Th(moment(load.finished_at, lang), scope="row", className="vg-nowrap"),
            html.Td(load.source),
            html.Td(load.file, className="vg-file"),
            *counts,
            html.Td(rejected, className="vg-number"),
            html.Td(_reasons(load, lang), className="vg-reasons"),
        ]
    )


def _reasons(load: Load, lang: str) -> Node:
    if load.rejected and not load.reasons:
        return html.Span(t("qualite.loads.same_file", lang), className="vg-dim")
    said = [
        html.Li([reason_words(reason, lang), " ", html.Span(number(n, lang), className="vg-dim")])
        for reason, n in load.reasons.items()
    ]
    return html.Ul(said) if said else None


def rejected_table(page: RejectedPage, offset: int, lang: str) -> Markup:
    """Some rejected rows of a load."""
    load = page.load
    title = t("qualite.loads.rows", lang, file=load.file)
    heading = html.H3(title, id="qualite-rejected", tabIndex="-1")
    if not page.rows:
        return html.Section([heading, html.P(t("qualite.loads.rows_none", lang), className="vg-dim")])
    names = [t(f"qualite.loads.{name}", lang) for name in ("line", "column", "value", "reason")]
    rows = [
        html.Tr(
            [
                html.Th(number(row.line, lang), scope="row", className="vg-number"),
                html.Td(html.Code(row.field) if row.field else t("qualite.loads.whole_row", lang)),
                html.Td(row.value, className="vg-value"),
                html.Td(reason_words(row.reason, lang)),
            ]
        )
        for row in page.rows
    ]
    table = html.Table([_header(names, range(1)), html.Tbody(rows)], className="vg-table vg-rejected")
    tools = html.Div([heading, _pager(page, offset, lang)], className="vg-check-list-head")
    return html.Section([tools, scrolling(table, title)], className="vg-check-part")


def _pager(page: RejectedPage, offset: int, lang: str) -> Markup:
    load, last = page.load.id, min(offset + PAGE_ROWS, page.total)
    said = t(
        "qualite.list_count",
        lang,
        first=number(offset + 1, lang),
        last=number(last, lang),
        total=number(page.total, lang),
    )
    turns = [
        asking(
            Id.QUALITE_LOADS_ASKED,
            {"load": load, "offset": to, "lang": lang},
            t(f"qualite.{name}", lang),
            enabled=enabled,
        )
        for name, to, enabled in (
            ("previous", offset - PAGE_ROWS, offset > 0),
            ("next", offset + PAGE_ROWS, last < page.total),
        )
        if page.total > PAGE_ROWS
    ]
    download = html.A(
        [icon("download"), html.Span(t("qualite.download", lang))],
        href=rejected_csv(load, lang),
        download=True,
        className="vg-button",
        aria_label=t("qualite.download_long", lang, name=t("qualite.loads.rows", lang, file=page.load.file)),
    )
    asked = {"load": None, "offset": 0, "lang": lang}
    close = asking(Id.QUALITE_LOADS_ASKED, asked, t("qualite.loads.close", lang))
    return html.Div([html.Span(said, className="vg-dim"), *turns, download, close], className="vg-pager")


def faults_table(faults: list[Fault], lang: str) -> Markup:
    """Fields that loads emptied or questioned, by kind."""
    heading = [
        html.H3(t("qualite.faults.title", lang)),
        html.P(t("qualite.faults.lead", lang), className="vg-dim"),
    ]
    if not faults:
        return html.Section([*heading, html.P(t("qualite.faults.empty", lang))], className="vg-check-part")
    names = [t(f"qualite.faults.{name}", lang) for name in ("what", "field", "n")]
    rows = [
        html.Tr(
            [
                html.Th(fault_words(fault.code, lang), scope="row"),
                html.Td(html.Code(fault.field)),
                html.Td(number(fault.n, lang), className="vg-number"),
            ]
        )
        for fault in faults
    ]
    caption = t("qualite.faults.caption", lang)
    table = html.Table(
        [html.Caption(caption, className="vg-hidden"), _header(names, range(2, 3)), html.Tbody(rows)],
        className="vg-table vg-faults",
    )
    return html.Section([*heading, scrolling(table, caption)], className="vg-check-part")


def reason_words(reason: str, lang: str) -> str:
    """Why a row was rejected, in words; as the load said it where we have none."""
    shape = _FIELDS.fullmatch(reason)
    if shape:
        return t("qualite.reason.fields", lang, expected=shape[1], found=shape[2])
    return catalogue(lang).get(f"qualite.reason.{reason.replace(' ', '_')}", reason)


def fault_words(code: str, lang: str) -> str:
    """What was wrong with a field, in words; its code where we have none."""
    return catalogue(lang).get(f"qualite.faults.code.{code}", code)


def _header(names: list[str], numbers: range) -> Markup:
    cells = [
        html.Th(name, scope="col", className="vg-number" if i in numbers else None)
        for i, name in enumerate(names)
    ]
    return html.Thead(html.Tr(cells))
