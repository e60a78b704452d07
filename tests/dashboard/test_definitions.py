"""Définitions has every KPI, from its record."""

import re
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from dashboard import anchors
from dashboard.components.check_words import check_parts
from dashboard.components.kpi_definitions import kpi_definitions
from dashboard.components.names import activity_name
from dashboard.ids import Id
from dashboard.kpi_texts import said
from dashboard.layouts import definitions, definitions_targets
from dashboard.layouts.definitions import draw_definitions
from dashboard.markup import to_html
from dashboard.state import ViewState
from dashboard.text import day, t
from dashboard.text.catalogue import LANGUAGES
from domain.activities import Target, activities
from domain.calendar import city_days_off
from domain.precision import ON_MAP, Precision
from geo.dedup.recurrence import MONTHS
from mart.kpis import KPIS
from mart.questions.quality_checks import CHECKS


def articles(lang: str) -> dict[str, str]:
    """The words of each KPI by its anchor."""
    found = re.findall(
        r'<article class="vg-card" id="([\w-]+)" tabindex="-1">(.*?)</article>',
        to_html(kpi_definitions(lang)),
    )
    return {anchor: re.sub(r"<[^>]+>", "\n", content) for anchor, content in found}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_record_is_there_with_all_that_it_says(lang: str) -> None:
    found = articles(lang)
    assert list(found) == [f"kpi-{code}" for code in KPIS]
    for code, kpi in KPIS.items():
        words = found[f"kpi-{code}"]
        for text in (kpi.name, kpi.sentence, kpi.formula, kpi.leaves_out, *(one.what for one in kpi.changes)):
            assert said(text, lang) in words
        for key in (f"unit.{kpi.unit}", f"good.{kpi.good}", f"interval.{kpi.figure}"):
            assert t(f"kpi.{key}", lang) in words


def test_parts_come_after_the_main_ones_under_a_heading() -> None:
    html = to_html(kpi_definitions("en"))
    heading = html.index("Parts of the KPIs")
    assert all((html.index(f'id="kpi-{code}"') > heading) == kpi.is_part for code, kpi in KPIS.items())


def test_a_goal_is_to_be_confirmed_and_only_there_where_there_is_one() -> None:
    found = articles("en")
    assert "90% (to confirm)" in found["kpi-on_time_pct"]
    assert "Goal" not in found["kpi-received"]


def test_a_version_says_when_what_and_by_whom() -> None:
    assert "1 (Nov\u00a021, 2026, Vigie 311): First definition." in articles("en")["kpi-backlog"]


def page(lang: str) -> str:
    """The whole page as it is painted."""
    return draw_definitions(ViewState(screen="definitions", lang=lang), date(2026, 11, 21))[
        Id.DEFINITIONS_BODY
    ]


def section(anchor: str, lang: str = "en") -> str:
    """The words of one part."""
    (found,) = re.findall(rf'<section id="{anchor}".*?</section>', page(lang))
    return " ".join(re.sub(r"<[^>]+>", " ", found).split())


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_screen_has_every_part_and_contents_that_lead_there(lang: str) -> None:
    layout: Any = definitions.layout(ViewState(screen="definitions", lang=lang))
    parts = {str(part.id): part for part in layout._traverse() if getattr(part, "id", None)}
    drawn = parts[Id.DEFINITIONS_DRAWN].data
    assert {Id.DEFINITIONS_BODY, Id.DEFINITIONS_CONTENTS} == set(drawn) <= set(parts)
    ids = re.findall(r' id="([^"]+)"', drawn[Id.DEFINITIONS_BODY])
    assert len(ids) == len(set(ids))
    assert set(ids) >= {*anchors.PARTS, *(f"kpi-{code}" for code in KPIS), *map(anchors.check_anchor, CHECKS)}
    assert re.findall(r'href="#([^"]+)"', drawn[Id.DEFINITIONS_CONTENTS]) == list(anchors.PARTS)
    assert to_html(kpi_definitions(lang)) in drawn[Id.DEFINITIONS_BODY]


def test_every_target_is_there_with_its_origin() -> None:
    words = section(anchors.TARGETS)
    for found in activities():
        assert activity_name(found.code, "en") in words
    assert "Potholes 5 working days default Nid-de-poule" in words
    assert "Graffiti 2 working days label “Graffitis haineux” only" in words
    assert "Other activities none what nobody promised" in words


def test_a_borough_of_its_own_target_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    own = replace(activities()[0], by_borough={"VD": Target(4, calendar=True, origin="borough:VD")})
    monkeypatch.setattr(definitions_targets, "activities", lambda: (own,))
    assert "Potholes 4 days Verdun only" in section(anchors.TARGETS)


def test_goals_are_those_of_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "The whole city 90%" in section(anchors.GOALS)
    monkeypatch.setattr(definitions_targets, "goals", dict)
    assert "No goal is set." in section(anchors.GOALS)


def test_days_off_are_those_of_the_calendar_with_their_names() -> None:
    words = section(anchors.DAYS_OFF, "fr").replace("\u00a0", " ")
    first, last = date(2025, 11, 21), date(2027, 11, 21)
    for off in city_days_off():
        assert (day(off, "fr").replace("\u00a0", " ") in words) == (first <= off <= last), off
    assert "lundi 6 avr. 2026 Lundi de Pâques fermeture de la ville" in words
    assert "jeudi 24 déc. 2026 Fermeture de la ville" in words
    assert "Fête nationale du Québec jour férié du Québec" in words


def test_precisions_say_where_they_are_used() -> None:
    words = section(anchors.PRECISION)
    for one in Precision:
        used = "yes" if one in ON_MAP else "no"
        (row,) = re.findall(rf"{t(f'definitions.precision_name.{one}', 'en')} [A-Z][^.]*\. ([a-z ]+)", words)
        assert row.split()[:4] == ["yes", used, used, used]


def test_recurrence_has_the_numbers_that_count_it() -> None:
    words = section(anchors.RECURRENCE)
    assert "within 30, 90, 180 days" in words
    assert f"{MONTHS} calendar months" in words
    assert "{" not in words


@pytest.mark.parametrize("lang", LANGUAGES)
def test_checks_are_those_of_the_records(lang: str) -> None:
    words = section(anchors.CHECKS, lang)
    for code in CHECKS:
        assert all(" ".join(text.split()) in words for _, text in check_parts(code, lang))
