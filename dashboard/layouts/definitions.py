"""Définitions: what each figure counts, in words. KPIs are painted from their records, as figures are."""

from __future__ import annotations

from dash import dcc, html
from dash.development.base_component import Component

from dashboard.components.kpi_definitions import kpi_definitions
from dashboard.components.names import activity_name
from dashboard.ids import Id
from dashboard.layouts.duplicates import duplicates
from dashboard.markup import to_html
from dashboard.state import ViewState
from dashboard.text import number, t, tn
from domain.activities import Activity, activities


def layout(state: ViewState) -> Component:
    """KPIs, targets with their origin, how duplicates are found, and what published places are worth."""
    lang = state.lang
    return html.Div(
        [
            html.H1(t("definitions.title", lang)),
            html.P(t("definitions.lead", lang), className="vg-lead"),
            dcc.Store(
                id=Id.DEFINITIONS_DRAWN, data={Id.DEFINITIONS_KPIS.value: to_html(kpi_definitions(lang))}
            ),
            dcc.Store(id=Id.DEFINITIONS_PAINTED),
            html.Div(id=Id.DEFINITIONS_KPIS, className="vg-text-part"),
            html.H2(t("definitions.targets", lang)),
            html.P(t("definitions.targets_lead", lang)),
            _targets(lang),
            *duplicates(lang),
            html.H2(t("definitions.limits", lang)),
            html.Ul([html.Li(t(f"definitions.limit_{i}", lang)) for i in range(1, 5)], className="vg-plain"),
        ],
        className="vg-text",
    )


def _targets(lang: str) -> Component:
    head = html.Tr(
        [html.Th(t(f"definitions.{c}", lang), scope="col") for c in ("activity", "target", "labels")]
    )
    rows = [_target_row(a, lang) for a in activities() if a.target]
    return html.Div(
        html.Table([html.Thead(head), html.Tbody(rows)], className="vg-table"), className="vg-card vg-scroll"
    )


def _target_row(found: Activity, lang: str) -> Component:
    target = found.target
    days = target.days if target else 0
    kind = "definitions.calendar_days" if target and target.calendar else "definitions.working_days"
    labels = [label.capitalize() for label in found.labels]
    return html.Tr(
        [
            html.Th(activity_name(found.code, lang), scope="row"),
            html.Td(tn(kind, days, lang, n=number(days, lang))),
            html.Td(", ".join(labels), className="vg-dim"),
        ]
    )
