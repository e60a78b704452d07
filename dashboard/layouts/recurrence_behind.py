"""The drawer of Récurrence with the list behind a number: a grid that asks the server for each page."""

from __future__ import annotations

from typing import Any

from dash import dcc, html
from dash.development.base_component import Component

from dashboard.attributes import attributes
from dashboard.components import listing
from dashboard.ids import Id
from dashboard.text import catalogue, t

_ROW_PX = 52


def behind_drawer(lang: str) -> list[Component]:
    """The drawer, closed: assets/returned.js opens it where the address names a number."""
    words = attributes(aria_label=t("recurrence.behind.label", lang))
    return [
        dcc.Store(id=Id.BEHIND_CONFIG, data=config(lang)),
        dcc.Store(id=Id.BEHIND_SHOWN),
        html.Aside(
            [
                html.Div(
                    [html.Div(id=Id.BEHIND_TITLE, role="status"), *_tools(lang)], className="vg-behind-top"
                ),
                html.P(id=Id.BEHIND_NOTE, className="vg-behind-note vg-dim"),
                html.Div(id=Id.BEHIND_BOX, className="vg-behind-box"),
            ],
            id=Id.BEHIND,
            className="vg-drawer vg-behind",
            tabIndex=-1,
            **words,
        ),
    ]


def _tools(lang: str) -> list[Component]:
    close = t("recurrence.behind.close", lang)
    return [
        _file_link("csv", Id.BEHIND_CSV, lang),
        _file_link("xlsx", Id.BEHIND_XLSX, lang),
        html.Button(
            "×",
            type="button",
            className="vg-button vg-square",
            title=close,
            **attributes(aria_label=close, data_behind_close="1"),
        ),
    ]


def _file_link(kind: str, place: Id, lang: str) -> Component:
    words, hint = (t(f"recurrence.behind.{kind}_{name}", lang) for name in ("link", "hint"))
    return listing.file_link(place, f"/feeds/returned_list.{kind}", words, hint)


def config(lang: str) -> dict[str, Any]:
    """What assets/returned.js needs in the page's language.

    The grid is here and not in the layout: its library is loaded when a list is first opened.
    """
    prefix = "recurrence.behind."
    words = {k.removeprefix(prefix): v for k, v in catalogue(lang).items() if k.startswith(prefix)}
    grid: Any = listing.grid(lang, Id.BEHIND_GRID, columns("work", lang), row_height_px=_ROW_PX)
    return {
        "lang": lang,
        "said": {
            name: words[name] for name in ("wait", "failed", "late", "retry", "see_request", "see_place")
        }
        | {"days": t("recurrence.days", lang)},
        "columns": {of: columns(of, lang) for of in ("work", "place")},
        "grid": grid.to_plotly_json(),
    }


def columns(of: str, lang: str) -> list[dict[str, Any]]:
    """Column definitions; `field` is the column that sorts the list (`dashboard.behind_view`)."""
    request = _column("external_id", "BehindRequest", lang, width=124, sortable=False)
    if of == "work":
        return [
            request,
            _column("place", "BehindPlace", lang, flex=1, minWidth=140, sortable=False),
            _column("done_at", "BehindDay", lang, width=104),
            _column("back_at", "BehindDay", lang, width=104),
            _column("back_after_days", "BehindNumber", lang, width=92, type="rightAligned"),
        ]
    return [
        request | {"flex": 1},
        _column("opened_at", "BehindDay", lang, width=104),
        _column("closed_at", "BehindDay", lang, width=104),
        _column("requesters", "BehindNumber", lang, width=96, type="rightAligned"),
        _column("episode", "BehindNumber", lang, width=92, type="rightAligned"),
    ]


def _column(field: str, renderer: str, lang: str, **more: Any) -> dict[str, Any]:
    name = t(f"recurrence.behind.column.{field}", lang)
    order = ["desc", "asc", None]
    return {
        "field": field,
        "headerName": name,
        "cellRenderer": renderer,
        "sortingOrder": order,
        "minWidth": 84,
    } | more
