"""The files of a mart: one folder per version, and a pointer to the current one.

Under the root: `current` (the name of the version to read), `VERSION/manifest.json`,
`VERSION/requests/YYYY-MM.parquet`, `VERSION/undone.parquet`, `VERSION/problems.parquet`, `VERSION/information.parquet`,
`.building-…` (a build that is not finished, or was killed) and `.lock` (held by the one build that
may run).
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from domain.errors import MartMissing

CURRENT = "current"
MANIFEST = "manifest.json"
REQUESTS_FOLDER = "requests"
UNDONE_FILE = "undone.parquet"
PROBLEMS_FILE = "problems.parquet"
INFORMATION_FILE = "information.parquet"
UNFINISHED = ".building-"

RUN_BUILD = "run `vigie build`"


class MartFile(BaseModel):
    """One month of requests."""

    model_config = ConfigDict(frozen=True)

    rows: int
    bytes: int
    first_id: int
    last_id: int
    """Smallest and largest id in it."""
    newest_event_at: datetime | None = None


class Manifest(BaseModel):
    """What one version holds and what it was built from."""

    model_config = ConfigDict(frozen=True)

    schema_version: int
    version: str
    built_at: datetime
    tick: int
    """Number of the newest writing transaction of the store that this version has seen."""
    newest_event_at: datetime | None
    requests: int
    problems: int
    recent_to: datetime | None
    """End of the 6 months of recurrence in `problems`: the newest event, or the build where that is still
    to come; None of no request."""
    parameters: dict[str, str]
    """Fingerprints of what rows were derived with; another one asks for a full build."""
    files: dict[str, MartFile]
    """By path inside the version, months in order."""

    def months(self) -> list[str]:
        """The months that have requests, `YYYY-MM`, in order."""
        return [name.removeprefix(f"{REQUESTS_FOLDER}/").removesuffix(".parquet") for name in self.files]


def month_file(month: str) -> str:
    """Path of a month's requests inside a version."""
    return f"{REQUESTS_FOLDER}/{month}.parquet"


def current_version(root: str | Path) -> str | None:
    """Name of the version that readers should open; None where nothing was published yet."""
    try:
        return (Path(root) / CURRENT).read_text(encoding="ascii").strip() or None
    except FileNotFoundError:
        return None


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a version folder.

    Raises:
        FileNotFoundError: the folder has gone.
        MartMissing: the manifest cannot be read.
    """
    text = (folder / MANIFEST).read_text(encoding="utf-8")
    try:
        return Manifest.model_validate_json(text)
    except ValidationError as error:
        raise MartMissing(f"the mart's {folder / MANIFEST} is damaged: {RUN_BUILD} --full.") from error
