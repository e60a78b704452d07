"""Days off by name: the days of `domain.calendar.city_days_off`, with what each is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import holidays
import yaml
from dateutil.easter import easter

_LANGUAGES = {"fr": "fr", "en": "en_CA"}
_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class DayOff:
    """A day on which the city's crews do not work."""

    day: date
    holiday_fr: str | None
    """Name of Québec's public holiday; None where it is none."""
    holiday_en: str | None
    is_closure: bool
    """The city closes, by calendar.yml."""
    easter_offset: int | None
    """Days from Easter Sunday, where the closure is counted from it."""

    @property
    def is_weekend(self) -> bool:
        """It falls on a day that is off anyway."""
        return self.day.weekday() >= _SATURDAY

    def holiday(self, lang: str) -> str | None:
        """Name of the public holiday in a language, `fr` or `en`."""
        return self.holiday_fr if lang == "fr" else self.holiday_en


def days_off(first: date, last: date) -> list[DayOff]:
    """Québec's public holidays and the city's closures from one day to another, both included, in their order."""
    found = (day for year in range(first.year, last.year + 1) for day in _of_year(year))
    return [day for day in found if first <= day.day <= last]


@cache
def _of_year(year: int) -> tuple[DayOff, ...]:
    facts: dict[str, Any] = yaml.safe_load(
        Path(__file__).with_name("calendar.yml").read_text(encoding="utf-8")
    )
    named = {
        lang: holidays.country_holidays(
            facts["country"], subdiv=facts["subdivision"], years=year, language=theirs
        )
        for lang, theirs in _LANGUAGES.items()
    }
    closures = {date.fromisoformat(f"{year}-{day}") for day in facts["closures"]}
    moving = {easter(year) + timedelta(days=n): n for n in facts["easter_offsets"]}
    return tuple(
        DayOff(
            day,
            named["fr"].get(day),
            named["en"].get(day),
            day in closures or day in moving,
            moving.get(day),
        )
        for day in sorted({*named["fr"], *closures, *moving})
    )
