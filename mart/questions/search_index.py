"""What a search looks in: the streets, intersections and numbers of one version of the mart, in memory."""

from __future__ import annotations

import time
from bisect import bisect_left
from collections import Counter, defaultdict
from dataclasses import dataclass, field

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from mart.questions.search_words import Words, street_name, telling, words
from mart.snapshot import Mart

Box = tuple[float, float, float, float]
"""West, south, east, north; degrees, WGS84."""

_LAST = "\U0010ffff"
_MOST_YEARS = 64


@dataclass(slots=True)
class Street:
    """A street by its name, in all the boroughs where it is called so."""

    name: str
    telling: Words
    kind: Words
    requests: int = 0
    boroughs: Counter[str] = field(default_factory=Counter)
    box: Box | None = None


@dataclass(slots=True)
class Crossing:
    """Two streets that meet."""

    streets: tuple[int, int]
    """Their places among the streets, the smaller first."""
    requests: int = 0
    """Requests placed at it."""
    boroughs: Counter[str] = field(default_factory=Counter)
    placed: int = 0
    """By how many requests or segments its point is known."""
    lon: float = 0.0
    lat: float = 0.0


class Names:
    """Which names have a word that begins with some letters."""

    def __init__(self, names: list[Words]) -> None:
        self._names: defaultdict[str, set[int]] = defaultdict(set)
        for place, name in enumerate(names):
            for word in name:
                self._names[word].add(place)
        self._words = sorted(self._names)

    def matching(self, looked_for: Words) -> set[int]:
        """Places of the names of which every word looked for begins a word."""
        found: set[int] | None = None
        for word in looked_for:
            first, last = bisect_left(self._words, word), bisect_left(self._words, word + _LAST)
            some = set().union(*(self._names[one] for one in self._words[first:last]))
            found = some if found is None else found & some
        return found or set()


@dataclass(frozen=True, slots=True, eq=False)
class SearchIndex:
    """All that can be found in a version, but for boroughs and sectors, which no version changes."""

    version: str
    streets: list[Street]
    crossings: list[Crossing]
    names: Names
    meets: dict[int, dict[int, int]]
    """Of a street's place, those that it meets and the place of their crossing."""
    numbers: pa.Array
    """The sources' own ids in order, and beside them ours."""
    ids: pa.Array
    years: tuple[str, ...]
    """What stands before the first dash of a number."""
    seconds: float
    """How long it took to make."""

    def numbered(self, start: str, most: int) -> list[int]:
        """Ids of requests whose number begins so, in the order of the numbers."""
        first = bisect_left(_Numbers(self.numbers), start)
        found: list[int] = []
        for place in range(first, min(first + most, len(self.numbers))):
            if not self.numbers[place].as_py().startswith(start):
                break
            found.append(self.ids[place].as_py())
        return found

    @property
    def bytes(self) -> int:
        """Memory of the numbers; streets and crossings are some megabytes more."""
        return int(self.numbers.nbytes + self.ids.nbytes)


class _Numbers:
    """An Arrow array that bisect can look into without a copy."""

    def __init__(self, array: pa.Array) -> None:
        self._array = array

    def __len__(self) -> int:
        return len(self._array)

    def __getitem__(self, place: int) -> str:
        return str(self._array[place].as_py())


def search_index(mart: Mart) -> SearchIndex:
    """The index of a version: a second or so for a million requests."""
    began = time.perf_counter()
    book = _Book()
    for row in mart.run(_places, (), {}).to_pylist():
        book.add(**row)
    numbers = mart.run(_numbers, (), {})
    years = mart.run(_years, (), {})["year"].to_pylist()
    names = Names([street.telling for street in book.streets])
    return SearchIndex(
        mart.version,
        book.streets,
        book.crossings,
        names,
        {place: dict(others) for place, others in book.meets.items()},
        numbers["external_id"].combine_chunks(),
        numbers["id"].combine_chunks(),
        tuple(sorted(years, reverse=True)[:_MOST_YEARS]),
        time.perf_counter() - began,
    )


