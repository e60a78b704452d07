"""What Aperçu asks of the mart: one look at counts by borough, one or two at their course."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

import pandas as pd

from dashboard.services import Services
from dashboard.state import ViewState
from mart.filters import UNLOCATED, Filters
from mart.periods import day_end, local_date
from mart.questions.headline import headline
from mart.questions.trend import Freq, trend
from mart.snapshot import Mart

BEFORE, YEAR = "before", "year"
FLOWS = ("received", "closed")
"""Counts over a stretch of time; the others are taken at a moment."""
_DAYS_BY_DAY = 31
_DAYS_BY_WEEK = 800


@dataclass(frozen=True, slots=True)
class Figures:
    """The answers behind one view of Aperçu."""

    as_of: datetime
    filters: Filters
    compared: tuple[str, ...]
    """Which of BEFORE and YEAR the data reach."""
    parts: pd.DataFrame
    """By borough over the whole city: `code`, then mart.questions.headline.COUNTS, `…_before`, `…_year`."""
    totals: dict[str, float]
    """The same columns for the filters as they are."""
    freq: Freq
    series: pd.DataFrame
    """mart.questions.trend over the period."""
    series_year: pd.DataFrame | None
    """The same a year earlier."""
    cut: frozenset[int]
    """Places of the steps of the series that are no whole day, week or month."""


def figures(services: Services, state: ViewState) -> Figures:
    """All figures of a view, from one version of the mart. Blocking.

    Raises:
        MartMissing: there is no mart to ask.
    """
    with services.reader.lease() as mart:
        as_of = mart.as_of()
        filters = state.filters(local_date(as_of))
        return services.kept.get((mart.version, as_of, filters), lambda: _ask(services, mart, filters, as_of))


def frequency(filters: Filters) -> Freq:
    """Days for a month, weeks for two years, months beyond."""
    if filters.days <= _DAYS_BY_DAY:
        return "day"
    return "week" if filters.days <= _DAYS_BY_WEEK else "month"


def reached(mart: Mart, filters: Filters) -> dict[str, Filters]:
    """The periods to compare with that begin when there were data already."""
    months = mart.manifest.months()
    others = {BEFORE: filters.previous(), YEAR: filters.year_before()}
    return {name: other for name, other in others.items() if months and other.start >= _first_day(months[0])}


def _ask(services: Services, mart: Mart, filters: Filters, as_of: datetime) -> Figures:
    compared = reached(mart, filters)
    freq = frequency(filters)
    parts, series, series_year = services.together(
        lambda: _parts(services, mart, filters, as_of),
        lambda: trend(mart, filters, as_of, freq),
        lambda: trend(mart, compared[YEAR], as_of, freq) if YEAR in compared else None,
    )
    return Figures(
        as_of=as_of,
        filters=filters,
        compared=tuple(compared),
        parts=parts,
        totals=_totals(mart, parts, filters, as_of),
        freq=freq,
        series=series,
        series_year=series_year,
        cut=cut_steps(series, freq, as_of),
    )


def _parts(services: Services, mart: Mart, filters: Filters, as_of: datetime) -> pd.DataFrame:
    """Counts by borough over the whole city: the same whichever boroughs are in focus."""
    city = replace(filters, boroughs=(), sectors=())

    def ask() -> pd.DataFrame:
        found = headline(mart, city, as_of, by="borough", against=reached(mart, city))
        found = found.rename(columns={"borough": "code"})
        found["code"] = found["code"].fillna(UNLOCATED)
        return found

    return services.kept.get((mart.version, as_of, city, "parts"), ask)


def _totals(mart: Mart, parts: pd.DataFrame, filters: Filters, as_of: datetime) -> dict[str, float]:
    """The counts of the filters as they are; a total is the sum of its boroughs."""
    if filters.sectors:
        totals = headline(mart, filters, as_of, against=reached(mart, filters))
    else:
        chosen = parts[parts["code"].isin(filters.boroughs)] if filters.boroughs else parts
        totals = chosen.drop(columns="code").sum().to_frame().T
    return {str(name): float(value) for name, value in totals.iloc[0].items()}


def cut_steps(series: pd.DataFrame, freq: Freq, as_of: datetime) -> frozenset[int]:
    """Places of the days, weeks or months of a series that the period or T cuts short."""
    if series.empty:
        return frozenset()
    first, last = (pd.Timestamp(series["period_start"].iloc[i]).date() for i in (0, -1))
    begins = {"day": first, "week": first - timedelta(days=first.weekday()), "month": first.replace(day=1)}[
        freq
    ]
    following = date(last.year + last.month // 12, last.month % 12 + 1, 1)
    ends = {
        "day": last,
        "week": last + timedelta(days=6 - last.weekday()),
        "month": following - timedelta(days=1),
    }[freq]
    cut = {0} if begins < first else set()
    # The newest event of an archive is seldom at midnight: an hour less makes no short day.
    return frozenset(cut | ({len(series) - 1} if as_of < day_end(ends) - timedelta(hours=1) else set()))


def _first_day(month: str) -> date:
    return date.fromisoformat(f"{month}-01")


def value(row: Mapping[Any, Any], name: str) -> float | None:
    """A count of a row, None where it was not asked for."""
    found = row.get(name)
    return None if found is None or math.isnan(found) else found
