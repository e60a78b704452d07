"""Links that change the address inside the page, icons, and the rail of screens."""

from __future__ import annotations

import json
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard.attributes import attributes
from dashboard.ids import Id
from dashboard.state import SCREENS, ViewState, keys_on
from dashboard.text import t


def icon(name: str) -> Component:
    """One of our own signs (assets/05-icons.css), silent for screen readers."""
    return html.Span(className=f"vg-icon vg-i-{name}", **attributes(aria_hidden="true"))


def link(children: Any, state: ViewState, **others: Any) -> Component:
    """A link to a state: an ordinary address, followed without loading the page (assets/00-nav.js)."""
    return html.A(children, href=state.to_url(), **attributes(data_nav=""), **others)


def rail(state: ViewState) -> Component:
    """The screens that exist. assets/frame.js keeps each link's query up to date.

    `data-keys` has, as JSON, the keys of the address that each screen keeps.
    """
    keys = {screen: keys_on(screen) for screen in SCREENS.values()}
    return html.Nav(
        [_brand(state), html.Ul([_entry(name, path, state) for path, name in SCREENS.items()])],
        id=Id.RAIL,
        className="vg-rail",
        **attributes(aria_label=t("rail.label", state.lang), data_keys=json.dumps(keys)),
    )


def _brand(state: ViewState) -> Component:
    return html.Div(
        [icon("brand"), html.Span(t("app.name", state.lang), className="vg-hidden")],
        className="vg-brand",
        title=t("app.tagline", state.lang),
    )


def _entry(name: str, path: str, state: ViewState) -> Component:
    current = attributes(aria_current="page") if name == state.screen else {}
    target = state.replace(screen=name, request=None)
    return html.Li(
        link(
            [icon(name), html.Span(t(f"rail.{name}", state.lang))],
            target,
            className="vg-rail-link",
            **attributes(data_screen=name, data_path=path),
            **current,
        )
    )
