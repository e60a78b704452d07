"""Answering a feed: validators first, then the query, then bytes that are kept compressed.

An answer is fixed by the mart's version and the question, so its ETag is known before any query is
run, and a reader who has it gets 304 for the price of reading a file name.
"""

from __future__ import annotations

import functools
import gzip
import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, ParamSpec

import brotli
import orjson
from fastapi import Request, Response

from dashboard.feeds.question import PageQuery, Question, boxed, read
from dashboard.services import Services
from domain.errors import InputRefused, MartMissing, VigieError
from mart.snapshot import Mart

P = ParamSpec("P")

Make = Callable[[Mart, Question], Any]
"""What orjson can write, or bytes to send as they are, from a mart and a question."""

GEOJSON = "application/geo+json"
JSON = "application/json"
PRIVATE = "private, no-cache"
"""Kept by one person's browser, which asks each time whether it still holds."""

_KEPT_BYTES = 48 * 2**20
_MINIMUM_BYTES = 600  # below, compressing saves no packet
_BROTLI_QUALITY, _GZIP_LEVEL = 4, 5
_OPTIONS = orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_UTC_Z


class Packed(NamedTuple):
    """A body as it goes out, and how it is encoded ("" for not at all)."""

    body: bytes
    encoding: str


class Bodies:
    """Bodies by ETag and encoding, the least recently used dropped first."""

    def __init__(self, most_bytes: int = _KEPT_BYTES) -> None:
        self._most_bytes = most_bytes
        self._bytes = 0
        self._bodies: OrderedDict[tuple[str, str], Packed] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, tag: str, encoding: str) -> Packed | None:
        """A kept body, for a reader that takes an encoding."""
        with self._lock:
            found = self._bodies.get((tag, encoding))
            if found is not None:
                self._bodies.move_to_end((tag, encoding))
            return found

    def put(self, tag: str, encoding: str, packed: Packed) -> None:
        """Keep a body."""
        with self._lock:
            before = self._bodies.pop((tag, encoding), None)
            self._bodies[tag, encoding] = packed
            self._bytes += len(packed.body) - (len(before.body) if before else 0)
            while self._bytes > self._most_bytes:
                self._bytes -= len(self._bodies.popitem(last=False)[1].body)


async def answer(
    request: Request, services: Services, kept: Bodies, query: PageQuery, make: Make,
    *, feed: str, media_type: str = JSON, **extra: Any,
) -> Response:  # fmt: skip
    """The answer of `make` to a page's query, in a thread of the pool.

    `extra` is what the feed takes beside the filters; a `bbox` among it is a text, and a box in the question.
    """
    return await services.run(_answer, request, services, kept, query, make, feed, media_type, extra)


def refused(status: int, error: VigieError | str, code: str = "refused") -> Response:
    """An error that says what to mend: a sentence for developers, a code that screens have words for."""
    body = orjson.dumps({"detail": str(error), "code": getattr(error, "code", code)})
    return Response(body, status, {"Cache-Control": "no-store"}, JSON)


def refusing(respond: Callable[P, Response]) -> Callable[P, Response]:
    """`respond`, with a refusal for what it raises: 422 for what cannot be asked, 503 where there is no mart."""

    @functools.wraps(respond)
    def answered(*args: P.args, **kwargs: P.kwargs) -> Response:
        try:
            return respond(*args, **kwargs)
        except InputRefused as error:
            return refused(422, error)
        except MartMissing as error:
            return refused(503, error)

    return answered


def tagged(
    request: Request, tag: str, media_type: str, body: Callable[[], bytes], kept: Bodies, cache: str
) -> Response:
    """304 where the reader has it, else the body in an encoding that the reader takes."""
    headers = {"ETag": tag, "Cache-Control": cache, "Vary": "Accept-Encoding"}
    if _has(request.headers.get("if-none-match"), tag):
        return Response(None, 304, headers)
    accepted = _encoding(request.headers.get("accept-encoding", ""))
    packed = kept.get(tag, accepted)
    if packed is None:
        packed = _packed(body(), accepted)
        kept.put(tag, accepted, packed)
    if packed.encoding:
        headers["Content-Encoding"] = packed.encoding
    return Response(packed.body, 200, headers, media_type)


def fingerprint(text: str | bytes) -> str:
    """A short digest."""
    data = text.encode() if isinstance(text, str) else text
    return hashlib.blake2b(data, digest_size=12).hexdigest()


@refusing
def _answer(
    request: Request, services: Services, kept: Bodies, query: PageQuery, make: Make,
    feed: str, media_type: str, extra: Mapping[str, Any],
) -> Response:  # fmt: skip
    asked = boxed(extra)
    with services.reader.lease() as mart:
        question = read(query, mart, asked)
        tag = f'W/"{fingerprint(question.identity(feed))}"'

        def body() -> bytes:
            made = make(mart, question)
            return made if isinstance(made, bytes) else orjson.dumps(made, option=_OPTIONS)

        return tagged(request, tag, media_type, body, kept, PRIVATE)


def _has(if_none_match: str | None, tag: str) -> bool:
    """Whether a reader's validators hold this one (weak comparison, RFC 9110)."""
    if not if_none_match:
        return False
    given = {part.strip().removeprefix("W/") for part in if_none_match.split(",")}
    return "*" in given or tag.removeprefix("W/") in given


def _encoding(accepted: str) -> str:
    """The best encoding that a reader takes: br, gzip, or none."""
    offered = {part.split(";")[0].strip().lower(): part.replace(" ", "") for part in accepted.split(",")}
    for encoding in ("br", "gzip"):
        if encoding in offered and not offered[encoding].endswith((";q=0", ";q=0.0")):
            return encoding
    return ""


def _packed(body: bytes, encoding: str) -> Packed:
    if len(body) < _MINIMUM_BYTES or not encoding:
        return Packed(body, "")
    if encoding == "br":
        return Packed(brotli.compress(body, quality=_BROTLI_QUALITY), encoding)
    return Packed(gzip.compress(body, _GZIP_LEVEL, mtime=0), encoding)
