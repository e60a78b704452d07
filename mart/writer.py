"""A whole version at once, and the manifest of any."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from mart.geoparquet import write_information, write_problems, write_undone
from mart.layout import INFORMATION_FILE, PROBLEMS_FILE, UNDONE_FILE, Manifest, MartFile, month_file
from mart.months import months_of, ordered, write_month
from mart.problems import Before, problems_again, problems_of, window_to
from mart.publish import build_lock, draft, publish, version_of
from mart.schema import INFORMATION, PROBLEMS, SCHEMA_VERSION, SPELLS


@dataclass(frozen=True, slots=True, eq=False)
class Since:
    """A version before a draft, and the problems that its requests came to or went from since."""

    folder: Path
    manifest: Manifest
    touched: npt.NDArray[np.int64]

    def before(self) -> Before:
        """What its problems were."""
        window = window_to(self.manifest.recent_to, self.manifest.built_at)
        return Before(pq.read_table(self.folder / PROBLEMS_FILE).cast(PROBLEMS), window, self.touched)


def finish(
    folder: Path,
    files: Mapping[str, MartFile],
    undone: pa.Table,
    information: pa.Table,
    tick: int,
    parameters: Mapping[str, str],
    since: Since | None = None,
) -> Manifest:
    """Add to a draft whose month files are these (by path inside it) what follows from them; its manifest.

    `undone` are the earlier spells of their requests (columns of `schema.SPELLS`, in order).
    `since` spares summing up problems that no request touched since another version.
    """
    newest = max((f.newest_event_at for f in files.values() if f.newest_event_at is not None), default=None)
    built_at = datetime.now(UTC)
    window = window_to(newest, built_at)
    problems = (
        problems_again(folder, files, window, since.before()) if since else problems_of(folder, files, window)
    )
    write_undone(undone, folder / UNDONE_FILE)
    write_problems(problems, folder / PROBLEMS_FILE)
    write_information(information, folder / INFORMATION_FILE)
    return Manifest(
        schema_version=SCHEMA_VERSION,
        version=version_of(folder),
        built_at=built_at,
        tick=tick,
        newest_event_at=newest,
        requests=sum(file.rows for file in files.values()),
        problems=problems.num_rows,
        recent_to=window.last if newest else None,
        parameters=dict(parameters),
        files=dict(sorted(files.items())),
    )


def publish_tables(
    root: Path,
    requests: pa.Table,
    information: pa.Table | None = None,
    tick: int = 0,
    parameters: Mapping[str, str] | None = None,
    undone: pa.Table | None = None,
) -> Manifest:
    """Publish tables of `mart.schema` as a new version (requests in any order).

    Raises:
        VigieError: see `mart.publish`.
    """
    months = months_of(requests["opened_at"])
    with build_lock(root), draft(root) as folder:
        files = {}
        for month in np.unique(months):
            mine = ordered(requests.filter(pa.array(months == month)))
            files[month_file(str(month))] = write_month(folder, str(month), mine)
        calls = INFORMATION.empty_table() if information is None else information
        spells = SPELLS.empty_table() if undone is None else undone
        manifest = finish(folder, files, spells, calls, tick, parameters or {})
        publish(root, folder, manifest)
    return manifest
