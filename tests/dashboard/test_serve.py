"""`vigie serve`: where it listens, how it ends, and that it keeps the mart fresh."""

import json
import socket
import sys
import time
import urllib.request
from pathlib import Path

import pytest

import cli
from dashboard import serve
from domain.errors import InputRefused
from tests.support.serving import serving, stop


def test_it_says_where_it_is_answers_and_ends_when_interrupted(tmp_path: Path) -> None:
    with serving(tmp_path) as served:
        with urllib.request.urlopen(served.url) as page:
            assert page.status == 200
        assert stop(served.process) == 0
        assert served.process.stdout is not None
        assert served.process.stderr is not None
        assert json.loads(served.process.stdout.read()) == {"url": served.url}
        assert served.process.stderr.read() == ""


@pytest.mark.slow
def test_several_workers_answer_too(tmp_path: Path) -> None:
    with serving(tmp_path, "--workers", "2") as served, urllib.request.urlopen(served.url) as page:
        assert page.status == 200


def test_a_taken_port_is_a_refusal(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(SystemExit) as ended:
        cli.main(["serve", "--port", str(taken.getsockname()[1]), "--json"])
    out, err = capsys.readouterr()
    assert (ended.value.code, out) == (1, "")
    assert "address already in use" in err
    assert err.count("\n") == 1


def test_an_address_of_another_machine_is_a_refusal() -> None:
    with pytest.raises(InputRefused, match="cannot be listened on"):
        serve.listen("192.0.2.1", 8050)


def test_builds_come_every_so_often_and_stop_with_the_server(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = tmp_path / "builds"
    note = f"open({str(log)!r}, 'a').write('b'); import time; time.sleep(30)"
    monkeypatch.setattr(serve, "BUILD", (sys.executable, "-c", note))
    started = time.monotonic()
    with serve.refreshing(1):
        while not log.exists():
            assert time.monotonic() - started < 20
            time.sleep(0.05)
    assert time.monotonic() - started < 25
    assert log.read_text() in {"", "b"}


def test_without_refresh_nothing_is_built(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serve, "BUILD", None)
    with serve.refreshing(0):
        pass
