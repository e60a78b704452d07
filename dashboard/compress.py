"""Compressed answers: scripts and styles once, everything else as it passes.

The bundles of the component libraries are 2 MB of script that never changes under its address.
Compressing them for each reader would cost more time than it saves.
"""

from __future__ import annotations

import gzip
from collections.abc import MutableMapping

from starlette.datastructures import Headers
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

FOREVER = b"public, max-age=31536000, immutable"
_MINIMUM_BYTES = 800
_LEVEL = 6
_KEPT = 200
_SUITES = "/_dash-component-suites/"


class Compressed:
    """ASGI middleware: gzip, with what is immutable kept compressed in memory."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.passing = GZipMiddleware(app, minimum_size=_MINIMUM_BYTES, compresslevel=4)
        self.kept: MutableMapping[str, list[Message]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer from memory, or compress."""
        if scope["type"] != "http" or scope["method"] != "GET" or not _immutable(scope):
            await self.passing(scope, receive, send)
            return
        if "gzip" not in Headers(scope=scope).get("accept-encoding", ""):
            await self.app(scope, receive, send)
            return
        key = f"{scope['path']}?{scope['query_string'].decode('latin-1')}"
        if key not in self.kept:
            answer = await _collect(self.app, scope, receive)
            if answer[0]["status"] != 200 or len(self.kept) >= _KEPT:  # noqa: PLR2004 - HTTP's "OK"
                await _replay(answer, send)
                return
            self.kept[key] = _compressed(answer)
        await _replay(self.kept[key], send)


def _immutable(scope: Scope) -> bool:
    """A fingerprinted bundle, or an asset with its time of change in the address."""
    path: str = scope["path"]
    return path.startswith(_SUITES) or (
        path.startswith("/assets/") and scope["query_string"].startswith(b"m=")
    )


async def _collect(app: ASGIApp, scope: Scope, receive: Receive) -> list[Message]:
    start: Message = {}
    body: list[bytes] = []

    async def take(message: Message) -> None:
        if message["type"] == "http.response.start":
            start.update(message)
        elif message["type"] == "http.response.body":
            body.append(message.get("body", b""))

    await app(scope, receive, take)
    return [start, {"type": "http.response.body", "body": b"".join(body)}]


def _compressed(answer: list[Message]) -> list[Message]:
    start, body = answer
    packed = gzip.compress(body["body"], compresslevel=_LEVEL, mtime=0)
    dropped = {b"content-length", b"cache-control", b"content-encoding", b"vary"}
    headers = [(name, value) for name, value in start["headers"] if name.lower() not in dropped]
    headers += [
        (b"content-length", str(len(packed)).encode()),
        (b"content-encoding", b"gzip"),
        (b"vary", b"Accept-Encoding"),
        (b"cache-control", FOREVER),
    ]
    return [{**start, "headers": headers}, {**body, "body": packed}]


async def _replay(answer: list[Message], send: Send) -> None:
    for message in answer:
        await send(message)
