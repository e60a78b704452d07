"""Both languages say everything, and write numbers and dates as their readers do."""

import string
from datetime import UTC, date, datetime, timedelta

import pytest

from dashboard import text
from dashboard.text.catalogue import LANGUAGES, files

NARROW = "\u202f"


def places(entry: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(entry) if name}


def test_both_catalogues_have_the_same_keys_and_places() -> None:
    fr, en = text.catalogue("fr"), text.catalogue("en")
    assert fr.keys() == en.keys()
    assert {k: places(v) for k, v in fr.items()} == {k: places(v) for k, v in en.items()}


def test_nothing_is_said_in_one_language_only() -> None:
    assert [path.name.split(".")[0] for path in files("fr")] == [p.name.split(".")[0] for p in files("en")]
    for lang in LANGUAGES:
        assert not [key for key, entry in text.catalogue(lang).items() if not entry.strip()]


def test_french_punctuation_never_begins_a_line() -> None:
    assert not [key for key, entry in text.catalogue("fr").items() for mark in ";:?!»" if f" {mark}" in entry]


@pytest.mark.parametrize(
    ("value", "decimals", "fr", "en"),
    [
        (1234.5, 1, f"1{NARROW}234,5", "1,234.5"),
        (0, 0, "0", "0"),
        (-1234, 0, f"−1{NARROW}234", "−1,234"),
        (-0.2, 0, "0", "0"),
        (1234567, 0, f"1{NARROW}234{NARROW}567", "1,234,567"),
        (None, 0, "–", "–"),
        (float("nan"), 0, "–", "–"),
    ],
)
def test_numbers(value: float | None, decimals: int, fr: str, en: str) -> None:
    assert text.number(value, "fr", decimals) == fr
    assert text.number(value, "en", decimals) == en


@pytest.mark.parametrize(
    ("now", "before", "said"),
    [
        (112, 100, "+12\u00a0%"),
        (88, 100, "−12\u00a0%"),
        (100, 100, "0\u00a0%"),
        (100.2, 100, "0\u00a0%"),
        (6, 1, "+5"),
        (1, 6, "−5"),
        (0, 0, "0"),
        (3, 0, "+3"),
    ],
)
def test_a_change_from_a_few_is_a_difference(now: float, before: float, said: str) -> None:
    assert text.change(now, before, "fr") == said


def test_a_change_from_nothing_known_says_nothing() -> None:
    assert text.change(5, None, "fr") is None


def test_days_and_moments() -> None:
    at = datetime(2025, 11, 1, 18, 5, tzinfo=UTC)
    assert text.moment(at, "fr") == "1er\u00a0nov. 2025, 14\u00a0h\u00a005"
    assert text.moment(at, "en") == "Nov\u00a01, 2025, 14:05"
    assert text.day_range(date(2025, 10, 22), date(2025, 11, 20), "fr") == "22\u00a0oct. – 20\u00a0nov. 2025"
    assert (
        text.day_range(date(2024, 12, 30), date(2025, 1, 2), "en") == "Dec\u00a030, 2024 – Jan\u00a02, 2025"
    )


@pytest.mark.parametrize(
    ("age", "fr", "en"),
    [
        (timedelta(minutes=12), "12 min", "12 min"),
        (timedelta(hours=3), "3 h", "3 hours"),
        (timedelta(days=5), "5 jours", "5 days"),
        (timedelta(days=400), "13 mois", "13 months"),
        (timedelta(days=1100), "3 ans", "3 years"),
    ],
)
def test_ages(age: timedelta, fr: str, en: str) -> None:
    assert (text.since(age, "fr"), text.since(age, "en")) == (fr, en)


def test_plurals_are_each_language_s_own() -> None:
    assert text.tn("age.day", 0, "fr", n=0) == "0 jour"
    assert text.tn("age.day", 0, "en", n=0) == "0 days"
