import itertools
import json
import shutil
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from domain.errors import InputRefused, MartMissing
from mart import snapshot
from mart.filters import Filters
from mart.layout import CURRENT, MANIFEST, current_version
from mart.questions.kpi import kpis
from mart.questions.page import export_batches
from mart.snapshot import Mart, MartReader, open_mart
from tests.support.mart import NOON, a_row, make_mart

MARCH = Filters(date(2025, 3, 1), date(2025, 3, 31))


def received(mart: Mart) -> int:
    return int(kpis(mart, MARCH, NOON, ["received"]).total["received"])


def versions(root: Path) -> set[str]:
    return {path.name for path in root.iterdir() if path.is_dir()}


def change_manifest(root: Path, **changes: object) -> None:
    path = root / str(current_version(root)) / MANIFEST
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


@pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning")  # Ibis 12 on DuckDB 2
def test_a_mart_says_what_it_is(tmp_path: Path) -> None:
    rows = [a_row(opened_at="-5d", closed_at="-2d", status="done", status_at="-2d"), a_row(opened_at="-40d")]
    with open_mart(make_mart(tmp_path, rows, tick=7)) as mart:
        assert mart.requests_count == 2
        assert mart.tick == 7
        assert mart.version == current_version(tmp_path / "mart")
        assert mart.newest_event_at == NOON - timedelta(days=2)
        assert mart.built_at.tzinfo == UTC
        assert mart.table("requests").count().execute() == 2
        assert mart.table("information").count().execute() == 0


def test_now_is_given_to_the_minute(tmp_path: Path) -> None:
    with open_mart(make_mart(tmp_path, [a_row(opened_at="-1d")])) as mart:
        assert mart.as_of(NOON + timedelta(seconds=59)) == NOON
        assert mart.as_of(NOON) == NOON


def test_now_is_never_before_the_newest_event(tmp_path: Path) -> None:
    with open_mart(make_mart(tmp_path, [a_row(opened_at="+30s")])) as mart:
        assert mart.as_of(NOON + timedelta(seconds=59)) == NOON + timedelta(seconds=30)


def test_an_archives_now_is_its_newest_event(tmp_path: Path) -> None:
    with open_mart(make_mart(tmp_path, [a_row(opened_at="+0s")])) as mart:
        assert mart.as_of(NOON + timedelta(days=2)) == NOON + timedelta(days=2)
        assert mart.as_of(NOON + timedelta(days=2, minutes=1)) == NOON


def test_an_empty_mart_has_no_newest_event_and_is_of_now(tmp_path: Path) -> None:
    with open_mart(make_mart(tmp_path)) as mart:
        assert mart.newest_event_at == mart.built_at
        assert mart.as_of(mart.built_at + timedelta(minutes=5)) > mart.built_at
        with pytest.raises(InputRefused, match="no request yet"):
            received(mart)


@pytest.mark.parametrize("root", ["nowhere", "."])
def test_without_a_mart_the_sentence_says_what_to_run(tmp_path: Path, root: str) -> None:
    with pytest.raises(MartMissing, match=r"no mart in .* yet: run `vigie build`\."):
        open_mart(tmp_path / root)
    assert current_version(tmp_path / root) is None


def test_a_mart_of_another_schema_asks_for_a_build(tmp_path: Path) -> None:
    root = make_mart(tmp_path, [a_row()])
    change_manifest(root, schema_version=0)
    with pytest.raises(MartMissing, match=r"schema 0, this program reads \d+: run `vigie build` --full"):
        open_mart(root)


def test_a_damaged_manifest_asks_for_a_build(tmp_path: Path) -> None:
    root = make_mart(tmp_path, [a_row()])
    (root / str(current_version(root)) / MANIFEST).write_text("{")
    with pytest.raises(MartMissing, match="damaged: run `vigie build` --full"):
        open_mart(root)


@pytest.mark.parametrize("harm", ["empty", "gone"])
def test_a_damaged_file_asks_for_a_build(tmp_path: Path, harm: str) -> None:
    root = make_mart(tmp_path, [a_row()])
    (file,) = root.glob("*/requests/*.parquet")
    file.unlink()
    if harm == "empty":
        file.touch()
    with pytest.raises(MartMissing, match="damaged or missing: run `vigie build` --full"):
        open_mart(root)


