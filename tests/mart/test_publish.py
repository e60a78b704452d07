import errno
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pyarrow as pa
import pytest

from domain.errors import VigieError
from mart import months, writer
from mart.layout import MANIFEST, UNFINISHED, current_version
from mart.publish import build_lock, draft, hold, keep_file, remove_unheld
from mart.snapshot import open_mart
from tests.support.mart import a_row, make_mart, rows_table


def versions(root: Path) -> list[str]:
    return sorted(path.name for path in root.iterdir() if path.is_dir())


def test_the_previous_version_stays_and_older_ones_go(tmp_path: Path) -> None:
    made = []
    for _ in range(4):
        root = make_mart(tmp_path, [a_row()])
        made.append(current_version(root))
    assert versions(root) == made[-2:]


def test_a_version_that_somebody_holds_stays_until_it_is_let_go(tmp_path: Path) -> None:
    root = make_mart(tmp_path, [a_row()])
    held = str(current_version(root))
    descriptor = hold(root / held)
    for _ in range(3):
        make_mart(tmp_path, [a_row()])
    assert held in versions(root)
    os.close(descriptor)
    assert remove_unheld(root, {current_version(root)})[0] == held
    assert versions(root) == [current_version(root)]


def test_a_version_without_a_manifest_is_a_removal_that_was_killed(tmp_path: Path) -> None:
    root = make_mart(tmp_path, [a_row()])
    (root / "20200101T000000000000" / "requests").mkdir(parents=True)
    make_mart(tmp_path, [a_row()])
    assert "20200101T000000000000" not in versions(root)


def test_holding_a_version_that_goes_meanwhile_fails_clearly(tmp_path: Path) -> None:
    root = make_mart(tmp_path, [a_row()])
    with pytest.raises(FileNotFoundError):
        hold(root / "20200101T000000000000")


def test_a_second_build_waits_and_is_then_refused_in_a_sentence(tmp_path: Path) -> None:
    with build_lock(tmp_path):
        started = time.monotonic()
        with pytest.raises(VigieError, match="another build is writing"), build_lock(tmp_path, wait_s=0.2):
            pass
        assert time.monotonic() - started >= 0.2
    with build_lock(tmp_path, wait_s=0):
        pass


def test_a_folder_that_cannot_be_made_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with (
        pytest.raises(VigieError, match="cannot be written: Not a directory"),
        build_lock(tmp_path / "file" / "mart"),
    ):
        pass


KILLED = """
import os, signal, sys, time
from pathlib import Path
sys.path.insert(0, {project!r})
from mart import geoparquet, writer
from tests.support.mart import a_row, make_mart
moment = sys.argv[1]
if moment == "writing":
    kill = lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL)
    writer.write_information = kill
elif moment == "renamed":
    Path.replace = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
elif moment == "switched":
    import mart.publish
    mart.publish.remove_unheld = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
make_mart(Path({folder!r}), [a_row(), a_row()])
"""


@pytest.mark.parametrize(("moment", "new"), [("writing", False), ("renamed", False), ("switched", True)])
def test_a_killed_build_leaves_the_old_or_the_new_version_and_nothing_that_stays(
    tmp_path: Path, moment: str, new: bool
) -> None:
    root = make_mart(tmp_path, [a_row()])
    before = current_version(root)
    project = str(Path(__file__).resolve().parents[2])
    script = KILLED.format(project=project, folder=str(tmp_path))
    killed = subprocess.run([sys.executable, "-c", script, moment], check=False, cwd=project)
    assert killed.returncode == -signal.SIGKILL
    assert (current_version(root) != before) is new
    with open_mart(root) as mart:
        assert mart.requests_count == (2 if new else 1)
    make_mart(tmp_path, [a_row() for _ in range(3)])
    assert not list(root.glob(f"{UNFINISHED}*"))
    assert len(versions(root)) == 2
    with open_mart(root) as mart:
        assert mart.requests_count == 3


def test_a_full_disk_leaves_the_mart_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = make_mart(tmp_path, [a_row()])
    before = current_version(root)

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(months, "write_requests", full)
    with pytest.raises(
        VigieError, match=r"could not be written \(No space left on device\); it is as it was"
    ):
        writer.publish_tables(root, rows_table([a_row()]))
    assert current_version(root) == before
    assert versions(root) == [before]


def test_a_draft_that_was_not_published_leaves_nothing(tmp_path: Path) -> None:
    with build_lock(tmp_path), draft(tmp_path) as folder:
        assert folder.exists()
    assert versions(tmp_path) == []


def test_unchanged_files_are_linked_and_survive_the_older_version(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    old.write_text("rows")
    keep_file(old, new)
    assert old.stat().st_ino == new.stat().st_ino
    old.unlink()
    assert new.read_text() == "rows"


def test_without_links_files_are_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        raise OSError(errno.EPERM, "no links here")

    monkeypatch.setattr(Path, "hardlink_to", refused)
    (tmp_path / "old").write_text("rows")
    keep_file(tmp_path / "old", tmp_path / "new")
    assert (tmp_path / "new").read_text() == "rows"


def test_a_manifest_names_every_month(tmp_path: Path) -> None:
    root = make_mart(tmp_path, [a_row(opened_at="-40d"), a_row(), a_row()])
    with open_mart(root) as mart:
        assert mart.manifest.months() == ["2025-02", "2025-03"]
        assert [file.rows for file in mart.manifest.files.values()] == [1, 2]
        assert sorted(p.stem for p in (mart.folder / "requests").iterdir()) == ["2025-02", "2025-03"]
        assert (mart.folder / MANIFEST).exists()
    assert isinstance(rows_table([a_row()]), pa.Table)
