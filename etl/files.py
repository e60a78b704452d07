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

import numpy as np
import pyarrow as pa

from domain.errors import InputRefused

_CHUNK = 1 << 20
_BOM = b"\xef\xbb\xbf"
_ZIP_MAGIC = (b"PK\x03\x04", b"PK\x05\x06")  # of one with files, of an empty one
_LEAD_BYTE, _PLAIN_BYTE = 0xC0, 0x80  # from here a character begins; below it is one by itself

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
    name = path.name.encode("utf-8", "replace").decode()  # a name from another system may be no UTF-8
    return FileFacts(name, path.stat().st_size, digest.hexdigest())


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
            elif magic in _ZIP_MAGIC:
                with zipfile.ZipFile(raw) as archive, archive.open(_only_member(path, archive)) as unpacked:
                    yield io.BufferedReader(cast(io.RawIOBase, unpacked), _CHUNK)
            else:
                yield raw
        except DECODING_ERRORS as error:
            raise InputRefused(f"{path.name}: the archive is truncated or damaged ({error}).") from error
        except NotImplementedError as error:  # Windows packs large files by Deflate64
            raise InputRefused(
                f"{path.name}: the zip is packed by another method than Deflate; pack it again."
            ) from error


class Utf8Stream(io.RawIOBase):
    """The bytes of a stream, checked before they are handed on.

    The CSV parser looks only at the columns that are read, and trips over a misshapen row.
    """

    def __init__(self, stream: io.BufferedReader) -> None:
        """`stream` stays its owner's to close."""
        super().__init__()
        self._stream = stream
        self._cut = b""

    def readable(self) -> bool:
        """Yes."""
        return True

    def read(self, size: int = -1) -> bytes:
        """The next bytes.

        Raises:
            UnicodeError: they are not UTF-8.
        """
        block = self._stream.read(size)
        text = self._cut + block if self._cut else block
        whole = len(text) - (_cut_character(text) if block else 0)
        self._cut = text[whole:]
        bounds = pa.py_buffer(np.array([0, whole], dtype=np.int32))
        try:
            pa.StringArray.from_buffers(1, bounds, pa.py_buffer(text)).validate(full=True)
        except pa.ArrowInvalid as error:
            raise UnicodeError("these bytes are not UTF-8") from error
        return block


def _cut_character(text: bytes) -> int:
    """Bytes at the end of a text that may be the beginning of a longer character."""
    for back in range(1, min(3, len(text)) + 1):
        if text[-back] >= _LEAD_BYTE:
            return back
        if text[-back] < _PLAIN_BYTE:
            break
    return 0


def skip_bom(stream: io.BufferedReader) -> int:
    """Skip a UTF-8 byte order mark at the start of a stream; bytes skipped."""
    if stream.peek(3)[:3] == _BOM:
        stream.read(3)
        return 3
    return 0


def _refuse_unreadable(path: Path) -> None:
    try:
        there = path.exists()
    except OSError as error:
        raise InputRefused(f"{path}: it cannot be read ({error.strerror}).") from error
    if not there:
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
