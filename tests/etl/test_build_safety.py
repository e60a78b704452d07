import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from sqlalchemy import update

from domain.errors import InputRefused, StoreUnavailable, VigieError
from domain.settings import PROJECT
from etl import build as build_module
from etl.build import build, full, plan
from mart.layout import MANIFEST, current_version
from mart.publish import build_lock
from mart.schema import SCHEMA_VERSION
from mart.snapshot import open_mart
from store.schema import load_run
from tests.support.building import START, Writer, content, settings_for, settings_of


def test_another_schema_of_the_mart_is_built_in_full(lite: Writer, tmp_path: Path) -> None:
    build(settings_of(lite, tmp_path))
    path = tmp_path / str(current_version(tmp_path)) / MANIFEST
    path.write_text(path.read_text().replace(f'"schema_version": {SCHEMA_VERSION}', '"schema_version": 0'))
    assert build(settings_of(lite, tmp_path))["reason"] == "the mart had schema 0"


@pytest.mark.parametrize(
    ("what", "reason"),
    [
        ("activities.labels_fingerprint", "the labels of activities changed"),
        ("boundaries_fingerprint", "the shapes of boroughs or sectors changed"),
    ],
)
def test_other_parameters_are_built_in_full(
    lite: Writer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str, reason: str
) -> None:
    build(settings_of(lite, tmp_path))
    with monkeypatch.context() as changed:
        changed.setattr(f"etl.build.plan.{what}", lambda: "another")
        assert build(settings_of(lite, tmp_path))["reason"] == reason
        assert build(settings_of(lite, tmp_path))["incremental"]


def test_shapes_have_a_fingerprint(tmp_path: Path) -> None:
    before = plan.boundaries_fingerprint(tmp_path)
    (tmp_path / "sectors.geojson").write_text("{}")
    assert plan.boundaries_fingerprint(tmp_path) != before


def test_another_store_is_built_in_full(lite: Writer, tmp_path: Path) -> None:
    build(settings_of(lite, tmp_path / "mart"))
    other = Writer(f"sqlite:///{tmp_path / 'other.db'}")
    other.write({"id": 1})
    other.write({"id": 2})
    with other.engine.begin() as connection:
        connection.execute(update(load_run).values(file_sha256="another"))
    done = build(settings_of(other, tmp_path / "mart"))
    other.engine.dispose()
    assert (done["reason"], done["requests"]) == ("the mart was built from another store", 2)


