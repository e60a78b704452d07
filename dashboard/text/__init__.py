"""Words, numbers and dates in French and English, from one catalogue each."""

from __future__ import annotations

from dashboard.text.catalogue import catalogue, t, tn
from dashboard.text.formats import change, day, day_range, moment, number, percent, since

__all__ = ["catalogue", "change", "day", "day_range", "moment", "number", "percent", "since", "t", "tn"]
