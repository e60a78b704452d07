"""`python -m benchmarks` measures in processes of their own and prints what was agreed."""

import json
from pathlib import Path

import pytest

from benchmarks import __main__ as runner
from benchmarks.support.measure import MeasureFailed, measured


def hold_memory(megabytes: int) -> int:
    """Something to measure: bytes that are really there."""
    return len(bytes(range(250)) * 4000 * megabytes)


def run(rows: int, *, fail: str = "") -> dict[str, object]:
    """Something to run."""
    if fail:
        raise ValueError(fail)
    return {"ours_s": 0.5, "peers": {"other": 2.0}, "limit_s": 0.1, "rows_seen": rows}


def test_a_function_is_called_in_a_process_of_its_own() -> None:
    done = measured("json:dumps", obj=[1, "é"])
    assert done.result == json.dumps([1, "é"])
    assert done.seconds < 5


def test_the_peak_is_that_of_the_function_and_not_of_its_caller() -> None:
    kept = bytearray(200_000_000)
    small = measured("tests.benchmarks.test_runner:hold_memory", megabytes=1)
    large = measured("tests.benchmarks.test_runner:hold_memory", megabytes=150)
    assert len(kept) == 200_000_000
    assert small.peak_mb < 150
    assert 130 < large.peak_mb - small.peak_mb < 170


def test_a_function_that_raises_is_a_failure_with_its_traceback(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(MeasureFailed, match="status 1"):
        measured("tests.benchmarks.test_runner:run", rows=1, fail="no shapes")
    assert "ValueError: no shapes" in capfd.readouterr().err


@pytest.fixture
def one_benchmark(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder with one benchmark in the place of ours."""
    (tmp_path / "place.py").write_text("ROWS = 20_000\n\ndef run(rows): ...\n")
    (tmp_path / "_private.py").write_text("")
    monkeypatch.setattr(runner, "HERE", tmp_path)
    told = measured("tests.benchmarks.test_runner:run", rows=7)
    monkeypatch.setattr(runner, "measured", lambda *_, **__: told)


@pytest.mark.usefixtures("one_benchmark")
def test_json_is_one_object_a_benchmark(capsys: pytest.CaptureFixture[str]) -> None:
    assert runner.main(["--json"]) == 0
    [line] = capsys.readouterr().out.splitlines()
    shown = json.loads(line)
    assert list(shown)[:6] == ["name", "rows", "ours_s", "peers", "limit_s", "peak_mb"]
    assert (shown["name"], shown["rows"], shown["rows_seen"]) == ("place", 20_000, 7)


@pytest.mark.usefixtures("one_benchmark")
def test_a_person_reads_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    assert runner.main(["place", "--rows", "1000"]) == 0
    out = capsys.readouterr().out
    assert "1,000" in out
    assert "0.50 s" in out


@pytest.mark.usefixtures("one_benchmark")
@pytest.mark.parametrize("arguments", [["_private"], ["nothing"], ["place", "--rows", "0"]], ids=" ".join)
def test_wrong_usage_is_status_2(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        runner.main(arguments)
    assert ended.value.code == 2


def test_ours_say_how_many_rows_they_want() -> None:
    assert all(runner.moderate_rows(name) > 0 for name in runner.names())
