"""What `vigie kpi` asks and prints."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
import typer

from console import answer, print_table
from domain.errors import InputRefused
from domain.localtime import MONTREAL
from domain.settings import load_settings
from mart.choices import check_labels, chosen_filters
from mart.filters import FIRST_DAY, LAST_DAY
from mart.kpi_model import Figure, Kpi, Unit
from mart.kpi_report import is_small, report, write_csv
from mart.kpis import MAIN, chosen
from mart.periods import day_end, local_date
from mart.questions.compare import Comparisons, compare
from mart.questions.kpi import KpiTable, columns_of, kpis
from mart.snapshot import Mart, open_mart

FIRST = ("received", "on_time_pct", "overdue", "median_days_to_close", "backlog", "recurring_pct")
"""What a table by parts shows a person who names no KPI."""


@dataclass(frozen=True)
class Asked:
    """The options of the command."""

    start: date
    end: date
    borough: Sequence[str] | None
    activity: Sequence[str] | None
    sector: Sequence[str] | None
    label: Sequence[str] | None
    channel: Sequence[str] | None
    precision: Sequence[str] | None
    who: bool
    as_of: str | None
    by: Sequence[str] | None
    kpis: Sequence[str] | None
    compare: bool
    csv: Path | None
    lang: str
    as_json: bool


def run_kpi(asked: Asked) -> None:
    """Ask the mart, and print or write the answer.

    Raises:
        InputRefused: a code, part, period or moment that cannot be.
        MartMissing: there is no mart.
    """
    codes, parts = _listed(asked.kpis), _listed(asked.by)
    chosen(codes)  # a slip in a code is told before the mart is opened
    filters = chosen_filters(
        asked.start,
        asked.end,
        boroughs_=asked.borough or (),
        sectors=asked.sector or (),
        activities_=asked.activity or (),
        labels=asked.label or (),
        channels=asked.channel or (),
        precisions=asked.precision or (),
        by="who" if asked.who else "where",
    )
    with open_mart(load_settings().mart) as mart:
        check_labels(mart, asked.label or ())
        as_of = _as_of(asked.as_of, mart)
        compared = compare(mart, filters, as_of, codes, parts) if asked.compare else None
        table = compared.now if compared else kpis(mart, filters, as_of, codes, parts)
    if asked.csv is not None:
        write_csv(table, asked.csv)
    if asked.as_json:
        answer(report(table, compared), as_json=True)
        return
    typer.echo(
        f"{filters.start} – {filters.end}, as of {as_of.astimezone(ZoneInfo(MONTREAL)):%Y-%m-%d %H:%M}"
    )
    if parts and compared:
        _print_compared(compared, asked)
    elif parts:
        _print_parts(table, asked)
    else:
        _print_whole(table, asked, compared)
    if asked.csv is not None:
        typer.echo(f"{len(table.rows)} rows are in {asked.csv}")


def _as_of(text: str | None, mart: Mart) -> datetime:
    """T: the mart's own, or a moment that is not still to come; of today, now."""
    if text is None:
        return mart.as_of()
    asked, now = read_moment(text), max(datetime.now(UTC), mart.newest_event_at)
    if local_date(asked) > local_date(now) or (asked > now and not _is_day(text)):
        raise InputRefused(f"--as-of {text} is still to come: today is {local_date(now)}.")
    return min(asked, now)


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def read_moment(text: str) -> datetime:
    """T from a day (its last moment) or a moment; Montréal's wall clock unless it says its zone.

    Raises:
        InputRefused: neither.
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise InputRefused(
            f"--as-of has to be a day or a moment such as 2026-03-01T17:00, not {text!r}."
        ) from error
    if not FIRST_DAY <= moment.date() <= LAST_DAY:
        raise InputRefused(f"--as-of lies between the years {FIRST_DAY.year} and {LAST_DAY.year}.")
    if _is_day(text):
        return day_end(moment.date())
    return (moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(MONTREAL))).astimezone(UTC)


def _listed(given: Sequence[str] | None) -> list[str]:
    return [part.strip() for one in given or () for part in one.split(",") if part.strip()]


def _print_whole(table: KpiTable, asked: Asked, compared: Comparisons | None) -> None:
    """A line for each KPI."""
    shown = [kpi for kpi in table.kpis if asked.kpis or kpi.code in MAIN]
    lines = []
    for kpi in shown:
        name = kpi.name.of(asked.lang)
        line: dict[str, Any] = {"code": kpi.code, "": name, "value": written(kpi, dict(table.total))}
        line |= {"n": _n(kpi, table.total), "95 %": _interval(kpi, table.total)}
        if compared is not None:
            line |= _changes(kpi, compared.total)
        lines.append(line)
    print_table(lines)


def _print_parts(table: KpiTable, asked: Asked) -> None:
    """A line for each part, and one for the whole."""
    shown = [kpi for kpi in table.kpis if asked.kpis or kpi.code in FIRST]
    whole: dict[Any, Any] = dict.fromkeys(table.by, "=") | dict(table.total)
    rows = [*table.rows.to_dict("records"), whole]
    print_table(
        [
            {name: str(row[name]) for name in table.by}
            | {kpi.short.of(asked.lang): written(kpi, row) for kpi in shown}
            for row in rows
        ]
    )


def _print_compared(compared: Comparisons, asked: Asked) -> None:
    """A line for each part and KPI, with what it is compared with; then the whole."""
    table = compared.now
    shown = {kpi.code: kpi for kpi in table.kpis if asked.kpis or kpi.code in FIRST}
    whole = compared.total.assign(**dict.fromkeys(table.by, "="))
    lines = []
    for row in pd.concat([compared.rows, whole]).to_dict("records"):
        if (kpi := shown.get(row["kpi"])) is None:
            continue
        value = {kpi.code: row["value"], columns_of(kpi)[1] if len(columns_of(kpi)) > 1 else "": row["n"]}
        line = {name: str(row[name]) for name in table.by} | {"KPI": kpi.short.of(asked.lang)}
        lines.append(line | {"value": written(kpi, value)} | _beside(kpi, row))
    print_table(lines)


def written(kpi: Kpi, row: dict[Any, Any]) -> str:
    """A value for a person; a small n stands beside it."""
    value = float(row[kpi.code])
    if math.isnan(value):
        return "no data"
    small = f" (n={int(row[columns_of(kpi)[1]])})" if is_small(kpi, row) else ""
    return _number(kpi, value) + small


def _number(kpi: Kpi, value: float) -> str:
    match kpi.unit:
        case Unit.REQUESTS:
            return f"{value:,.0f}".replace(",", " ")
        case Unit.PERCENT:
            return f"{value:.1f} %"
        case Unit.DAYS:
            return f"{value:.1f} d"
        case _:
            return f"{value:.2f}"


def _n(kpi: Kpi, row: Any) -> str:
    return "" if kpi.figure is Figure.COUNT else f"{row[columns_of(kpi)[1]]:,.0f}".replace(",", " ")


def _interval(kpi: Kpi, row: Any) -> str:
    names = columns_of(kpi)[2:]
    bounds = [float(row[name]) for name in names]
    if not bounds or all(map(math.isnan, bounds)):
        return ""
    return " to ".join("?" if math.isnan(bound) else _number(kpi, bound) for bound in bounds)


def _changes(kpi: Kpi, total: pd.DataFrame) -> dict[str, str]:
    return _beside(kpi, total[total["kpi"] == kpi.code].iloc[0])


def _beside(kpi: Kpi, row: Any) -> dict[str, str]:
    """Earlier periods, the other boroughs (median and range) and the goal."""
    found = {}
    for name, title in (("before", "period before"), ("year", "year before")):
        if f"{name}_change" in row:
            found[title] = _change(kpi, row, name)
    low, middle, high = (float(row[f"others_{name}"]) for name in ("low", "median", "high"))
    others = f"{_number(kpi, middle)} ({_number(kpi, low)} to {_number(kpi, high)})"
    goal = float(row["goal"])
    return found | {
        "other boroughs": "" if math.isnan(middle) else others,
        "goal": "" if math.isnan(goal) else _number(kpi, goal),
    }


def _change(kpi: Kpi, row: Any, name: str) -> str:
    if math.isnan(row[f"{name}_change"]):
        return "no data"
    sign = "+" if row[f"{name}_change"] >= 0 else "−"
    said = {True: " (noise)", False: ""}.get(row[f"{name}_noise"], " (?)")
    return f"{_number(kpi, row[name])}, {sign}{_number(kpi, abs(row[f'{name}_change']))}{said}"
