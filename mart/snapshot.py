"""Opening a version of the mart, and following the mart from version to version."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

import duckdb
import ibis
import ibis.expr.types as ir
import pyarrow as pa

from domain.errors import MartMissing
from mart import ask
from mart.database import open_views, prepare
from mart.facts import Facts
from mart.layout import RUN_BUILD, Manifest, current_version, read_manifest
from mart.publish import hold
from mart.schema import SCHEMA_VERSION

ARCHIVE_AFTER = timedelta(days=2)
"""Data whose newest event is older than this is an archive: "now" is that event's time."""

_ATTEMPTS = 20
_REMEMBERED = 256

T = TypeVar("T")


class Mart:
    """One version of the mart, held against removal until `close`.

    Any thread may use it; each gets a DuckDB cursor of its own.
    """

    def __init__(self, folder: Path, manifest: Manifest, descriptor: int) -> None:
        self.folder = folder
        self.manifest = manifest
        self._descriptor: int | None = descriptor
        self._lock = threading.Lock()
        self._local = threading.local()
        self._cursors: list[duckdb.DuckDBPyConnection] = []
        self._answers: dict[Hashable, Any] = {}
        self._database = open_views(folder, manifest)
        self.facts = Facts(manifest, self._fresh_cursor)
        """What KPIs count of, in memory."""

    @property
    def version(self) -> str:
        """Name of the version; results may be cached by it, for it never changes."""
        return self.manifest.version

    @property
    def built_at(self) -> datetime:
        """When it was built (UTC)."""
        return self.manifest.built_at.astimezone(UTC)

    @property
    def newest_event_at(self) -> datetime:
        """The newest opening, status or closing in it (UTC); when it was built, if it is empty."""
        return (self.manifest.newest_event_at or self.manifest.built_at).astimezone(UTC)

    @property
    def tick(self) -> int:
        """The store's newest transaction that it has seen."""
        return self.manifest.tick

    @property
    def requests_count(self) -> int:
        """Number of requests."""
        return self.manifest.requests

    def as_of(self, now: datetime | None = None) -> datetime:
        """The T of a question that names none: now, or the newest event's time where that is over 2 days old.

        Now is given to the minute (but never before the newest event), so that answers can be cached.
        """
        now = now or datetime.now(UTC)
        newest = self.newest_event_at
        if now - newest > ARCHIVE_AFTER:
            return newest
        return min(now, max(now.replace(second=0, microsecond=0), newest))

    def table(self, name: str) -> ir.Table:
        """A table of `mart.schema` on the calling thread's backend."""
        if not hasattr(self._local, "backend"):
            self._local.backend = ibis.duckdb.from_connection(self.cursor())
        found: ir.Table = self._local.backend.table(name)
        return found

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """The calling thread's own connection."""
        cursor: duckdb.DuckDBPyConnection | None = getattr(self._local, "cursor", None)
        if cursor is None:
            with self._lock:
                cursor = self._fresh_cursor()
                self._cursors.append(cursor)
            self._local.cursor = cursor
        return cursor

    def _fresh_cursor(self) -> duckdb.DuckDBPyConnection:
        cursor = self._database.cursor()
        prepare(cursor)
        return cursor

    def run(
        self,
        build: ask.Build,
        shape: tuple[Hashable, ...],
        values: ask.Values,
        *,
        table: str = "requests",
        paged: bool = False,
    ) -> pa.Table:
        """The answer of a question on this version (see `mart.ask.run`)."""
        return ask.run(self.cursor(), build, shape, values, table=table, paged=paged)

    def remembered(self, key: Hashable, compute: Callable[[], T]) -> T:
        """A small answer, computed once: the version never changes, so neither does it."""
        with self._lock:
            if key in self._answers:
                found: T = self._answers[key]
                return found
        answer = compute()
        with self._lock:
            if len(self._answers) >= _REMEMBERED:
                self._answers.pop(next(iter(self._answers)))
            self._answers[key] = answer
        return answer

    def stream(
        self, build: ask.Build, shape: tuple[Hashable, ...], values: ask.Values, *, table: str = "requests"
    ) -> Iterator[pa.RecordBatch]:
        """A long answer batch by batch, on a connection of its own; hold the mart until the last one."""
        with self._lock:
            cursor = self._fresh_cursor()
        try:
            yield from ask.stream(cursor, build, shape, values, table)
        finally:
            cursor.close()

    def close(self) -> None:
        """Let go of the version; it may then be removed."""
        with self._lock:
            if self._descriptor is None:
                return
            os.close(self._descriptor)
            self._descriptor = None
            for cursor in self._cursors:
                cursor.close()
            self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_mart(root: str | Path) -> Mart:
    """The current version of the mart in a folder.

    Raises:
        MartMissing: there is none, or it is damaged or of another schema; the sentence says what to run.
    """
    for _ in range(_ATTEMPTS):
        version = current_version(root)
        if version is None:
            raise MartMissing(f"there is no mart in {root} yet: {RUN_BUILD}.")
        folder = Path(root) / version
        try:
            descriptor = hold(folder)
        except FileNotFoundError:
            continue  # a build replaced and removed it since we read the pointer
        try:
            return _opened(folder, descriptor)
        except BaseException:
            os.close(descriptor)
            raise
    raise MartMissing(f"the version {version} that {root} names is not there: {RUN_BUILD} --full.")


class MartReader:
    """Follows a mart: every lease is on the newest version, and an old one closes with its last lease."""

    def __init__(self, root: str | Path) -> None:
        self.root = Path(root)
        self._lock = threading.Lock()
        self._mart: Mart | None = None
        self._leases: dict[str, int] = {}
        self._old: dict[str, Mart] = {}

    def get(self) -> Mart:
        """The newest version, without a lease: for a look at its facts.

        Raises:
            MartMissing: see `open_mart`.
        """
        with self._lock:
            return self._newest()

    @contextmanager
    def lease(self) -> Iterator[Mart]:
        """The newest version, held while the block runs whatever is published meanwhile.

        Raises:
            MartMissing: see `open_mart`.
        """
        with self._lock:
            mart = self._newest()
            self._leases[mart.version] = self._leases.get(mart.version, 0) + 1
        try:
            yield mart
        finally:
            with self._lock:
                self._leases[mart.version] -= 1
                self._close_unleased()

    def close(self) -> None:
        """Close every version that no lease holds; the others close with their last lease."""
        with self._lock:
            if self._mart is not None:
                self._old[self._mart.version] = self._mart
                self._mart = None
            self._close_unleased()

    def _newest(self) -> Mart:
        if self._mart is None or current_version(self.root) != self._mart.version:
            newest = open_mart(self.root)
            if self._mart is not None:
                self._old[self._mart.version] = self._mart
            self._mart = newest
            self._close_unleased()
        return self._mart

    def _close_unleased(self) -> None:
        for version in [name for name in self._old if not self._leases.get(name)]:
            self._old.pop(version).close()
            self._leases.pop(version, None)


def _opened(folder: Path, descriptor: int) -> Mart:
    manifest = read_manifest(folder)
    if manifest.schema_version != SCHEMA_VERSION:
        raise MartMissing(
            f"the mart in {folder.parent} has schema {manifest.schema_version}, "
            f"this program reads {SCHEMA_VERSION}: {RUN_BUILD} --full."
        )
    return Mart(folder, manifest, descriptor)
