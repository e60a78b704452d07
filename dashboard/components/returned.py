"""What share of done work came back, by part: dots with their intervals, and the numbers."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from dashboard.behind import Work
from dashboard.components.behind_link import behind_link
from dashboard.markup import Markup, Node, html
from dashboard.state import ViewState
from dashboard.text import NO_BREAK, number, percent, t, tn
from mart.questions.kpi import SMALL_N
from mart.questions.returns import WITHIN_DAYS

_ROUND = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0)


def returned_table(
    parts: pd.DataFrame,
    total: pd.DataFrame,
    cut: str,
    names: Callable[[str], str],
    rank_days: int,
    state: ViewState,
    focus: Collection[str] = (),
) -> Markup:
    """Parts from the largest share within `rank_days` days to the least; those of few are said and not ranked.

    A name puts its part in focus (`data-set`), or lets it go where it is the only one there. A number opens the
    list of what it counts: `n` the work done, a share the returns that were seen.
    """
    lang = state.lang
    ranked, few = ranked_parts(parts, rank_days)
    top = axis_top(ranked)

    def named(one: Mapping[Any, Any]) -> Markup:
        only = set(focus) == {one[cut]}
        return html.Button(
            names(one[cut]), type="button", className="vg-back-name", data_set=cut,
            data_value="" if only else one[cut], aria_pressed="true" if one[cut] in focus else "false",
        )  # fmt: skip

    def look(one: Mapping[Any, Any]) -> str | None:
        return ("is-focus" if one[cut] in focus else "is-aside") if focus else None

    def of(one: Mapping[Any, Any]) -> Work:
        return Work("activity" if cut == "activity" else "borough", one[cut])

    rows = [_row(one, named(one), of(one), top, state, look(one)) for one in ranked.to_dict("records")]
    rest = [_few_row(one, named(one), of(one), state, look(one)) for one in few.to_dict("records")]
    everything = t("recurrence.city" if cut == "borough" else "recurrence.all", lang)
    whole_of = Work("city") if cut == "borough" else Work()
    whole = _row(total.to_dict("records")[0], everything, whole_of, top, state)
    return html.Table(
        [
            html.Caption(t(f"recurrence.caption_{cut}", lang), className="vg-hidden"),
            html.Thead(_head(cut, lang)),
            html.Tbody(rows),
            html.Tbody(rest, className="vg-rank-rest") if rest else None,
            html.Tfoot(whole),
        ],
        className="vg-back",
    )


def _head(cut: str, lang: str) -> Markup:
    days_of = [t("recurrence.within", lang, n=days).replace(" ", NO_BREAK) for days in WITHIN_DAYS]
    return html.Tr(
        [
            html.Th(t(f"recurrence.{cut}", lang), scope="col"),
            html.Th(t("recurrence.done", lang), scope="col", className="vg-number"),
            *(html.Th(words, scope="col", className="vg-back-days") for words in days_of),
        ]
    )


def ranked_parts(parts: pd.DataFrame, rank_days: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Those of enough work from the most to the least; those of too little."""
    few = parts["n"] < SMALL_N
    share = f"share_{rank_days}"
    ranked = parts[~few].sort_values([share, "n"], ascending=[False, False], kind="stable")
    return ranked, parts[few]


def axis_top(parts: pd.DataFrame) -> float:
    """A round share at or above all that is drawn."""
    highs = [high for days in WITHIN_DAYS for high in parts[f"high_{days}"] if not math.isnan(high)]
    most = max(highs, default=0.0)
    return next((step for step in _ROUND if step >= most), 1.0)


def share_words(share: float, lang: str) -> str:
    """A share with one decimal; in words where nobody watched for so long."""
    return t("recurrence.not_yet", lang) if math.isnan(share) else percent(share, lang, 1)


def between_words(row: Mapping[Any, Any], days: int, lang: str) -> str:
    """`de 18,1 à 19,5 %`."""
    low, high = row[f"low_{days}"], row[f"high_{days}"]
    if math.isnan(low):
        return t("recurrence.not_yet", lang)
    return t("kpi.range", lang, low=number(low * 100, lang, 1), high=percent(high, lang, 1))


def work_link(words: str, of: Work, state: ViewState, look: str | None = None) -> Markup:
    """A number that opens its pieces of work; what it opens is said to who does not see where it stands."""
    opens = (
        t("recurrence.behind.open_work", state.lang)
        if of.days is None
        else t("recurrence.behind.open_back", state.lang, n=of.days)
    )
    return behind_link(words, of, state, opens, look)


def _row(
    row: Mapping[Any, Any], name: Node, of: Work, top: float, state: ViewState, look: str | None = None
) -> Markup:
    cells: list[Node] = [
        html.Th(name, scope="row"),
        _done(row, of, state),
        *(_share(row, replace(of, days=days), days, top, state) for days in WITHIN_DAYS),
    ]
    return html.Tr(cells, className=look)


def _done(row: Mapping[Any, Any], of: Work, state: ViewState) -> Markup:
    return html.Td(work_link(number(row["n"], state.lang), of, state), className="vg-number vg-dim")


def _share(row: Mapping[Any, Any], of: Work, days: int, top: float, state: ViewState) -> Markup:
    lang = state.lang
    share, low, high, n = (row[f"{what}_{days}"] for what in ("share", "low", "high", "returned"))
    written = share_words(share, lang)
    if math.isnan(share):
        return html.Td(html.Span(written, className="vg-dim"), className="vg-back-days")
    left, right = min(low / top, 1.0), min(high / top, 1.0)
    track = html.Div(
        [
            html.I(className="vg-back-way", style={"left": f"{left:.2%}", "width": f"{right - left:.2%}"}),
            html.I(className="vg-dot", style={"left": f"{min(share / top, 1.0):.2%}"}),
        ],
        className="vg-track",
        aria_hidden="true",
    )
    value = (
        work_link(written, of, state, "vg-back-share") if n else html.Span(written, className="vg-back-share")
    )
    between = t(
        "recurrence.behind.between", lang, low=number(low * 100, lang, 1), high=number(high * 100, lang, 1)
    )
    seen = tn("recurrence.behind.back_short", n, lang, n=number(n, lang))
    rests = [html.Span(words.replace(" ", NO_BREAK)) for words in (between, seen)]
    return html.Td(
        [html.Div([value, track]), html.Div([rests[0], " ", rests[1]], className="vg-back-rests")],
        className="vg-back-days",
    )


def _few_row(row: Mapping[Any, Any], name: Node, of: Work, state: ViewState, look: str | None) -> Markup:
    words = t("kpi.few", state.lang, n=SMALL_N).replace(" ", NO_BREAK)
    return html.Tr(
        [
            html.Th(name, scope="row"),
            _done(row, of, state),
            html.Td(words, colSpan=len(WITHIN_DAYS), className="vg-dim"),
        ],
        className=look,
    )
