"""Définitions say how duplicates are found, with the numbers that find them."""

import re

import pytest

from dashboard.layouts.duplicates import duplicates, level_words
from dashboard.markup import to_html
from dashboard.text import number
from geo.dedup.levels import COUNT
from geo.dedup.parameters import EXACT, FIELDS, load_parameters


def texts(lang: str) -> list[str]:
    """Every text of the part, in its order."""
    return [text for text in re.split(r"<[^>]+>", to_html(duplicates(lang))) if text]


@pytest.mark.parametrize("lang", ["fr", "en"])
@pytest.mark.parametrize("field", FIELDS)
def test_every_level_has_words(lang: str, field: str) -> None:
    known = COUNT[field] - (field in {"label", "street", "staff"})
    words = [level_words(field, level, lang, 300.0) for level in range(known)]
    assert len(set(words)) == known
    assert not any("{" in text for text in words)


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_the_numbers_are_those_of_the_parameters(lang: str) -> None:
    shown = texts(lang)
    parameters = load_parameters()
    assert number(parameters.reach[EXACT].window_days, lang) in shown
    threshold = parameters.profiles[parameters.index("nids_de_poule", EXACT)].threshold_bits
    assert number(threshold, lang, 1) in {text.lstrip("+") for text in shown}