def test_many_changes_are_built_in_full(
    lite: Writer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(settings_of(lite, tmp_path))
    monkeypatch.setattr(plan, "FEW_CHANGES", 1)
    lite.write({"id": 1, "street": "a"})
    assert build(settings_of(lite, tmp_path))["incremental"]
    lite.write({"id": 1, "street": "b"}, {"id": 2, "street": "b"})
    assert build(settings_of(lite, tmp_path))["reason"] == "2 requests changed"


@pytest.mark.parametrize("harm", ["manifest", "month", "pointer"])
def test_a_damaged_mart_is_built_in_full(lite: Writer, tmp_path: Path, harm: str) -> None:
    build(settings_of(lite, tmp_path))
    folder = tmp_path / str(current_version(tmp_path))
    if harm == "manifest":
        (folder / MANIFEST).write_text("{")
    elif harm == "month":
        next(folder.glob("requests/*")).unlink()
    else:
        (tmp_path / "current").write_text("20200101T000000000000")
    assert build(settings_of(lite, tmp_path))["reason"] == "there was no mart that could be read"
    with open_mart(tmp_path) as mart:
        assert mart.requests_count == 5


def test_an_empty_store_makes_an_empty_mart(sqlite_url: str, tmp_path: Path) -> None:
    store = Writer(sqlite_url)
    assert build(settings_of(store, tmp_path))["requests"] == 0
    store.write({"id": 1})
    assert build(settings_of(store, tmp_path))["requests"] == 1
    store.engine.dispose()


def test_a_load_during_a_build_is_not_half_in_it(
    store: Writer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.write(*({"id": n, "opened_at": START + timedelta(days=31 * n)} for n in range(1, 6)))
    others = full._same_views

    def loaded_meanwhile(*given: Any) -> Any:
        # In a process of its own, as a load is: two copies of SQLite in one do not see each other's locks.
        url = store.engine.url.render_as_string(hide_password=False)
        code = (
            "import sys; from tests.support.building import Writer; w = Writer(sys.argv[1]);"
            "w.write(*({'id': n, 'street': 'after'} for n in range(1, 6)))"
        )
        subprocess.run([sys.executable, "-c", code, url], check=True, cwd=PROJECT)
        return others(*given)

    monkeypatch.setattr(full, "_same_views", loaded_meanwhile)
    build(settings_of(store, tmp_path))
    tables = content(tmp_path)[1]
    months = [t for name, t in tables.items() if name.startswith("requests")]
    assert pa.concat_tables(months)["street"].unique().to_pylist() == ["rue Peel"]
    monkeypatch.undo()
    done = build(settings_of(store, tmp_path))
    assert (done["incremental"], done["changed"]) == (True, 5)


def test_readers_keep_their_version_while_builds_go_on(lite: Writer, tmp_path: Path) -> None:
    build(settings_of(lite, tmp_path))
    with open_mart(tmp_path) as mart:
        for n in range(6, 9):
            lite.write({"id": n})
            build(settings_of(lite, tmp_path))
        assert mart.requests_count == 5
        assert mart.cursor().execute("SELECT count(*) FROM requests").fetchone() == (5,)
    with open_mart(tmp_path) as mart:
        assert mart.requests_count == 8


KILLED_WHEN_WRITING = """
import os, signal, sys
from domain.settings import Settings
import etl.build, etl.build.full
write, left = etl.build.full.write_month, [int(sys.argv[3])]
def killed(*given):
    left[0] -= 1
    if left[0] < 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return write(*given)
etl.build.full.write_month = killed
etl.build.build(Settings(store=sys.argv[1], mart=sys.argv[2]), full=True)
"""


@pytest.mark.parametrize("months", [0, 3])
def test_a_killed_build_changes_nothing_and_the_next_one_completes(
    lite: Writer, tmp_path: Path, months: int
) -> None:
    root = tmp_path / "mart"
    lite.write(*({"id": n, "opened_at": START + timedelta(days=31 * n)} for n in range(1, 6)))
    before = build(settings_of(lite, root))["version"]
    lite.write({"id": 6})
    url = lite.engine.url.render_as_string()
    killed = subprocess.run(
        [sys.executable, "-c", KILLED_WHEN_WRITING, url, str(root), str(months)], check=False, cwd=PROJECT
    )
    assert killed.returncode == -signal.SIGKILL
    assert current_version(root) == before
    assert build(settings_of(lite, root))["requests"] == 6
    assert not list(root.glob(".building*"))


def test_two_builds_at_once_are_one_after_the_other(lite: Writer, tmp_path: Path) -> None:
    code = "import sys; from domain.settings import Settings; from etl.build import build; "
    code += "build(Settings(store=sys.argv[1], mart=sys.argv[2]), full=True)"
    command = [sys.executable, "-c", code, lite.engine.url.render_as_string(), str(tmp_path / "mart")]
    running = [subprocess.Popen(command, cwd=PROJECT) for _ in range(2)]
    assert [one.wait(120) for one in running] == [0, 0]
    with open_mart(tmp_path / "mart") as mart:
        assert mart.requests_count == 5


def test_a_build_that_waits_too_long_is_refused(
    lite: Writer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(build_module, "build_lock", lambda root: build_lock(root, wait_s=0.1))
    with build_lock(tmp_path), pytest.raises(VigieError, match="another build is writing"):
        build(settings_of(lite, tmp_path))


def test_a_store_that_cannot_be_read_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "vigie.db").write_bytes(b"this is no database at all, not even nearly" * 100)
    with pytest.raises(StoreUnavailable, match=r"vigie\.db"):
        build(settings_for(f"sqlite:///{tmp_path / 'vigie.db'}", tmp_path / "mart"))


def test_a_mart_is_a_folder(tmp_path: Path) -> None:
    with pytest.raises(InputRefused, match="VIGIE_MART has to be a folder"):
        build(settings_for(f"sqlite:///{tmp_path / 'vigie.db'}", "s3://bucket/mart"))


def test_progress_ends_with_every_request(lite: Writer, tmp_path: Path) -> None:
    seen: list[tuple[str, int, int | None]] = []
    build(settings_of(lite, tmp_path), progress=lambda *now: seen.append(now))
    assert seen[-1] == ("requests", 5, None)
