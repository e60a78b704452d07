"""Files that are there whole or not at all, plain or packed."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from domain.errors import InputRefused

GZIP_LEVEL = 5


class Sink(Protocol):
    """What lines are written to."""

    def write(self, data: bytes, /) -> int:
        """Take bytes (or any buffer of them)."""


@contextmanager
def whole_file(path: Path) -> Iterator[Sink]:
    """A file to write to, packed where its name ends in .gz; it takes its name when all is written.

    What stood there before stays until then. The same bytes written give the same packed bytes.

    Raises:
        InputRefused: the file cannot be written (no such folder, no right, no room).
    """
    refuse_unwritable(path)
    part = path.with_name(path.name + ".part")
    try:
        with part.open("wb") as plain:
            if path.suffix == ".gz":
                with gzip.GzipFile("", "wb", GZIP_LEVEL, plain, mtime=0) as packed:
                    yield packed
            else:
                yield plain
        part.replace(path)
    except OSError as error:
        raise InputRefused(f"Cannot write {path}: {error.strerror or error}.") from error
    finally:
        part.unlink(missing_ok=True)


def refuse_unwritable(path: Path) -> None:
    """Refuse a path that is a folder, or in no folder.

    Raises:
        InputRefused: with the reason.
    """
    if path.is_dir():
        raise InputRefused(f"Cannot write {path}: it is a folder, name a file in it.")
    if not path.parent.is_dir():
        raise InputRefused(f"Cannot write {path}: there is no folder {path.parent}.")
