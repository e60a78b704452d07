"""Définitions of the data: recurrence, precision, checks, and what published data say."""

from __future__ import annotations

from dashboard import anchors
from dashboard.components.check_words import check_name, check_parts, check_url
from dashboard.components.data_table import data_table
from dashboard.kpi_texts import name
from dashboard.markup import Markup, Node, html
from dashboard.state import ViewState
from dashboard.text import number, t
from domain.precision import ON_MAP, Precision
from geo.dedup.parameters import EXACT, SEGMENT, load_parameters
from geo.dedup.problems import RETURN_S
from geo.dedup.recurrence import MONTHS
from mart.kpi_model import Base
from mart.questions import recurring_places, returns
from mart.questions.quality_checks import CHECKS, Check
from mart.spells import DAY_US

_TERMS = ("request", "episode", "problem", "same_place", "recurrence", "back", "new", "returned")
_DAY_S = DAY_US // 1_000_000
_LIMITS = 5


def recurrence(lang: str) -> list[Node]:
    """What comes back, with the numbers of what counts it."""
    reach = load_parameters().reach
    numbers = {
        "return_days": number(RETURN_S // _DAY_S, lang),
        "months": number(MONTHS, lang),
        "least": number(recurring_places.LEAST_EPISODES, lang),
        "within": ", ".join(number(days, lang) for days in returns.WITHIN_DAYS),
        "return_months": number(returns.MONTHS, lang),
        "exact": number(reach[EXACT].place_m, lang),
        "segment": number(reach[SEGMENT].place_m, lang),
        "kpi": name("recurring_pct", lang),
    }
    pairs = [
        (t(f"definitions.recurrence.{term}", lang), t(f"definitions.recurrence_text.{term}", lang, **numbers))
        for term in _TERMS
    ]
    return [html.P(t("definitions.recurrence_lead", lang)), _terms(pairs)]


def precision(lang: str) -> list[Node]:
    """What each precision means, and where it is used."""
    uses = ("counts", "map", "groups", "recurrence")
    head = [t(f"definitions.precision{part}", lang) for part in ("", "_means", *(f"_{use}" for use in uses))]
    rows: list[list[Node]] = [
        [
            t(f"definitions.precision_name.{one}", lang),
            t(f"definitions.precision_text.{one}", lang),
            _yes(True, lang),
            *(_yes(one in ON_MAP, lang) for _ in uses[1:]),
        ]
        for one in Precision
    ]
    return [html.P(t("definitions.precision_lead", lang)), data_table(head, rows)]


def checks(state: ViewState) -> list[Node]:
    """Every check from its record."""
    lang = state.lang
    articles = [_check(check, state) for check in CHECKS.values()]
    lead = html.P(t("definitions.checks_lead", lang))
    return [lead, html.Div(articles, className="vg-definitions")]


def loads(state: ViewState) -> list[Node]:
    """What becomes of rows and fields that a load cannot believe."""
    lang = state.lang
    link = html.A(
        t("definitions.check_link", lang),
        href=ViewState(screen="qualite", lang=lang, theme=state.theme).to_url(),
        className="vg-more",
        data_nav=True,
    )
    return [html.P([t("definitions.loads_lead", lang), " ", link])]


def limits(lang: str) -> list[Node]:
    """What published data can and cannot say."""
    said = [html.Li(t(f"definitions.limit_{i}", lang)) for i in range(1, _LIMITS + 1)]
    return [html.Ul(said, className="vg-plain")]


def _check(check: Check, state: ViewState) -> Markup:
    lang, code = state.lang, check.code
    base = "closed" if check.base is Base.CLOSED else "received"
    parts = [
        *check_parts(code, lang),
        (t("definitions.counted", lang), t(f"definitions.checks_base.{base}", lang)),
    ]
    terms = [piece for term, text in parts for piece in (html.Dt(term), html.Dd(text))]
    link = html.A(
        t("definitions.check_link", lang), href=check_url(code, state), className="vg-more", data_nav=True
    )
    title = html.H3([check_name(code, lang), html.Code(code)])
    return html.Article(
        [title, html.Dl(terms, className="vg-info"), link],
        className="vg-card",
        id=anchors.check_anchor(code),
        tabIndex="-1",
    )


def _terms(pairs: list[tuple[str, str]]) -> Markup:
    pieces = [piece for term, text in pairs for piece in (html.Dt(term), html.Dd(text))]
    return html.Dl(pieces, className="vg-card vg-defs-list")


def _yes(is_so: bool, lang: str) -> Markup:
    word = "yes" if is_so else "no"
    return html.Span(t(f"definitions.precision_{word}", lang), className=f"vg-is-{word}")
