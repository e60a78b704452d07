"""The frame around every screen: rail, filter bar, as-of, language, theme, and the stores."""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html
from dash.development.base_component import Component

from dashboard import theme
from dashboard.attributes import attributes
from dashboard.components.filters import filter_bar
from dashboard.components.nav import icon, link, rail
from dashboard.components.search import search_box
from dashboard.components.views import views_menu
from dashboard.feeds.charts import LIBRARY
from dashboard.ids import Id
from dashboard.query import LANGUAGES
from dashboard.state import ViewState
from dashboard.text import t

HEARTBEAT_MS, WAITING_MS = 20_000, 3_000
"""How often the page asks for a newer mart, and how often while there is none."""


def page(
    state: ViewState, query: str | None, mart: dict[str, Any], drawn: dict[str, str], screen: Component
) -> Component:
    """The whole document: what Dash puts in the page at the first load.

    `query` is the part of the address that data depends on (None where the server could not know
    the address; the browser then fills it in), `mart` what /health says, `drawn` the frame's HTML by place.
    """
    wanted = {"screen": state.screen, "lang": state.lang, "ready": mart["state"] in {"ok", "stale"}}
    stores = [
        dcc.Location(id=Id.URL, refresh=False),
        dcc.Store(id=Id.VIEW),
        dcc.Store(id=Id.QUERY, data=query),
        dcc.Store(id=Id.PATCH),
        dcc.Store(id=Id.WANTED, data=wanted),
        dcc.Store(id=Id.MART, data=mart),
        dcc.Interval(id=Id.HEARTBEAT, interval=HEARTBEAT_MS if wanted["ready"] else WAITING_MS),
    ]
    framed = html.Div(frame(state, drawn, screen), id=Id.FRAME, className="vg-frame")
    whole: Component = dmc.MantineProvider([*stores, framed], id=Id.PROVIDER, theme=theme.mantine())
    return whole


def frame(state: ViewState, drawn: dict[str, str], screen: Component) -> list[Component]:
    """Rail, header and the screen's place, in the state's language."""
    lang = state.lang
    return [
        dcc.Store(id=Id.FRAME_DRAWN, data=drawn),
        dcc.Store(id=Id.FRAME_PAINTED),
        _charts(lang),
        html.A(t("app.skip", lang), href=f"#{Id.SCREEN}", className="vg-skip"),
        rail(state),
        html.Div(
            [
                _paper(lang),
                html.Header([filter_bar(state), _corner(state)], className="vg-header"),
                html.Div(
                    [
                        html.Div(className="vg-status", id=Id.STATUS_BAR),
                        html.Div([html.Div(id=Id.COMPARE), views_menu(lang)], className="vg-tools"),
                    ],
                    className="vg-statusline",
                ),
                html.Div(id=Id.NOTICE, className="vg-notices"),
                html.Div(t("page.down.title", lang), className="vg-notice vg-offline", role="alert"),
                html.Main(screen, id=Id.SCREEN, className="vg-screen", tabIndex=-1),
            ],
            className="vg-body",
        ),
    ]


def _charts(lang: str) -> Component:
    """What assets/chart.js needs: where the library is, and its words."""
    words = {f"data_{name}": t(f"chart.{name}", lang) for name in ("failed", "retry", "empty", "busy")}
    return html.Div(id=Id.FRAME_CHARTS, hidden=True, **attributes(data_library=LIBRARY, **words))


def _paper(lang: str) -> Component:
    """What only paper shows, filled by assets/print.js; with its words."""
    words = {f"data_{name}": t(f"paper.{name}", lang) for name in ("missing", "rows", "files")}
    return html.Div(className="vg-paper", **attributes(**words))


def _corner(state: ViewState) -> Component:
    lang = state.lang
    other = next(code for code in LANGUAGES if code != lang)
    return html.Div(
        [
            search_box(state),
            html.Div(id=Id.AS_OF, className="vg-as-of"),
            link(
                t("language.switch", lang),
                state.replace(lang=other),
                id=Id.LANGUAGE_SWITCH,
                className="vg-button vg-quiet",
                lang=other,
                **attributes(data_lang=other),
            ),
            html.Button(
                [icon("sun"), icon("moon")],
                id=Id.THEME_SWITCH,
                className="vg-button vg-quiet vg-square",
                type="button",
                **attributes(
                    data_to_dark=t("theme.dark", lang),
                    data_to_light=t("theme.light", lang),
                    aria_label=t("theme.dark", lang),
                ),
            ),
        ],
        className="vg-corner",
    )
