"""A KPI card: the number, what it rests on, how it compares, its shape over the period, and what it means."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from dashboard import kpi_texts
from dashboard.components.painted import icon, link
from dashboard.ids import Id
from dashboard.markup import Markup, Node, html
from dashboard.state import ViewState
from dashboard.text import number, t, tn
from dashboard.theme import STATES
from mart.kpi_model import Counted, Figure, Good, Kpi
from mart.populations import DENOMINATOR
from mart.questions.kpi import SMALL_N

_EARLIER = ("before", "year")

Line = Mapping[Any, Any]
"""A line of `dashboard.changes`, with `kpi` and `goal`."""


def kpi_card(line: Line, state: ViewState, as_of: str) -> Markup:
    """One card: the name chooses the KPI, the number leads to its list; its course is painted later."""
    kpi = kpi_texts.kpi_of(line["kpi"])
    is_chosen = kpi_texts.kpi_of(state.kpi) is kpi
    return html.Article(
        [
            html.Div(
                [_sign(kpi.code), _name(kpi, state, is_chosen), info(kpi.code, state, as_of)],
                className="vg-kpi-head",
            ),
            _number(kpi, line, state),
            html.Div(_below(kpi, line, state), className="vg-kpi-rests"),
            html.Div(id=spark_place(kpi.code), className="vg-kpi-spark", data_kept=True),
            html.Ul(
                [_comparison(kpi, line, one, state.lang) for one in _EARLIER], className="vg-kpi-compare"
            ),
        ],
        className="vg-card vg-kpi is-chosen" if is_chosen else "vg-card vg-kpi",
        data_kpi=kpi.code,
    )


def spark_place(code: str) -> str:
    """Id of the place where a card's course is painted."""
    return f"{Id.APERCU_SPARK}-{code}"


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


def judged(kpi: Kpi, change: float, noise: Any, lang: str) -> tuple[str, str]:
    """What is made of a change: a class (`is-noise`, `is-better`, `is-worse`, `is-news`) and its words."""
    if noise is None or noise != noise:  # noqa: PLR0124 - NaN is the one value unlike itself
        return "is-noise", t("kpi.panel.no_interval", lang)
    if noise:
        return "is-noise", t("kpi.panel.noise", lang)
    if kpi.good is Good.NEITHER:
        return "is-news", t("kpi.panel.news", lang)
    look = "is-better" if (change > 0) == (kpi.good is Good.UP) else "is-worse"
    return look, t(f"kpi.{look.removeprefix('is-')}", lang)


def _sign(code: str) -> Markup | None:
    """The status sign of a KPI that counts one status."""
    if code != "overdue":
        return None
    return html.Span(STATES["late"].sign, className="vg-sign vg-late", aria_hidden="true")


def _name(kpi: Kpi, state: ViewState, is_chosen: bool) -> Markup:
    name = kpi_texts.said(kpi.name, state.lang)
    picks = t("kpi.panel.pick", state.lang, name=name)
    current = "true" if is_chosen else None
    return html.H2(
        link(name, state.replace(kpi=kpi.code), className="vg-kpi-name", title=picks, aria_current=current)
    )


def _number(kpi: Kpi, line: Line, state: ViewState) -> Markup:
    text = kpi_texts.written(kpi, line["value"], state.lang)
    if math.isnan(line["value"]):
        return html.Div(html.Span(text, className="vg-kpi-none"), className="vg-kpi-body")
    name = kpi_texts.said(kpi.name, state.lang)
    opens = t("kpi.open_list", state.lang, value=text, name=name[:1].lower() + name[1:])
    target = kpi_texts.list_state(kpi.code, state)
    return html.Div(
        link(text, target, className="vg-kpi-value", title=opens, aria_label=opens), className="vg-kpi-body"
    )


def _below(kpi: Kpi, line: Line, state: ViewState) -> list[Node]:
    """What the number rests on, with its list; its goal, where there is one."""
    lang = state.lang
    rests: list[Node] = [_rests_on(kpi, line["n"], state)]
    if kpi_texts.is_few(kpi, line["n"]):
        rests += [" ", html.Span(kpi_texts.few(lang), title=t("kpi.few_long", lang, n=SMALL_N))]
    if math.isnan(line["goal"]):
        return [html.Span(rests)]
    goal = t("kpi.card.goal", lang, value=kpi_texts.brief(kpi, line["goal"], lang))
    return [html.Span(rests), html.Span(goal, className="vg-kpi-goal")]


def _rests_on(kpi: Kpi, n: float, state: ViewState) -> Node:
    lang = state.lang
    if kpi.figure is Figure.COUNT:
        return t("kpi.unit.requests", lang)
    counted = (kpi.denominator or kpi.numerator).counted
    kind = Counted.PROBLEMS if counted is Counted.RECURRING else counted
    text = tn(f"kpi.card.rests_on.{kind}", n, lang, n=number(n, lang))
    population = kpi.code if kpi.denominator is None else f"{kpi.code}/{DENOMINATOR}"
    opens = t("kpi.panel.rests_on", lang, n=text, name=kpi_texts.said(kpi.name, lang))
    target = kpi_texts.list_state(population, state)
    return link(text, target, className="vg-kpi-n", title=opens, aria_label=opens)


def _comparison(kpi: Kpi, line: Line, earlier: str, lang: str) -> Markup:
    """The change from an earlier period, what it is worth, and that period's own number."""
    label = html.Span(t(f"kpi.panel.{earlier}", lang), className="vg-kpi-when")
    change = float(line.get(f"{earlier}_change", math.nan))
    if math.isnan(change):
        return html.Li([label, html.Span(t("kpi.no_data", lang), className="vg-dim")])
    was = kpi_texts.written(kpi, line[earlier], lang)
    bounds = [line[f"{earlier}_{end}"] for end in ("low", "high")]
    between = (
        "" if math.isnan(bounds[0]) else f" ({kpi_texts.moved_between(kpi, bounds[0], bounds[1], lang)})"
    )
    moved = kpi_texts.changed(kpi, line["value"], line[earlier], lang) or ""
    look, words = judged(kpi, change, line[f"{earlier}_noise"], lang)
    arrow = "arrow-up" if change > 0 else "arrow-down" if change < 0 else "arrow-level"
    return html.Li(
        [
            label,
            html.Span([icon(arrow), moved], className="vg-change"),
            html.Span(words, className="vg-judged"),
        ],
        className=look,
        title=t("kpi.panel.was", lang, value=was) + between,
    )
