"""Boroughs ranked by a KPI: a table that a mouse, a keyboard and a screen reader read alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dashboard.components.names import borough_name
from dashboard.components.painted import link
from dashboard.markup import Markup, html
from dashboard.state import ViewState
from dashboard.text import change, number, t
from domain import territory


@dataclass(frozen=True, slots=True)
class Rank:
    """One part of the whole: a borough, related towns, outside, or unlocated."""

    code: str
    value: float
    before: float | None


def ranking(ranks: Sequence[Rank], state: ViewState) -> Markup:
    """Boroughs from most to least, then the parts that are no borough, then the sum."""
    lang = state.lang
    known = {b.code for b in territory.boroughs()}
    inside = sorted(
        (r for r in ranks if r.code in known), key=lambda r: (-r.value, borough_name(r.code, lang))
    )
    outside = [r for r in ranks if r.code not in known and (r.value or r.before)]
    top = max([r.value for r in inside] + [r.before or 0 for r in inside] + [1])
    head = html.Thead(
        html.Tr(
            [
                html.Th(t("apercu.borough", lang), scope="col"),
                html.Th(html.Span(t("apercu.scale", lang), className="vg-hidden"), className="vg-rank-track"),
                html.Th(t(f"kpi.{state.kpi}.short", lang), scope="col", className="vg-number"),
                html.Th(t("apercu.change", lang), scope="col", className="vg-number"),
            ]
        )
    )
    return html.Table(
        [
            html.Caption(t("apercu.ranking_caption", lang), className="vg-hidden"),
            head,
            html.Tbody([_row(r, top, state) for r in inside]),
            html.Tbody([_row(r, top, state, quiet=True) for r in outside], className="vg-rank-rest"),
            html.Tfoot(_sum_row(ranks, state)),
        ],
        className="vg-rank",
    )


def focus_state(code: str, state: ViewState) -> ViewState:
    """The state with a borough in focus, or without it where it is already the only one."""
    chosen = () if state.boroughs == (code,) else (code,)
    return state.replace(boroughs=chosen, sectors=())


def list_state(code: str | None, state: ViewState) -> ViewState:
    """The list behind a number of this table."""
    narrowed = state if code is None else state.replace(boroughs=(code,), sectors=())
    return narrowed.replace(screen="carte", request=None)


def _row(rank: Rank, top: float, state: ViewState, *, quiet: bool = False) -> Markup:
    lang = state.lang
    name = borough_name(rank.code, lang)
    looks = [
        "is-pilot" if rank.code in territory.pilots() else "",
        "is-focus" if rank.code in state.boroughs else "is-aside" if state.boroughs else "",
        "is-quiet" if quiet else "",
    ]
    focused = "true" if rank.code in state.boroughs else None
    written = number(rank.value, lang)
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
            html.Td(change(rank.value, rank.before, lang) or "–", className="vg-number vg-dim"),
        ],
        className=" ".join(filter(None, looks)) or None,
        data_code=rank.code,
    )


def _track(rank: Rank, top: float) -> Markup:
    """Now as a full dot, the period before as a hollow one, and the way between them."""
    now = rank.value / top
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


def _sum_row(ranks: Sequence[Rank], state: ViewState) -> Markup:
    lang = state.lang
    total = sum(r.value for r in ranks)
    compared = [r.before for r in ranks if r.before is not None]
    everywhere = list_state(None, state.replace(boroughs=(), sectors=()))
    written = number(total, lang)
    return html.Tr(
        [
            html.Th(t("apercu.total", lang), scope="row"),
            html.Td(className="vg-rank-track", aria_hidden="true"),
            html.Td(link(written, everywhere, className="vg-rank-value"), className="vg-number"),
            html.Td(
                change(total, sum(compared) if compared else None, lang) or "–", className="vg-number vg-dim"
            ),
        ]
    )
