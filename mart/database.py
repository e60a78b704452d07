"""DuckDB over the files of one version."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import duckdb

from domain.errors import MartMissing
from mart.layout import INFORMATION_FILE, PROBLEMS_FILE, RUN_BUILD, UNDONE_FILE, Manifest
from mart.schema import REQUESTS, SPELLS

_SETTINGS = (
    "SET TimeZone = 'UTC'",
    "SET parquet_metadata_cache = true",  # the files never change: their footers are read once
    "SET enable_geoparquet_conversion = false",  # WKB stays bytes, for which Ibis needs no extension
    "SET autoinstall_known_extensions = false",
    "SET autoload_known_extensions = false",
    "SET enable_progress_bar = false",  # it would stand among what `--json` prints
)

_FILES = {"undone": UNDONE_FILE, "problems": PROBLEMS_FILE, "information": INFORMATION_FILE}
_SPELLS = (
    f"CREATE VIEW spells AS SELECT {', '.join(REQUESTS.names)}, NULL::TIMESTAMPTZ AS undone_at FROM requests "
    f"UNION ALL SELECT {', '.join(SPELLS.names)} FROM undone"
)


def open_views(folder: Path, manifest: Manifest) -> duckdb.DuckDBPyConnection:
    """A DuckDB in memory whose views are the files of a version.

    Raises:
        MartMissing: a file is damaged or missing.
    """
    database = duckdb.connect()
    prepare(database)
    try:
        view_requests(database, folder, manifest.files)
        for name, file in _FILES.items():
            database.read_parquet(str(folder / file)).create_view(name)
        database.execute(_SPELLS)
    except duckdb.Error as error:
        database.close()
        raise MartMissing(
            f"a file of the mart in {folder} is damaged or missing: {RUN_BUILD} --full."
        ) from error
    return database


def view_requests(database: duckdb.DuckDBPyConnection, folder: Path, files: Iterable[str]) -> None:
    """Make the view `requests` of the month files of a version, or of a draft of one."""
    months = [str(folder / name) for name in files]
    if months:
        database.read_parquet(months).create_view("requests")
    else:
        database.from_arrow(REQUESTS.empty_table()).create("requests")


def prepare(connection: duckdb.DuckDBPyConnection) -> None:
    """Give a connection or cursor its settings."""
    for setting in _SETTINGS:
        connection.execute(setting)
