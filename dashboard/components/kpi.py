"""A KPI card: the number, how it compares, its shape over the period, and what it means."""

from __future__ import annotations

from dataclasses import dataclass

from dashboard import kpi_texts
from dashboard.components.painted import icon, link
from dashboard.markup import Markup, html
from dashboard.state import ViewState
from dashboard.text import change, number, t
from dashboard.theme import STATES


@dataclass(frozen=True, slots=True)
class Kpi:
    """What a card shows of one KPI."""

    code: str
    value: float
    before: float | None
    """In the period of equal length before; None where the data do not reach."""
    year: float | None
    """In the same period of the year before; None where the data do not reach."""


def kpi_card(kpi: Kpi, shape: Markup, state: ViewState, as_of: str) -> Markup:
    """One card: the number leads to its list, `shape` is its course over the period."""
    lang = state.lang
    name = kpi_texts.name(kpi.code, lang)
    written = number(kpi.value, lang)
    target = kpi_texts.list_state(kpi.code, state)
    opens = t("kpi.open_list", lang, value=written, name=name.lower())
    return html.Article(
        [
            html.Div([_sign(kpi.code), html.H2(name), info(kpi.code, state, as_of)], className="vg-kpi-head"),
            html.Div(
                [
                    link(written, target, className="vg-kpi-value", title=opens, aria_label=opens),
                    shape,
                ],
                className="vg-kpi-body",
            ),
            html.Ul(
                [
                    _comparison(kpi.value, kpi.before, "kpi.before", lang),
                    _comparison(kpi.value, kpi.year, "kpi.year", lang),
                ],
                className="vg-kpi-compare",
            ),
        ],
        className="vg-card vg-kpi",
        data_kpi=kpi.code,
    )


def info(code: str, state: ViewState, as_of: str) -> Markup:
    """A button that opens what a KPI counts, what it leaves out, and at which moment; the rest is in Définitions."""
    lang = state.lang
    found = kpi_texts.kpi_of(code)
    name = kpi_texts.said(found.name, lang)
    rows = [
        *((t(f"kpi.parts.{part}", lang), text) for part, text in kpi_texts.about(found, lang).items()),
        (t("as_of.label", lang), as_of),
    ]
    content = html.Dl(
        [piece for term, text in rows for piece in (html.Dt(term), html.Dd(text))], className="vg-info"
    )
    about = t("kpi.about", lang, name=name)
    button = html.Summary(icon("info"), className="vg-info-button", title=about, aria_label=about)
    more = html.A(
        t("kpi.more", lang),
        href=kpi_texts.definition_url(found.code, state),
        className="vg-more",
        data_nav=True,
        aria_label=t("kpi.panel.definition", lang, name=name),
    )
    return html.Details(
        [button, html.Div([html.H3(name), content, more], className="vg-pop")], className="vg-info-box"
    )


def _sign(code: str) -> Markup | None:
    """The status sign of a KPI that counts one status."""
    if code != "overdue":
        return None
    return html.Span(STATES["late"].sign, className="vg-sign vg-late", aria_hidden="true")


def _comparison(value: float, other: float | None, key: str, lang: str) -> Markup:
    """Change against another period, with that period's own number."""
    known = t("kpi.no_data", lang) if other is None else number(other, lang)
    said = html.Span(t(key, lang, value=known), className="vg-dim")
    moved = change(value, other, lang)
    if other is None or moved is None:
        return html.Li([html.Span("–", className="vg-change"), said])
    arrow = "arrow-up" if value > other else "arrow-down" if value < other else "arrow-level"
    return html.Li([html.Span([icon(arrow), moved], className="vg-change"), said])
