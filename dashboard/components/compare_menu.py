"""The choice of what a view is set beside: an earlier period, any dates, or another borough."""

from __future__ import annotations

from datetime import date

from dashboard.components.names import borough_name
from dashboard.components.painted import icon, link
from dashboard.markup import Markup, html
from dashboard.query import SPAN
from dashboard.state import ViewState
from dashboard.text import t
from domain import territory
from mart.questions.compare import BEFORE, YEAR


def compare_menu(state: ViewState, today: date | None) -> Markup:
    """A button whose panel lists what there is to compare with; every choice opens Aperçu."""
    lang = state.lang
    name = t("compare.button", lang)
    page = state.replace(screen="apercu", request=None)
    periods = [_choice(t(f"compare.{code}", lang), page, code) for code in (BEFORE, YEAR)]
    others = [one.code for one in territory.boroughs() if one.code not in state.boroughs]
    boroughs = [_choice(borough_name(code, lang), page, code) for code in others]
    where = [] if state.screen == page.screen else [html.P(t("compare.opens", lang), className="vg-hint")]
    panel = html.Div(
        [
            *where,
            html.H3(t("compare.periods", lang)),
            html.Ul(periods, className="vg-choices"),
            _dates(state, today),
            html.H3(t("compare.boroughs", lang)),
            html.P(t("compare.boroughs_hint", lang), className="vg-hint"),
            html.Ul(boroughs, className="vg-choices vg-choices-2"),
        ],
        className="vg-pop vg-compare",
    )
    return html.Details(
        [
            html.Summary(
                [icon("compare"), html.Span(name)], className="vg-button vg-quiet vg-tool", aria_label=name
            ),
            panel,
        ],
        className="vg-info-box vg-tool-box",
    )


def _choice(name: str, page: ViewState, versus: str) -> Markup:
    chosen = page.versus == versus
    target = page.replace(versus="" if chosen else versus)
    return html.Li(link(name, target, className="vg-choice", aria_current="true" if chosen else None))


def _dates(state: ViewState, today: date | None) -> Markup:
    """Two days and a button; assets/views.js reads them."""
    lang = state.lang
    first, between, last = state.versus.partition(SPAN)
    if not between:
        first, last = (str(day) for day in state.dates(today)) if today else ("", "")
    fields = [
        html.Label(
            [
                html.Span(t(f"compare.{name}", lang)),
                html.Input(type="date", name=name, value=value, required=True),
            ]
        )
        for name, value in (("first", first), ("last", last))
    ]
    button = html.Button(t("compare.go", lang), type="submit", className="vg-button")
    return html.Form([*fields, button], className="vg-compare-dates", data_compare=True)
