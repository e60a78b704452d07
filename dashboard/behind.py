"""The number of Récurrence whose list is open, as one key of the address, `behind`.

`work` is all work done within the filters; `work:activity:graffitis` and `work:borough:VD` a part of it, as the
tables cut it, and `work:city` the sum of the boroughs. A last `:90` keeps what came back within 90 days.
`place:1234` is the requests of a place in the six months of the ranking, `place:1234:open` those still open.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from domain import activities, territory
from mart.filters import UNLOCATED
from mart.questions.returns import WITHIN_DAYS

KEY = "behind"

_TO = ":"
_LONGEST_ID = 18
_DAYS = "|".join(map(str, WITHIN_DAYS))
_WORK = re.compile(
    rf"work(?::(?P<cut>city|activity|borough)(?::(?P<code>(?!\d)\w{{1,24}}))?)?(?::(?P<days>{_DAYS}))?",
    re.ASCII,
)
_PLACE = re.compile(rf"place:(?P<id>\d{{1,{_LONGEST_ID}}})(?P<open>:open)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Work:
    """Pieces of done work."""

    cut: Literal["", "city", "activity", "borough"] = ""
    """Which table's number it is; "" for all within the filters, `city` for the boroughs' sum."""
    code: str = ""
    """Of the activity or borough."""
    days: int | None = None
    """Only what came back within so many days."""

    @property
    def of_city(self) -> bool:
        """Whether it is of the whole city, as the table of boroughs is, whichever of them are in focus."""
        return self.cut in {"city", "borough"}

    def __str__(self) -> str:
        return _TO.join(filter(None, ("work", self.cut, self.code, str(self.days or ""))))


@dataclass(frozen=True, slots=True)
class PlaceRequests:
    """Requests of a place."""

    problem_id: int
    open_only: bool = False

    def __str__(self) -> str:
        return f"place:{self.problem_id}{':open' if self.open_only else ''}"


def parse(text: str) -> Work | PlaceRequests | None:
    """What a text of the address names; None where it names nothing."""
    if place := _PLACE.fullmatch(text):
        return PlaceRequests(int(place["id"]), place["open"] is not None)
    work = _WORK.fullmatch(text)
    if work is None:
        return None
    cut, code = work["cut"] or "", work["code"] or ""
    known = {"": {""}, "city": {""}, "activity": _activities(), "borough": _boroughs()}
    if code not in known[cut]:
        return None
    return Work(cut, code, int(work["days"]) if work["days"] else None)  # type: ignore[arg-type]


def _activities() -> set[str]:
    return {one.code for one in activities.activities()}


def _boroughs() -> set[str]:
    others = {territory.VILLE_LIEE, territory.HORS_TERRITOIRE, UNLOCATED}
    return {one.code for one in territory.boroughs()} | others
