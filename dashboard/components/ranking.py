"""Boroughs or sectors ranked by a KPI: a table that a mouse, a keyboard and a screen reader read alike."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dashboard import kpi_texts
from dashboard.asking import Level
from dashboard.axes import Axis, axis
from dashboard.components.kpi import judged
from dashboard.components.names import borough_name, sector_name
from dashboard.components.painted import link
from dashboard.markup import Markup, Node, html
from dashboard.state import ViewState
from dashboard.text import DASH, NO_BREAK, t
from domain import territory
from geo.boroughs import load_sectors
from mart.kpi_model import Figure, Good, Kpi, Unit

_FAR = 0.6
"""Whiskers may widen the axis by this much of what the values span; beyond, they are cut at its ends."""


@dataclass(frozen=True, slots=True)
class Rank:
    """One part of the whole: a borough or sector, related towns, outside, or unlocated."""

    code: str
    value: float | None
    """None where there is no data."""
    low: float | None = None
    high: float | None = None
    """95 % interval; a count has none."""
    before: float | None = None
    change: float | None = None
    noise: bool | None = None
    few: bool = False
    """It rests on too few requests to be ranked."""

    @property
    def is_ranked(self) -> bool:
        """Whether it has a place."""
        return self.value is not None and not self.few


def rank_of(code: str, line: Mapping[Any, Any], kpi: Kpi) -> Rank:
    """A part from its line of `dashboard.changes`; with very few requests, now or before, nothing is compared."""
    few = kpi_texts.is_few(kpi, line["n"])
    compared = not few and not kpi_texts.is_few(kpi, line.get("before_n", math.nan))
    noise = line.get("before_noise")
    return Rank(
        code,
        _known(line["value"]),
        _known(line.get("low")),
        _known(line.get("high")),
        before=_known(line.get("before")) if compared else None,
        change=_known(line.get("before_change")) if compared else None,
        noise=noise if compared and isinstance(noise, bool) else None,
        few=few,
    )


def ordered(ranks: Sequence[Rank], kpi: Kpi, known: Sequence[str], lang: str, level: Level) -> list[Rank]:
    """The parts in the order in which they are shown.

    First those of `known` that are ranked, a rate's or a duration's best first and a count's most first; then the
    others of `known`; then the parts that are none, where there is anything of them.
    """
    sign = 1 if is_least_first(kpi) else -1
    inside = [rank for rank in ranks if rank.code in known]
    by_name = sorted(inside, key=lambda rank: place_name(rank.code, lang, level))
    ranked = sorted((r for r in by_name if r.is_ranked), key=lambda r: sign * (r.value or 0.0))
    outside = [r for r in ranks if r.code not in known and (r.value or r.before)]
    return [*ranked, *(r for r in by_name if not r.is_ranked), *outside]


def is_least_first(kpi: Kpi) -> bool:
    """Whether the best of a ranking is the lowest; counts say how much there is, and most comes first."""
    return kpi.figure is not Figure.COUNT and kpi.good is Good.DOWN


def place_name(code: str, lang: str, level: Level) -> str:
    """Name of a part."""
    return borough_name(code, lang) if level == "borough" else sector_name(code, lang)


def sectors_of(borough: str) -> tuple[str, ...]:
    """Codes of the sectors of a borough."""
    return tuple(sector.code for sector in load_sectors() if sector.borough == borough)


def focus_state(code: str, state: ViewState, focus: str | None = None) -> ViewState:
    """The state with a borough in focus, or, where one is (`focus`), with a sector picked; without it where it is."""
    if focus is None:
        return state.replace(boroughs=() if state.boroughs == (code,) else (code,), sectors=())
    return state.replace(boroughs=(focus,), sectors=() if state.sectors == (code,) else (code,))


def list_state(code: str | None, state: ViewState, focus: str | None = None) -> ViewState:
    """The list behind a number of a part, or of the whole (None)."""
    if focus is not None:
        narrowed = state.replace(boroughs=(focus,), sectors=() if code is None else (code,))
    else:
        narrowed = state.replace(boroughs=() if code is None else (code,), sectors=())
    return kpi_texts.list_state(state.kpi, narrowed)


def ranking(ranks: Sequence[Rank], whole: Rank, state: ViewState, focus: str | None = None) -> Markup:
    """Parts in the order of `ordered`, then the whole: the city, or the borough in focus."""
    lang, kpi = state.lang, kpi_texts.kpi_of(state.kpi)
    level: Level = "sector" if focus else "borough"
    known = sectors_of(focus) if focus else tuple(b.code for b in territory.boroughs())
    scale = _axis([*(r for r in ranks if r.is_ranked and r.code in known), whole], kpi, counts=_is_count(kpi))
    found = ordered(ranks, kpi, known, lang, level)
    ranked = [r for r in found if r.is_ranked and r.code in known]
    table = _Table(state, kpi, level, focus, scale, None if _is_count(kpi) else whole.value)
    return html.Table(
        [
            html.Caption(_caption(kpi, level, lang), className="vg-hidden"),
            _head(table),
            html.Tbody([_row(rank, table) for rank in ranked]),
            html.Tbody(
                [_row(r, table, quiet=True) for r in found if r not in ranked], className="vg-rank-rest"
            ),
            html.Tfoot(_whole_row(whole, table)),
        ],
        className="vg-rank",
    )


@dataclass(frozen=True, slots=True)
class _Table:
    """What every row needs."""

    state: ViewState
    kpi: Kpi
    level: Level
    focus: str | None
    scale: Axis
    line: float | None
    """The whole's own value, a line across all rows; a sum has none."""


