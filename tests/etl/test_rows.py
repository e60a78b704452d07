"""What becomes of a row: rejected with its line, or kept with a faulty field emptied and noted."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from store.schema import rejected_row, request, request_fault
from tests.support.rows import COLUMNS, a_request, an_information, csv_text
from tests.support.shared import shared_data
from tests.support.stores import load_rows, only, rows_of, settings_for

NOW = datetime(2025, 6, 1, 12, 0, tzinfo=UTC)


@pytest.fixture
def url(tmp_path: Path) -> str:
    """A SQLite store: what a row becomes does not depend on the engine."""
    return f"sqlite:///{tmp_path / 'vigie.db'}"


@pytest.mark.parametrize(
    ("columns", "field", "reason"),
    [
        ({"ID_UNIQUE": ""}, "ID_UNIQUE", "no id"),
        ({"ID_UNIQUE": "  "}, "ID_UNIQUE", "no id"),
        ({"ID_UNIQUE": "25-\x07"}, "ID_UNIQUE", "impossible id"),
        ({"ID_UNIQUE": "9" * 101}, "ID_UNIQUE", "impossible id"),
        ({"NATURE": "Demande"}, "NATURE", "unknown nature"),
        ({"NATURE": ""}, "NATURE", "unknown nature"),
        ({"DDS_DATE_CREATION": ""}, "DDS_DATE_CREATION", "no opening date"),
        ({"DDS_DATE_CREATION": "hier"}, "DDS_DATE_CREATION", "impossible opening date"),
        ({"DDS_DATE_CREATION": "2025-02-30T10:00:00"}, "DDS_DATE_CREATION", "impossible opening date"),
        ({"DDS_DATE_CREATION": "2025-04-31T10:00:00"}, "DDS_DATE_CREATION", "impossible opening date"),
        ({"DDS_DATE_CREATION": "1900-01-01T00:00:00"}, "DDS_DATE_CREATION", "impossible opening date"),
        ({"DDS_DATE_CREATION": "2025-06-01T08:00:01"}, "DDS_DATE_CREATION", "opening date in the future"),
    ],
)
def test_a_row_that_cannot_be_a_request_is_kept_apart(
    tmp_path: Path, url: str, columns: dict[str, Any], field: str, reason: str
) -> None:
    rows = [a_request(), a_request(**columns), a_request()]
    result = load_rows(url, tmp_path, rows, now=NOW)
    assert (result["inserted"], result["rejected"]) == (2, {reason: 1})
    found = only(url, rejected_row)
    assert (found["file_name"], found["line"], found["field"], found["reason"]) == (
        "requetes311.csv",
        3,
        field,
        reason,
    )


def test_lines_are_those_of_the_file_whatever_stands_between(tmp_path: Path, url: str) -> None:
    text = csv_text([a_request(RUE="rue\nde\nPeel"), a_request(ID_UNIQUE=""), a_request()])
    lines = text.splitlines(keepends=True)
    path = tmp_path / "lines.csv"
    path.write_text("".join([*lines, "\n", "too,few\n", csv_text([a_request(NATURE="?")]).split("\n", 1)[1]]))
    from etl.ingest import ingest  # noqa: PLC0415

    ingest(settings_for(url, tmp_path), "montreal", [path], max_rejected_share=1)
    found = {(r["line"], r["reason"]) for r in rows_of(url, rejected_row)}
    assert found == {(5, "no id"), (8, "29 fields expected, 2 found"), (9, "unknown nature")}


@pytest.mark.parametrize(
    ("columns", "emptied", "fault"),
    [
        ({"LOC_LONG": "0", "LOC_LAT": "0"}, {"lon": None, "h3_12": None}, ("coordinates", "zero")),
        ({"LOC_LAT": "0.0001"}, {"lat": None, "precision": "none"}, ("coordinates", "zero")),
        ({"LOC_LONG": "-71.06", "LOC_LAT": "42.36"}, {"lon": None}, ("coordinates", "outside_region")),
        ({"LOC_LONG": "ouest"}, {"lon": None, "lat": None}, ("lon", "not_a_number")),
        ({"DERNIER_STATUT": "Perdue"}, {"status": None, "closed_at": None}, ("status", "unknown_status")),
        ({"DATE_DERNIER_STATUT": "2025-03-01T00:00:00"}, {"closed_at": None, "status": "done"},
         ("closed_at", "closed_before_opened")),
        ({"DATE_DERNIER_STATUT": "bientôt"}, {"status_at": None}, ("status_at", "not_a_moment")),
        ({"ACTI_NOM": "Licorne égarée"}, {"activity": "autre", "label": "Licorne égarée"}, ("label", "unknown_label")),
        ({"RUE": "x" * 251}, {"street": None}, ("street", "overlong")),
        ({"RUE": "rue\x00Peel"}, {"street": None}, ("street", "control_characters")),
        ({"RUE": "rue\nPeel"}, {"street": None}, ("street", "control_characters")),
        ({"PROVENANCE_ORIGINALE": "Pigeon"}, {"channel": None}, ("channel", "unknown_channel")),
        ({"TYPE_LIEU_INTERV": "Lune"}, {"place_type": None}, ("place_type", "unknown_place_type")),
        ({"ARRONDISSEMENT": "Atlantide"}, {"borough_who": None}, ("borough_who", "unknown_borough")),
        ({"PROVENANCE_MOBILE": "-3"}, {"requesters_mobile": None}, ("requesters_mobile", "not_a_count")),
        ({"PROVENANCE_MOBILE": "99999"}, {"requesters_mobile": None}, ("requesters_mobile", "not_a_count")),
    ],
)  # fmt: skip
def test_a_faulty_field_is_emptied_and_noted_and_the_request_kept(
    tmp_path: Path, url: str, columns: dict[str, Any], emptied: dict[str, Any], fault: tuple[str, str]
) -> None:
    result = load_rows(url, tmp_path, [a_request(), a_request(ID_UNIQUE="25-7", **columns)], now=NOW)
    assert (result["inserted"], result["faults"]) == (2, 1)
    (row,) = [r for r in rows_of(url, request) if r["external_id"] == "25-7"]
    assert {name: row[name] for name in emptied} == emptied
    found = only(url, request_fault)
    assert (found["request_id"], found["field"], found["code"]) == (row["id"], *fault)
    assert found["value"]


def test_a_label_that_looks_like_a_formula_is_kept_as_it_is(tmp_path: Path, url: str) -> None:
    load_rows(url, tmp_path, [a_request(RUE='=HYPERLINK("http://x")', RUE_INTERSECTION1="@SUM(A1)")])
    assert (only(url)["street"], only(url)["street_from"]) == ('=HYPERLINK("http://x")', "@SUM(A1)")
    assert rows_of(url, request_fault) == []


def test_a_counter_row_has_its_borough_by_name_and_no_cell(tmp_path: Path, url: str) -> None:
    load_rows(url, tmp_path, [a_request(LOC_ERREUR_GDT="1", ARRONDISSEMENT_GEO="Verdun")])
    row = only(url)
    assert (row["precision"], row["borough"], row["borough_basis"]) == ("counter", "VD", "text")
    assert (row["h3_12"], row["geometry"], row["sector"]) == (None, None, None)


def test_a_related_town_has_no_borough_of_its_own(tmp_path: Path, url: str) -> None:
    load_rows(url, tmp_path, [a_request(point=(-73.6002, 45.4859), ARRONDISSEMENT_GEO="Westmount")])
    assert (only(url)["borough"], only(url)["borough_basis"]) == ("ville_liee", "text")


def test_every_field_of_a_whole_row(tmp_path: Path, url: str) -> None:
    row = a_request(
        ID_UNIQUE="13-313550-D", PROVENANCE_MOBILE="2", ACTI_NOM="*Nid-de-poule", LIN_CODE_POSTAL="H3A"
    )
    load_rows(url, tmp_path, [row])
    found = only(url)
    expected = {
        "source": "montreal", "external_id": "13-313550-D", "nature": "request", "activity": "nids_de_poule",
        "label": "*Nid-de-poule", "place_type": "segment", "street": "boulevard De Maisonneuve Ouest",
        "street_from": "rue Peel", "street_to": "rue Stanley", "postal_code": "H3A", "borough": "VM",
        "borough_basis": "point", "borough_who": "VM", "unit": "VILLE-MARIE", "lon": -73.5747, "lat": 45.5,
        "precision": "segment", "channel": "phone", "requesters_phone": 1, "requesters_mobile": 2,
        "requesters": 3, "status": "done", "opened_at": datetime(2025, 3, 10, 13, 30, tzinfo=UTC),
        "closed_at": datetime(2025, 3, 12, 18, 5, tzinfo=UTC), "target_days": 5, "target_origin": "default",
        "due_at": datetime(2025, 3, 17, 13, 30, tzinfo=UTC),
    }  # fmt: skip
    assert {name: found[name] for name in expected} == expected


def test_the_archives_dates_an_added_column_and_another_order_are_read(tmp_path: Path, url: str) -> None:
    path = tmp_path / "archive.csv"
    row = a_request(opened="2018/01/21 20:04:02", status_at="2018/01/22 08:00:00") | {"_id": "1"}
    path.write_text("\ufeff" + csv_text([row], columns=["_id", *reversed(COLUMNS)]))
    from etl.ingest import ingest  # noqa: PLC0415

    assert ingest(settings_for(url, tmp_path), "montreal", [path])["inserted"] == 1
    assert only(url)["opened_at"] == datetime(2018, 1, 22, 1, 4, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("wall", "utc"),
    [
        (
            "2024-11-03T01:30:00",
            datetime(2024, 11, 3, 5, 30, tzinfo=UTC),
        ),  # doubled: the first, daylight time
        ("2025-03-09T02:30:00", datetime(2025, 3, 9, 7, 30, tzinfo=UTC)),  # skipped: 03:30 daylight time
    ],
)
def test_the_two_odd_hours_are_settled_by_the_stated_rule(
    tmp_path: Path, url: str, wall: str, utc: datetime
) -> None:
    load_rows(url, tmp_path, [a_request(opened=wall, status_at="2025-05-01T00:00:00")])
    assert only(url)["opened_at"] == utc


def test_information_alone_is_a_file_too(tmp_path: Path, url: str) -> None:
    result = load_rows(url, tmp_path, [an_information(), an_information(DDS_DATE_CREATION="nie")])
    assert (result["information"], result["rejected"]) == (1, {"no possible opening date": 1})


def test_the_real_sample_lies_where_it_says(tmp_path: Path, url: str) -> None:
    path = shared_data("montreal", "requetes311_sample.csv")
    if path is None:
        pytest.skip("the shared data is not here")
    from domain.territory import borough_code  # noqa: PLC0415
    from etl.ingest import ingest  # noqa: PLC0415

    result = ingest(settings_for(url, tmp_path), "montreal", [path])
    assert (result["read"], result["inserted"], result["information"]) == (60, 40, 20)
    import csv  # noqa: PLC0415

    with path.open(encoding="utf-8-sig") as stream:
        said = {r["ID_UNIQUE"]: borough_code(r["ARRONDISSEMENT_GEO"]) for r in csv.DictReader(stream)}
    elsewhere = [r["external_id"] for r in rows_of(url, request) if r["borough"] != said[r["external_id"]]]
    assert len(elsewhere) <= 1
