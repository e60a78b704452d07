"""Liste's layout, and that its scripts and the server agree."""

import csv
import io
import re
from pathlib import Path
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
from tests.support.feeds import feeds_with, read
from tests.support.mart import a_row

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


def rows_of_days() -> list[dict[str, Any]]:
    """Received on five days; what was closed, and when, another moment does not know yet."""
    return [
        a_row(
            opened_at=f"-{i}d",
            closed_at=f"-{i - 4}d" if i > 5 else None,
            status="done" if i > 5 else "accepted",
        )
        for i in (1, 5, 9, 14, 30)
    ]


def test_a_list_is_of_the_moment_that_its_address_has(tmp_path: Path) -> None:
    with feeds_with(tmp_path, rows_of_days()) as client:
        now = read(client.get("/feeds/requests.json?period=90d"))
        then = read(client.get("/feeds/requests.json?period=90d&at=2025-03-13T16:00:00Z"))
        beyond = [
            read(client.get(f"/feeds/requests.json?period=90d&at={at}"))
            for at in ("2019-01-01T00:00Z", "2031-01-01T00:00Z", "yesterday")
        ]
        files = [
            client.get(f"/feeds/requests.{kind}?period=90d&lang=en&at=2025-03-13T16:00Z")
            for kind in ("csv", "xlsx")
        ]
    assert now["total"] == 2
    assert (then["total"], then["as_of"], then["ignored"]) == (1, "2025-03-13T16:00:00Z", [])
    assert then["states"] != now["states"]
    assert [(one["total"], one["as_of"], one["ignored"]) for one in beyond] == [
        (now["total"], now["as_of"], ["at"])
    ] * 3
    for answer in files:
        assert "2025-03-13T1200" in answer.headers["content-disposition"]
    (line,) = list(csv.DictReader(io.StringIO(files[0].content.decode("utf-8-sig"))))
    assert "2025-03-13 12:00" in line.values()


def test_the_map_knows_no_other_moment(tmp_path: Path) -> None:
    with feeds_with(tmp_path, rows_of_days()) as client:
        here, there = (
            read(client.get(f"/feeds/hexagons.geojson?resolution=8&period=90d{at}"))
            for at in ("", "&at=2025-03-13T16:00Z")
        )
    assert here == there
