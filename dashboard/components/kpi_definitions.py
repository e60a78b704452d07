"""Définitions of KPIs, from their records: what each is, how sure it is, and how it came to be so."""

from __future__ import annotations

from collections.abc import Iterator

from dashboard.components.names import borough_name
from dashboard.kpi_texts import about, anchor, brief, said
from dashboard.markup import Markup, html
from dashboard.text import day, t
from domain.activities import goal_for
from domain.territory import boroughs
from mart.kpi_model import Kpi
from mart.kpis import KPIS


def kpi_definitions(lang: str) -> list[Markup]:
    """Every KPI: the main ones, then the parts that sums are made of."""
    main = [_article(kpi, lang) for kpi in KPIS.values() if not kpi.is_part]
    parts = [_article(kpi, lang) for kpi in KPIS.values() if kpi.is_part]
    return [
        html.Div(main, className="vg-definitions"),
        html.H3(t("definitions.kpi_parts", lang)),
        html.P(t("definitions.kpi_parts_lead", lang)),
        html.Div(parts, className="vg-definitions"),
    ]


def _article(kpi: Kpi, lang: str) -> Markup:
    terms = [
        piece
        for part, texts in _rows(kpi, lang)
        for piece in (html.Dt(t(f"kpi.parts.{part}", lang)), *(html.Dd(text) for text in texts))
    ]
    name = html.H3([said(kpi.name, lang), html.Code(kpi.code)])
    content = [name, html.Dl(terms, className="vg-info")]
    return html.Article(content, className="vg-card", id=anchor(kpi.code), tabIndex="-1")


def _rows(kpi: Kpi, lang: str) -> Iterator[tuple[str, list[str]]]:
    """Each part of a definition with its lines."""
    for part, text in about(kpi, lang).items():
        yield part, [text]
    yield "unit", [t(f"kpi.unit.{kpi.unit}", lang)]
    yield "interval", [t(f"kpi.interval.{kpi.figure}", lang)]
    goals = list(_goals(kpi, lang))
    if goals:
        yield "goal", goals
    yield "versions", [_version(kpi, place, lang) for place in range(len(kpi.changes) - 1, -1, -1)]


def _goals(kpi: Kpi, lang: str) -> Iterator[str]:
    """The city's goal, and those that boroughs have of their own."""
    city = goal_for(kpi.code)
    if city is not None:
        yield t("kpi.goal", lang, value=brief(kpi, city.value, lang))
    for borough in boroughs():
        own = goal_for(kpi.code, borough.code)
        if own is not None and own.origin.startswith("borough:"):
            name = borough_name(borough.code, lang)
            yield t("kpi.goal_borough", lang, borough=name, value=brief(kpi, own.value, lang))


def _version(kpi: Kpi, place: int, lang: str) -> str:
    change = kpi.changes[place]
    words = {"version": change.version, "day": day(change.day, lang), "by": change.by}
    return t("kpi.version", lang, **words, what=said(change.what, lang))
