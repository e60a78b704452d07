"""Définitions: what each figure counts, in words."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from dashboard.components.names import activity_name
from dashboard.layouts.duplicates import duplicates
from dashboard.query import KPIS
from dashboard.state import ViewState
from dashboard.text import number, t, tn
from domain.activities import Activity, activities

_PARTS = ("definition", "formula", "without", "better")


def layout(state: ViewState) -> Component:
    """KPIs, targets with their origin, how duplicates are found, and what published places are worth."""
    lang = state.lang
    return html.Div(
        [
            html.H1(t("definitions.title", lang)),
            html.P(t("definitions.lead", lang), className="vg-lead"),
            html.Div([_kpi(code, lang) for code in KPIS], className="vg-definitions"),
            html.H2(t("definitions.targets", lang)),
            html.P(t("definitions.targets_lead", lang)),
            _targets(lang),
            *duplicates(lang),
            html.H2(t("definitions.limits", lang)),
            html.Ul([html.Li(t(f"definitions.limit_{i}", lang)) for i in range(1, 5)], className="vg-plain"),
        ],
        className="vg-text",
    )


def _kpi(code: str, lang: str) -> Component:
    rows = [(t(f"kpi.parts.{part}", lang), t(f"kpi.{code}.{part}", lang)) for part in _PARTS]
    listed = [piece for term, text in rows for piece in (html.Dt(term), html.Dd(text))]
    return html.Article(
        [html.H2(t(f"kpi.{code}.name", lang)), html.Dl(listed, className="vg-info")], className="vg-card"
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
