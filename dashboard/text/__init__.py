"""Words, numbers and dates in French and English, from one catalogue each."""

from __future__ import annotations

from dashboard.text.catalogue import catalogue, spaced, t, tn
from dashboard.text.formats import (
    DASH,
    NO_BREAK,
    change,
    day,
    day_range,
    moment,
    number,
    percent,
    signed,
    since,
)

__all__ = [
    "DASH",
    "NO_BREAK",
    "catalogue",
    "change",
    "day",
    "day_range",
    "moment",
    "number",
    "percent",
    "signed",
    "since",
    "spaced",
    "t",
    "tn",
]
