"""A file that is another one than the source declares is refused in a sentence; nothing is written."""

import gzip
import zipfile
from pathlib import Path

import pytest

from domain.errors import InputRefused, StoreUnavailable
from etl.ingest import ingest
from tests.support.rows import COLUMNS, a_request, csv_text, write_csv
from tests.support.shared import shared_data
from tests.support.stores import load_rows, loads, settings_for


def refusal(folder: Path, path: Path, source: str = "montreal") -> str:
    """The sentence for a file, after a look that the store has nothing of it."""
    url = f"sqlite:///{folder / 'vigie.db'}"
    with pytest.raises(InputRefused) as refused:
        ingest(settings_for(url, folder), source, [path])
    assert not Path(folder / "vigie.db").exists() or loads(url) == []
    sentence = str(refused.value)
    assert path.name in sentence
    assert "\n" not in sentence
    return sentence


def test_another_separator(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "semi.csv", [a_request()], separator=";")
    assert "separated by semicolons, commas are expected" in refusal(tmp_path, path)


def test_windows_encoding_in_a_late_row_names_the_line(tmp_path: Path) -> None:
    rows = [a_request(RUE="rue Peel", ACTI_NOM="Nid-de-poule", DERNIER_STATUT="") for _ in range(50)]
    for row in rows:
        row["PROVENANCE_ORIGINALE"] = ""
    rows[41]["RUE"] = "chemin de la Côte"
    sentence = refusal(tmp_path, write_csv(tmp_path / "cp.csv", rows, encoding="cp1252"))
    assert "line 43 is not UTF-8" in sentence
    assert "cp1252" in sentence


def test_windows_encoding_in_the_header(tmp_path: Path) -> None:
    path = tmp_path / "head.csv"
    path.write_bytes("ID_UNIQUE,É\n1,2\n".encode("cp1252"))
    assert "line 1 is not UTF-8" in refusal(tmp_path, path)


def test_missing_and_renamed_columns_are_named_with_what_was_found(tmp_path: Path) -> None:
    names = [n.replace("LOC_LAT", "LATITUDE") for n in COLUMNS if n != "DERNIER_STATUT"]
    sentence = refusal(tmp_path, write_csv(tmp_path / "cols.csv", [a_request()], columns=names))
    assert (
        "LOC_LAT, DERNIER_STATUT are missing" in sentence or "DERNIER_STATUT, LOC_LAT are missing" in sentence
    )
    assert "LATITUDE" in sentence.split("the file has")[1]


def test_a_column_that_stands_twice(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "twice.csv", [a_request()], columns=[*COLUMNS, "RUE"])
    assert "RUE stands twice" in refusal(tmp_path, path)


@pytest.mark.parametrize("kept", [0.3, 0.9])
def test_a_truncated_gzip(tmp_path: Path, kept: float) -> None:
    data = gzip.compress(csv_text([a_request() for _ in range(5000)]).encode())
    path = tmp_path / "cut.csv.gz"
    path.write_bytes(data[: int(len(data) * kept)])
    assert "truncated or damaged" in refusal(tmp_path, path)


def test_a_damaged_zip(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "bad.csv.zip", [a_request() for _ in range(2000)])
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    path.write_bytes(data)
    assert "truncated or damaged" in refusal(tmp_path, path)


def test_a_zip_of_two_files(tmp_path: Path) -> None:
    path = tmp_path / "two.zip"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("a.csv", "x")
        packed.writestr("b.csv", "x")
    assert "holds 2 files" in refusal(tmp_path, path)


def test_an_empty_file_a_header_alone_a_directory_and_nothing(tmp_path: Path) -> None:
    empty, header = tmp_path / "empty.csv", tmp_path / "header.csv"
    empty.touch()
    header.write_text(csv_text([]))
    assert "empty" in refusal(tmp_path, empty)
    assert "no rows" in refusal(tmp_path, header)
    folder = tmp_path / "folder.csv"
    folder.mkdir()
    assert "directory" in refusal(tmp_path, folder)
    assert "no such file" in refusal(tmp_path, tmp_path / "none.csv")


def test_swapped_coordinates_in_the_published_format(tmp_path: Path) -> None:
    rows = [a_request(LOC_LONG="45.5000000", LOC_LAT="-73.5747000") for _ in range(20)] + [a_request()]
    sentence = refusal(tmp_path, write_csv(tmp_path / "swap.csv", rows))
    assert "LOC_LONG and LOC_LAT change places" in sentence
    assert "swapped" in sentence


@pytest.mark.parametrize("source", ["syracuse_potholes", "montreal"])
def test_the_hostile_file_is_seen_through(tmp_path: Path, source: str) -> None:
    path = shared_data("hostile", "syracuse_potholes_swapped.csv")
    if path is None:
        pytest.skip("the shared data is not here")
    assert "swapped" in refusal(tmp_path, path, source)


def test_too_many_rejected_rows_stop_the_load_where_it_is_set(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'vigie.db'}"
    rows = [a_request() for _ in range(94)] + [a_request(ID_UNIQUE="") for _ in range(6)]
    with pytest.raises(
        InputRefused, match=r"6\.0% of the rows would be rejected \(6 for: no id; the first at line 96"
    ):
        load_rows(url, tmp_path, rows, max_rejected_share=0.05)
    assert load_rows(url, tmp_path, rows, max_rejected_share=0.06)["inserted"] == 94


def test_a_source_that_does_not_exist_names_those_that_do(tmp_path: Path) -> None:
    with pytest.raises(InputRefused, match="boston, montreal"):
        ingest(settings_for("sqlite://", tmp_path), "toronto", [tmp_path / "x.csv"])


def test_no_file_and_no_portal(tmp_path: Path) -> None:
    with pytest.raises(InputRefused, match="no file to load"):
        ingest(settings_for("sqlite://", tmp_path), "montreal")
    with pytest.raises(InputRefused, match="names no portal"):
        ingest(settings_for("sqlite://", tmp_path), "boston", from_portal=True)


def test_a_full_disk_for_the_working_file_is_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    monkeypatch.setattr("tempfile.TemporaryFile", lambda **_: Path("/dev/full").open("r+b", buffering=0))  # noqa: SIM115
    url = f"sqlite:///{tmp_path / 'vigie.db'}"
    with pytest.raises(StoreUnavailable, match="disk is full"):
        load_rows(url, tmp_path, [a_request() for _ in range(2000)])
    assert loads(url) == []
