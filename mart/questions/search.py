"""A number, a street, an intersection, a borough or a sector, from what a person typed."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

import ibis.expr.types as ir

from domain import territory
from geo.boroughs import load_boroughs, load_sectors
from mart.ask import integers
from mart.questions.search_index import Box, Crossing, Names, SearchIndex, Street
from mart.questions.search_words import KINDS, LONGEST, Words, readings, sides, words
from mart.snapshot import Mart
from mart.state import state, state_values

MOST = 20
_MOST_OF = {"requests": 6, "streets": 8, "crossings": 6, "places": 5}
_SHORTEST_NUMBER = 4
"""Digits of a number from which its beginning is enough."""

_SHOWN = ("id", "external_id", "activity", "street", "street_from", "street_to", "borough", "opened_at")


@dataclass(frozen=True, slots=True)
class StreetHit:
    """A street."""

    name: str
    boroughs: tuple[str, ...]
    """Those with the most requests first."""
    requests: int
    box: Box | None


@dataclass(frozen=True, slots=True)
class CrossingHit:
    """An intersection."""

    names: tuple[str, str]
    boroughs: tuple[str, ...]
    requests: int
    point: tuple[float, float] | None
    """Longitude and latitude, degrees."""


@dataclass(frozen=True, slots=True)
class PlaceHit:
    """A borough or a sector."""

    kind: str
    code: str
    borough: str
    box: Box


@dataclass(frozen=True, slots=True)
class Found:
    """What a text may mean, in each kind the likeliest first."""

    requests: tuple[dict[str, Any], ...] = ()
    streets: tuple[StreetHit, ...] = ()
    crossings: tuple[CrossingHit, ...] = ()
    places: tuple[PlaceHit, ...] = ()

    def __len__(self) -> int:
        return len(self.requests) + len(self.streets) + len(self.crossings) + len(self.places)


def search(mart: Mart, index: SearchIndex, text: str, at: datetime) -> Found:
    """What a text names, at most `MOST`; `index` may be of an earlier version than `mart`."""
    text = text[:LONGEST].strip()
    if not text:
        return Found()
    crossings = _crossings(index, text)
    streets = [] if crossings and sides(text) else _streets(index, text)
    requests = _requests(mart, _numbered(index, text), at)
    places = _places(text)
    room = MOST - len(requests) - len(places) - len(crossings)
    return Found(tuple(requests), tuple(streets[: max(room, 0)]), tuple(crossings), tuple(places))


def _numbered(index: SearchIndex, text: str) -> list[int]:
    """Ids of requests by their number, with or without its year and dash."""
    typed = text.lstrip("#").strip().upper().replace(" ", "-")
    if not any(letter.isdigit() for letter in typed):
        return []
    most = _MOST_OF["requests"]
    starts = [typed] if "-" in typed or len(typed) >= _SHORTEST_NUMBER else []
    found = [number for start in starts for number in index.numbered(start, most)]
    if typed.isdecimal():
        found = [one for year in index.years for one in index.numbered(f"{year}-{typed}", 1)] + found
    return list(dict.fromkeys(found))[:most]


def _requests(mart: Mart, ids: list[int], at: datetime) -> list[dict[str, Any]]:
    """These requests as they are at a moment, in their order; those that this version lacks are left out."""
    if not ids:
        return []
    values = state_values(at) | {"ids": ids}
    by_id = {row["id"]: row for row in mart.run(_by_id, (), values).to_pylist()}
    return [by_id[number] for number in ids if number in by_id]


def _by_id(requests: ir.Table) -> ir.Table:
    wanted = requests.semi_join(integers("ids", "id"), "id")
    return wanted.mutate(state=state(wanted)).select(*_SHOWN, "state")


def _streets(index: SearchIndex, text: str) -> list[StreetHit]:
    kinds = set(words(text))
    for reading in readings(text):
        hits = [index.streets[place] for place in index.names.matching(reading)]
        hits = [street for street in hits if street.requests]
        if hits:
            ranked = sorted(hits, key=lambda street: _street_rank(street, reading, kinds))
            return [_street_hit(street) for street in ranked[: _MOST_OF["streets"]]]
    return []


def _street_rank(street: Street, reading: Words, kinds: set[str]) -> tuple[bool, bool, bool, int, str]:
    """The whole name first, then its beginning, then the kind that was typed, then the busiest."""
    begins = all(one.startswith(typed) for one, typed in zip(street.telling, reading, strict=False))
    other_kind = not set(street.kind) - set(street.telling) <= kinds
    return street.telling != reading, not begins, other_kind, -street.requests, street.name


def _street_hit(street: Street) -> StreetHit:
    return StreetHit(street.name, _ranked(street.boroughs), street.requests, street.box)


def _crossings(index: SearchIndex, text: str) -> list[CrossingHit]:
    """Intersections of two streets that a text names, with or without a sign between them."""
    pair = sides(text)
    given = text.split()
    pairs = [pair] if pair else [(" ".join(given[:i]), " ".join(given[i:])) for i in range(1, len(given))]
    found: dict[int, Crossing] = {}
    for one, other in pairs:
        if found:
            break
        firsts, seconds = (_any_street(index, side) for side in (one, other))
        for first in firsts:
            meets = index.meets.get(first, {})
            found |= {meets[second]: index.crossings[meets[second]] for second in seconds & meets.keys()}
    if not pair and _any_street(index, text):
        return []  # one street has all these words
    ranked = sorted(found.values(), key=lambda one: (-one.requests, -one.placed, one.streets))
    return [_crossing_hit(index, one) for one in ranked[: _MOST_OF["crossings"]]]


def _any_street(index: SearchIndex, text: str) -> set[int]:
    return next((hits for reading in readings(text) if (hits := index.names.matching(reading))), set())


def _crossing_hit(index: SearchIndex, found: Crossing) -> CrossingHit:
    first, second = sorted((index.streets[place] for place in found.streets), key=lambda one: -one.requests)
    point = (round(found.lon, 6), round(found.lat, 6)) if found.placed else None
    return CrossingHit((first.name, second.name), _ranked(found.boroughs), found.requests, point)


def _ranked(boroughs: Counter[str]) -> tuple[str, ...]:
    return tuple(sorted(boroughs, key=lambda code: (-boroughs[code], code)))


@cache
def _areas() -> tuple[tuple[PlaceHit, ...], Names]:
    """Boroughs and sectors, and the words of their names in both languages."""
    named = {b.code: f"{b.name_fr} {b.name_en}" for b in territory.boroughs()}
    hits: list[PlaceHit] = []
    names: list[Words] = []
    for kind, areas in (("borough", load_boroughs()), ("sector", load_sectors())):
        for area in areas:
            west, south, east, north = (round(float(side), 5) for side in area.shape.bounds)
            hits.append(PlaceHit(kind, area.code, area.borough, (west, south, east, north)))
            names.append(words(f"{area.name_fr} {area.name_en} {named.get(area.code, '')}"))
    return tuple(hits), Names(names)


def _places(text: str) -> list[PlaceHit]:
    if set(words(text)[:-1]) & KINDS:
        return []  # a kind of street was typed
    hits, names = _areas()
    for reading in readings(text):
        if any(len(word) > 1 for word in reading) and (found := names.matching(reading)):
            return [hits[place] for place in sorted(found)][: _MOST_OF["places"]]
    return []
