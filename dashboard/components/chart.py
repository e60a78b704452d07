"""The place of a chart and its menu: assets/chart.js draws the one and serves the other."""

from __future__ import annotations

from dashboard.components.painted import icon
from dashboard.kpi_texts import definition_url
from dashboard.markup import Markup, html
from dashboard.state import ViewState
from dashboard.text import t

FEED = "/feeds/charts/"


def chart(code: str, state: ViewState, label: str, height_px: int) -> Markup:
    """Where a chart of `feeds.chart_records` is drawn; `label` names it for a screen reader.

    The old picture stays until the new one is there. A table of the same numbers stands beside it, never in it.
    """
    plot = html.Div(
        className="vg-chart-plot",
        role="img",
        aria_label=label,
        data_kept=True,
        data_src=feed(code, state),
        style={"height": f"{height_px}px"},
    )
    return html.Div(
        [plot, html.P(className="vg-chart-note", role="status")], className="vg-chart", data_chart=code
    )


def menu(code: str, state: ViewState, definition: str | None = None) -> Markup:
    """What can be had of a chart: a picture (PNG, SVG), its data (CSV), and what its KPI (`definition`) is."""
    lang = state.lang
    pictures = [
        html.Button(
            t(f"chart.{kind}", lang),
            type="button",
            className="vg-menu-item",
            data_picture=kind,
            data_src=f"{feed(code, state)}&picture=1",
        )
        for kind in ("png", "svg")
    ]
    data = html.A(
        t("chart.csv", lang), href=feed(code, state, "csv"), className="vg-menu-item", download=True
    )
    said = [] if definition is None else [_definition(definition, state)]
    name = t("chart.menu", lang)
    return html.Details(
        [
            html.Summary(icon("more"), className="vg-button vg-quiet vg-square", aria_label=name, title=name),
            html.Div([*pictures, data, *said], className="vg-pop vg-menu"),
        ],
        className="vg-info-box vg-menu-box",
        data_menu=code,
    )


def feed(code: str, state: ViewState, kind: str = "json") -> str:
    """Address of a chart's figure or data, for a view."""
    view = state.replace(map_view=None, request=None, theme=None, sort="")
    return f"{FEED}{code}.{kind}?{view.to_query() or 'lang=fr'}"


def _definition(kpi: str, state: ViewState) -> Markup:
    return html.A(
        t("chart.definition", state.lang),
        href=definition_url(kpi, state),
        className="vg-menu-item",
        data_nav=True,
    )
