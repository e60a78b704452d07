"""Saved views: a name for an address, kept in the person's browser (assets/views.js)."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from dashboard.attributes import attributes
from dashboard.components.nav import icon
from dashboard.ids import Id
from dashboard.text import t

_WORDS = ("start", "started", "unstart", "unstarted", "remove", "removed", "undo", "copied", "saved", "empty")
"""Texts that the script fills."""


def views_menu(lang: str) -> Component:
    """A button whose panel saves this view, lists the saved ones and copies the page's link."""
    words = {f"data_{name}": t(f"views.{name}", lang) for name in _WORDS}
    name = t("views.name", lang)
    form = html.Form(
        [
            html.Label(name, htmlFor=Id.VIEWS_NAME, className="vg-hidden"),
            html.Div(id=Id.VIEWS_NAME_PLACE),
            html.Button(t("views.save", lang), type="submit", className="vg-button"),
        ],
        className="vg-views-form",
        **attributes(data_views_form=""),
    )
    copies = html.Button(
        [icon("link"), t("views.link", lang)],
        type="button",
        className="vg-menu-item",
        **attributes(data_copy_link=""),
    )
    panel = html.Div(
        [
            html.H3(t("views.title", lang)),
            html.Ul(id=Id.VIEWS_LIST, className="vg-views"),
            form,
            copies,
            html.P(t("views.here", lang), className="vg-hint"),
            html.P(id=Id.VIEWS_SAID, className="vg-views-said", role="status"),
        ],
        className="vg-pop",
    )
    button = t("views.button", lang)
    summary = html.Summary(
        [icon("bookmark"), html.Span(button)],
        className="vg-button vg-quiet vg-tool",
        **attributes(aria_label=button),
    )
    return html.Details(
        [summary, panel], id=Id.VIEWS, className="vg-info-box vg-tool-box", **attributes(**words)
    )
