"""A place in words: its street and between which ones, its activity, its borough."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dashboard.components.names import activity_name, borough_name, sector_name
from dashboard.text import t


def place_name(place: Mapping[Any, Any], lang: str) -> str:
    """`rue Peel`, or the two streets of a corner; in words where nothing is known."""
    street, first, second = (_known(place.get(name)) for name in ("street", "street_from", "street_to"))
    if street:
        return street
    if first and second:
        return t("recurrence.corner", lang, first=first, second=second)
    return first or second or t("recurrence.nameless", lang)


def place_between(place: Mapping[Any, Any], lang: str) -> str:
    """`entre rue Ontario et rue Sherbrooke`; empty where it is a corner or not known."""
    street, first, second = (_known(place.get(name)) for name in ("street", "street_from", "street_to"))
    if not street or not (first or second):
        return ""
    if first and second:
        return t("recurrence.between", lang, first=first, second=second)
    return t("recurrence.near", lang, first=first or second)


def place_area(place: Mapping[Any, Any], lang: str) -> str:
    """Borough and sector."""
    borough, sector = _known(place.get("borough")), _known(place.get("sector"))
    parts = [borough_name(borough or None, lang), *([sector_name(sector, lang)] if sector else [])]
    return " · ".join(parts)


def what(place: Mapping[Any, Any], lang: str) -> str:
    """Its activity; of the rest, the city's own label."""
    label = _known(place.get("label"))
    if place["activity"] == "autre" and label:
        return label.lstrip("*").strip()
    return activity_name(str(place["activity"]), lang)


def _known(value: Any) -> str:
    return value if isinstance(value, str) else ""
