"""What screens say of KPIs comes from their records, and numbers have their unit."""

import math

import pytest

from dashboard import kpi_texts
from dashboard.query import KPIS as OFFERED
from dashboard.query import POPULATIONS
from dashboard.state import ViewState
from dashboard.text import catalogue
from dashboard.text.catalogue import LANGUAGES
from mart.kpi_model import Counted, Figure, Good, Kpi, Unit
from mart.kpis import KPIS, kpi
from mart.populations import rows_of

NO_BREAK, NARROW = "\u00a0", "\u202f"
RATE, DAYS, COUNT, RATIO = (
    kpi(code) for code in ("on_time_pct", "median_days_to_close", "received", "closure_rate")
)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_catalogue_has_words_for_all_that_a_record_may_be(lang: str) -> None:
    words = catalogue(lang)
    for key, values in (("unit", Unit), ("good", Good), ("interval", Figure)):
        assert {f"kpi.{key}.{value}" for value in values} <= words.keys()
    assert {f"kpi.list.{counted}" for counted in Counted if counted is not Counted.REQUESTS} <= words.keys()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_nothing_that_a_record_says_is_said_again_in_the_catalogue(lang: str) -> None:
    assert not [key for key in catalogue(lang) for code in KPIS if key.startswith(f"kpi.{code}.")]


def test_every_population_of_an_address_has_rows() -> None:
    assert set(OFFERED) <= set(POPULATIONS)
    assert all(rows_of(population) for population in POPULATIONS)


@pytest.mark.parametrize(
    ("found", "value", "fr", "en"),
    [
        (COUNT, 1234, f"1{NARROW}234", "1,234"),
        (RATE, 93.25, f"93,2{NO_BREAK}%", "93.2%"),
        (DAYS, 1234.56, f"1{NARROW}234,6{NO_BREAK}j", f"1,234.6{NO_BREAK}d"),
        (RATIO, 1.034, "1,03", "1.03"),
        (RATE, math.nan, "pas de données", "no data"),
        (COUNT, None, "pas de données", "no data"),
    ],
)
def test_a_value_has_its_unit(found: Kpi, value: float | None, fr: str, en: str) -> None:
    assert kpi_texts.written(found, value, "fr") == fr
    assert kpi_texts.written(found, value, "en") == en


def test_two_percentages_differ_by_points() -> None:
    assert kpi_texts.moved(RATE, 2.34, "fr") == f"+2,3{NO_BREAK}pts"
    assert kpi_texts.changed(RATE, 93, 95.5, "en") == f"−2.5{NO_BREAK}pts"
    assert kpi_texts.changed(COUNT, 112, 100, "fr") == f"+12{NO_BREAK}%"
    assert kpi_texts.changed(RATE, 93, None, "fr") is None


def test_bounds_share_their_unit_and_an_open_end_is_said() -> None:
    assert kpi_texts.between(RATE, 47.91, 71.02, "fr") == f"de 47,9 à 71,0{NO_BREAK}%"
    assert kpi_texts.between(DAYS, 2.6, math.nan, "en") == f"2.6 to ?{NO_BREAK}d"


def test_a_bound_beside_zero_does_not_look_like_zero() -> None:
    assert kpi_texts.moved_between(COUNT, 0.4, 31.8, "fr") == "de +0,4 à +32"
    assert kpi_texts.moved_between(COUNT, -12.0, 0.0, "fr") == "de −12 à 0"


def test_only_rates_and_medians_of_fewer_than_five_are_few() -> None:
    assert [kpi_texts.is_few(RATE, n) for n in (None, 0, 1, 4, 5)] == [False, False, True, True, False]
    assert not kpi_texts.is_few(COUNT, 3)


def test_a_chooser_offers_the_counts_and_the_one_that_is_chosen() -> None:
    assert [one["value"] for one in kpi_texts.options("backlog", "fr")] == list(OFFERED)
    more = kpi_texts.options("on_time_pct/denominator", "fr")
    assert more[-1] == {"value": "on_time_pct/denominator", "label": "À temps (base)"}
    assert len(more) == len(OFFERED) + 1


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_list_says_what_it_has(lang: str) -> None:
    said = {population: kpi_texts.listed(population, lang) for population in POPULATIONS}
    assert len({words for words, _ in said.values()}) == len(POPULATIONS)
    assert all(note for population, (_, note) in said.items() if population not in OFFERED)


def test_a_list_of_a_share_says_which_part_of_it_and_the_formula() -> None:
    words, note = kpi_texts.listed("on_time_pct/denominator", "fr")
    assert words == f"Réglées à temps{NO_BREAK}: dénominateur"
    assert note.startswith("Fermées à temps ÷ (")
    assert "première requête" in kpi_texts.listed("recurring_pct", "fr")[1]


def test_a_definition_has_an_address() -> None:
    state = ViewState(lang="en", period="7d", boroughs=("VD",))
    assert kpi_texts.definition_url("on_time_pct", state) == "/definitions?lang=en#kpi-on_time_pct"


def test_records_are_set_as_french_is() -> None:
    texts = [
        kpi_texts.said(getattr(one, name), "fr")
        for one in KPIS.values()
        for name in ("sentence", "formula", "leaves_out")
    ]
    assert not [text for text in texts for mark in ";:?!»" if f" {mark}" in text]
