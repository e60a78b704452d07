"""`vigie ingest`: files of a source into the request store.

Each file is read, checked and staged on disk first; only then is the store written, in one
transaction. Whatever goes wrong before leaves the store untouched, whatever goes wrong in it is
rolled back.
"""

from __future__ import annotations

import errno
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from domain.errors import InputRefused, StoreUnavailable
from domain.settings import Settings
from etl.extract import raw_batches
from etl.files import FileFacts, facts_of
from etl.hints import swapped_sentence
from etl.portal import fetched
from etl.source import Source, load_source
from etl.stage import Stage
from etl.targets import retarget
from etl.transform.rows import Context, now_seconds, transformed
from store.engine import open_store
from store.load import LoadInput, load

MAX_REJECTED_SHARE = 0.05
SWAPPED_SHARE = 0.5
"""From this share of points that fit only with their coordinates swapped, the file is refused."""

Progress = Callable[[str, int], None]
"""Called with what is being done and the rows of it so far."""


def ingest(
    settings: Settings,
    source_name: str,
    files: Sequence[str | Path] = (),
    *,
    from_portal: bool = False,
    max_rejected_share: float = MAX_REJECTED_SHARE,
    now: datetime | None = None,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Load files (paths or http URLs), one after the other, each all or nothing.

    Returns:
        Sums over the files: read, inserted, updated, unchanged, repeated (the same id again in
        one file), information, rejected ({reason: n}), retargeted (open requests that first got the
        targets and days off of today), seconds; and `files`, one entry each.

    Raises:
        InputRefused: a file cannot be taken; files before it stay loaded.
        StoreUnavailable: the store failed; it is as it was before that file.
    """
    started = time.perf_counter()
    source = load_source(source_name)
    if not 0 <= max_rejected_share <= 1:
        raise InputRefused(f"the share of rejected rows goes from 0 to 1, not {max_rejected_share}.")
    paths = [fetched(file, source, settings, progress) for file in _wanted(files, source, from_portal)]
    engine = open_store(settings.store)
    try:
        results = [
            _ingest_file(engine, source, path, max_rejected_share, now, progress or _silent) for path in paths
        ]
    finally:
        engine.dispose()
    return {**_summed(results), "files": results, "seconds": round(time.perf_counter() - started, 3)}


def _wanted(files: Sequence[str | Path], source: Source, from_portal: bool) -> list[str]:
    wanted = [str(file) for file in files]
    if from_portal:
        if source.portal is None:
            raise InputRefused(f"the source {source.name} names no portal to download from.")
        wanted.append(source.portal.url)
    if not wanted:
        raise InputRefused("there is no file to load: name one, or ask for --from-portal.")
    return wanted


def _ingest_file(
    engine: Engine,
    source: Source,
    path: Path,
    max_rejected_share: float,
    now: datetime | None,
    progress: Progress,
) -> dict[str, Any]:
    started, started_at = time.perf_counter(), now or datetime.now(tz=UTC)
    facts = facts_of(path)
    context = Context(source, now_seconds(started_at), with_srid=engine.dialect.name != "sqlite")
    with _disk_explained(), closing(Stage()) as stage:
        for raw in raw_batches(path, source):
            stage.add(transformed(raw, context))
            progress(f"{facts.name}: read", stage.read)
        stage.finish()
        _refuse_implausible(facts, source, stage, max_rejected_share)
        progress(f"{facts.name}: write", stage.read)
        # What this file closes keeps the target that it had: that of today, as if a build had been here first.
        retargeted = retarget(engine).changed
        result = load(engine, _load_input(facts, source, stage, started_at))
        return {
            "file": facts.name,
            "read": stage.read,
            "inserted": result.inserted,
            "updated": result.updated,
            "unchanged": result.unchanged,
            "repeated": stage.repeated_rows,
            "information": sum(stage.information.values()),
            "rejected": dict(stage.rejected_by_reason),
            "faults": stage.faults.rows,
            "retargeted": retargeted,
            "load": result.load_id,
            "seconds": round(time.perf_counter() - started, 3),
        }


def _refuse_implausible(facts: FileFacts, source: Source, stage: Stage, max_rejected_share: float) -> None:
    points = stage.placed + stage.outside_swapped
    if points and stage.outside_swapped / points >= SWAPPED_SHARE:
        raise InputRefused(swapped_sentence(facts.name, source, stage.outside_swapped / points))
    if stage.read == 0:
        raise InputRefused(f"{facts.name}: the file has a header and no rows.")
    share = stage.rejected_rows / stage.read
    if share > max_rejected_share:
        (reason, n), *_ = stage.rejected_by_reason.most_common(1)
        line = stage.first_rejected_line(reason)
        raise InputRefused(
            f"{facts.name}: {share:.1%} of the rows would be rejected ({n} for: {reason}; the first at "
            f"line {line}), more than {max_rejected_share:.1%}; nothing was loaded."
        )


def _load_input(facts: FileFacts, source: Source, stage: Stage, started_at: datetime) -> LoadInput:
    return LoadInput(
        source=source.name,
        file_name=facts.name,
        file_bytes=facts.size_bytes,
        file_sha256=facts.sha256,
        started_at=started_at,
        requests=stage.kept_requests,
        faults=stage.kept_faults,
        rejected=stage.rejected.batches,
        information=stage.information,
        read=stage.read,
        rejected_rows=stage.rejected_rows,
    )


def _summed(results: list[dict[str, Any]]) -> dict[str, Any]:
    names = ("read", "inserted", "updated", "unchanged", "repeated", "information", "faults", "retargeted")
    rejected: Counter[str] = Counter()
    for result in results:
        rejected.update(result["rejected"])
    return {**{name: sum(r[name] for r in results) for name in names}, "rejected": dict(rejected)}


@contextmanager
def _disk_explained() -> Iterator[None]:
    """Say in a sentence that the working files have no room in the folder for temporary files."""
    try:
        yield
    except OSError as error:
        # Where every such folder is full, Python says that there is none (ENOENT).
        if error.errno not in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.ENOENT}:
            raise
        raise StoreUnavailable(
            f"the disk is full: no room for the working file ({error.strerror}); TMPDIR may name another "
            "folder for it; the store is as it was before."
        ) from error


def _silent(_what: str, _rows: int) -> None:
    """No progress is wanted."""
