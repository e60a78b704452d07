"""A number of Récurrence as a link that opens the list of what it counts (assets/returned.js)."""

from __future__ import annotations

from dashboard.behind import PlaceRequests, Work
from dashboard.markup import Markup, html
from dashboard.state import ViewState


def behind_link(
    words: str, of: Work | PlaceRequests, state: ViewState, opens: str, look: str | None = None
) -> Markup:
    """The number `words`; `opens` says what a press shows. Its address is a view of its own."""
    return html.A(
        words,
        href=state.replace(behind=str(of)).to_url(),
        className=f"vg-behind-link {look or ''}".strip(),
        data_behind=str(of),
        aria_label=f"{words}. {opens}",
    )
