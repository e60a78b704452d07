"""A dashboard of one's own: `vigie serve` on a free loopback port, stopped afterwards."""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.postgres import free_port
from tests.support.shared import PROJECT

START_SECONDS = 60
STOP_SECONDS = 20


@dataclass(frozen=True)
class Served:
    """A running dashboard."""

    url: str
    """With its slash at the end."""
    process: subprocess.Popen[str]


@contextmanager
def serving(folder: Path, *options: str, **settings: str) -> Iterator[Served]:
    """Serve the store and mart in `folder` (`vigie.db`, `mart`); `settings` are further VIGIE_* variables.

    It does not ready itself unless it is told to: the tests would wait for it.

    Raises:
        RuntimeError: it did not answer; with what it said.
    """
    port = free_port()
    paths = {"VIGIE_STORE": f"sqlite:///{folder / 'vigie.db'}", "VIGIE_MART": str(folder / "mart")}
    paths |= {"VIGIE_WARM": "0"}
    command = [sys.executable, str(PROJECT / "cli.py"), "serve", "--port", str(port), "--json", *options]
    process = subprocess.Popen(
        command,
        env=os.environ | paths | settings,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    served = Served(f"http://127.0.0.1:{port}/", process)
    try:
        _wait_until_it_answers(served)
        yield served
    finally:
        stop(process)
        for stream in (process.stdout, process.stderr):
            if stream:
                stream.close()


def stop(process: subprocess.Popen[str]) -> int:
    """Interrupt it as a person would, and give its exit status."""
    if process.poll() is None:
        process.send_signal(signal.SIGINT)
    try:
        return process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        return process.wait()


def _wait_until_it_answers(served: Served) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and served.process.poll() is None:
        try:
            with urllib.request.urlopen(served.url + "health", timeout=5):
                return
        except urllib.error.HTTPError as answered:  # not healthy, but there
            answered.close()
            return
        except OSError:
            time.sleep(0.1)
    stop(served.process)
    said = served.process.stderr.read() if served.process.stderr else ""
    raise RuntimeError(f"the dashboard did not start: {said}")
