"""What loads do to a store, on both engines."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import inspect

from domain.settings import Settings
from etl.ingest import ingest
from store.engine import open_store
from store.schema import information_count, rejected_row, request, request_event, request_fault
from tests.support.rows import a_request, an_information, write_csv
from tests.support.stores import content, load_rows, loads, only, rows_of, tick

OPEN: dict[str, Any] = {"status": "Prise en charge", "status_at": "2025-03-10T09:35:00"}
DONE: dict[str, Any] = {"status": "Terminée", "status_at": "2025-03-12T14:05:00"}


def test_the_same_file_again_changes_nothing(store_url: str, tmp_path: Path) -> None:
    rows = [a_request(), a_request(LOC_LAT="0", LOC_LONG="0"), a_request(NATURE="?"), an_information()]
    first = load_rows(store_url, tmp_path, rows)
    before = content(store_url)
    again = load_rows(store_url, tmp_path, rows)
    assert (first["inserted"], first["updated"], first["unchanged"]) == (2, 0, 0)
    assert (again["inserted"], again["updated"], again["unchanged"]) == (0, 0, 2)
    assert content(store_url) == before
    assert [row["changed_tick"] for row in rows_of(store_url, request)] == [1, 1]


def test_a_newer_file_updates_what_changed_and_records_the_change(store_url: str, tmp_path: Path) -> None:
    load_rows(store_url, tmp_path, [a_request(ID_UNIQUE="25-1", **OPEN), a_request(ID_UNIQUE="25-2", **OPEN)])
    newer = [a_request(ID_UNIQUE="25-1", **OPEN), a_request(ID_UNIQUE="25-2", **DONE)]
    result = load_rows(store_url, tmp_path, newer)
    assert (result["inserted"], result["updated"], result["unchanged"]) == (0, 1, 1)
    same, changed = rows_of(store_url, request)
    assert (same["status"], same["changed_tick"]) == ("in_progress", 1)
    assert (changed["status"], changed["changed_tick"]) == ("done", 2)
    assert changed["closed_at"].isoformat() == "2025-03-12T18:05:00+00:00"
    event = only(store_url, request_event)
    assert (event["request_id"], event["status_before"], event["status"]) == (
        changed["id"],
        "in_progress",
        "done",
    )
    assert event["status_before_at"].isoformat() == "2025-03-10T13:35:00+00:00"
    assert event["at"] == changed["closed_at"]
    assert event["actor"] == "source:montreal"


def test_a_correction_of_another_field_is_no_status_event(store_url: str, tmp_path: Path) -> None:
    load_rows(store_url, tmp_path, [a_request(ID_UNIQUE="25-1", RUE="rue A")])
    assert load_rows(store_url, tmp_path, [a_request(ID_UNIQUE="25-1", RUE="rue B")])["updated"] == 1
    assert only(store_url)["street"] == "rue B"
    assert rows_of(store_url, request_event) == []


def test_an_older_file_changes_nothing(store_url: str, tmp_path: Path) -> None:
    load_rows(store_url, tmp_path, [a_request(ID_UNIQUE="16-1", **DONE)])
    before = content(store_url)
    result = load_rows(store_url, tmp_path, [a_request(ID_UNIQUE="16-1", **OPEN)], name="archive.csv")
    assert (result["inserted"], result["updated"], result["unchanged"]) == (0, 0, 1)
    assert content(store_url) == before


def test_an_id_twice_in_a_file_is_one_request_the_newest(store_url: str, tmp_path: Path) -> None:
    rows = [
        a_request(ID_UNIQUE="16-1", **DONE, RUE="new"),
        a_request(ID_UNIQUE="16-2"),
        a_request(ID_UNIQUE="16-1", **OPEN, RUE="old", LOC_LONG="0", LOC_LAT="0"),
    ]
    result = load_rows(store_url, tmp_path, rows)
    assert (result["read"], result["inserted"], result["repeated"]) == (3, 2, 1)
    assert ("16-1", "new") in [(r["external_id"], r["street"]) for r in rows_of(store_url, request)]
    assert rows_of(store_url, request_fault) == []


def test_what_is_read_is_what_became_of_it(store_url: str, tmp_path: Path) -> None:
    load_rows(store_url, tmp_path, [a_request(ID_UNIQUE="25-1", **OPEN), a_request(ID_UNIQUE="25-2")])
    rows = [
        a_request(ID_UNIQUE="25-1", **DONE),
        a_request(ID_UNIQUE="25-2"),
        a_request(ID_UNIQUE="25-3"),
        a_request(ID_UNIQUE="25-3"),
        a_request(ID_UNIQUE=""),
        an_information(),
    ]
    r = load_rows(store_url, tmp_path, rows)
    parts = [r[k] for k in ("inserted", "updated", "unchanged", "repeated", "information")]
    assert parts == [1, 1, 1, 1, 1]
    assert r["read"] == sum(parts) + sum(r["rejected"].values())
    assert r["rejected"] == {"no id": 1}
    assert (loads(store_url)[-1]["read"], loads(store_url)[-1]["rejected"]) == (6, 1)


def test_a_mended_field_takes_its_fault_away(store_url: str, tmp_path: Path) -> None:
    load_rows(store_url, tmp_path, [a_request(ID_UNIQUE="25-1", LOC_LONG="0", LOC_LAT="0")])
    assert only(store_url, request_fault)["code"] == "zero"
    load_rows(store_url, tmp_path, [a_request(ID_UNIQUE="25-1")])
    assert rows_of(store_url, request_fault) == []
    assert only(store_url)["lon"] == pytest.approx(-73.5747)


def test_information_is_counted_by_month_and_label_and_not_twice(store_url: str, tmp_path: Path) -> None:
    march = [
        an_information(ACTI_NOM="Écocentre", DDS_DATE_CREATION=f"2025-03-{d:02d}T10:00:00") for d in (1, 31)
    ]
    april = [an_information(ACTI_NOM="Écocentre", DDS_DATE_CREATION="2025-04-01T00:00:00")]
    assert load_rows(store_url, tmp_path, [*march, *april])["information"] == 3
    load_rows(store_url, tmp_path, march[:1], name="part.csv")
    counts = {(str(r["month"]), r["label"]): r["n"] for r in rows_of(store_url, information_count)}
    assert counts == {("2025-03-01", "Écocentre"): 2, ("2025-04-01", "Écocentre"): 1}
    assert rows_of(store_url, request) == []


def test_sources_do_not_touch_each_other(store_url: str, tmp_path: Path) -> None:
    load_rows(store_url, tmp_path, [a_request(ID_UNIQUE="1")])
    before = only(store_url)
    other = tmp_path / "boston.csv"
    other.write_text(
        "id,activity,opened_at,closed_at,due_at,lat,lon,located,street,channel\n"
        "1,Graffiti Removal,2011-07-01T01:32:33,,2011-07-15T01:32:33,42.2715,-71.0772,1,Main St,Twitter\n"
    )
    settings = Settings(store=store_url, mart=str(tmp_path / "mart"))
    assert ingest(settings, "boston", [other])["inserted"] == 1
    first, second = rows_of(store_url, request)
    assert first == before
    assert (second["source"], second["external_id"], second["activity"]) == ("boston", "1", "graffitis")


def test_every_load_takes_the_next_tick(store_url: str, tmp_path: Path) -> None:
    for n in (1, 2, 3):
        load_rows(store_url, tmp_path, [a_request()])
        assert tick(store_url) == n


def test_the_indexes_are_there_after_a_first_and_after_a_large_load(store_url: str, tmp_path: Path) -> None:
    def indexes() -> set[str | None]:
        engine = open_store(store_url)
        found = {index["name"] for index in inspect(engine).get_indexes("request")}
        engine.dispose()
        return found

    before = indexes()
    load_rows(store_url, tmp_path, [a_request()])
    assert indexes() == before
    load_rows(store_url, tmp_path, [a_request() for _ in range(10)])
    assert indexes() == before


def test_files_before_a_refused_one_stay_loaded(store_url: str, tmp_path: Path) -> None:
    good = write_csv(tmp_path / "good.csv", [a_request()])
    settings = Settings(store=store_url, mart=str(tmp_path / "mart"))
    with pytest.raises(ValueError, match=r"bad\.csv"):
        ingest(settings, "montreal", [good, write_csv(tmp_path / "bad.csv", [a_request(ID_UNIQUE="")])])
    assert len(rows_of(store_url, request)) == 1
    assert rows_of(store_url, rejected_row) == []
