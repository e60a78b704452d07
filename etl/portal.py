"""Downloading a published file: it resumes where it broke off, and its size is checked."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from domain.errors import InputRefused
from domain.settings import Settings
from etl.source import Source

ATTEMPTS = 5
"""How often a download that breaks off is taken up again."""

TIMEOUT_S = 30.0
_OK, _PARTIAL, _NOT_MODIFIED, _NOT_SATISFIABLE = 200, 206, 304, 416

Progress = Callable[[str, int], None]


@dataclass(frozen=True)
class _Version:
    """Which version of a file a server gave."""

    url: str | None = None
    etag: str | None = None
    last_modified: str | None = None

    @property
    def condition(self) -> str | None:
        """What If-Range takes: a strong tag, else a date."""
        strong = self.etag if self.etag and not self.etag.startswith("W/") else None
        return strong or self.last_modified


def fetched(file: str, source: Source, settings: Settings, progress: Progress | None = None) -> Path:
    """The path of a file, downloaded first if it is an http(s) URL.

    Raises:
        InputRefused: the download failed for good; what came so far is kept for the next try.
    """
    if not file.startswith(("http://", "https://")):
        return Path(file)
    folder = Path(settings.mart).parent / "downloads"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return download(file, folder / f"{source.name}-{_name(file)}", progress)
    except OSError as error:
        raise InputRefused(f"{file} cannot be kept in {folder}: {error.strerror}.") from error


def _name(url: str) -> str:
    """Name for the file of a URL; portals give many of their files the same one."""
    try:
        name = Path(urlsplit(url).path).name or "download.csv"
    except ValueError as error:
        raise InputRefused(f"{url} is no URL ({error}).") from error
    return f"{sha256(url.encode()).hexdigest()[:8]}-{name[-100:]}"


def download(url: str, target: Path, progress: Progress | None = None) -> Path:
    """Download a file to `target`; one that the server says has not changed is not sent again.

    Raises:
        InputRefused: the server refuses, or the file does not come whole in `ATTEMPTS` tries.
    """
    part = target.with_name(target.name + ".part")
    last = "no answer"
    with httpx.Client(headers=_headers(), timeout=TIMEOUT_S, follow_redirects=True) as client:
        for _ in range(ATTEMPTS):
            try:
                if _attempt(client, url, target, part, progress):
                    return target
                last = "the connection closed before the end"
            except httpx.TransportError as error:
                last = str(error) or type(error).__name__
            except (httpx.RequestError, httpx.InvalidURL) as error:
                raise InputRefused(f"{url} cannot be downloaded ({error}).") from error
    have = part.stat().st_size if part.exists() else 0
    raise InputRefused(
        f"{url} did not come whole after {ATTEMPTS} tries ({last}); {have} bytes are kept, run it again."
    )


def _headers() -> dict[str, str]:
    # Without compression on the way, the announced size is the file's.
    agent = f"vigie311/{version('vigie311')} (311 operations dashboard; open-data download)"
    return {"User-Agent": agent, "Accept-Encoding": "identity"}


def _attempt(client: httpx.Client, url: str, target: Path, part: Path, progress: Progress | None) -> bool:
    """One request; whether the target is now whole."""
    have = part.stat().st_size if part.exists() else 0
    with client.stream("GET", url, headers=_conditions(url, target, part, have)) as response:
        if response.status_code == _NOT_MODIFIED:
            return True
        resumed = response.status_code == _PARTIAL
        if response.status_code == _NOT_SATISFIABLE or (resumed and _start(response) != have):
            part.unlink(missing_ok=True)
            return False
        if response.status_code not in {_OK, _PARTIAL}:
            raise InputRefused(f"{url} answers {response.status_code} {response.reason_phrase}.")
        if not resumed:  # first, so that what is there never has another version's note
            part.unlink(missing_ok=True)
            have = 0
        _remember(part, _Version(url, response.headers.get("etag"), response.headers.get("last-modified")))
        total = _announced(response, have)
        written = _write(response, part, have, progress, target.name)
    if total is not None and written < total:
        return False
    if total is not None and written > total:
        part.unlink()
        raise InputRefused(f"{url} sent {written} bytes, {total} were announced.")
    part.replace(target)
    _note(part).replace(_note(target))
    return True


def _conditions(url: str, target: Path, part: Path, have: int) -> dict[str, str]:
    known = _recalled(part if have else target)
    if known.url != url:
        return {}
    if have:
        return {"Range": f"bytes={have}-", "If-Range": known.condition} if known.condition else {}
    if target.exists() and known.etag:
        return {"If-None-Match": known.etag}
    if target.exists() and known.last_modified:
        return {"If-Modified-Since": known.last_modified}
    return {}


def _start(response: httpx.Response) -> int:
    """Where the part that a server sends begins, in bytes; -1 if it does not say."""
    begins = response.headers.get("content-range", "").removeprefix("bytes ").split("-")[0]
    return int(begins) if begins.isdigit() else -1


def _announced(response: httpx.Response, have: int) -> int | None:
    """Size of the whole file in bytes, if the server says it."""
    content_range = response.headers.get("content-range", "")
    if "/" in content_range and content_range.rsplit("/", 1)[1].isdigit():
        return int(content_range.rsplit("/", 1)[1])
    length = response.headers.get("content-length", "")
    return have + int(length) if length.isdigit() else None


def _write(response: httpx.Response, part: Path, have: int, progress: Progress | None, name: str) -> int:
    """Append to (or begin) the partial file; its size in bytes."""
    with part.open("ab" if have else "wb") as stream:
        for chunk in response.iter_raw():
            stream.write(chunk)
            have += len(chunk)
            if progress:
                progress(f"{name}: download (bytes)", have)
    return have


def _note(path: Path) -> Path:
    return path.with_name(path.name + ".json")


def _remember(path: Path, known: _Version) -> None:
    _note(path).write_text(json.dumps(asdict(known)), encoding="utf-8")


def _recalled(path: Path) -> _Version:
    try:
        return _Version(**json.loads(_note(path).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return _Version()