def _is_count(kpi: Kpi) -> bool:
    return kpi.figure is Figure.COUNT


def _axis(ranks: Sequence[Rank], kpi: Kpi, *, counts: bool) -> Axis:
    """Of a count from 0 to the most; of others around the values, wide enough for most whiskers."""
    whole_numbers = kpi.unit is Unit.REQUESTS
    parts = ranks[:-1] if counts else ranks  # a sum would dwarf its parts
    dots = [value for rank in parts for value in (rank.value, rank.before) if value is not None]
    if not dots:
        return axis([0.0, 1.0], whole=whole_numbers)
    room = _FAR * ((max(dots) - min(dots)) or abs(max(dots)) or 1.0)
    whiskers = [
        min(max(end, min(dots) - room, 0.0), max(dots) + room)
        for rank in parts
        for end in (rank.low, rank.high)
        if end is not None
    ]
    return axis([*dots, *whiskers], from_zero=counts, whole=whole_numbers)


def _caption(kpi: Kpi, level: Level, lang: str) -> str:
    order = "most" if _is_count(kpi) or kpi.good is Good.NEITHER else "best"
    return t(f"apercu.ranking_caption.{level}", lang, order=t(f"apercu.order.{order}", lang))


def _head(table: _Table) -> Markup:
    lang, scale = table.state.lang, table.scale
    marks = [scale.marks[0], scale.marks[-1]]
    ends = [html.Span(kpi_texts.brief(table.kpi, mark, lang)) for mark in marks]
    return html.Thead(
        html.Tr(
            [
                html.Th(t(f"apercu.{table.level}", lang), scope="col"),
                html.Th(
                    [
                        html.Span(t("apercu.scale", lang), className="vg-hidden"),
                        html.Div(ends, aria_hidden="true"),
                    ],
                    className="vg-rank-track vg-rank-ends",
                ),
                html.Th(kpi_texts.short(table.state.kpi, lang), scope="col", className="vg-number"),
                html.Th(t("apercu.change", lang), scope="col", className="vg-number"),
            ]
        )
    )


