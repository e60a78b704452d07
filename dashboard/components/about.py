"""A button that opens what a figure of a screen counts and leaves out."""

from __future__ import annotations

from collections.abc import Iterable

from dashboard.components.painted import icon
from dashboard.markup import Markup, Node, html


def about(label: str, title: str, parts: Iterable[tuple[str, str]], more: Node = None) -> Markup:
    """As the one of a KPI: `label` names the button, `parts` are terms and what is said of each."""
    content = [piece for term, text in parts for piece in (html.Dt(term), html.Dd(text))]
    button = html.Summary(icon("info"), className="vg-info-button", title=label, aria_label=label)
    panel = html.Div([html.H3(title), html.Dl(content, className="vg-info"), more], className="vg-pop")
    return html.Details([button, panel], className="vg-info-box")
