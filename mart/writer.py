"""A whole version at once, and the manifest of any."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa

from mart.geoparquet import write_information
from mart.layout import INFORMATION_FILE, Manifest, MartFile, month_file
from mart.months import months_of, ordered, write_month
from mart.publish import build_lock, draft, publish, version_of
from mart.schema import INFORMATION, SCHEMA_VERSION


def manifest_of(
    folder: Path, files: Mapping[str, MartFile], tick: int, parameters: Mapping[str, str]
) -> Manifest:
    """The manifest of a draft whose month files are these (by path inside it)."""
    newest = [file.newest_event_at for file in files.values() if file.newest_event_at is not None]
    return Manifest(
        schema_version=SCHEMA_VERSION,
        version=version_of(folder),
        built_at=datetime.now(UTC),
        tick=tick,
        newest_event_at=max(newest, default=None),
        requests=sum(file.rows for file in files.values()),
        parameters=dict(parameters),
        files=dict(sorted(files.items())),
    )


def publish_tables(
    root: Path,
    requests: pa.Table,
    information: pa.Table | None = None,
    tick: int = 0,
    parameters: Mapping[str, str] | None = None,
) -> Manifest:
    """Publish tables of `mart.schema` as a new version (requests in any order).

    Raises:
        VigieError: see `mart.publish`.
    """
    rows = ordered(requests)
    months = months_of(rows["opened_at"])
    with build_lock(root), draft(root) as folder:
        files = {}
        for month in np.unique(months):
            first, last = np.searchsorted(months, [month, month + 1])
            files[month_file(str(month))] = write_month(folder, str(month), rows.slice(first, last - first))
        write_information(information or INFORMATION.empty_table(), folder / INFORMATION_FILE)
        manifest = manifest_of(folder, files, tick, parameters or {})
        publish(root, folder, manifest)
    return manifest