def _row(rank: Rank, table: _Table, *, quiet: bool = False) -> Markup:
    state, lang = table.state, table.state.lang
    name = place_name(rank.code, lang, table.level)
    picked = state.boroughs if table.focus is None else state.sectors
    looks = [
        "is-pilot" if rank.code in territory.pilots() and table.focus is None else "",
        "is-focus" if rank.code in picked else "is-aside" if picked else "",
        "is-quiet" if quiet else "",
    ]
    text = kpi_texts.few(lang) if rank.few else kpi_texts.written(table.kpi, rank.value, lang)
    opens = t("kpi.open_list", lang, value=text, name=name)
    target = list_state(rank.code, state, table.focus)
    return html.Tr(
        [
            html.Th(
                link(
                    name,
                    focus_state(rank.code, state, table.focus),
                    className="vg-rank-name",
                    aria_current="true" if rank.code in picked else None,
                ),
                scope="row",
            ),
            html.Td(None if quiet else _track(rank, table), className="vg-rank-track", aria_hidden="true"),
            html.Td(
                link(
                    text, target, className="vg-rank-value", title=_said(rank, table, opens), aria_label=opens
                ),
                className="vg-number",
            ),
            html.Td(_moved(rank, table.kpi, lang), className="vg-number vg-rank-change"),
        ],
        className=" ".join(filter(None, looks)) or None,
        data_code=rank.code,
    )


def _said(rank: Rank, table: _Table, opens: str) -> str:
    """What a pointer reads of a number: its list, and its interval."""
    if rank.low is None or rank.high is None:
        return opens
    between = kpi_texts.between(table.kpi, rank.low, rank.high, table.state.lang)
    return f"{opens} · {t('kpi.panel.interval', table.state.lang)}{NO_BREAK}: {between}"


def _track(rank: Rank, table: _Table) -> Markup:
    """Now as a full dot with its interval, the period before as a hollow one, the whole's own value as a line."""
    scale = table.scale
    parts: list[Node] = []
    if table.line is not None:
        parts.append(html.I(className="vg-rank-whole", style={"left": f"{scale.place(table.line):.2%}"}))
    if rank.low is not None or rank.high is not None:
        ends = [scale.place(end) for end in (_or(rank.low, -math.inf), _or(rank.high, math.inf))]
        span = {"left": f"{ends[0]:.2%}", "width": f"{ends[1] - ends[0]:.2%}"}
        parts.append(html.I(className="vg-whisker", style=span))
    now = scale.place(rank.value or 0.0)
    if rank.before is not None:
        before = scale.place(rank.before)
        if rank.low is None:
            way = {"left": f"{min(now, before):.2%}", "width": f"{abs(now - before):.2%}"}
            parts.append(html.I(className="vg-way", style=way))
        parts.append(html.I(className="vg-dot is-before", style={"left": f"{before:.2%}"}))
    parts.append(html.I(className="vg-dot", style={"left": f"{now:.2%}"}))
    return html.Div(parts, className="vg-track")


def _moved(rank: Rank, kpi: Kpi, lang: str) -> Node:
    """How it compares with the period before, and what that is worth; of a few requests nothing is said."""
    moved = None if rank.few else kpi_texts.changed(kpi, rank.value, rank.before, lang)
    if moved is None or rank.change is None:
        return DASH
    look, words = judged(kpi, rank.change, rank.noise, lang)
    return html.Span(
        [moved, html.Span(f" ({words})", className="vg-hidden")], className=f"vg-judge {look}", title=words
    )


def _whole_row(whole: Rank, table: _Table) -> Markup:
    """The whole: the sum of a count, its own rate or median."""
    lang = table.state.lang
    everywhere = list_state(None, table.state, table.focus)
    text = kpi_texts.written(table.kpi, whole.value, lang)
    name = t("apercu.city", lang) if table.focus is None else borough_name(table.focus, lang)
    opens = t("kpi.open_list", lang, value=text, name=name)
    track = None if table.line is None else _track(whole, table)
    value = link(
        text, everywhere, className="vg-rank-value", title=_said(whole, table, opens), aria_label=opens
    )
    return html.Tr(
        [
            html.Th(name, scope="row"),
            html.Td(track, className="vg-rank-track", aria_hidden="true"),
            html.Td(value, className="vg-number"),
            html.Td(_moved(whole, table.kpi, lang), className="vg-number vg-rank-change"),
        ]
    )


def _known(number: Any) -> float | None:
    return None if number is None or math.isnan(number) else float(number)


def _or(number: float | None, other: float) -> float:
    return other if number is None else number
