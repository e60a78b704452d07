"""A load that is killed leaves the whole of it or nothing, and the next run completes it."""

import subprocess
import sys
from pathlib import Path

import pytest

from etl.generate import generate_file
from store.schema import request
from tests.support.stores import content, loads, rows_of, settings_for

pytestmark = pytest.mark.slow

ROWS = 4_000
DRIVER = """
import os, signal, sys
url, path, folder, moment = sys.argv[1:]
import store.append, store.bulk, store.load, etl.ingest
from domain.settings import Settings
from etl.targets import retarget
from store.engine import open_store

engine = open_store(url)  # the targets are noted before: that is another commit
retarget(engine)
engine.dispose()

def dies(*_args, **_kwargs):
    os.kill(os.getpid(), signal.SIGKILL)

def dies_after(function, calls):
    left = [calls]
    def wrapped(*args, **kwargs):
        answer = function(*args, **kwargs)
        left[0] -= 1
        if left[0] == 0:
            dies()
        return answer
    return wrapped

bulk = store.bulk.BulkConnection
if moment == "staged":
    etl.ingest.load = dies
elif moment == "first row":
    store.append.marked_rows = dies_after(store.append.marked_rows, 2)
elif moment == "appended":
    bulk.append = dies_after(bulk.append, 1)
elif moment == "one index":
    create = store.append.CreateIndex
    store.append.CreateIndex = dies_after(create, 2)
elif moment == "faults":
    store.load.add_faults = dies
elif moment == "before commit":
    bulk.commit = dies
elif moment == "after commit":
    bulk.commit = dies_after(bulk.commit, 1)
etl.ingest.ingest(Settings(store=url, mart=folder + "/mart"), "montreal", [path])
"""
MOMENTS = ["staged", "first row", "appended", "one index", "faults", "before commit", "after commit"]


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of the city."""
    path = tmp_path_factory.mktemp("city") / "requetes311.csv"
    generate_file(path, ROWS, seed=7)
    return path


@pytest.fixture(scope="module")
def whole(city: Path, tmp_path_factory: pytest.TempPathFactory) -> object:
    """What an uninterrupted load of it leaves."""
    folder = tmp_path_factory.mktemp("whole")
    url = f"sqlite:///{folder / 'vigie.db'}"
    assert run(url, city, folder, "never") == 0
    return content(url)


def run(url: str, path: Path, folder: Path, moment: str) -> int:
    """Load in a process that kills itself at a moment; its exit status."""
    command = [sys.executable, "-c", DRIVER, url, str(path), str(folder), moment]
    return subprocess.run(command, check=False, timeout=120).returncode


@pytest.mark.parametrize("moment", MOMENTS)
def test_killed_at_any_moment_the_store_holds_all_or_nothing(
    store_url: str, tmp_path: Path, city: Path, whole: object, moment: str
) -> None:
    assert run(store_url, city, tmp_path, moment) == -9
    there = len(loads(store_url))
    assert there == (1 if moment == "after commit" else 0)
    assert len(rows_of(store_url, request)) == there * ROWS
    from etl.ingest import ingest  # noqa: PLC0415

    result = ingest(settings_for(store_url, tmp_path), "montreal", [city])
    assert result["inserted"] + result["unchanged"] == ROWS
    assert content(store_url) == whole
