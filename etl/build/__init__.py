"""`vigie build`: from the request store to a new version of the mart.

A build looks at the store as it was at one tick. A full one writes every month; an incremental one
writes only the months in which something changed since the version before, and takes the other
files over as they are. Both give the same content.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypedDict

from sqlalchemy import Engine

from domain.errors import InputRefused
from domain.settings import Settings
from etl.build.full import write_all
from etl.build.incremental import write_changed
from etl.build.plan import Plan, parameters, plan_for
from etl.build.view import View, view
from mart.geoparquet import write_information
from mart.layout import INFORMATION_FILE, Manifest
from mart.months import read_information
from mart.publish import build_lock, draft, publish
from mart.writer import manifest_of
from store.engine import open_store

Progress = Callable[[str, int, int | None], None]
"""Called with what is being done, how many requests of it so far, and how many in all."""


class BuildResult(TypedDict):
    """What a build did."""

    version: str
    requests: int
    problems: int
    """None yet: problems come with their own step."""
    incremental: bool
    published: bool
    """False: nothing had changed, and `version` is the one before."""
    changed: int
    """Requests that an incremental build took from the store."""
    reason: str
    """Why the build was a full one; empty if it was not."""
    seconds: float


def build(settings: Settings, *, full: bool = False, progress: Progress | None = None) -> BuildResult:
    """Publish the store as a new version of the mart, unless nothing changed.

    Raises:
        InputRefused: VIGIE_MART is no folder.
        StoreUnavailable: the store cannot be read.
        VigieError: another build is at it, or the mart cannot be written; it is as it was before.
    """
    started = time.perf_counter()
    if "://" in settings.mart:
        raise InputRefused(f"VIGIE_MART has to be a folder, not {settings.mart!r}.")
    root = Path(settings.mart)
    engine = open_store(settings.store)
    try:
        with build_lock(root), view(engine) as now:
            plan = plan_for(root, now, full)
            manifest, published = _publish(engine, root, now, plan, progress)
    finally:
        engine.dispose()
    return BuildResult(
        version=manifest.version,
        requests=manifest.requests,
        problems=0,
        incremental=plan.base is not None,
        published=published,
        changed=plan.changes,
        reason=plan.reason,
        seconds=round(time.perf_counter() - started, 3),
    )


def _publish(
    engine: Engine, root: Path, now: View, plan: Plan, progress: Progress | None
) -> tuple[Manifest, bool]:
    information = now.information()
    old = root / plan.base.version if plan.base else None
    if plan.base and old and not plan.changes and information.equals(read_information(old)):
        return plan.base, False
    with draft(root) as folder:
        if plan.base and old:
            files = write_changed(now, plan.base, old, folder)
        else:
            files = write_all(engine, now, folder, _counter(progress))
        write_information(information, folder / INFORMATION_FILE)
        manifest = manifest_of(folder, files, now.tick, parameters(now))
        publish(root, folder, manifest)
    return manifest, True


def _counter(progress: Progress | None) -> Callable[[int], None]:
    """Sums up the requests that several threads wrote."""
    lock, written = threading.Lock(), 0

    def wrote(n: int) -> None:
        nonlocal written
        with lock:
            written += n
            if progress is not None:
                progress("requests", written, None)

    return wrote
