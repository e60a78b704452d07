"""Définitions: what each figure counts, generated from what computes it and painted as figures are."""

from __future__ import annotations

from datetime import UTC, date, datetime

from dash import dcc, html
from dash.development.base_component import Component

from dashboard import anchors
from dashboard.attributes import attributes
from dashboard.components.kpi_definitions import kpi_definitions
from dashboard.ids import Id
from dashboard.layouts.definitions_data import checks, limits, loads, precision, recurrence
from dashboard.layouts.definitions_targets import days_off, goals_part, targets
from dashboard.layouts.duplicates import duplicates
from dashboard.markup import Markup, Node, to_html
from dashboard.markup import html as marked
from dashboard.state import ViewState
from dashboard.text import t
from mart.periods import local_date


def layout(state: ViewState) -> Component:
    """The page: contents at the left (on a phone above, to be opened), then every part."""
    lang = state.lang
    head = [html.H1(t("definitions.title", lang)), html.P(t("definitions.lead", lang), className="vg-lead")]
    return html.Div(
        [
            dcc.Store(id=Id.DEFINITIONS_DRAWN, data=draw_definitions(state)),
            dcc.Store(id=Id.DEFINITIONS_PAINTED),
            html.Div(head, className="vg-defs-head"),
            html.Nav(
                id=Id.DEFINITIONS_CONTENTS,
                className="vg-defs-contents",
                **attributes(aria_label=t("definitions.contents", lang)),
            ),
            html.Div(id=Id.DEFINITIONS_BODY, className="vg-defs-body"),
        ],
        className="vg-text vg-defs",
    )


def draw_definitions(state: ViewState, today: date | None = None) -> dict[str, str]:
    """Contents and parts as HTML by the id of their place."""
    found = parts(state, today or local_date(datetime.now(UTC)))
    return {
        Id.DEFINITIONS_CONTENTS.value: to_html(_contents(state.lang)),
        Id.DEFINITIONS_BODY.value: to_html([_short_contents(state.lang), *found]),
    }


def parts(state: ViewState, today: date) -> list[Markup]:
    """Every part under its heading, in the order of `anchors.PARTS`."""
    lang = state.lang
    content: dict[str, Node] = {
        anchors.KPIS: kpi_definitions(lang),
        anchors.GOALS: goals_part(state),
        anchors.TARGETS: targets(lang),
        anchors.DAYS_OFF: days_off(today, lang),
        anchors.DUPLICATES: duplicates(lang),
        anchors.RECURRENCE: recurrence(lang),
        anchors.PRECISION: precision(lang),
        anchors.CHECKS: checks(state),
        anchors.LOADS: loads(state),
        anchors.LIMITS: limits(lang),
    }
    return [
        marked.Section(
            [marked.H2(t(f"definitions.part.{part}", lang)), content[part]],
            id=part,
            tabIndex="-1",
            aria_label=t(f"definitions.part.{part}", lang),
        )
        for part in anchors.PARTS
    ]


def _contents(lang: str) -> list[Markup]:
    return [marked.H2(t("definitions.contents", lang)), _links(lang)]


def _short_contents(lang: str) -> Markup:
    """The same where there is no room beside the text."""
    title = marked.Summary(t("definitions.contents", lang))
    return marked.Details([title, _links(lang)], className="vg-card vg-defs-short")


def _links(lang: str) -> Markup:
    return marked.Ul(
        [marked.Li(marked.A(t(f"definitions.part.{part}", lang), href=f"#{part}")) for part in anchors.PARTS]
    )
