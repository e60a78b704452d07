"""The frame: the first page of an address, screens, the status line, and what stands in for a mart."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from dash import no_update

from dashboard.asking import View
from dashboard.callbacks.frame import first_page, show_screen, show_status
from dashboard.components.status import stale_notice
from dashboard.courses import sparks
from dashboard.health import STALE_AFTER, mart_health
from dashboard.ids import Id
from dashboard.layouts.apercu_figures import draw_apercu
from dashboard.services import Services
from dashboard.state import ViewState
from mart.periods import local_date
from tests.support.mart import NOON, a_row, make_mart
from tests.support.services import services_of

HOME = "http://localhost/"


def words(component: Any) -> str:
    """All that a component tree says and holds, as text."""
    return str(component.to_plotly_json() if hasattr(component, "to_plotly_json") else component)


def ids(component: Any) -> list[str]:
    return [str(part.id) for part in component._traverse() if getattr(part, "id", None)]


def test_the_first_page_is_the_one_that_was_asked_for(services: Services) -> None:
    page: Any = first_page(services, HOME + "?lang=en&borough=VD")
    parts = {str(part.id): part for part in page._traverse() if getattr(part, "id", None)}
    assert "Verdun" in parts[Id.FRAME_DRAWN].data[Id.STATUS_BAR]
    assert parts[Id.QUERY].data == "borough=VD&lang=en"
    assert parts[Id.WANTED].data == {"screen": "apercu", "lang": "en", "ready": True}
    assert "Requests received" in parts[Id.APERCU_DRAWN].data[Id.APERCU_CARDS]


def test_without_an_address_the_browser_says_which_it_is(services: Services) -> None:
    page: Any = first_page(services, None)
    parts = {str(part.id): part for part in page._traverse() if getattr(part, "id", None)}
    assert parts[Id.QUERY].data is None


@pytest.mark.parametrize("path", ["", "carte", "definitions", "nothing"])
def test_no_id_stands_twice_on_a_page(services: Services, path: str) -> None:
    found = ids(first_page(services, HOME + path))
    assert sorted(found) == sorted(set(found))


def test_a_screen_alone_changes_where_the_language_stays(services: Services) -> None:
    frame, screen = asyncio.run(show_screen(services, {"frame": False}, "/definitions", "?lang=en"))
    assert frame is no_update
    assert "Definitions" in words(screen)


def test_the_whole_frame_changes_with_the_language(services: Services) -> None:
    frame, screen = asyncio.run(show_screen(services, {"frame": True}, "/", "?lang=en"))
    assert screen is no_update
    assert "All boroughs, all activities" in str([part.to_plotly_json() for part in frame])


def test_an_unknown_path_says_so_and_leads_home(services: Services) -> None:
    _, screen = asyncio.run(show_screen(services, {}, "/nothing", "?lang=en&period=7d"))
    assert "This page does not exist" in words(screen)
    assert "/?period=7d&lang=en" in words(screen)


def test_without_a_mart_the_page_says_what_to_run(no_mart: Services) -> None:
    assert mart_health(no_mart).state == "missing"
    _, screen = asyncio.run(show_screen(no_mart, {}, "/", ""))
    assert "vigie build" in words(screen)


def test_a_mart_that_cannot_be_read_says_to_build_it_anew(no_mart: Services, tmp_path: Path) -> None:
    make_mart(tmp_path, [a_row()])
    assert mart_health(no_mart).state == "ok"
    manifest = next((tmp_path / "mart").glob("*/manifest.json"))
    manifest.write_text("{}")
    again = Services(settings=no_mart.settings, reader=type(no_mart.reader)(no_mart.settings.mart))
    assert mart_health(again).state == "old"
    _, screen = asyncio.run(show_screen(again, {}, "/", "?lang=en"))
    assert "vigie build --full" in words(screen)
    again.close()


def test_an_old_mart_is_named_with_its_age_and_what_to_run(services: Services) -> None:
    with services.reader.lease() as mart:
        later = mart.built_at + STALE_AFTER + timedelta(hours=1)
    assert mart_health(services, now=later).state == "stale"
    assert "vigie build" in stale_notice(timedelta(days=3), "fr")
    assert "3 jours" in stale_notice(timedelta(days=3), "fr")


def status(services: Services, query: str, path: str = "/") -> dict[str, str]:
    drawn: dict[str, str] = asyncio.run(show_status(services, query, None, None, path))
    return drawn


def test_the_status_line_says_period_and_filters(services: Services) -> None:
    drawn = status(
        services, "borough=VD,VM&activity=graffitis&sector=171&state=late&by=who&h3=8a2baa44806ffff", "/liste"
    )
    for name in ("Verdun", "Ville-Marie", "Graffitis", "En retard", "1 zone choisie"):
        assert name in drawn[Id.STATUS_BAR]
    assert drawn[Id.STATUS_BAR].count("vg-pill") == 7
    assert drawn[Id.BOROUGHS_LABEL] == "2 arrondissements"
    assert drawn[Id.SECTORS_PANEL].count('aria-checked="true"') == 1


@pytest.mark.parametrize(
    ("path", "chips"), [("/", 1), ("/carte", 3), ("/liste", 4), ("/recurrence", 1), ("/qualite", 1)]
)
def test_every_chip_is_a_filter_of_what_is_shown(services: Services, path: str, chips: int) -> None:
    query = "borough=VD&state=late&cf=street~saint&at=2025-03-10T16:00Z"
    drawn = status(services, query, path)
    assert drawn[Id.STATUS_BAR].count("vg-pill") == chips
    assert drawn[Id.NOTICE] == ""
    assert ("En retard" in drawn[Id.STATUS_BAR]) == (path in {"/carte", "/liste"})
    assert ("au 10\u00a0mars 2025, 12\u00a0h\u00a000" in drawn[Id.STATUS_BAR]) == (path == "/liste")


def test_the_period_is_said_where_it_counts(services: Services) -> None:
    assert "mars 2025</strong>" in status(services, "", "/")[Id.STATUS_BAR]
    assert "mars 2025</strong>" not in status(services, "", "/recurrence")[Id.STATUS_BAR]


@pytest.mark.parametrize("path", ["/liste", "/carte"])
@pytest.mark.parametrize(
    ("span", "why"),
    [("from=2031-01-01&to=2031-01-31", "pas encore commencé"), ("from=2001-01-01&to=2001-01-31", "précède")],
)
def test_list_and_map_say_as_apercu_why_they_are_empty(
    services: Services, path: str, span: str, why: str
) -> None:
    query = f"period=custom&{span}"
    said = status(services, query, path)[Id.NOTICE]
    assert why in said
    assert said in draw_apercu(services, ViewState.from_url("/", query)[0])[Id.APERCU_NOTE]
    assert status(services, query, "/")[Id.NOTICE] == ""


@pytest.mark.parametrize(
    ("moment", "said"),
    [("2025-03-10T16:00Z", "10\u00a0mars 2025, 12\u00a0h"), ("2031-01-01T00:00Z", "20\u00a0mars 2025")],
)
def test_the_as_of_of_a_list_is_the_moment_that_it_is_of(services: Services, moment: str, said: str) -> None:
    drawn = status(services, f"at={moment}", "/liste")
    assert said in drawn[Id.AS_OF].partition("</summary>")[0]
    beyond = moment > "2026"
    assert ("at=2031-01-01T00:00:00Z" in drawn[Id.NOTICE]) == beyond
    assert ("vg-pill" in drawn[Id.STATUS_BAR]) != beyond
    assert ('data-end="2025-03-10"' in drawn[Id.STATUS_BAR]) != beyond


def test_the_browser_is_told_which_keys_each_screen_keeps(services: Services) -> None:
    page: Any = first_page(services, HOME)
    (rail,) = [part for part in page._traverse() if getattr(part, "id", None) == Id.RAIL]
    told = json.loads(rail.to_plotly_json()["props"]["data-keys"])
    assert {name for name, keys in told.items() if "cf" in keys} == {"carte", "liste"}
    assert all({"period", "borough", "lang", "theme"} <= set(keys) for keys in told.values())


def test_the_as_of_moment_of_an_archive_is_its_newest_event(services: Services) -> None:
    drawn = status(services, "lang=en")
    assert "Mar\u00a020, 2025" in drawn[Id.AS_OF]
    assert "ago" in drawn[Id.AS_OF]
    assert (NOON - timedelta(minutes=20)).isoformat()[:13] in drawn[Id.AS_OF]


def test_what_was_ignored_is_said_and_never_becomes_html(services: Services) -> None:
    drawn = status(services, "by=<img src=x>&borough=ZZ")
    assert "by=&lt;img" in drawn[Id.NOTICE]
    assert "<img" not in "".join(drawn.values())


def test_what_the_data_do_not_reach_is_said_and_no_fall_is_drawn(tmp_path: Path) -> None:
    """Figures are of now, the newest event is of the day before yesterday: what came since is not known."""
    now = datetime.now(UTC)
    newest = now - timedelta(hours=37)
    opened = [newest - timedelta(hours=6 * n) for n in range(200)]
    rows = [a_row(opened_at=at, due_at=at + timedelta(days=10)) for at in opened]
    with services_of(make_mart(tmp_path, rows)) as made:
        notice = status(made, "lang=en&period=30d")[Id.NOTICE]
        assert "Data until" in notice
        assert "period=custom" in notice
        last = local_date(newest + timedelta(hours=1)) - timedelta(days=1)
        whole = f"period=custom&from={last - timedelta(days=29)}&to={last}&lang=en"
        assert whole in notice.replace("&amp;", "&")
        assert "Data until" not in status(made, whole)[Id.NOTICE]
        assert status(made, "lang=en", "/recurrence")[Id.NOTICE] == ""
        with made.reader.lease() as mart:
            drawn = sparks(View(made, mart, ViewState(period="30d")))
    assert drawn.values["received"][-2:] != [0.0, 0.0]
    assert min(number or 0 for number in drawn.values["received"]) > 0
    assert drawn.partial["received"]


def test_fresh_data_have_no_gap(tmp_path: Path) -> None:
    at = datetime.now(UTC) - timedelta(hours=1)
    with services_of(make_mart(tmp_path, [a_row(opened_at=at, due_at=None, target_days=None)])) as made:
        assert status(made, "lang=en")[Id.NOTICE] == ""
