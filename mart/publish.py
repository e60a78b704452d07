"""Writing a new version of the mart beside the old one, and switching to it in one step.

Only one build runs at a time (a lock on the root). A version is written in a folder that no reader
looks at, renamed, and then named by the pointer file, which is replaced atomically. Versions that
nobody reads any more are removed, except the previous one: a reader that has just read the pointer
still finds what it names. A build that is killed leaves an unfinished folder; the next removes it.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from domain.errors import VigieError
from mart.layout import CURRENT, MANIFEST, REQUESTS_FOLDER, UNFINISHED, Manifest, current_version

_LOCK = ".lock"
_POLL_S = 0.05
WAIT_S = 30.0
"""How long a build waits for another one to end."""


@contextmanager
def build_lock(root: Path, wait_s: float = WAIT_S) -> Iterator[None]:
    """Be the only build on a mart; what killed builds left is removed.

    Raises:
        VigieError: another build is still at it after `wait_s` seconds, or the folder cannot be used.
    """
    try:
        root.mkdir(parents=True, exist_ok=True)
        file = (root / _LOCK).open("w", encoding="ascii")
    except OSError as error:
        raise VigieError(f"the mart's folder {root} cannot be written: {error.strerror}.") from error
    with file:
        deadline = time.monotonic() + wait_s
        while not _locked(file.fileno(), fcntl.LOCK_EX):
            if time.monotonic() >= deadline:
                raise VigieError(f"another build is writing the mart in {root}; try again when it is done.")
            time.sleep(_POLL_S)
        for left in root.glob(f"{UNFINISHED}*"):
            shutil.rmtree(left) if left.is_dir() else left.unlink()
        yield


@contextmanager
def draft(root: Path) -> Iterator[Path]:
    """A new version's folder, not yet seen by readers; removed unless `publish` took it.

    Raises:
        VigieError: the disk is full or the folder cannot be written.
    """
    version = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
    folder = root / f"{UNFINISHED}{version}"
    try:
        (folder / REQUESTS_FOLDER).mkdir(parents=True)
        yield folder
    except OSError as error:
        if isinstance(error, VigieError):
            raise
        raise VigieError(
            f"the mart in {root} could not be written ({error.strerror or error}); it is as it was before."
        ) from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def version_of(folder: Path) -> str:
    """The version that a draft is going to be."""
    return folder.name.removeprefix(UNFINISHED)


def keep_file(old: Path, new: Path) -> None:
    """Take an unchanged file over into a new version: a hard link, or a copy where there are none."""
    try:
        new.hardlink_to(old)
    except OSError:
        shutil.copyfile(old, new)


def publish(root: Path, folder: Path, manifest: Manifest) -> None:
    """Make a finished draft the current version, and remove versions that nobody holds."""
    previous = current_version(root)
    (folder / MANIFEST).write_text(manifest.model_dump_json(indent=1), encoding="utf-8")
    folder.rename(root / manifest.version)
    # Nothing is forced to the disk: what a power cut damages, the next build finds and makes anew.
    pointer = root / f"{UNFINISHED}{CURRENT}"
    pointer.write_text(manifest.version, encoding="ascii")
    pointer.replace(root / CURRENT)
    remove_unheld(root, {manifest.version, previous})


def remove_unheld(root: Path, kept: set[str | None]) -> list[str]:
    """Remove the versions that no reader holds, but for those kept; the names of what went."""
    removed = []
    for folder in sorted(path for path in root.iterdir() if path.is_dir()):
        if folder.name in kept or folder.name.startswith("."):
            continue
        if _remove_if_unheld(folder):
            removed.append(folder.name)
    return removed


def _remove_if_unheld(folder: Path) -> bool:
    try:
        file = (folder / MANIFEST).open("r+b")
    except FileNotFoundError:  # a removal that was killed half-way: without a manifest nobody can open it
        shutil.rmtree(folder)
        return True
    with file:
        if not _locked(file.fileno(), fcntl.LOCK_EX):
            return False
        # The manifest goes first, under the lock: a reader that waits for it finds it gone.
        (folder / MANIFEST).unlink()
        shutil.rmtree(folder)
        return True


def _locked(descriptor: int, kind: int) -> bool:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def hold(folder: Path) -> int:
    """Hold a version against removal: a descriptor with a shared lock, to be closed by `os.close`.

    Raises:
        FileNotFoundError: the version has gone.
    """
    descriptor = os.open(folder / MANIFEST, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH)
        if os.fstat(descriptor).st_nlink == 0:
            raise FileNotFoundError(folder / MANIFEST)
    except OSError:
        os.close(descriptor)
        raise
    return descriptor
