"""What a search finds: whatever the accents, the capitals, the dashes, and "rue" or "St-" before a name."""

import random
import string
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mart.questions.search import MOST, Found, search
from mart.questions.search_index import search_index
from mart.questions.search_words import KINDS, readings, sides, street_name, telling, words
from tests.mart.made import opened
from tests.support.mart import NOON, a_row

Ask = Callable[[str], Found]

STREETS = (
    "rue Saint-Denis", "boulevard Saint-Laurent", "avenue du Mont-Royal Est", "chemin de la Côte-des-Neiges",
    "rue Peel",
    "rue Sherbrooke Ouest", "rue Sherbrooke Est", "avenue De Lorimier", "rue Sainte-Catherine Ouest", "48e Avenue",
    "avenue du Parc", "rue Notre-Dame Ouest", "boulevard Pie-IX", "rue d'Iberville", "avenue Papineau",
)  # fmt: skip
ROWS = [
    *(a_row(id=10 + i, external_id=f"25-{1000 + i}", street=name, street_from=None, street_to=None,
            borough=("RO", "VM")[i % 2], point=(-73.6 + i / 1000, 45.5)) for i, name in enumerate(STREETS)),
    a_row(id=50, external_id="24-29725", street="rue Peel", street_from="rue Sherbrooke Ouest", street_to="rue Cypress",
          point=(-73.575, 45.502)),
    a_row(id=51, external_id="25-29725", street=None, street_from="rue Rachel Est", street_to="rue Saint-Denis",
          place_type="intersection", point=(-73.58, 45.523)),
    a_row(id=52, external_id="25-297251", street=None, street_from="rue Saint-Denis", street_to="rue Rachel Est",
          point=(-73.582, 45.523)),
    a_row(id=53, external_id="13-313550-D", street=None, street_from=None, street_to=None, point=None,
          precision="none"),
]  # fmt: skip


@pytest.fixture(scope="module")
def ask() -> Iterator[Ask]:
    with opened(ROWS) as mart:
        index = search_index(mart)
        yield lambda text: search(mart, index, text, NOON)


def streets(found: Found) -> list[str]:
    return [hit.name for hit in found.streets]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("rue Saint-Denis", "rue Saint-Denis"),
        ("st denis", "rue Saint-Denis"),
        ("ST-DEN", "rue Saint-Denis"),
        ("boul. St-Laurent", "boulevard Saint-Laurent"),
        ("cote des neiges", "chemin de la Côte-des-Neiges"),
        ("ch. de la Côte-des-Neiges", "chemin de la Côte-des-Neiges"),
        ("mont royal e", "avenue du Mont-Royal Est"),
        ("sherbrooke w", "rue Sherbrooke Ouest"),
        ("Sherbrooke O", "rue Sherbrooke Ouest"),
        ("sherbrooke est", "rue Sherbrooke Est"),
        ("lorimier", "avenue De Lorimier"),
        ("av de lorimier", "avenue De Lorimier"),
        ("ste-catherine", "rue Sainte-Catherine Ouest"),
        ("48e", "48e Avenue"),
        ("av parc", "avenue du Parc"),
        ("parc", "avenue du Parc"),
        ("notre dame", "rue Notre-Dame Ouest"),
        ("pie ix", "boulevard Pie-IX"),
        ("iberville", "rue d'Iberville"),
        ("d’iberville", "rue d'Iberville"),
        ("pa", "avenue Papineau"),
        ("rue pe", "rue Peel"),
        ("1240 rue Peel", "rue Peel"),
        ("Peel St", "rue Peel"),
    ],
)
def test_a_street_is_found_as_people_write_it(ask: Ask, text: str, first: str) -> None:
    assert first in streets(ask(text))[:2]


