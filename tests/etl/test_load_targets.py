"""Loads, builds and a change of targets in any order: what is closed keeps the target that it had."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from domain.errors import InputRefused, StoreUnavailable
from etl.build import build
from etl.ingest import ingest
from etl.targets import fingerprint, retarget
from mart.layout import current_version
from store.schema import request, target_change
from store.targets import Retargeted
from tests.support.building import START, Writer, assert_same, content, settings_of
from tests.support.rows import Row, a_request
from tests.support.stores import load_rows, only, read_only, rows_of, settings_for, tick
from tests.support.targets import Rules, changed_rules

OPEN = {"status": "Prise en charge", "status_at": "2025-03-10T09:35:00"}
DONE = {"status": "Terminée", "status_at": "2025-03-12T14:05:00"}
AGAIN = {"status": "Réactivée", "status_at": "2025-03-14T10:00:00"}


def due(day: int, days: int, origin: str = "default") -> tuple[Any, ...]:
    """Due at 09:30 of a day of March 2025 in Montréal, with its target and the line that set it."""
    return datetime(2025, 3, day, 13, 30, tzinfo=UTC), days, origin


FIVE, SEVEN = due(17, 5), due(19, 7)


@pytest.fixture
def rules(tmp_path: Path) -> Iterator[Rules]:
    """Targets and days off that a test may change."""
    with changed_rules(tmp_path / "activities.yml") as found:
        yield found


def row(number: str = "1", **columns: Any) -> Row:
    """A pothole reported on Monday 10 March 2025 at 09:30 in Ville-Marie."""
    return a_request(ID_UNIQUE=f"25-{number}", **columns)


def said(url: str) -> dict[str, tuple[Any, ...]]:
    """Status, due date, target and origin of each request."""
    names = ("status", "due_at", "target_days", "target_origin")
    return {found["external_id"]: tuple(found[n] for n in names) for found in rows_of(url, request)}


def target(url: str) -> tuple[Any, ...]:
    found: tuple[Any, ...] = said(url)["25-1"][1:]
    return found


def test_what_is_closed_by_a_load_and_corrected_later_keeps_its_target(
    store_url: str, tmp_path: Path, rules: Rules
) -> None:
    load_rows(store_url, tmp_path, [row(**OPEN)])
    load_rows(store_url, tmp_path, [row(**DONE)])
    rules.set("nids_de_poule", target={"days": 7})
    assert load_rows(store_url, tmp_path, [row(**DONE, RUE="rue Notre-Dame Ouest")])["updated"] == 1
    assert only(store_url)["street"] == "rue Notre-Dame Ouest"
    assert target(store_url) == FIVE
    refused = {"status": "Refusée", "status_at": "2025-03-13T10:00:00"}
    assert load_rows(store_url, tmp_path, [row(**refused)])["updated"] == 1
    assert target(store_url) == FIVE


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ({"opened": "2025-03-11T09:30:00"}, due(20, 7)),
        ({"ACTI_NOM": "Graffitis haineux"}, due(12, 2, "label:Graffitis haineux")),
        ({"ACTI_NOM": "* Nid-de-poule"}, FIVE),
        ({"ACTI_NOM": "Bruit"}, (None, None, None)),
        ({"LOC_LONG": "", "LOC_LAT": "", "ARRONDISSEMENT_GEO": "Verdun"}, due(14, 4, "borough:VD")),
    ],
    ids=["opening", "activity", "only a star", "no target", "borough"],
)
def test_a_closed_one_that_is_now_about_something_else_takes_the_target_of_that(
    store_url: str, tmp_path: Path, rules: Rules, columns: dict[str, str], expected: tuple[Any, ...]
) -> None:
    load_rows(store_url, tmp_path, [row(**DONE)])
    rules.set("nids_de_poule", target={"days": 7}, targets={"boroughs": {"VD": {"days": 4}}})
    load_rows(store_url, tmp_path, [row(**(DONE | columns))])
    assert target(store_url) == expected


def test_what_is_opened_again_takes_the_target_of_today(store_url: str, tmp_path: Path, rules: Rules) -> None:
    load_rows(store_url, tmp_path, [row(**DONE)])
    rules.set("nids_de_poule", target={"days": 7})
    load_rows(store_url, tmp_path, [row(**AGAIN)])
    assert target(store_url) == SEVEN
    load_rows(store_url, tmp_path, [row(status="Terminée", status_at="2025-03-15T10:00:00")])
    rules.set("nids_de_poule", target={"days": 9})
    assert (
        load_rows(store_url, tmp_path, [row(status="Terminée", status_at="2025-03-16T10:00:00")])["updated"]
        == 1
    )
    assert target(store_url) == SEVEN


def test_the_same_file_again_does_not_undo_a_change_of_targets(
    store_url: str, tmp_path: Path, rules: Rules
) -> None:
    rows = [row(**OPEN), row("2", **DONE)]
    load_rows(store_url, tmp_path, rows)
    rules.set("nids_de_poule", target={"days": 7})
    again = load_rows(store_url, tmp_path, rows)
    assert (again["unchanged"], again["retargeted"]) == (2, 1)
    after = said(store_url)
    assert after == {"25-1": ("in_progress", *SEVEN), "25-2": ("done", *FIVE)}
    assert load_rows(store_url, tmp_path, rows)["retargeted"] == 0
    assert said(store_url) == after


def test_a_source_s_own_due_date_is_always_the_newest_that_it_gave(store_url: str, tmp_path: Path) -> None:
    header = "id,activity,opened_at,closed_at,due_at,lat,lon,located,street,channel\n"
    for day in (15, 19):
        path = tmp_path / f"{day}.csv"
        path.write_text(
            f"{header}1,Graffiti Removal,2011-07-01T01:32:33,2011-07-{day - 10:02}T01:00:00,"
            f"2011-07-{day}T01:32:33,42.2715,-71.0772,1,Main St,Twitter\n"
        )
        ingest(settings_for(store_url, tmp_path), "boston", [path])
        found = only(store_url)
        assert (found["due_at"].day, found["status"], found["target_origin"]) == (day, "done", "source")


def test_targets_are_noted_in_an_empty_store_without_a_tick(store: Writer) -> None:
    url = settings_of(store, Path()).store
    assert (retarget(store.engine), tick(url)) == (Retargeted(0, 0), 0)
    assert only(url, target_change)["fingerprint"] == fingerprint()


@pytest.mark.parametrize("first", ["load", "build"])
def test_whichever_comes_first_after_a_change_the_store_says_the_same(
    store_url: str, tmp_path: Path, rules: Rules, first: str
) -> None:
    settings = settings_for(store_url, tmp_path)
    older = [row("1", **OPEN), row("2", **OPEN), row("3", **DONE), row("4", **DONE), row("5", **OPEN)]
    newer = [
        row("1", **DONE),
        row("2", **OPEN),
        row("3", **AGAIN),
        row("4", **DONE, RUE="rue X"),
        row("6", **DONE),
    ]
    load_rows(store_url, tmp_path, older)
    build(settings)
    rules.set("nids_de_poule", target={"days": 7})
    if first == "build":
        assert build(settings)["retargeted"] == 3
    assert load_rows(store_url, tmp_path, newer)["retargeted"] == (0 if first == "build" else 3)
    assert build(settings)["retargeted"] == 0
    assert said(store_url) == {
        "25-1": ("done", *SEVEN),
        "25-2": ("in_progress", *SEVEN),
        "25-3": ("reopened", *SEVEN),
        "25-4": ("done", *FIVE),
        "25-5": ("in_progress", *SEVEN),
        "25-6": ("done", *SEVEN),
    }


def test_a_build_applies_a_change_of_targets_without_building_everything_anew(
    store: Writer, tmp_path: Path, rules: Rules
) -> None:
    store.write({"id": 1}, {"id": 2, "borough": "VD"}, {"id": 3, "status": "done", "closed_at": START})
    assert build(settings_of(store, tmp_path / "a"))["retargeted"] == 2
    assert not build(settings_of(store, tmp_path / "a"))["published"]
    rules.set("nids_de_poule", targets={"boroughs": {"VD": {"days": 9}}})
    done = build(settings_of(store, tmp_path / "a"))
    assert (done["retargeted"], done["incremental"], done["changed"], done["published"]) == (1, True, 1, True)
    build(settings_of(store, tmp_path / "b"))
    assert_same(tmp_path / "a", tmp_path / "b")
    rows = content(tmp_path / "a")[1]["requests/2025-02.parquet"].to_pylist()
    assert {row["id"]: row["target_origin"] for row in rows} == {1: "default", 2: "borough:VD", 3: None}
    assert {row["id"]: row["target_days"] for row in rows} == {1: 5, 2: 9, 3: None}


def test_a_build_of_a_store_that_may_not_be_written_says_so_only_where_it_has_to_write(
    store: Writer, tmp_path: Path, rules: Rules
) -> None:
    settings = settings_of(store, tmp_path)
    store.write({"id": 1})
    build(settings)
    store.write({"id": 2})
    build(settings)
    store.write({"id": 3})
    with read_only(settings.store):
        assert build(settings)["requests"] == 3
        before = current_version(tmp_path)
        rules.set("nids_de_poule", target={"days": 7})
        with pytest.raises(
            StoreUnavailable, match=r"^targets or days off changed.*as it was before"
        ) as refused:
            build(settings)
    assert "\n" not in str(refused.value)
    assert current_version(tmp_path) == before


def test_a_refused_file_of_activities_stops_a_build_in_a_sentence(
    store: Writer, tmp_path: Path, rules: Rules
) -> None:
    store.write({"id": 1})
    rules.write("version: 1\nactivities: []\n")
    with pytest.raises(InputRefused, match=r"^activities\.yml: activities"):
        build(settings_of(store, tmp_path))
    assert rows_of(settings_of(store, tmp_path).store, target_change) == []


def test_a_refused_file_of_requests_changes_no_due_date(store_url: str, tmp_path: Path, rules: Rules) -> None:
    load_rows(store_url, tmp_path, [row(**OPEN)])
    rules.set("nids_de_poule", target={"days": 7})
    with pytest.raises(InputRefused):
        load_rows(store_url, tmp_path, [row("2", opened="never"), row("3")], max_rejected_share=0.0)
    assert target(store_url) == FIVE
