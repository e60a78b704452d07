"""Filters from what a person names: codes that nobody knows are refused, with the nearest known ones."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from difflib import get_close_matches

import ibis.expr.types as ir

from domain.activities import activities
from domain.errors import InputRefused
from domain.territory import HORS_TERRITOIRE, VILLE_LIEE, boroughs, pilots
from geo.boroughs import load_sectors
from mart.filters import UNKNOWN, UNLOCATED, By, Filters
from mart.snapshot import Mart

PILOTS = "pilots"
_MOST_TOLD = 40
CHANNELS = ("phone", "email", "person", "mail", "fax", "authority", "mobile", "social", "web")
"""Ways that a requester reaches the city."""


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
        channels=_known("channel", _split(channels), [*CHANNELS, UNKNOWN]),
        precisions=_known("precision", _split(precisions), ["exact", "segment", "counter", "none"]),
        by=by,
    )


def check_labels(mart: Mart, labels: Sequence[str]) -> None:
    """See that a version of the mart has each of these labels.

    Raises:
        InputRefused: it has one never; the nearest ones are named.
    """
    if labels:
        _known("label", labels, [*mart.remembered("labels", lambda: _labels_of(mart)), UNKNOWN])


def _labels_of(mart: Mart) -> list[str]:
    found: list[str] = mart.run(_labels, (), {})["label"].to_pylist()
    return found


def _labels(requests: ir.Table) -> ir.Table:
    return requests.filter(requests["label"].notnull()).select("label").distinct().order_by("label")


def _split(given: Iterable[str]) -> list[str]:
    return [part.strip() for one in given for part in one.split(",") if part.strip()]


def _known(what: str, given: Iterable[str], codes: Sequence[str]) -> tuple[str, ...]:
    listed = tuple(given)
    for code in listed:
        if code not in codes:
            near = get_close_matches(code, codes, n=3, cutoff=0.5)
            near += [one for one in codes if one.lower() == code.lower() and one not in near]
            told = (
                f"did you mean {' or '.join(near)}?"
                if near
                else f"there are {', '.join(codes[:_MOST_TOLD])}."
            )
            raise InputRefused(f"there is no {what} {code!r}: {told}")
    return listed