@pytest.mark.parametrize(
    "text",
    [
        "Rachel / St-Denis",
        "saint-denis et rachel",
        "St Denis & Rachel E",
        "st-denis rachel",
        "coin Rachel et Saint-Denis",
    ],
)
def test_an_intersection_is_found_in_either_order(ask: Ask, text: str) -> None:
    (hit,) = ask(text).crossings
    assert set(hit.names) == {"rue Rachel Est", "rue Saint-Denis"}
    assert hit.requests == 2
    assert hit.point == pytest.approx((-73.581, 45.523))


def test_the_end_of_a_segment_is_an_intersection_too(ask: Ask) -> None:
    (hit,) = ask("peel / sherbrooke").crossings
    assert (set(hit.names), hit.requests) == ({"rue Peel", "rue Sherbrooke Ouest"}, 0)
    assert hit.point == pytest.approx((-73.575, 45.502))


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("25-29725", [51, 52]),
        ("#25-29725", [51, 52]),
        ("25 29725", [51, 52]),
        ("29725", [51, 50]),
        ("13-313550-d", [53]),
        ("25-2972", [51, 52]),
        ("99-1", []),
    ],
)
def test_a_request_is_found_by_its_number(ask: Ask, text: str, ids: list[int]) -> None:
    assert [row["id"] for row in ask(text).requests] == ids


def test_boroughs_and_sectors_are_found_by_their_names(ask: Ask) -> None:
    assert [hit.code for hit in ask("plateau").places] == ["PM"]
    assert "VM" in [hit.code for hit in ask("ville-marie").places]
    assert {hit.kind for hit in ask("saint-henri").places} == {"sector"}
    assert ask("rue saint-henri").places == ()


HOSTILE = [
    "", " ", "'; DROP TABLE requests; --", "<script>alert(1)</script>", "%", "_", "\\", "\x00", "(((", "a" * 5000, "🚧",
    "25-%", "/", "& et /", "-" * 80, "٢٥-١", "25-\ud800".encode("utf-8", "replace").decode(),
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_finds_nothing_and_breaks_nothing(ask: Ask, text: str) -> None:
    assert len(ask(text)) <= MOST


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=40) | st.text(alphabet=string.ascii_lowercase + " -/&'", max_size=30))
def test_any_text_is_answered_with_few(ask: Ask, text: str) -> None:
    assert len(ask(text)) <= MOST


@settings(max_examples=80, deadline=None)
@given(st.sampled_from(STREETS), st.randoms(use_true_random=False))
def test_a_name_in_any_dress_is_the_same_name(name: str, chance: random.Random) -> None:
    """The oracle: a letter-by-letter comparison without accents of the words that are no kind and no article."""
    dressed = "".join(letter.upper() if chance.random() < 0.5 else letter for letter in name)
    dressed = dressed.replace("-", " ") if chance.random() < 0.5 else dressed
    assert telling(dressed) == telling(name)
    assert not set(telling(name)) & KINDS


def test_words_of_a_street() -> None:
    assert telling("chemin de la Côte-des-Neiges") == ("cote", "neiges")
    assert telling("rue") == ("rue",)
    assert words("boul. St-Laurent O.") == ("boul", "saint", "laurent", "ouest")
    assert street_name("1240-1250 rue Peel") == "rue Peel"
    assert street_name("48e Avenue") == "48e Avenue"
    assert readings("rue pl") == (("pl",),)
    assert readings("") == ()
    assert sides("Peel / Sherbrooke") == ("peel", "sherbrooke")
    assert sides("Peel") is None


def test_streets_without_a_request_of_their_own_are_not_offered(ask: Ask) -> None:
    assert streets(ask("cypress")) == []
    assert streets(ask("rachel")) == []


def test_every_street_of_a_mart_is_found_by_its_own_name() -> None:
    names = [
        f"rue {''.join(random.Random(i).choices(string.ascii_lowercase, k=7)).capitalize()}"
        for i in range(40)
    ]
    with opened([a_row(street=name) for name in names]) as mart:
        index = search_index(mart)
        assert all(streets(search(mart, index, name, NOON))[0] == name for name in names)
        assert index.seconds < 30
        assert index.bytes > 0
