"""Filters from what a person names: codes that nobody knows are refused, with the nearest known ones."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from difflib import get_close_matches

from domain.activities import activities
from domain.errors import InputRefused
from domain.territory import HORS_TERRITOIRE, VILLE_LIEE, boroughs, pilots
from geo.boroughs import load_sectors
from mart.filters import UNLOCATED, By, Filters

PILOTS = "pilots"


def chosen_filters(
    start: date,
    end: date,
    *,
    boroughs_: Sequence[str] = (),
    sectors: Sequence[str] = (),
    activities_: Sequence[str] = (),
    labels: Sequence[str] = (),
    channels: Sequence[str] = (),
    precisions: Sequence[str] = (),
    by: By = "where",
) -> Filters:
    """Filters of a period; lists may hold several codes with commas between, and `pilots` stands for these.

    Raises:
        InputRefused: a code that is none, or a period that ends before it starts.
    """
    named = [code for one in _split(boroughs_) for code in (pilots() if one == PILOTS else (one,))]
    known_boroughs = [*(b.code for b in boroughs()), VILLE_LIEE, HORS_TERRITOIRE, UNLOCATED]
    return Filters(
        start,
        end,
        boroughs=_known("borough", named, known_boroughs),
        sectors=_known("sector", _split(sectors), [*(area.code for area in load_sectors()), UNLOCATED]),
        activities=_known("activity", _split(activities_), [a.code for a in activities()]),
        labels=tuple(labels),
        channels=tuple(_split(channels)),
        precisions=_known("precision", _split(precisions), ["exact", "segment", "counter", "none"]),
        by=by,
    )


def _split(given: Iterable[str]) -> list[str]:
    return [part.strip() for one in given for part in one.split(",") if part.strip()]


def _known(what: str, given: Iterable[str], codes: Sequence[str]) -> tuple[str, ...]:
    listed = tuple(given)
    for code in listed:
        if code not in codes:
            near = get_close_matches(code, codes, n=3, cutoff=0.5)
            near += [one for one in codes if one.lower() == code.lower() and one not in near]
            told = f"did you mean {' or '.join(near)}?" if near else f"there are {', '.join(codes)}."
            raise InputRefused(f"there is no {what} {code!r}: {told}")
    return listed
