"""Downloading a published file: it resumes where it broke off, and its size is checked."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
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
    if urlsplit(file).scheme not in {"http", "https"}:
        return Path(file)
    folder = Path(settings.mart).parent / "downloads"
    name = Path(urlsplit(file).path).name or "download.csv"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return download(file, folder / f"{source.name}-{name}", progress)
    except OSError as error:
        raise InputRefused(f"{file} cannot be kept in {folder}: {error.strerror}.") from error


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
    with client.stream("GET", url, headers=_conditions(target, part, have)) as response:
        if response.status_code == _NOT_MODIFIED:
            return True
        if response.status_code == _NOT_SATISFIABLE:
            part.unlink(missing_ok=True)
            return False
        if response.status_code not in {_OK, _PARTIAL}:
            raise InputRefused(f"{url} answers {response.status_code} {response.reason_phrase}.")
        have = have if response.status_code == _PARTIAL else 0
        _remember(part, _Version(response.headers.get("etag"), response.headers.get("last-modified")))
        total = _announced(response, have)
        written = _write(response, part, have, progress, target.name)
    if total is not None and written < total:
        return False
    if total is not None and written > total:
        part.unlink()
        raise InputRefused(f"{url} sent {written} bytes, {total} were announced.")
    _note(part).replace(_note(target))
    part.replace(target)
    return True


def _conditions(target: Path, part: Path, have: int) -> dict[str, str]:
    if have:
        known = _recalled(part)
        return {"Range": f"bytes={have}-", "If-Range": known.condition} if known.condition else {}
    known = _recalled(target)
    if target.exists() and known.etag:
        return {"If-None-Match": known.etag}
    if target.exists() and known.last_modified:
        return {"If-Modified-Since": known.last_modified}
    return {}


def _announced(response: httpx.Response, have: int) -> int | None:
    """Size of the whole file in bytes, if the server says it."""
    content_range = response.headers.get("content-range", "")
    if "/" in content_range and content_range.rsplit("/", 1)[1].isdigit():
        return int(content_range.rsplit("/", 1)[1])
    length = response.headers.get("content-length", "")
    return have + int(length) if length.isdigit() else None


def _write(response: httpx.Response, part: Path, have: int, progress: Progress | None, name: str) -> int:
    """Append (or begin) the partial file; its size in bytes, whether or not the connection held."""
    with part.open("ab" if have else "wb") as stream:
        try:
            for chunk in response.iter_raw():
                stream.write(chunk)
                have += len(chunk)
                if progress:
                    progress(f"{name}: download (bytes)", have)
        except httpx.TransportError:
            return have
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
