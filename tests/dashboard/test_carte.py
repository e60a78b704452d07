"""Carte's layout and callback, called directly."""

import asyncio
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dashboard.callbacks.carte import show_request
from dashboard.components import listing
from dashboard.ids import Id
from dashboard.layouts import carte
from dashboard.query import POPULATIONS, SORTS
from dashboard.services import Services
from dashboard.state import ViewState
from dashboard.text import catalogue
from domain.settings import PROJECT
from domain.statuses import State
from mart.questions.page import LISTED
from tests.support.mart import a_row, make_mart
from tests.support.services import services_of

ASSETS = PROJECT / "dashboard" / "assets"
ROWS = [
    a_row(id=1, opened_at="-20d", due_at="-3d", requesters=3, borough_who="RO", street="<b>rue</b>"),
    a_row(id=2, opened_at="-9d", closed_at="-1d", due_at="-4d", status="done", status_at="-1d"),
    a_row(id=3, point=None, precision="none", street=None, due_at=None, label=None, reopened=True),
    a_row(id=4, opened_at="-0h"),
]


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    with services_of(make_mart(tmp_path, ROWS)) as found:
        yield found


def shown(services: Services, request_id: int | None, lang: str = "fr") -> Any:
    return asyncio.run(show_request(services, {"id": request_id, "lang": lang}))


def text_of(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def test_the_sheet_says_what_where_when_and_in_which_state(services: Services) -> None:
    said = text_of(shown(services, 1)["html"])
    for part in (
        "En retard",
        "Nids-de-poule",
        "25-",
        "Ville-Marie",
        "Équipe",
        "Rosemont",
        "3 personnes",
        "Téléphone",
    ):
        assert part in said
    assert "en retard de 3 jours" in said
    assert "milieu du segment de rue" in said


def test_the_sheet_speaks_english(services: Services) -> None:
    said = text_of(shown(services, 2, "en")["html"])
    for part in ("Done", "Potholes", "1 person", "Closed", "late by 3 days"):
        assert part in said


def test_what_was_typed_in_a_request_is_text(services: Services) -> None:
    html = shown(services, 1)["html"]
    assert "&lt;b&gt;rue" in html
    assert "<b>rue" not in html


def test_a_request_without_a_place_has_no_point_and_no_button_to_it(services: Services) -> None:
    found = shown(services, 3)
    assert found["row"]["lon"] is None
    assert "show-request" not in found["html"]
    assert "Aucune cible" in found["html"]
    assert "rouverte" in found["html"]


def test_the_row_of_the_sheet_is_a_line_of_the_list(services: Services) -> None:
    row = shown(services, 1)["row"]
    assert (row["state"], row["lon"], row["lat"]) == ("late", -73.5747, 45.5)
    assert row["opened_at"].endswith("+00:00")
    assert set(row) - {"lon", "lat"} <= set(LISTED)


def test_a_request_that_is_not_there_says_so(services: Services) -> None:
    found = shown(services, 99)
    assert found["row"] is None
    assert "99" in found["html"]


@pytest.mark.parametrize("wanted", [None, {}, {"id": None}])
def test_no_request_has_no_sheet(services: Services, wanted: dict[str, Any] | None) -> None:
    assert asyncio.run(show_request(services, wanted)) is None


def parts_of(layout: Any) -> list[Any]:
    return list(layout._traverse())


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_every_id_of_carte_is_in_its_layout(services: Services, lang: str) -> None:
    layout = carte.layout(ViewState(screen="carte", lang=lang), services)
    there = {str(part.id) for part in parts_of(layout) if getattr(part, "id", None)}
    assert {id_.value for id_ in Id if id_.name.startswith("CARTE_")} <= there


def test_the_layout_is_light(services: Services) -> None:
    layout = carte.layout(ViewState(screen="carte"), services)
    assert len(parts_of(layout)) < 40  # each Dash component costs at every action


def test_the_chooser_offers_what_the_address_asks_for(services: Services) -> None:
    layout = carte.layout(ViewState(screen="carte", kpi="on_time_pct/denominator"), services)
    chooser = next(part for part in parts_of(layout) if getattr(part, "id", None) == Id.CARTE_KPI)
    offered = [one["value"] for one in chooser.data]
    assert (chooser.value, offered) == (
        "on_time_pct/denominator",
        ["received", "closed", "backlog", "overdue", "on_time_pct/denominator"],
    )


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_the_browser_has_words_for_every_list(lang: str) -> None:
    config = carte.config(lang)
    assert set(config["scopes"]) == set(config["kpis"]["names"]) == set(POPULATIONS)


def test_tiles_are_only_there_where_a_city_has_set_them(services: Services) -> None:
    def tiles(url: str) -> list[str]:
        settings = services.settings.model_copy(update={"tiles": url})
        layout = carte.layout(ViewState(screen="carte"), Services(settings=settings, reader=services.reader))
        return [part.url for part in parts_of(layout) if getattr(part, "_type", "") == "TileLayer"]

    assert tiles("none") == []
    assert tiles("https://tiles.example.org/{z}/{x}/{y}.png") == ["https://tiles.example.org/{z}/{x}/{y}.png"]


def test_every_column_of_the_list_sorts_where_the_data_is() -> None:
    fields = {column["field"] for column in listing.columns("fr")}
    assert fields <= set(SORTS)
    assert fields <= set(LISTED)


def test_scripts_and_server_agree_on_names() -> None:
    scripts = "\n".join(path.read_text("utf-8") for path in ASSETS.glob("*.js"))
    for id_ in (
        Id.CARTE_MAP,
        Id.CARTE_GRID,
        Id.CARTE_LEGEND,
        Id.CARTE_MESSAGE,
        Id.CARTE_WHERE,
        Id.CARTE_HOME,
    ):
        assert f'"{id_.value}"' in scripts
    for state in State:
        assert re.search(rf"^    {state.value}: {{", scripts, flags=re.MULTILINE), state
    for renderer in (column["cellRenderer"] for column in listing.columns("fr")):
        assert f"cells.{renderer} =" in scripts


def test_every_text_that_the_scripts_use_is_in_both_catalogues() -> None:
    scripts = "\n".join(path.read_text("utf-8") for path in ASSETS.glob("*.js"))
    used = set(re.findall(r"\btexts\.(\w+)", scripts)) | set(
        re.findall(r'plural\(\w+(?:\.\w+)?, "(\w+)"', scripts)
    )
    for lang in ("fr", "en"):
        known = {
            key.removeprefix("carte.js.").split(".")[0]
            for key in catalogue(lang)
            if key.startswith("carte.js.")
        }
        assert used <= known
