"""What people hand over is opened by what it is, not by its name; what is damaged is refused."""

import gzip
import hashlib
import io
import os
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.errors import InputRefused
from etl.files import Utf8Stream, facts_of, opened, skip_bom

TEXT = "id,rue\n1,Côte-des-Neiges\n".encode()


def zipped(*members: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip of files."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return out.getvalue()


def marked(archive: bytes, offset_local: int, offset_central: int, value: int) -> bytes:
    """A zip of one file with a field of both of its headers replaced."""
    data = bytearray(archive)
    central = data.rfind(b"PK\x01\x02")
    data[offset_local : offset_local + 2] = struct.pack("<H", value)
    data[central + offset_central : central + offset_central + 2] = struct.pack("<H", value)
    return bytes(data)


def encrypted(archive: bytes) -> bytes:
    """A zip that says that its file is encrypted."""
    return marked(archive, 6, 8, 1)


def deflate64(archive: bytes) -> bytes:
    """A zip that says that its file is packed by Deflate64, as Windows packs large ones."""
    return marked(archive, 8, 10, 9)


def put(folder: Path, data: bytes, name: str = "requests.csv") -> Path:
    """A file of these bytes."""
    path = folder / name
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(
    "data",
    [
        TEXT,
        gzip.compress(TEXT),
        gzip.compress(TEXT[:9]) + gzip.compress(TEXT[9:]),
        gzip.compress(TEXT) + bytes(512),  # padded, as tapes and some servers do
        zipped(("requests.csv", TEXT)),
        zipped(("folder/", b""), ("folder/requests.csv", TEXT), ("__MACOSX/._requests.csv", b"x")),
        zipped(("requests.csv", TEXT), method=zipfile.ZIP_LZMA),
    ],
    ids=["plain", "gzip", "two gzip members", "padded gzip", "zip", "zip of a Macintosh", "lzma zip"],
)
@pytest.mark.parametrize("name", ["requests.csv", "requests.csv.gz", "requests.zip", "download"])
def test_the_text_comes_out_whatever_the_name(tmp_path: Path, data: bytes, name: str) -> None:
    with opened(put(tmp_path, data, name)) as stream:
        assert stream.read() == TEXT


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "is empty"),
        (gzip.compress(TEXT * 100)[:-4], "truncated or damaged"),
        (gzip.compress(TEXT * 100)[:20], "truncated or damaged"),
        (gzip.compress(TEXT) + b"more", "truncated or damaged"),
        (zipped(("a.csv", TEXT * 100))[:-30], "truncated or damaged"),
        (zipped(("a.csv", TEXT), ("b.csv", TEXT)), "holds 2 files"),
        (zipped(), "holds 0 files"),
        (encrypted(zipped(("a.csv", TEXT))), "encrypted"),
        (deflate64(zipped(("a.csv", TEXT))), "pack it again"),
    ],
    ids=[
        "empty", "gzip without its end", "gzip without its text", "gzip and more", "half a zip", "two files",
        "no file", "encrypted", "deflate64",
    ],
)  # fmt: skip
def test_what_cannot_be_unpacked_is_refused(tmp_path: Path, data: bytes, words: str) -> None:
    path = put(tmp_path, data)
    with pytest.raises(InputRefused, match=words) as refused, opened(path) as stream:
        stream.read()
    assert str(refused.value).startswith("requests.csv: ")


@pytest.mark.parametrize("at", [0.2, 0.5, 0.9])
def test_a_zip_with_a_wrong_byte_is_refused(tmp_path: Path, at: float) -> None:
    data = bytearray(zipped(("a.csv", os.urandom(5000))))
    data[int(len(data) * at)] ^= 0xFF
    with (
        pytest.raises(InputRefused, match="truncated or damaged"),
        opened(put(tmp_path, bytes(data))) as stream,
    ):
        stream.read()


@pytest.mark.parametrize(
    ("what", "words"),
    [
        (lambda folder: folder, "directory"),
        (lambda folder: folder / "none.csv", "no such file"),
        (lambda folder: folder / ("x" * 300), "too long"),
        (lambda _folder: Path("/dev/null"), "not a regular file"),
    ],
    ids=["directory", "missing", "too long a name", "device"],
)
def test_what_is_no_file_is_refused(tmp_path: Path, what: Callable[[Path], Path], words: str) -> None:
    with pytest.raises(InputRefused, match=words):
        facts_of(what(tmp_path))


def test_a_file_is_known_by_name_size_and_digest(tmp_path: Path) -> None:
    facts = facts_of(put(tmp_path, TEXT, "août.csv"))
    assert facts.name == "août.csv"
    assert (facts.size_bytes, facts.sha256) == (len(TEXT), hashlib.sha256(TEXT).hexdigest())


def test_a_name_from_another_system_is_made_text(tmp_path: Path) -> None:
    path = put(tmp_path, TEXT, os.fsdecode(b"ao\xfbt.csv"))
    assert facts_of(path).name == "ao?t.csv"


@pytest.mark.parametrize(("data", "skipped"), [(b"\xef\xbb\xbfid\n", 3), (b"id\n", 0), (b"\xef\xbb", 0)])
def test_a_byte_order_mark_is_skipped(tmp_path: Path, data: bytes, skipped: int) -> None:
    with opened(put(tmp_path, data)) as stream:
        assert skip_bom(stream) == skipped
        assert stream.read() == data[skipped:]


@settings(deadline=None)
@given(st.text(max_size=30).map(str.encode) | st.binary(max_size=30), st.integers(1, 7))
def test_a_stream_of_any_blocks_is_utf_8_or_refused(data: bytes, size: int) -> None:
    stream = Utf8Stream(io.BufferedReader(io.BytesIO(data)))

    def all_of_it() -> bytes:
        return b"".join(iter(lambda: stream.read(size), b""))

    try:
        data.decode()
    except UnicodeDecodeError:
        with pytest.raises(UnicodeError):
            all_of_it()
    else:
        assert all_of_it() == data
