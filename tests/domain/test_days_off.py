"""Days off by name are the very days that due dates leave out."""

from datetime import date

from domain.calendar import city_days_off
from domain.days_off import days_off


def test_they_are_those_that_due_dates_use() -> None:
    named = days_off(date(1990, 1, 1), date(2060, 12, 31))
    assert {found.day for found in named} == city_days_off()
    assert [found.day for found in named] == sorted(found.day for found in named)


def test_each_says_what_it_is() -> None:
    found = {one.day: one for one in days_off(date(2026, 1, 1), date(2026, 12, 31))}
    friday, monday = found[date(2026, 4, 3)], found[date(2026, 4, 6)]
    assert (friday.holiday("fr"), friday.is_closure, friday.easter_offset) == ("Vendredi saint", True, -2)
    assert (monday.holiday("fr"), monday.easter_offset) == (None, 1)
    assert found[date(2026, 6, 24)].holiday("fr") == "Fête nationale du Québec"
    assert found[date(2026, 12, 26)].is_weekend
    assert found[date(2026, 9, 7)].holiday("en") == "Labour Day"


def test_both_ends_are_included() -> None:
    assert [one.day for one in days_off(date(2026, 12, 24), date(2027, 1, 2))] == [
        date(2026, 12, 24), date(2026, 12, 25), date(2026, 12, 26), date(2026, 12, 31),
        date(2027, 1, 1), date(2027, 1, 2),
    ]  # fmt: skip
