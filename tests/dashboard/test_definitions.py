"""Définitions has every KPI, from its record."""

import re
from typing import Any

import pytest

from dashboard.components.kpi_definitions import kpi_definitions
from dashboard.ids import Id
from dashboard.kpi_texts import said
from dashboard.layouts import definitions
from dashboard.markup import to_html
from dashboard.state import ViewState
from dashboard.text import t
from dashboard.text.catalogue import LANGUAGES
from mart.kpis import KPIS


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


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_screen_has_them_in_its_place(lang: str) -> None:
    layout: Any = definitions.layout(ViewState(screen="definitions", lang=lang))
    parts = {str(part.id): part for part in layout._traverse() if getattr(part, "id", None)}
    assert parts[Id.DEFINITIONS_DRAWN].data == {Id.DEFINITIONS_KPIS: to_html(kpi_definitions(lang))}
    assert Id.DEFINITIONS_KPIS in parts
