"""The search box of the header. assets/search.js puts the field and its results in it."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from dashboard.attributes import attributes
from dashboard.ids import Id
from dashboard.state import ViewState
from dashboard.text import catalogue, t

_WORDS = ("label", "placeholder", "key", "results", "clear")


def search_box(state: ViewState) -> Component:
    """Finds requests, streets, intersections, boroughs and sectors, from every screen."""
    lang = state.lang
    prefix = "search.js."
    words = {f"data_{name}": t(f"search.{name}", lang) for name in _WORDS}
    said = {
        f"data_say_{key.removeprefix(prefix).replace('.', '_')}": text
        for key, text in catalogue(lang).items()
        if key.startswith(prefix)
    }
    return html.Div(
        id=Id.SEARCH,
        className="vg-search",
        role="search",
        **attributes(data_lang=lang, **words, **said),
    )
