"""Opening what people hand over: plain, gzip or zip, told apart by content and not by name."""

from __future__ import annotations

import gzip
import hashlib
import io
import lzma
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from domain.errors import InputRefused

_CHUNK = 1 << 20
_BOM = b"\xef\xbb\xbf"

DECODING_ERRORS = (EOFError, zlib.error, gzip.BadGzipFile, zipfile.BadZipFile, lzma.LZMAError)
"""What a damaged archive raises while it is read."""


@dataclass(frozen=True)
class FileFacts:
    """What identifies a file among loads."""

    name: str
    size_bytes: int
    sha256: str


def facts_of(path: Path) -> FileFacts:
    """Name, size and SHA-256 of a file.

    Raises:
        InputRefused: it is missing, a directory, empty or not readable.
    """
    _refuse_unreadable(path)
    digest = hashlib.sha256()
    try:
        with path.open("rb") as stream:
            while chunk := stream.read(_CHUNK):
                digest.update(chunk)
    except OSError as error:
        raise InputRefused(f"{path.name}: it cannot be read ({error.strerror}).") from error
    return FileFacts(path.name, path.stat().st_size, digest.hexdigest())


@contextmanager
def opened(path: Path) -> Iterator[io.BufferedReader]:
    """The text of a file as bytes, unpacked where it is packed.

    Raises:
        InputRefused: missing, a directory, empty, truncated or damaged, or a zip that does not
            hold exactly one file.
    """
    _refuse_unreadable(path)
    with path.open("rb") as raw:
        magic = raw.read(4)
        raw.seek(0)
        try:
            if magic.startswith(b"\x1f\x8b"):
                with gzip.GzipFile(fileobj=raw) as unpacked:
                    yield io.BufferedReader(unpacked, _CHUNK)
            elif magic == b"PK\x03\x04":
                with zipfile.ZipFile(raw) as archive, archive.open(_only_member(path, archive)) as unpacked:
                    yield io.BufferedReader(cast(io.RawIOBase, unpacked), _CHUNK)
            else:
                yield raw
        except DECODING_ERRORS as error:
            raise InputRefused(f"{path.name}: the archive is truncated or damaged ({error}).") from error


def skip_bom(stream: io.BufferedReader) -> int:
    """Skip a UTF-8 byte order mark at the start of a stream; bytes skipped."""
    if stream.peek(3)[:3] == _BOM:
        stream.read(3)
        return 3
    return 0


def _refuse_unreadable(path: Path) -> None:
    if not path.exists():
        raise InputRefused(f"{path}: there is no such file.")
    if path.is_dir():
        raise InputRefused(f"{path}: this is a directory, a CSV file is expected.")
    if not path.is_file():
        raise InputRefused(f"{path}: this is not a regular file.")
    if path.stat().st_size == 0:
        raise InputRefused(f"{path.name}: the file is empty.")


def _only_member(path: Path, archive: zipfile.ZipFile) -> zipfile.ZipInfo:
    members = [m for m in archive.infolist() if not m.is_dir() and not m.filename.startswith("__MACOSX/")]
    if len(members) != 1:
        raise InputRefused(f"{path.name}: the zip holds {len(members)} files, exactly one CSV is expected.")
    if members[0].flag_bits & 0x1:
        raise InputRefused(f"{path.name}: the zip is encrypted.")
    return members[0]
