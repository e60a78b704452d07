import csv
import io
import re
from datetime import datetime

import pytest

from domain.territory import VILLE_LIEE, borough_code, boroughs
from etl.generate.calibration import CHANNELS, calibration
from etl.generate.lines import COLUMNS
from etl.generate.texts import quoted
from tests.etl.generate.conftest import SMALL_ROWS, UNTIL, Published
from tests.support import rows as made_rows
from tests.support.shared import shared_data

DATE = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d"
FORMS = (
    {
        "ID_UNIQUE": r"(\d\d-[1-9]\d*(-D)?)?",
        "NATURE": "Information|Requete|Plainte|Commentaire",
        "TYPE_LIEU_INTERV": "(Adresse|Troncon|Intersection|Installation)?",
        "LOC_ERREUR_GDT": "[01]?",
        "LIN_CODE_POSTAL": r"(H\d[A-Z]\d[A-Z]\d)?",
        "DDS_DATE_CREATION": DATE,
        "LOC_LONG": r"(-7[34]\.\d{1,7})?",
        "LOC_LAT": r"(45\.\d{1,7})?",
        "LOC_X": r"(\d{6}(\.\d{1,2})?)?",
        "LOC_Y": r"(\d{7}(\.\d{1,2})?)?",
        "DATE_DERNIER_STATUT": f"({DATE})?",  # empty on the oldest Information rows
    }
    | dict.fromkeys(COLUMNS[13:22], r"\d{1,2}")
)


def test_the_header_is_the_published_one(published: Published) -> None:
    header = published.path.read_bytes().split(b"\r\n", 1)[0].decode()
    assert header == ",".join(made_rows.COLUMNS)
    sample = shared_data("montreal", "requetes311_sample.csv")
    if sample:
        assert header == sample.read_text(encoding="utf-8").split("\n", 1)[0].strip()


def test_lines_are_written_and_quoted_as_a_plain_csv_writer_would(published: Published) -> None:
    text = published.path.read_bytes().decode()
    rows = list(csv.reader(io.StringIO(text, newline="")))
    again = io.StringIO(newline="")
    csv.writer(again, lineterminator="\r\n").writerows(rows)
    assert again.getvalue() == text
    assert {len(row) for row in rows} == {29}
    assert len(rows) == SMALL_ROWS + 1


def test_only_values_that_need_quotes_have_them() -> None:
    assert quoted("rue Masson") == "rue Masson"
    assert quoted("PARCS, SPORTS") == '"PARCS, SPORTS"'
    assert quoted('dit "le Grand"') == '"dit ""le Grand"""'


@pytest.mark.parametrize("column", FORMS)
def test_values_have_the_form_of_their_column(published: Published, column: str) -> None:
    form = re.compile(FORMS[column])
    assert [row[column] for row in published.rows if not form.fullmatch(row[column])] == []


@pytest.mark.parametrize("column", FORMS)
def test_the_real_file_has_the_same_forms(column: str) -> None:
    sample = shared_data("montreal", "requetes311_sample.csv")
    if sample is None:
        pytest.skip("no real sample beside the project")
    with sample.open(encoding="utf-8", newline="") as file:
        values = [row[column] for row in csv.DictReader(file)]
    assert [value for value in values if not re.fullmatch(FORMS[column], value)] == []


def test_rows_are_in_the_order_of_opening_and_ids_count_up_in_it(published: Published) -> None:
    opened = [row["DDS_DATE_CREATION"] for row in published.rows]
    assert opened == sorted(opened)
    ids = [row["ID_UNIQUE"] for row in published.rows if row["ID_UNIQUE"]]
    numbers = [int(text.split("-")[1]) for text in ids]
    assert len(set(ids)) == len(ids)
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    assert all(text.startswith(f"{UNTIL.year % 100}-") for text in ids)


def test_each_kind_of_place_fills_its_columns(published: Published) -> None:
    filled = {tuple(row[c] != "" for c in COLUMNS[3:7]) for row in published.rows}
    assert filled == {
        (True, True, False, False),  # Adresse, Installation
        (True, True, True, True),  # Troncon
        (True, False, True, True),  # Intersection
        (False, False, False, False),
    }
    for row in published.rows:
        if row["TYPE_LIEU_INTERV"] == "Intersection":
            assert row["RUE_INTERSECTION1"] != row["RUE_INTERSECTION2"]
        if row["LIN_CODE_POSTAL"]:
            assert row["TYPE_LIEU_INTERV"] == "Adresse"


def test_information_rows_have_no_id_place_or_status(published: Published) -> None:
    information = [row for row in published.rows if row["NATURE"] == "Information"]
    assert len(information) == SMALL_ROWS * 0.2
    empty = {*COLUMNS[3:11], "ID_UNIQUE", "LOC_LONG", "LOC_LAT", "LOC_X", "LOC_Y", "DERNIER_STATUT"}
    assert {column for row in information for column in empty if row[column]} == set()
    assert all(row["DDS_DATE_CREATION"] == row["DATE_DERNIER_STATUT"] for row in information)


def test_requesters_are_counted_under_the_channel_of_origin(published: Published) -> None:
    column = dict(zip(CHANNELS, COLUMNS[13:22], strict=True))
    several = 0
    for row in published.rows:
        counts = [int(row[c]) for c in COLUMNS[13:22]]
        origin = row["PROVENANCE_ORIGINALE"]
        assert (sum(counts) == 0) == (origin == "")
        if origin:
            assert int(row[column[origin]]) >= 1
        several += sum(counts) > 1
    assert 0.005 < several / len(published.rows) < 0.05


def test_boroughs_are_spelled_as_published_and_known_to_the_domain(published: Published) -> None:
    codes = {borough.code for borough in boroughs()}
    for code, names in calibration().boroughs.items():
        assert borough_code(names["who"]) == borough_code(names["where"]) == code
    where = {row["ARRONDISSEMENT_GEO"] for row in published.rows} - {""}
    assert {borough_code(name) for name in where} == codes | {VILLE_LIEE}
    who = {row["ARRONDISSEMENT"] for row in published.rows} - {""}
    assert {borough_code(name) for name in who} <= codes


def test_no_moment_lies_after_the_last_day_or_before_the_opening(published: Published) -> None:
    for row in published.rows:
        opened = datetime.fromisoformat(row["DDS_DATE_CREATION"])
        last = datetime.fromisoformat(row["DATE_DERNIER_STATUT"])
        assert opened <= last
        assert last.date() <= UNTIL
