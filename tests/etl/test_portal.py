"""Downloads from a server on loopback that breaks off, changes its mind and lies about sizes."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from domain.errors import InputRefused
from etl.ingest import ingest
from etl.portal import ATTEMPTS, download
from tests.support.rows import a_request, csv_text
from tests.support.stores import settings_for


@dataclass
class Portal:
    """What the server does, and what it was asked."""

    body: bytes = b"0123456789" * 5000
    etag: str = '"one"'
    break_after: list[int] = field(default_factory=list)
    status: int = 200
    announced: int | None = None
    new_version_after_first: bool = False
    asked: list[dict[str, str]] = field(default_factory=list)
    url: str = ""


class _Handler(BaseHTTPRequestHandler):
    portal: Portal

    def do_GET(self) -> None:
        """Answer like a file server that knows ranges and versions."""
        portal, headers = self.portal, dict(self.headers)
        portal.asked.append(headers)
        if portal.new_version_after_first and len(portal.asked) == 2:
            portal.body, portal.etag = b"another file", '"two"'
        if portal.status != 200:
            self.send_error(portal.status)
            return
        if headers.get("If-None-Match") == portal.etag:
            self.send_response(304)
            self.end_headers()
            return
        start = 0
        if "Range" in headers and headers.get("If-Range") == portal.etag:
            start = int(headers["Range"].removeprefix("bytes=").removesuffix("-"))
        part = portal.body[start:]
        self.send_response(206 if start else 200)
        if start:
            whole = portal.announced or len(portal.body)
            self.send_header("Content-Range", f"bytes {start}-{len(portal.body) - 1}/{whole}")
        self.send_header("ETag", portal.etag)
        self.send_header("Content-Length", str(portal.announced or len(part)))
        self.end_headers()
        self.wfile.write(part[: portal.break_after.pop(0)] if portal.break_after else part)

    def log_message(self, *_: object) -> None:
        """Stay silent."""


@pytest.fixture
def portal() -> Iterator[Portal]:
    """A running server."""
    given = Portal()
    handler = type("Handler", (_Handler,), {"portal": given})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    given.url = f"http://127.0.0.1:{server.server_port}/requetes311.csv"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield given
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_file_comes_whole_to_a_server_that_is_told_who_asks(portal: Portal, tmp_path: Path) -> None:
    assert download(portal.url, tmp_path / "a.csv").read_bytes() == portal.body
    assert portal.asked[0]["User-Agent"].startswith("vigie311/")
    assert portal.asked[0]["Accept-Encoding"] == "identity"


def test_it_resumes_where_it_broke_off(portal: Portal, tmp_path: Path) -> None:
    portal.break_after = [20_000, 10_000]
    assert download(portal.url, tmp_path / "a.csv").read_bytes() == portal.body
    assert [asked.get("Range") for asked in portal.asked] == [None, "bytes=20000-", "bytes=30000-"]


def test_a_file_that_changed_meanwhile_begins_anew(portal: Portal, tmp_path: Path) -> None:
    portal.break_after = [20_000]
    portal.new_version_after_first = True
    assert download(portal.url, tmp_path / "a.csv").read_bytes() == b"another file"


def test_what_never_comes_whole_is_kept_for_the_next_run(portal: Portal, tmp_path: Path) -> None:
    portal.break_after = [100] * ATTEMPTS
    with pytest.raises(InputRefused, match=r"did not come whole after 5 tries.*500 bytes are kept"):
        download(portal.url, tmp_path / "a.csv")
    assert not (tmp_path / "a.csv").exists()
    assert download(portal.url, tmp_path / "a.csv").read_bytes() == portal.body
    assert portal.asked[-1]["Range"] == "bytes=500-"


def test_a_size_that_is_less_than_announced_is_not_taken(portal: Portal, tmp_path: Path) -> None:
    portal.announced = len(portal.body) + 7
    with pytest.raises(InputRefused, match="did not come whole"):
        download(portal.url, tmp_path / "a.csv")
    assert not (tmp_path / "a.csv").exists()


def test_an_unchanged_file_is_not_sent_again(portal: Portal, tmp_path: Path) -> None:
    target = download(portal.url, tmp_path / "a.csv")
    assert download(portal.url, target).read_bytes() == portal.body
    assert portal.asked[1]["If-None-Match"] == '"one"'


@pytest.mark.parametrize("status", [404, 403, 500])
def test_a_refusal_of_the_server_is_a_sentence(portal: Portal, tmp_path: Path, status: int) -> None:
    portal.status = status
    with pytest.raises(InputRefused, match=f"answers {status}"):
        download(portal.url, tmp_path / "a.csv")


def test_no_server_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(InputRefused, match="did not come whole"):
        download("http://127.0.0.1:9/x.csv", tmp_path / "a.csv")


def test_a_url_is_downloaded_and_loaded(portal: Portal, tmp_path: Path) -> None:
    portal.body = csv_text([a_request(), a_request()]).encode()
    url = f"sqlite:///{tmp_path / 'vigie.db'}"
    assert ingest(settings_for(url, tmp_path), "montreal", [portal.url])["inserted"] == 2
    (kept,) = (tmp_path / "downloads").glob("montreal-*-requetes311.csv")
    assert kept.read_bytes() == portal.body
