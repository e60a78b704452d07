"""What Aperçu asks of the mart: KPIs by borough, their course, and all of them compared."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Literal

import pandas as pd

from dashboard.kpi_texts import kpi_of
from dashboard.services import Services
from dashboard.state import ViewState
from mart.cuts import recent_from, stretches
from mart.filters import Filters
from mart.kpi_model import Base, Figure, Kpi
from mart.kpis import MAIN
from mart.periods import day_end, day_start, local_date, local_days
from mart.populations import Population
from mart.questions.compare import Earlier, compare, earlier
from mart.questions.kpi import first_request, kpis
from mart.snapshot import Mart

BEFORE, YEAR = "before", "year"
COUNTS = tuple(population.value for population in Population)
Freq = Literal["day", "week", "month"]
_AT_A_MOMENT = {Base.BACKLOG, Base.ACTIVE}
_DAYS_BY_DAY = 31
_DAYS_BY_WEEK = 800


@dataclass(frozen=True, slots=True)
class Figures:
    """The answers behind one view of Aperçu."""

    as_of: datetime
    filters: Filters
    compared: tuple[str, ...]
    """Which of BEFORE and YEAR the data reach."""
    chosen: Kpi
    """What the map, the ranking and the trend show."""
    parts: pd.DataFrame
    """By borough over the whole city: `code`, then COUNTS and the chosen KPI with its n, `…_before`, `…_year`."""
    city: dict[str, float]
    """The same columns for the whole city."""
    totals: dict[str, float]
    """The same columns for the filters as they are."""
    freq: Freq
    series: pd.DataFrame
    """`period_start` (Montréal's day), COUNTS and the chosen KPI over the period: what is taken at a moment at
    the end of each step."""
    series_year: pd.DataFrame | None
    """The same a year earlier."""
    cut: frozenset[int]
    """Places of the steps of the series that are no whole day, week or month."""
    every: pd.DataFrame | None
    """Each main KPI with what it is compared with (`Comparisons.total`); None where there is nothing to ask."""


def figures(services: Services, state: ViewState) -> Figures:
    """All figures of a view, from one version of the mart. Blocking.

    Raises:
        MartMissing: there is no mart to ask.
    """
    with services.reader.lease() as mart:
        as_of = mart.as_of()
        filters = state.filters(local_date(as_of))
        chosen = kpi_of(state.kpi)
        key = (mart.version, as_of, filters, None if chosen.code in COUNTS else chosen.code)
        found = services.kept.get(key, lambda: _ask(services, _View(mart, filters, as_of, chosen)))
        return replace(found, chosen=chosen)


def frequency(filters: Filters) -> Freq:
    """Days for a month, weeks for two years, months beyond."""
    if filters.days <= _DAYS_BY_DAY:
        return "day"
    return "week" if filters.days <= _DAYS_BY_WEEK else "month"


def is_flow(kpi: Kpi) -> bool:
    """Whether a KPI is of a stretch of time; others are taken at a moment."""
    return kpi.numerator.base not in _AT_A_MOMENT


@dataclass(frozen=True, slots=True)
class _View:
    """What is asked of which version."""

    mart: Mart
    filters: Filters
    as_of: datetime
    chosen: Kpi

    @property
    def codes(self) -> tuple[str, ...]:
        """KPIs that are asked by borough and over time."""
        return tuple(dict.fromkeys((*COUNTS, self.chosen.code)))

    @property
    def now(self) -> Earlier:
        """The period itself."""
        return Earlier(self.filters, self.as_of)

    @property
    def suffixed(self) -> tuple[str, ...]:
        """Columns that an earlier period has too."""
        return tuple(dict.fromkeys((*self.codes, n_of(self.chosen))))


def n_of(kpi: Kpi) -> str:
    """Column of what a KPI rests on; of a count it is the count itself."""
    return kpi.code if kpi.figure is Figure.COUNT else f"{kpi.stem}_n"


def _ask(services: Services, view: _View) -> Figures:
    mart, filters, as_of = view.mart, view.filters, view.as_of
    compared = earlier(mart, filters, as_of)
    freq = frequency(filters)
    with mart.facts.table(_earliest((view.now, *compared.values())), as_of):
        (parts, city), series, series_year, every = services.together(
            lambda: _parts(services, view),
            lambda: _series(view, view.now, freq),
            lambda: _series(view, compared[YEAR], freq) if YEAR in compared else None,
            lambda: _every(services, view),
        )
        totals = _totals(view, parts, city)
    return Figures(
        as_of=as_of,
        filters=filters,
        compared=tuple(compared),
        chosen=view.chosen,
        parts=parts,
        city=city,
        totals=totals,
        freq=freq,
        series=series,
        series_year=series_year,
        cut=cut_steps(series, freq, as_of),
        every=every,
    )


def _every(services: Services, view: _View) -> pd.DataFrame | None:
    """All main KPIs, the same whichever of them is chosen."""
    if not _is_reached(view.mart, view.now):
        return None
    key = (view.mart.version, view.as_of, view.filters, "every")
    return services.kept.get(key, lambda: compare(view.mart, view.filters, view.as_of, MAIN).total)


def _earliest(periods: Sequence[Earlier]) -> datetime:
    """The first moment that any question of these periods looks at: one table then does for all of them."""
    starts = [day_start(one.filters.start) for one in periods]
    return min(*starts, *(recent_from(one.filters.until(one.as_of)) for one in periods))


def _parts(services: Services, view: _View) -> tuple[pd.DataFrame, dict[str, float]]:
    """KPIs by borough over the whole city, the same whichever boroughs are in focus, and of the city itself."""
    city = replace(view, filters=replace(view.filters, boroughs=(), sectors=()))

    def ask() -> tuple[pd.DataFrame, dict[str, float]]:
        by_borough = _compared(city, ("borough",)).rename(columns={"borough": "code"})
        if view.chosen.code not in COUNTS:
            return by_borough, _plain(_compared(city))
        return by_borough, _plain(by_borough.drop(columns="code").sum().to_frame().T)

    return services.kept.get((view.mart.version, view.as_of, city.filters, view.codes, "parts"), ask)


def _compared(view: _View, by: tuple[str, ...] = ()) -> pd.DataFrame:
    """KPIs of a period, and with `_before` and `_year` those of the earlier ones that the data reach."""
    found = _asked(view, view.now, by)
    counts = list(COUNTS)
    for name, other in earlier(view.mart, view.filters, view.as_of).items():
        names = {column: f"{column}_{name}" for column in view.suffixed}
        there = _asked(view, other, by)[[*by, *names]].rename(columns=names)
        found = found.merge(there, on=list(by), how="outer") if by else pd.concat([found, there], axis=1)
        counts += [f"{count}_{name}" for count in COUNTS]
    return found.fillna(dict.fromkeys(counts, 0.0))


def _asked(view: _View, seen: Earlier, by: tuple[str, ...]) -> pd.DataFrame:
    """KPIs; counts are 0 where there was no request yet or the period is still to come."""
    if _is_reached(view.mart, seen):
        return kpis(view.mart, seen.filters, seen.as_of, view.codes, by).rows
    nothing: dict[str, list[Any]] = {name: [] for name in by}
    unknown = {name: [] if by else [math.nan] for name in view.suffixed}
    return pd.DataFrame(nothing | unknown | {name: [] if by else [0.0] for name in COUNTS})


def _is_reached(mart: Mart, seen: Earlier) -> bool:
    first = first_request(mart)
    return first is not None and first <= seen.as_of and seen.filters.start <= local_date(seen.as_of)


def _series(view: _View, seen: Earlier, freq: Freq) -> pd.DataFrame:
    """KPIs step by step. Steps that begin after T are left out; one that T cuts counts up to T."""
    if not _is_reached(view.mart, seen):
        starts = {"period_start": pd.Series([], dtype="datetime64[s]")}
        return pd.DataFrame(starts | {name: [] for name in view.suffixed})
    days = local_days(stretches(seen.filters, seen.as_of, freq).start_us // 1_000_000)
    found = kpis(view.mart, seen.filters, seen.as_of, view.codes, (freq,)).rows
    return found.rename(columns={freq: "period_start"}).assign(period_start=days.astype("datetime64[s]"))


def _totals(view: _View, parts: pd.DataFrame, city: dict[str, float]) -> dict[str, float]:
    """KPIs of the filters as they are; a count's total is the sum of its boroughs."""
    if not view.filters.sectors and not view.filters.boroughs:
        return city
    if view.filters.sectors or view.chosen.code not in COUNTS:
        return _plain(_compared(view))
    chosen = parts[parts["code"].isin(view.filters.boroughs)]
    return _plain(chosen.drop(columns="code").sum().to_frame().T)


def _plain(row: pd.DataFrame) -> dict[str, float]:
    return {str(name): float(value) for name, value in row.iloc[0].items()}


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


def value(row: Mapping[Any, Any], name: str) -> float | None:
    """A count of a row, None where it was not asked for."""
    found = row.get(name)
    return None if found is None or math.isnan(found) else found


def known(numbers: pd.Series) -> list[float | None]:
    """A column as plain numbers, None where there is no data."""
    return [None if math.isnan(number) else float(number) for number in numbers]
