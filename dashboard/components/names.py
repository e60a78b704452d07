"""Names of boroughs, sectors and activities in a language."""

from __future__ import annotations

from functools import cache

from dashboard.text import catalogue, t
from domain import territory
from domain.activities import activities
from geo.boroughs import load_sectors
from mart.filters import UNLOCATED


@cache
def borough_name(code: str | None, lang: str) -> str:
    """Name of a borough code, of related towns, of outside, or of none that is known (None)."""
    names = {b.code: b.name_fr if lang == "fr" else b.name_en for b in territory.boroughs()}
    return names.get(code or UNLOCATED) or t(f"place.{code or UNLOCATED}", lang)


@cache
def activity_name(code: str, lang: str, *, short: bool = False) -> str:
    """Name of an activity; `short` where chips have little room."""
    brief = catalogue(lang).get(f"activity_short.{code}")
    if short and brief:
        return brief
    names = {a.code: a.name_fr if lang == "fr" else a.name_en for a in activities()}
    return names.get(code, code)


@cache
def sector_name(code: str | None, lang: str) -> str:
    """Name of a sector code, or of none that is known (None)."""
    names = {s.code: s.name_fr if lang == "fr" else s.name_en for s in load_sectors()}
    return names.get(code or UNLOCATED) or t("place.no_sector", lang)
