"""Numbers and dates as Montréal writes them: `1 234,5`, `20 nov. 2025`; and in English."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from dashboard.text.catalogue import t, tn
from domain.localtime import MONTREAL

NARROW, NO_BREAK, MINUS, DASH = "\u202f", "\u00a0", "\u2212", "\u2013"
_ZONE = ZoneInfo(MONTREAL)

SMALL = 20
"""Counts below this change by single requests: a percentage would mislead."""


def number(value: float | None, lang: str, decimals: int = 0) -> str:
    """`1 234,5` (narrow no-break space) or `1,234.5`; an absent value is an en dash."""
    if value is None or value != value:  # noqa: PLR0124 - NaN is the one value unlike itself
        return DASH
    text = f"{abs(value):,.{decimals}f}"
    if lang == "fr":
        text = text.replace(",", NARROW).replace(".", ",")
    return f"{MINUS}{text}" if round(value, decimals) < 0 else text


def percent(share: float | None, lang: str, decimals: int = 0) -> str:
    """A share (0–1) as `12 %` or `12%`."""
    if share is None:
        return DASH
    return number(share * 100, lang, decimals) + ("\u00a0%" if lang == "fr" else "%")


def change(now: float | None, before: float | None, lang: str) -> str | None:
    """Change as `+12 %`; from fewer than SMALL as a difference, `+5`, for +500 % of one request says nothing.

    None where there is nothing to compare with.
    """
    if now is None or before is None:
        return None
    if before < SMALL:
        return signed(now - before, lang)
    share = (now - before) / before
    rounded = round(share * 100)
    return _signed(rounded, percent(rounded / 100, lang))


def signed(value: float, lang: str, decimals: int = 0) -> str:
    """A difference, `+5` or `−1,2`."""
    return _signed(round(value, decimals), number(value, lang, decimals))


def _signed(value: float, written: str) -> str:
    return f"+{written}" if value > 0 else written


def day(value: date, lang: str, *, year: bool = True) -> str:
    """`20 nov. 2025` or `Nov 20, 2025`; without the year where the reader knows it."""
    month = t(f"month.short.{value.month}", lang)
    if lang == "fr":
        first = "1er" if value.day == 1 else str(value.day)
        return f"{first}\u00a0{month}" + (f" {value.year}" if year else "")
    return f"{month}\u00a0{value.day}" + (f", {value.year}" if year else "")


def day_range(start: date, end: date, lang: str) -> str:
    """`1er – 30 nov. 2025`-like range, with the year once where it is the same."""
    if start == end:
        return day(start, lang)
    return f"{day(start, lang, year=start.year != end.year)} {DASH} {day(end, lang)}"


def moment(value: datetime, lang: str) -> str:
    """A moment in Montréal's time: `20 nov. 2025, 14 h 05` or `Nov 20, 2025, 14:05`."""
    local = value.astimezone(_ZONE)
    clock = (
        f"{local.hour}\u00a0h\u00a0{local.minute:02d}" if lang == "fr" else f"{local.hour}:{local.minute:02d}"
    )
    return f"{day(local.date(), lang)}, {clock}"


def since(age: timedelta, lang: str) -> str:
    """An age in its one largest unit: `12 min`, `3 h`, `5 jours`, `14 mois`."""
    minutes = max(0, int(age.total_seconds() // 60))
    for unit, size in (("year", 2 * 525_600), ("month", 3 * 43_200), ("day", 2 * 1_440), ("hour", 60)):
        if minutes >= size:
            step = {"year": 525_600, "month": 43_200, "day": 1_440, "hour": 60}[unit]
            return tn(f"age.{unit}", minutes // step, lang, n=number(minutes // step, lang))
    return tn("age.minute", minutes, lang, n=number(minutes, lang))
