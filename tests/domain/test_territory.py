"""Boroughs and related towns, in every spelling that the data has."""

import json
import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.territory import VILLE_LIEE, borough_code, boroughs
from tests.support.shared import shared_data

TOWNS = (
    "Baie-d'Urfé", "Beaconsfield", "Côte-Saint-Luc", "Dollard-des-Ormeaux", "Dorval", "Hampstead", "Kirkland",
    "L'Île-Dorval", "Mont-Royal", "Montréal-Est", "Montréal-Ouest", "Pointe-Claire", "Sainte-Anne-de-Bellevue",
    "Senneville", "Westmount",
)  # fmt: skip

# As the column "who" writes them, as "where" does, and as units do.
SPELLINGS = [
    ("Ahuntsic - Cartierville", "AC"),
    ("Mercier - Hochelaga-Maisonneuve", "MH"),
    ("Côte-des-Neiges - Notre-Dame-de-Grâce", "CN"),
    ("Côte-des-Neiges-Notre-Dame-de-Grâce", "CN"),
    ("CDN-NDG", None),
    ("Villeray-Saint-Michel - Parc-Extension", "VS"),
    ("VILLERAY-ST-MICHEL-PARC-EXTENSION", "VS"),
    ("Rivière-des-Prairies - Pointe-aux-Trembles", "RP"),
    ("RIVIERE-DES-PRAIRIES-POINTE-AUX-TREMBLES", "RP"),
    ("Pierrefonds - Roxboro", "PR"),
    ("L’Île-Bizard – Sainte-Geneviève", "IS"),
    ("ILE-BIZARD-STE-GENEVIEVE", "IS"),
    ("St. Laurent", "LR"),
    ("St-Léonard", "LN"),
    ("La Salle", "LS"),
    ("Plateau Mont-Royal", "PM"),
    ("PLATEAU-MONT-ROYAL", "PM"),
    ("Montréal", None),
    ("Laval", None),
    ("Saint", None),
    ("-", None),
]

WAYS: dict[str, Callable[[str], str]] = {
    "capitals": str.upper,
    "small letters": str.lower,
    "without accents": lambda t: "".join(
        c for c in unicodedata.normalize("NFD", t) if not unicodedata.combining(c)
    ),
    "accents apart": lambda t: unicodedata.normalize("NFD", t),
    "spaces for dashes": lambda t: t.replace("-", " ").replace("–", " "),
    "spaced dashes": lambda t: t.replace("–", " - "),
    "long dashes": lambda t: t.replace("-", "—"),
    "st": lambda t: t.replace("Sainte-", "Ste-").replace("Saint-", "St-"),
    "typographic apostrophe": lambda t: t.replace("'", "’"),
    "space around": lambda t: f"  {t}\u00a0",
}


@pytest.mark.parametrize(("text", "code"), SPELLINGS)
def test_a_spelling_that_was_seen_is_known(text: str, code: str | None) -> None:
    assert borough_code(text) == code


@pytest.mark.parametrize("town", TOWNS)
def test_a_related_town_is_no_borough(town: str) -> None:
    assert borough_code(town) == VILLE_LIEE


@settings(deadline=None)
@given(
    st.sampled_from([(b.name_fr, b.code) for b in boroughs()] + [(town, VILLE_LIEE) for town in TOWNS]),
    st.lists(st.sampled_from(sorted(WAYS)), max_size=4),
)
def test_any_mixture_of_ways_to_write_a_name_is_that_name(named: tuple[str, str], ways: list[str]) -> None:
    text, code = named
    for way in ways:
        text = WAYS[way](text)
    assert borough_code(text) == code


def test_no_two_places_are_taken_for_each_other() -> None:
    names = [b.name_fr for b in boroughs()] + list(TOWNS)
    answers = [borough_code(name) for name in names]
    assert answers == [b.code for b in boroughs()] + [VILLE_LIEE] * len(TOWNS)


def test_every_territory_of_the_real_data_is_known() -> None:
    path = shared_data("montreal", "calibration.json")
    if path is None:
        pytest.skip("the shared data is not here")
    counted = json.loads(path.read_text(encoding="utf-8"))["all_by_borough_33_days"]
    assert [name for name in counted if borough_code(name) is None] == []
