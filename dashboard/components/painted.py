"""Signs and links of painted parts."""

from __future__ import annotations

from typing import Any

from dashboard.markup import Markup, Node, html
from dashboard.state import ViewState


def icon(name: str) -> Markup:
    """One of our own signs (assets/05-icons.css), silent for screen readers."""
    return html.Span(className=f"vg-icon vg-i-{name}", aria_hidden="true")


def link(children: Node, state: ViewState, **attributes: Any) -> Markup:
    """A link to a state: an ordinary address, followed without loading the page (assets/00-nav.js)."""
    return html.A(children, href=state.to_url(), data_nav=True, **attributes)
