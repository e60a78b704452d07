"""Qualité's figures, painted: the table of checks, and the panel of the chosen one."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from dashboard.charts.spark import sparkline
from dashboard.components.check_words import check_name, check_sentence, check_url, share_words
from dashboard.components.painted import icon
from dashboard.feeds_address import check_csv
from dashboard.ids import Id
from dashboard.layouts.qualite_check import check_panel
from dashboard.markup import Markup, html, to_html
from dashboard.quality_view import Checked, base_of, checked, detail, whole_from, whole_until
from dashboard.services import Services
from dashboard.state import ViewState
from dashboard.text import day_range, number, t
from mart.kpi_model import Base
from mart.periods import local_date

LEAST_BAR = 0.01
"""Width of the smallest bar, of its track: a share above 0 is seen."""


def draw_qualite(services: Services, state: ViewState, offset: int = 0) -> dict[str, str]:
    """Checks and the chosen one as HTML by the id of their place, from one version of the mart. Blocking.

    Raises:
        MartMissing: there is no mart to ask.
    """
    with services.reader.lease() as mart:
        seen = checked(services, mart, state)
        found = detail(services, mart, seen, offset)
    return {
        Id.QUALITE_CHECKS.value: to_html(checks(seen, state)),
        Id.QUALITE_CHECK.value: to_html(check_panel(seen, found, state)),
    }


def checks(seen: Checked, state: ViewState) -> list[Markup]:
    """One line per check, the most affected first."""
    lang = state.lang
    among = t(
        "qualite.among",
        lang,
        n=number(seen.quality.bases[Base.RECEIVED], lang),
        closed=number(seen.quality.bases[Base.CLOSED], lang),
    )
    head = html.Div(
        [html.H2(t("qualite.checks", lang)), html.P(among, className="vg-dim")], className="vg-section-head"
    )
    if seen.is_empty:
        words = [html.Strong(t("qualite.empty", lang)), html.P(t("qualite.empty_hint", lang))]
        return [head, html.Div(words, className="vg-empty", role="status")]
    most = max((seen.quality.share(code) or 0) for code in seen.order)
    columns = ("name", "count", "share", "course", "actions")
    names = html.Tr(
        [
            html.Th(
                t(f"qualite.{name}", lang), scope="col", className="vg-number" if name == "count" else None
            )
            for name in columns
        ]
    )
    rows = [_row(code, seen, state, most) for code in seen.order]
    table = html.Table(
        [html.Caption(t("qualite.lead", lang), className="vg-hidden"), html.Thead(names), html.Tbody(rows)],
        className="vg-table vg-checks",
    )
    return [head, table]


def _row(code: str, seen: Checked, state: ViewState, most: float) -> Markup:
    lang, n, share = state.lang, seen.quality.counts[code], seen.quality.share(code)
    name, url = check_name(code, lang), check_url(code, state)
    chosen = code == seen.chosen
    title = html.A(
        name,
        href=url,
        data_nav=True,
        data_check=code,
        className="vg-check-name",
        aria_current="true" if chosen else None,
    )
    of = t("qualite.short_closed" if base_of(code) is Base.CLOSED else "qualite.short_received", lang)
    width = f"{max((share or 0) / most, LEAST_BAR) if n else 0:.1%}" if most else "0"
    cells = [
        html.Th([title, html.Span(check_sentence(code, lang), className="vg-check-said")], scope="row"),
        html.Td(
            html.A(number(n, lang), href=url, data_nav=True, data_check=code, className="vg-check-count",
                   aria_label=t("qualite.open_long", lang, name=f"{name}, {number(n, lang)}"))
            if n else html.Span(t("qualite.none", lang), className="vg-dim"),
            className="vg-number",
        ),
        html.Td(
            [
                html.Span([share_words(share, lang), " ", html.Span(of, className="vg-dim")], className="vg-nowrap"),
                html.Span(html.I(style={"width": width}), className="vg-check-bar", aria_hidden="true"),
            ],
            className="vg-check-share",
        ),
        html.Td(_course(code, seen, lang), className="vg-check-course"),
        html.Td(_actions(code, name, n, state), className="vg-check-actions"),
    ]  # fmt: skip
    look = " ".join(["is-chosen"] * chosen + ["is-clean"] * (not n))
    return html.Tr(cells, className=look or None)


def _actions(code: str, name: str, n: int, state: ViewState) -> Markup | None:
    if not n:
        return None
    lang = state.lang
    return html.A(
        icon("download"),
        href=check_csv(code, state),
        download=True,
        className="vg-button vg-quiet vg-square",
        title=t("qualite.download_long", lang, name=name),
        aria_label=t("qualite.download_long", lang, name=name),
    )


def _course(code: str, seen: Checked, lang: str) -> Markup | None:
    """The shape of a check over the period; steps that the period cuts short are left out."""
    if not seen.quality.counts[code]:
        return None
    values = whole_steps(seen, [float(n) for n in seen.quality.course[code]])
    words = t(
        f"qualite.spark.{seen.freq}",
        lang,
        period=day_range(seen.filters.start, seen.filters.end, lang),
        low=number(min(values, default=0), lang),
        high=number(max(values, default=0), lang),
        last=number(values[-1] if values else 0, lang),
    )
    return sparkline(values, words)


def whole_steps(seen: Checked, values: Sequence[float]) -> list[float]:
    """Values of the weeks or months that are whole: one of two days would look like a fall."""
    first, last = seen.filters.start, min(seen.filters.end, local_date(seen.as_of))
    starts = [local_date(pd.Timestamp(at).to_pydatetime()) for at in seen.quality.course["start"]]
    kept = list(values)
    if starts and last < whole_until(starts[-1], seen.freq):
        kept = kept[:-1]
    if starts and whole_from(starts[0], seen.freq) < first:
        kept = kept[1:]
    return kept
