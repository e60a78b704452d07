"""`vigie build`: from the request store to a new version of the mart.

A build looks at the store as it was at one tick. A full one writes every month; an incremental one
writes only the months in which something changed since the version before, and takes the other
files over as they are. Both give the same content (but where the newest event is still to come: the
six months of recurrence then end with the build).
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
from etl.build.groups import Groups, all_groups, groups_again
from etl.build.incremental import changed_rows, undone_since, write_changed
from etl.build.plan import Plan, parameters, plan_for
from etl.build.view import View, view
from etl.targets import retarget
from mart.layout import Manifest
from mart.months import read_information
from mart.publish import build_lock, draft, publish
from mart.writer import Since, finish
from store.engine import open_store

Progress = Callable[[str, int, int | None], None]
"""Called with what is being done, how many requests of it so far, and how many in all."""


class BuildResult(TypedDict):
    """What a build did."""

    version: str
    requests: int
    problems: int
    moved: int
    """Unchanged requests that an incremental build found in other groups, because of those that changed."""
    alone: dict[str, int]
    """Requests at no place, which are in no problem, by their precision."""
    odd: dict[str, int]
    """Requests whose times cannot be, by what is wrong with them."""
    incremental: bool
    published: bool
    """False: nothing had changed, and `version` is the one before."""
    changed: int
    """Requests that an incremental build took from the store."""
    retargeted: int
    """Open requests that got another due date first, because targets or days off are others."""
    reason: str
    """Why the build was a full one; empty if it was not."""
    seconds: float


def build(settings: Settings, *, full: bool = False, progress: Progress | None = None) -> BuildResult:
    """Publish the store as a new version of the mart, unless nothing changed.

    Raises:
        InputRefused: VIGIE_MART is no folder.
        StoreUnavailable: the store cannot be read, or not written although targets or days off changed.
        VigieError: another build is at it, or the mart cannot be written; it is as it was before.
    """
    started = time.perf_counter()
    if "://" in settings.mart:
        raise InputRefused(f"VIGIE_MART has to be a folder, not {settings.mart!r}.")
    root = Path(settings.mart)
    engine = open_store(settings.store)
    try:
        with build_lock(root):
            retargeted = retarget(engine)
            with view(engine) as now:
                plan = plan_for(root, now, full)
                manifest, groups = _publish(engine, root, now, plan, progress)
    finally:
        engine.dispose()
    return BuildResult(
        version=manifest.version,
        requests=manifest.requests,
        problems=manifest.problems,
        moved=len(groups.moved) if groups else 0,
        alone=groups.alone if groups else {},
        odd=groups.odd if groups else {},
        incremental=plan.base is not None,
        published=groups is not None,
        changed=plan.changes,
        retargeted=retargeted.changed,
        reason=plan.reason,
        seconds=round(time.perf_counter() - started, 3),
    )


def _publish(
    engine: Engine, root: Path, now: View, plan: Plan, progress: Progress | None
) -> tuple[Manifest, Groups | None]:
    """The version that readers now see, and its groups; without these it is the one before."""
    information = now.information()
    old = root / plan.base.version if plan.base else None
    if plan.base and old and not plan.changes and information.equals(read_information(old)):
        return plan.base, None
    if progress is not None:
        progress("groups", 0, None)
    with draft(root) as folder:
        if plan.base and old:
            changed, spells = changed_rows(now, plan.base)
            groups = groups_again(now, old, plan.base.files, changed)
            files = write_changed(changed, groups, plan.base, old, folder)
            undone = undone_since(old, changed, spells, groups)
            since = Since(old, plan.base, groups.problems)
        else:
            groups = all_groups(now)
            files, undone = write_all(engine, now, groups, folder, _counter(progress))
            since = None
        manifest = finish(folder, files, undone, information, now.tick, parameters(now), since)
        publish(root, folder, manifest)
    return manifest, groups


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
