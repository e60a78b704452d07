"""Names of streets and places as people type them: accents, capitals, dashes, "rue" and "St-" aside."""

from __future__ import annotations

import re

from mart.column_filters import fold

LONGEST = 80
"""Letters of a question that are read."""

KINDS = frozenset({
    "rue", "r", "avenue", "av", "ave", "boulevard", "boul", "bd", "blvd", "bld", "chemin", "ch", "place", "pl",
    "terrasse", "square", "sq", "croissant", "cr", "crois", "autoroute", "aut", "route", "rte", "ruelle",
    "promenade", "prom", "allee",
    "impasse", "quai", "rang", "passage", "street", "road", "rd", "drive", "lane",
})  # fmt: skip
"""Words that say what kind of way it is. They never decide whether a name is found."""

ARTICLES = frozenset(["de", "du", "des", "d", "la", "le", "les", "l", "the", "of"])

_LONG = {
    "st": "saint", "ste": "sainte", "sts": "saints", "stes": "saintes", "n": "nord", "s": "sud", "e": "est",
    "o": "ouest", "w": "ouest", "north": "nord", "south": "sud", "east": "est", "west": "ouest", "mt": "mont",
    "mgr": "monseigneur", "dr": "docteur", "gen": "general", "pres": "president", "nd": "notre dame",
}  # fmt: skip
"""Words that are written in several ways. What is not here is compared as it is."""

Words = tuple[str, ...]

_SIDES = re.compile(r"\s*(?:[/&@]|\bet\b|\band\b|\bcoin\b|\bangle\b|\bat\b)\s*")
_WORD = re.compile(r"[^\W_]+")
_CIVIC = re.compile(r"^\d+(?:[-–/]\d+)*[a-df-z]?\s+(?=\S)", re.IGNORECASE)
"""A civic number or a range of them; `48e` is a street's own."""


def street_name(text: str) -> str:
    """A street without the civic number before it."""
    return _CIVIC.sub("", text.strip())


def words(name: str) -> Words:
    """Words of a name, without accents and capitals, short forms written out."""
    return _long(_WORD.findall(fold(name)))


def telling(name: str) -> Words:
    """The words of a street's name that tell it from others; all of them where none does."""
    given = words(name)
    return tuple(word for word in given if word not in KINDS and word not in ARTICLES) or given


def readings(text: str) -> tuple[Words, ...]:
    """What a person may be looking for, the narrowest first: words that each begin a word of the name.

    The last word is still being typed, so that it is read as it stands too: `o` for Ontario, `ch` for Charlevoix.
    """
    given = _WORD.findall(fold(street_name(text[:LONGEST])))
    if not given:
        return ()
    *before, last = given
    said = _long([word for word in before if word not in KINDS and word not in ARTICLES])
    found = [(*said, *_long([last])), (*said, last)]
    if said and (last in KINDS or last in ARTICLES or last in _LONG):
        found.append(said)
    return tuple(dict.fromkeys(found))


def sides(text: str) -> tuple[str, str] | None:
    """The two streets of an intersection, where a text names two."""
    parts = [part for part in _SIDES.split(fold(text[:LONGEST])) if _WORD.search(part)]
    return (parts[0], parts[1]) if len(parts) == 2 else None  # noqa: PLR2004 - a crossing is of two streets


def _long(given: list[str]) -> Words:
    return tuple(part for word in given for part in _LONG.get(word, word).split())
