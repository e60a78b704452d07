import gzip
import re
from pathlib import Path

import pandas as pd
import pytest

from domain.errors import InputRefused
from geo.dedup.curve import sweep_page
from geo.dedup.evaluate import evaluate
from geo.dedup.labelled import read_labelled
from geo.dedup.parameters import load_parameters
from tests.support.made import made_requests

HEADER = "id,activity,opened_at,closed_at,lat,lon,duplicate,parent_id\n"
FIRST = "1,nids_de_poule,2025-06-02T12:00:00,,45.51,-73.57,0,\n"
SECOND = "2,nids_de_poule,2025-06-02T13:00:00,2025-06-05T08:00:00,45.51,-73.57,1,1\n"
TRUE = "id,episode_id,problem_id\n1,7,3\n2,7,3\n"


def a_file(folder: Path, text: str, name: str = "labels.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def without_labels(text: str) -> str:
    return "\n".join(",".join(line.split(",")[:6]) for line in text.splitlines()) + "\n"


def test_a_file_is_read_with_ids_as_text_and_moments_in_utc(tmp_path: Path) -> None:
    frame = read_labelled(a_file(tmp_path, "\ufeff" + HEADER + FIRST + SECOND))
    assert frame["id"].tolist() == ["1", "2"]
    assert frame["parent_id"].tolist()[1] == "1"
    assert frame["opened_at"].iloc[1] == pd.Timestamp("2025-06-02T13:00Z")
    assert frame["closed_at"].isna().tolist() == [True, False]
    numbers = evaluate(frame, load_parameters())
    assert (numbers["rows"], numbers["f1"], numbers["parent_at_1"]) == (2, 1.0, 1.0)


def test_a_packed_file_is_the_same(tmp_path: Path) -> None:
    plain = a_file(tmp_path, HEADER + FIRST + SECOND)
    packed = tmp_path / "labels.csv.gz"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    pd.testing.assert_frame_equal(read_labelled(packed), read_labelled(plain))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "the file is empty"),
        (HEADER, "a header and no rows"),
        ("id,activity\n1,x\n", "no column opened_at, closed_at, lat, lon, duplicate"),
        (HEADER + FIRST + FIRST, "line 3, column id: 1 was there before"),
        (HEADER + FIRST[1:], "line 2, column id: it is empty"),
        (HEADER + FIRST.replace("2025-06-02T12:00:00", "noon"), "line 2, column opened_at: 'noon'"),
        (HEADER + FIRST.replace("2025-06-02T12:00:00", ""), "line 2, column opened_at: it is empty"),
        (HEADER + FIRST + SECOND.replace("2025-06-05T08:00:00", "soon"), "line 3, column closed_at: 'soon'"),
        (HEADER + FIRST.replace("45.51", "north"), "line 2, column lat: 'north'"),
        (HEADER + FIRST + SECOND.replace(",1,1", ",2,1"), "line 3, column duplicate: '2'"),
        (HEADER + FIRST.replace(",0,\n", ",,\n"), "line 2, column duplicate: it is empty"),
        (HEADER + '1,"never closed\n', "this is no CSV file"),
        (HEADER + FIRST.replace("\n", ",more,and more\n"), "more fields than"),
    ],
)
def test_what_is_no_labelled_file_is_refused_with_file_line_and_column(
    tmp_path: Path, text: str, sentence: str
) -> None:
    with pytest.raises(InputRefused, match=rf"labels\.csv: .*{re.escape(sentence)}") as refused:
        read_labelled(a_file(tmp_path, text))
    assert "\n" not in str(refused.value)


def test_no_file_a_directory_and_a_damaged_archive_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputRefused, match="there is no such file"):
        read_labelled(tmp_path / "none.csv")
    with pytest.raises(InputRefused, match="this is a directory"):
        read_labelled(tmp_path)
    damaged = tmp_path / "labels.csv.gz"
    damaged.write_bytes(gzip.compress((HEADER + FIRST * 500).encode())[:60])
    with pytest.raises(InputRefused, match="cannot be read"):
        read_labelled(damaged)
    (tmp_path / "latin.csv").write_bytes((HEADER + FIRST).replace("nids", "nïds").encode("latin-1"))
    with pytest.raises(InputRefused, match="UTF-8"):
        read_labelled(tmp_path / "latin.csv")


def test_a_truth_beside_the_file_gives_pairwise_and_b_cubed_agreement(tmp_path: Path) -> None:
    truth = a_file(tmp_path, TRUE, "truth.csv")
    frame = read_labelled(a_file(tmp_path, HEADER + FIRST + SECOND), truth)
    numbers = evaluate(frame, load_parameters())
    assert numbers["episode_pairwise_f1"] == numbers["problem_bcubed_f1"] == 1.0


def test_a_file_without_labels_is_labelled_by_its_true_episodes(tmp_path: Path) -> None:
    later_first = without_labels(HEADER + SECOND + FIRST)
    frame = read_labelled(a_file(tmp_path, later_first), a_file(tmp_path, TRUE, "truth.csv"))
    assert frame.set_index("id")["duplicate"].to_dict() == {"1": 0, "2": 1}
    assert frame.set_index("id")["parent_id"].to_dict()["2"] == "1"
    with pytest.raises(InputRefused, match="no column duplicate"):
        read_labelled(a_file(tmp_path, later_first))


def test_a_truth_that_does_not_know_a_request_is_refused(tmp_path: Path) -> None:
    path = a_file(tmp_path, HEADER + FIRST + SECOND)
    with pytest.raises(InputRefused, match=r"truth\.csv: 1 requests of labels\.csv .* the first is 2"):
        read_labelled(path, a_file(tmp_path, TRUE.replace("2,7,3\n", ""), "truth.csv"))
    with pytest.raises(InputRefused, match=r"truth\.csv: there is no column episode_id"):
        read_labelled(path, a_file(tmp_path, "id,problem_id\n1,1\n", "truth.csv"))
    with pytest.raises(InputRefused, match=r"truth\.csv: line 4, column id: 1 was there before"):
        read_labelled(path, a_file(tmp_path, TRUE + "1,9,9\n", "truth.csv"))


def test_the_truth_that_the_generator_writes_is_itself_a_labelled_file(tmp_path: Path) -> None:
    made_requests(tmp_path, 3000, exact=True, seed=2)
    frame = read_labelled(next(tmp_path.glob("*-truth.csv")))
    numbers = evaluate(frame, load_parameters())
    assert numbers["duplicates"] > 0
    assert numbers["episode_pairwise_f1"] > 0.8


def test_the_sweep_is_drawn_on_one_page_that_needs_nothing_else(tmp_path: Path) -> None:
    frame = read_labelled(a_file(tmp_path, HEADER + FIRST + SECOND))
    numbers = evaluate(frame, load_parameters(), sweep=True)
    page = sweep_page(numbers["sweep"], numbers)
    assert page.startswith("<!doctype html>")
    assert "<title>Vigie 311" in page
    assert not re.search(r"<script[^>]+src=|<link[^>]+href=", page)
    for words in (
        "bits added to the frozen threshold",
        "frozen threshold",
        "recall",
        "precision",
        "F1 1.000",
    ):
        assert words in page