def test_a_pointer_to_nothing_asks_for_a_build(tmp_path: Path) -> None:
    root = make_mart(tmp_path, [a_row()])
    shutil.rmtree(root / str(current_version(root)))
    with pytest.raises(MartMissing, match="is not there: run `vigie build` --full"):
        open_mart(root)


def test_a_reader_that_loses_the_race_takes_the_next_version(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = make_mart(tmp_path, [a_row()])
    stale = str(current_version(root))
    for _ in range(2):
        make_mart(tmp_path, [a_row(), a_row()])
    assert stale not in versions(root)
    read = iter([stale, stale])
    monkeypatch.setattr(snapshot, "current_version", lambda _: next(read, None) or current_version(root))
    with open_mart(root) as mart:
        assert received(mart) == 2


def test_a_lease_is_on_the_newest_version_and_outlives_a_build(tmp_path: Path) -> None:
    reader = MartReader(make_mart(tmp_path, [a_row()]))
    with reader.lease() as old:
        for n in (2, 3, 4):
            make_mart(tmp_path, [a_row() for _ in range(n)])
        with reader.lease() as new:
            assert (received(old), received(new)) == (1, 4)
        assert received(old) == 1
        assert old.version in versions(reader.root)
    make_mart(tmp_path, [a_row()])
    assert old.version not in versions(reader.root)
    assert reader.get().version == current_version(reader.root)
    reader.close()


def test_a_version_that_no_lease_holds_is_closed(tmp_path: Path) -> None:
    reader = MartReader(make_mart(tmp_path, [a_row()]))
    with reader.lease() as first:
        pass
    make_mart(tmp_path, [a_row()])
    with reader.lease(), pytest.raises(Exception, match=r"[Cc]losed"):
        received(first)
    reader.close()


def test_a_reader_goes_on_after_a_mart_appears(tmp_path: Path) -> None:
    reader = MartReader(tmp_path / "mart")
    with pytest.raises(MartMissing), reader.lease():
        pass
    make_mart(tmp_path, [a_row()])
    with reader.lease() as mart:
        assert received(mart) == 1
    reader.close()


def test_readers_in_threads_get_whole_versions_while_builds_go_on(tmp_path: Path) -> None:
    # Version n has n requests, each with n requesters: a mixed answer would show.
    def publish(n: int) -> None:
        make_mart(tmp_path, [a_row(requesters=n, opened_at=f"-{i % 60}d", due_at=None) for i in range(n)])

    publish(1)
    reader = MartReader(tmp_path / "mart")
    done = threading.Event()

    def read() -> int:
        seen = 0
        while not done.is_set():
            with reader.lease() as mart:
                answer = mart.cursor().execute(
                    "SELECT count(*), min(requesters), max(requesters) FROM requests"
                )
                n, least, most = answer.fetchone() or (0, 0, 0)
            assert n == least == most
            seen += 1
        return seen

    with ThreadPoolExecutor(4) as pool:
        readers = [pool.submit(read) for _ in range(4)]
        try:
            for n in range(2, 12):
                publish(n)
        finally:
            done.set()
        assert all(one.result() > 0 for one in readers)
    reader.close()
    publish(1)
    assert len(versions(reader.root)) == 2


def test_a_long_answer_comes_batch_by_batch_beside_others(tmp_path: Path) -> None:
    with open_mart(make_mart(tmp_path, [a_row() for _ in range(10)])) as mart:
        batches = export_batches(mart, MARCH, NOON)
        first = next(iter(batches))
        assert received(mart) == 10
        assert first.num_rows + sum(b.num_rows for b in batches) == 10


def test_small_answers_are_computed_once_a_version(tmp_path: Path) -> None:
    calls = itertools.count()
    with open_mart(make_mart(tmp_path)) as mart:
        for _ in range(3):
            assert mart.remembered("key", lambda: next(calls)) == 0
        for n in range(300):
            mart.remembered(n, lambda: 0)
        assert mart.remembered("key", lambda: next(calls)) == 1


def test_closing_twice_is_closing(tmp_path: Path) -> None:
    mart = open_mart(make_mart(tmp_path))
    mart.close()
    mart.close()
    assert (tmp_path / "mart" / CURRENT).read_text() == mart.version
    assert datetime.strptime(mart.version, "%Y%m%dT%H%M%S%f")  # noqa: DTZ007
