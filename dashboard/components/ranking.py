"""Boroughs ranked by a KPI: a table that a mouse, a keyboard and a screen reader read alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dashboard import kpi_texts
from dashboard.components.names import borough_name
from dashboard.components.painted import link
from dashboard.markup import Markup, html
from dashboard.state import ViewState
from dashboard.text import DASH, t
from domain import territory
from mart.kpi_model import Kpi


@dataclass(frozen=True, slots=True)
class Rank:
    """One part of the whole: a borough, related towns, outside, or unlocated."""

    code: str
    value: float | None
    """None where there is no data."""
    before: float | None
    few: bool = False
    """It rests on too few requests to be ranked."""


def ranking(ranks: Sequence[Rank], whole: Rank, state: ViewState) -> Markup:
    """Boroughs from most to least, those of which little is known, the parts that are no borough, the whole."""
    lang = state.lang
    known = {b.code for b in territory.boroughs()}
    inside = sorted((r for r in ranks if r.code in known), key=lambda r: _place(r, lang))
    ranked = [r for r in inside if _is_ranked(r)]
    outside = [r for r in ranks if r.code not in known and (r.value or r.before)]
    top = max([r.value or 0 for r in ranked] + [r.before or 0 for r in ranked] + [1])
    head = html.Thead(
        html.Tr(
            [
                html.Th(t("apercu.borough", lang), scope="col"),
                html.Th(html.Span(t("apercu.scale", lang), className="vg-hidden"), className="vg-rank-track"),
                html.Th(kpi_texts.short(state.kpi, lang), scope="col", className="vg-number"),
                html.Th(t("apercu.change", lang), scope="col", className="vg-number"),
            ]
        )
    )
    quiet = [*(r for r in inside if not _is_ranked(r)), *outside]
    return html.Table(
        [
            html.Caption(t("apercu.ranking_caption", lang), className="vg-hidden"),
            head,
            html.Tbody([_row(r, top, state) for r in ranked]),
            html.Tbody([_row(r, top, state, quiet=True) for r in quiet], className="vg-rank-rest"),
            html.Tfoot(_sum_row(whole, state)),
        ],
        className="vg-rank",
    )


def _is_ranked(rank: Rank) -> bool:
    return rank.value is not None and not rank.few


def _place(rank: Rank, lang: str) -> tuple[float, str]:
    return -(rank.value or 0), borough_name(rank.code, lang)


def focus_state(code: str, state: ViewState) -> ViewState:
    """The state with a borough in focus, or without it where it is already the only one."""
    chosen = () if state.boroughs == (code,) else (code,)
    return state.replace(boroughs=chosen, sectors=())


def list_state(code: str | None, state: ViewState) -> ViewState:
    """The list behind a number of this table."""
    narrowed = state if code is None else state.replace(boroughs=(code,), sectors=())
    return kpi_texts.list_state(state.kpi, narrowed)


def _row(rank: Rank, top: float, state: ViewState, *, quiet: bool = False) -> Markup:
    lang = state.lang
    name = borough_name(rank.code, lang)
    looks = [
        "is-pilot" if rank.code in territory.pilots() else "",
        "is-focus" if rank.code in state.boroughs else "is-aside" if state.boroughs else "",
        "is-quiet" if quiet else "",
    ]
    focused = "true" if rank.code in state.boroughs else None
    kpi = kpi_texts.kpi_of(state.kpi)
    written = kpi_texts.few(lang) if rank.few else kpi_texts.written(kpi, rank.value, lang)
    opens = t("kpi.open_list", lang, value=written, name=name)
    return html.Tr(
        [
            html.Th(
                link(name, focus_state(rank.code, state), className="vg-rank-name", aria_current=focused),
                scope="row",
            ),
            html.Td(None if quiet else _track(rank, top), className="vg-rank-track", aria_hidden="true"),
            html.Td(
                link(
                    written,
                    list_state(rank.code, state),
                    className="vg-rank-value",
                    title=opens,
                    aria_label=opens,
                ),
                className="vg-number",
            ),
            html.Td(_moved(rank, kpi, lang), className="vg-number vg-dim"),
        ],
        className=" ".join(filter(None, looks)) or None,
        data_code=rank.code,
    )


def _track(rank: Rank, top: float) -> Markup:
    """Now as a full dot, the period before as a hollow one, and the way between them."""
    now = (rank.value or 0) / top
    if rank.before is None:
        return html.Div(html.I(className="vg-dot", style={"left": f"{now:.2%}"}), className="vg-track")
    before = rank.before / top
    way = {"left": f"{min(now, before):.2%}", "width": f"{abs(now - before):.2%}"}
    return html.Div(
        [
            html.I(className="vg-way", style=way),
            html.I(className="vg-dot is-before", style={"left": f"{before:.2%}"}),
            html.I(className="vg-dot", style={"left": f"{now:.2%}"}),
        ],
        className="vg-track",
    )


def _moved(rank: Rank, kpi: Kpi, lang: str) -> str:
    """How it compares with the period before; of a few requests nothing is said."""
    return DASH if rank.few else kpi_texts.changed(kpi, rank.value, rank.before, lang) or DASH


def _sum_row(whole: Rank, state: ViewState) -> Markup:
    """The whole city: the sum of a count, the city's own rate or median."""
    lang = state.lang
    kpi = kpi_texts.kpi_of(state.kpi)
    everywhere = list_state(None, state.replace(boroughs=(), sectors=()))
    written = kpi_texts.written(kpi, whole.value, lang)
    return html.Tr(
        [
            html.Th(t("apercu.total", lang), scope="row"),
            html.Td(className="vg-rank-track", aria_hidden="true"),
            html.Td(link(written, everywhere, className="vg-rank-value"), className="vg-number"),
            html.Td(_moved(whole, kpi, lang), className="vg-number vg-dim"),
        ]
    )