class _Book:
    """Streets and crossings as they come to be known."""

    def __init__(self) -> None:
        self.streets: list[Street] = []
        self.crossings: list[Crossing] = []
        self.meets: defaultdict[int, dict[int, int]] = defaultdict(dict)
        self._places: dict[str, int | None] = {}
        self._by_words: dict[Words, int] = {}

    def add(
        self,
        *,
        street: str | None,
        street_from: str | None,
        street_to: str | None,
        borough: str | None,
        n: int,
        placed: int,
        lon: float | None,
        lat: float | None,
        box: Box | None,
    ) -> None:
        """Requests that name the same streets in the same borough."""
        here = self._street(street)
        ends = [place for place in map(self._street, (street_from, street_to)) if place is not None]
        point = (lon, lat) if lon is not None and lat is not None else None
        if here is not None:
            known = self.streets[here]
            known.requests += n
            known.box = _around(known.box, box)
            if borough:
                known.boroughs[borough] += n
            for end in ends:
                # A segment's middle lies before or after the crossing: the two together lie around it.
                self._meeting(here, end, borough, 0, (placed > 0, point))
        elif len(ends) == 2:  # noqa: PLR2004 - an intersection is of two streets
            self._meeting(ends[0], ends[1], borough, n, (placed, point))

    def _street(self, text: str | None) -> int | None:
        """The place of a street among the streets; None for no name."""
        if not text:
            return None
        if text not in self._places:
            name = street_name(text)
            key = words(name)
            if key and key not in self._by_words:
                self._by_words[key] = len(self.streets)
                self.streets.append(Street(name, telling(name), key))
            self._places[text] = self._by_words.get(key)
        return self._places[text]

    def _meeting(
        self, a: int, b: int, borough: str | None, n: int, at: tuple[int, tuple[float, float] | None]
    ) -> None:
        if a == b:
            return
        pair = (min(a, b), max(a, b))
        place = self.meets[pair[0]].get(pair[1])
        if place is None:
            place = len(self.crossings)
            self.crossings.append(Crossing(pair))
            self.meets[pair[0]][pair[1]] = self.meets[pair[1]][pair[0]] = place
        known = self.crossings[place]
        if n and not known.requests:
            known.placed = 0  # what lies at it is better than what lies around
        weight, point = at
        if point and weight and (n or not known.requests):
            total = known.placed + weight
            known.lon += (point[0] - known.lon) * weight / total
            known.lat += (point[1] - known.lat) * weight / total
            known.placed = total
        known.requests += n
        if borough:
            known.boroughs[borough] += max(n, 1)


def _around(one: Box | None, other: Box | None) -> Box | None:
    if one is None or other is None:
        return one or other
    return min(one[0], other[0]), min(one[1], other[1]), max(one[2], other[2]), max(one[3], other[3])


def _places(requests: ir.Table) -> ir.Table:
    named = requests.filter(requests["street"].notnull() | requests["street_from"].notnull())
    keys = ("street", "street_from", "street_to", "borough")
    grouped = named.group_by(*keys).aggregate(
        n=named.count(),
        placed=named["lon"].count(),
        lon=named["lon"].mean(),
        lat=named["lat"].mean(),
        west=named["lon"].min(),
        south=named["lat"].min(),
        east=named["lon"].max(),
        north=named["lat"].max(),
    )
    sides = [grouped[name] for name in ("west", "south", "east", "north")]
    box = ibis.ifelse(grouped["placed"] > 0, ibis.array(sides), None)
    return grouped.mutate(box=box).drop("west", "south", "east", "north")


def _numbers(requests: ir.Table) -> ir.Table:
    return requests.select("external_id", "id").order_by("external_id", "id")


def _years(requests: ir.Table) -> ir.Table:
    first = requests["external_id"].split("-")[0]
    return requests.select(year=first).distinct().limit(10_000)
