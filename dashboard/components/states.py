"""Full-page states: what happened, and what to do."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from dashboard.components.nav import icon, link
from dashboard.state import ViewState
from dashboard.text import t


def missing_mart(lang: str, path: str, *, old: bool = False) -> Component:
    """No mart, or one that this version cannot read; the page comes back by itself (assets/frame.js)."""
    key = "page.old_mart" if old else "page.missing_mart"
    return _state(
        "data",
        t(f"{key}.title", lang),
        [
            html.P(t(f"{key}.body", lang)),
            html.Pre(html.Code("vigie build --full" if old else "vigie build")),
            html.P(t("page.missing_mart.where", lang, path=path), className="vg-dim"),
            html.P(t("page.missing_mart.after", lang), className="vg-dim"),
        ],
    )


def not_found(state: ViewState) -> Component:
    """An address that is no screen."""
    home = link(t("page.not_found.action", state.lang), state.replace(screen="apercu"), className="vg-button")
    return _state(
        "search", t("page.not_found.title", state.lang), [html.P(t("page.not_found.body", state.lang)), home]
    )


def _state(sign: str, title: str, content: list[Component]) -> Component:
    return html.Section([icon(sign), html.H1(title), *content], className="vg-state")
