"""The chart of Qualité: the course of the chosen check."""

from __future__ import annotations

from datetime import date

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.quality import Step, figure
from dashboard.components.check_words import check_name, check_sentence, share_words
from dashboard.feeds.chart_records.record import Chart
from dashboard.quality_view import (
    Checked,
    base_of,
    checked,
    step_spans,
    step_state,
    whole_from,
    whole_until,
)
from dashboard.services import Services
from dashboard.state import ViewState
from dashboard.text import day, number, t, tn
from mart.kpi_model import Base
from mart.snapshot import Mart


def ask(services: Services, mart: Mart, state: ViewState) -> Checked:
    """The checks of a view."""
    return checked(services, mart, state)


def steps(seen: Checked, state: ViewState) -> list[Step]:
    """The course of the chosen check."""
    course, code = seen.quality.course, seen.chosen
    among = course[base_of(code).value]
    return [
        _step(seen, state, span, int(n), int(of))
        for span, n, of in zip(step_spans(seen), course[code], among, strict=True)
    ]


def _step(seen: Checked, state: ViewState, span: tuple[date, date], n: int, among: int) -> Step:
    lang, (first, end) = state.lang, span
    when = t(f"qualite.step.{seen.freq}", lang, date=day(first, lang))
    share = share_words(n / among if among else None, lang)
    words = f"{when}<br><b>{tn('qualite.requests', n, lang, n=number(n, lang))}</b> ({share})"
    target = step_state(seen, state, span).to_url()
    partial = whole_from(first, seen.freq) < first or whole_until(first, seen.freq) > end
    tick = (
        f"{t(f'month.short.{first.month}', lang)} {first.year}"
        if seen.freq == "month"
        else day(first, lang, year=False)
    )
    return Step(n, among, tick, words, target, partial=partial)


def _figure(seen: Checked, state: ViewState) -> go.Figure:
    return figure(steps(seen, state))


def table(seen: Checked, state: ViewState) -> pd.DataFrame:
    """A line for each step: its first day, what was found, among how many, and the share in per cent."""
    lang = state.lang
    course, code = seen.quality.course, seen.chosen
    among = course[base_of(code).value].astype(float)
    starts = [first.isoformat() for first, _ in step_spans(seen)]
    base = "short_closed" if base_of(code) is Base.CLOSED else "short_received"
    return pd.DataFrame(
        {
            t("qualite.since", lang): starts,
            check_name(code, lang): course[code].astype(int),
            f"% {t(f'qualite.{base}', lang)}": (100 * course[code] / among.where(among > 0)).round(2),
        }
    )


def _settled(seen: Checked, state: ViewState) -> ViewState:
    """With the check that is shown."""
    return state.replace(check=seen.chosen)


def _title(state: ViewState) -> str:
    return check_name(state.check, state.lang)


def _about(state: ViewState) -> str:
    code = state.check
    key = "trend_about_closed" if base_of(code) is Base.CLOSED else "trend_about"
    return f"{check_sentence(code, state.lang)} {t(f'qualite.{key}', state.lang)}"


CHARTS: tuple[Chart, ...] = (
    Chart("quality", ask, _figure, table, _title, _about, height_px=320, screen="qualite", settled=_settled),
)
