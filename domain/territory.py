"""Boroughs by code and name, whatever way their names are written."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

VILLE_LIEE = "ville_liee"
"""A related town that the city's 311 serves (Westmount, Dorval, …): it has no borough code."""

HORS_TERRITOIRE = "hors_territoire"
"""A point farther than 300 m from every borough."""


@dataclass(frozen=True, slots=True)
class Borough:
    """One borough: the city's two-letter code, its names, and whether it is a pilot."""

    code: str
    name_fr: str
    name_en: str
    pilot: bool
    district_prefix: int
    """Electoral district number // 10 (2013)."""


@cache
def boroughs() -> tuple[Borough, ...]:
    """The 19 boroughs, in the order of their codes."""
    return tuple(
        Borough(
            code=row["code"],
            name_fr=row["fr"],
            name_en=row.get("en", row["fr"]),
            pilot=row.get("pilot", False),
            district_prefix=row["district"],
        )
        for row in _facts()["boroughs"]
    )


@cache
def pilots() -> tuple[str, ...]:
    """Codes of the pilot boroughs."""
    return tuple(b.code for b in boroughs() if b.pilot)


def borough_code(text: str) -> str | None:
    """Code of the borough that a text names, `VILLE_LIEE` for a related town, None if neither.

    Accents, capitals, dashes and spaces do not matter, nor does `ST-` for `SAINT-`.
    """
    return _codes_by_key().get(_key(text))


@cache
def _codes_by_key() -> dict[str, str]:
    facts = _facts()
    codes = {_key(town): VILLE_LIEE for town in facts["related_towns"]}
    for row in facts["boroughs"]:
        for name in (row["fr"], row.get("en", row["fr"]), *row.get("aliases", ())):
            codes[_key(name)] = row["code"]
    return codes


@cache
def _facts() -> dict[str, Any]:
    path = Path(__file__).with_name("territory.yml")
    facts: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return facts


def _key(text: str) -> str:
    """Letters and digits only, without accents, in lower case, `saint` for `st`."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    words = "".join(c if c.isalnum() else " " for c in plain if not unicodedata.combining(c)).split()
    return "".join({"st": "saint", "ste": "sainte"}.get(word, word) for word in words)
