"""Liste's layout, and that its scripts and the server agree."""

import re
from typing import Any

import pytest

from dashboard.components.listing_columns import COLUMNS
from dashboard.ids import Id
from dashboard.kpi_texts import list_state
from dashboard.layouts import liste
from dashboard.query import POPULATIONS
from dashboard.services import Services
from dashboard.state import ViewState
from dashboard.text import catalogue
from domain.settings import PROJECT

ASSETS = PROJECT / "dashboard" / "assets"
SCRIPTS = "\n".join(path.read_text("utf-8") for path in sorted(ASSETS.glob("*.js")))


def parts_of(layout: Any) -> list[Any]:
    return list(layout._traverse())


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_every_id_of_the_list_is_in_its_layout(services: Services, lang: str) -> None:
    layout = liste.layout(ViewState(screen="liste", lang=lang), services)
    there = {str(part.id) for part in [layout, *parts_of(layout)] if getattr(part, "id", None)}
    assert {id_.value for id_ in Id if id_.name.startswith("LISTE")} == there


def test_the_layout_is_light(services: Services) -> None:
    assert len(parts_of(liste.layout(ViewState(screen="liste"), services))) < 45


def test_a_number_leads_to_the_list(services: Services) -> None:
    state = ViewState(screen="apercu", boroughs=("VD",), states=("late",), request=5)
    target = list_state("on_time_pct/denominator", state)
    assert target.to_url() == "/liste?borough=VD&kpi=on_time_pct/denominator"
    layout = liste.layout(target, services)
    chooser = next(part for part in parts_of(layout) if getattr(part, "id", None) == Id.LISTE_KPI)
    assert chooser.value == "on_time_pct/denominator"
    assert chooser.value in [one["value"] for one in chooser.data]


def test_the_way_to_the_map_keeps_the_state(services: Services) -> None:
    layout = liste.layout(
        ViewState(screen="liste", kpi="closed", activities=("graffitis",), request=3), services
    )
    link = next(part for part in parts_of(layout) if getattr(part, "id", None) == Id.LISTE_MAP)
    assert link.href == "/carte?activity=graffitis&kpi=closed"


def test_every_way_of_drawing_a_cell_is_in_the_scripts() -> None:
    for name in {column.renderer for column in COLUMNS} | {"ListeHeader"}:
        assert f"cells.{name} =" in SCRIPTS, name


def test_every_id_that_the_scripts_name_is_one() -> None:
    known = {id_.value for id_ in Id}
    listing = "\n".join(path.read_text("utf-8") for path in ASSETS.glob("listing_[pdfc]*.js"))
    used = set(re.findall(r'["#](liste-[a-z]+)\b', listing))
    assert used - {"liste-columns"} <= known
    assert "liste-grid" in used


def test_every_word_that_the_scripts_use_is_in_both_catalogues() -> None:
    used = set(re.findall(r"\bwords(?:\(\))?\.(\w+)", SCRIPTS))
    for lang in ("fr", "en"):
        assert used <= {
            key.removeprefix("liste.js.") for key in catalogue(lang) if key.startswith("liste.js.")
        } | {"append"}


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_the_browser_has_words_for_every_list(lang: str) -> None:
    config = liste.config(lang)
    assert set(config["scopes"]) == set(config["kpis"]["names"]) == set(POPULATIONS)
    assert {"says_contains", "too_many"} <= set(config["words"])
