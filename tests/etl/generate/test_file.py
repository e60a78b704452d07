import gzip
import os
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from domain.errors import InputRefused
from domain.settings import PROJECT
from etl.generate import generate_file
from tests.etl.generate.conftest import UNTIL, read_rows


def made(folder: Path, rows: int = 300, name: str = "a.csv", **options: object) -> bytes:
    path = folder / name
    generate_file(path, rows, **({"until": UNTIL} | options))  # type: ignore[arg-type]
    return path.read_bytes()


def test_the_same_arguments_write_the_same_bytes_and_another_seed_does_not(tmp_path: Path) -> None:
    first = made(tmp_path, seed=7, truth=tmp_path / "t1.csv")
    again = made(tmp_path, name="b.csv", seed=7, truth=tmp_path / "t2.csv")
    assert first == again
    assert (tmp_path / "t1.csv").read_bytes() == (tmp_path / "t2.csv").read_bytes()
    assert made(tmp_path, seed=8) != first


def test_neither_hash_seed_nor_locale_nor_threads_change_a_byte(tmp_path: Path) -> None:
    code = (
        "import sys; from datetime import date; from pathlib import Path; from etl.generate import generate_file;"
        f"generate_file(Path(sys.argv[1]), 300, seed=7, until=date.fromisoformat('{UNTIL}'))"
    )
    env = os.environ | {"PYTHONHASHSEED": "7", "LC_ALL": "C", "OMP_NUM_THREADS": "1", "TZ": "Asia/Tokyo"}
    subprocess.run([sys.executable, "-c", code, str(tmp_path / "b.csv")], check=True, env=env, cwd=PROJECT)
    assert (tmp_path / "b.csv").read_bytes() == made(tmp_path, seed=7)


def test_a_packed_file_holds_the_plain_one_and_is_the_same_each_time(tmp_path: Path) -> None:
    packed = made(tmp_path, name="a.csv.gz")
    assert gzip.decompress(packed) == made(tmp_path)
    assert made(tmp_path, name="b.csv.gz") == packed


def test_the_summary_counts_what_was_written(tmp_path: Path) -> None:
    steps: list[tuple[int, int]] = []
    found = generate_file(
        tmp_path / "a.csv",
        1_000,
        until=UNTIL,
        truth=tmp_path / "t.csv",
        information=0.25,
        progress=lambda done, whole: steps.append((done, whole)),
    )
    assert (found["rows"], found["requests"], found["information"]) == (1_000, 750, 250)
    truth = read_rows(tmp_path / "t.csv")
    assert len(truth) == 750
    assert found["duplicates"] == sum(row["duplicate"] == "1" for row in truth)
    assert found["problems"] == len({row["problem_id"] for row in truth})
    assert found["episodes"] == len({row["episode_id"] for row in truth})
    assert found["open"] == sum(row["closed_at"] == "" for row in truth)
    assert found["last_day"] == str(UNTIL)
    assert steps[-1] == (1_000, 1_000)


@pytest.mark.parametrize(("rows", "information"), [(1, 0.0), (1, 0.9), (2, 0.5), (17, 0.3)])
def test_a_file_of_a_few_rows_is_a_file(tmp_path: Path, rows: int, information: float) -> None:
    made(tmp_path, rows, information=information)
    assert len(read_rows(tmp_path / "a.csv")) == rows


def test_the_last_day_may_lie_long_ago_and_is_included(tmp_path: Path) -> None:
    made(tmp_path, 3_000, until=date(2016, 2, 29))
    days = {row["DDS_DATE_CREATION"][:10] for row in read_rows(tmp_path / "a.csv")}
    assert (min(days), max(days), len(days)) == ("2016-02-02", "2016-02-29", 28)


def test_nothing_happens_after_a_last_moment(tmp_path: Path) -> None:
    noon = datetime(2025, 7, 15, 12, tzinfo=ZoneInfo("America/Toronto"))
    made(tmp_path, 3_000, until=noon.astimezone(UTC))
    rows = read_rows(tmp_path / "a.csv")
    last = max(row[c] for row in rows for c in ("DDS_DATE_CREATION", "DATE_DERNIER_STATUT"))
    assert "2025-07-15T11:00:00" < last <= "2025-07-15T12:00:00"


def test_by_default_the_last_day_is_yesterday_so_that_nothing_is_in_the_future(tmp_path: Path) -> None:
    yesterday = datetime.now(ZoneInfo("America/Toronto")).date() - timedelta(days=1)
    assert generate_file(tmp_path / "a.csv", 10)["last_day"] == str(yesterday)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"rows": 0}, "A file needs at least 1 row, not 0."),
        ({"seed": -1}, "The seed is a whole number from 0 on, not -1."),
        ({"information": 1.0}, "The share of Information rows is from 0 to less than 1, not 1.0."),
        ({"until": date(225, 1, 1)}, "The last day is in 1990 to 2099, not in 225."),
        ({"name": "none/a.csv"}, "there is no folder"),
        ({"name": "."}, "it is a folder, name a file in it."),
    ],
)
def test_what_cannot_be_made_is_refused_in_a_sentence(
    tmp_path: Path, options: dict[str, object], says: str
) -> None:
    with pytest.raises(InputRefused) as refusal:
        made(tmp_path, **options)  # type: ignore[arg-type]
    assert says in str(refusal.value)
    assert "\n" not in str(refusal.value)
    assert list(tmp_path.iterdir()) == []


def test_requests_and_truth_need_two_files(tmp_path: Path) -> None:
    with pytest.raises(InputRefused, match="name two files"):
        made(tmp_path, truth=tmp_path / "." / "a.csv")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full to stand for a full disk")
def test_a_full_disk_is_a_sentence_and_leaves_the_file_that_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = made(tmp_path)
    (tmp_path / "a.csv.part").symlink_to("/dev/full")
    with pytest.raises(InputRefused, match="No space left on device"):
        made(tmp_path, seed=8)
    assert [path.name for path in tmp_path.iterdir()] == ["a.csv"]
    assert (tmp_path / "a.csv").read_bytes() == before
