"""Whether a build can go on from the version before, and with what."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from domain import activities
from domain.errors import MartMissing
from etl.build.view import View
from geo.boroughs import BOROUGHS_FILE, FOLDER, SECTORS_FILE
from geo.dedup import RULES
from geo.dedup.parameters import FILE as PARAMETERS_FILE
from mart.layout import Manifest, current_version, read_manifest
from mart.schema import SCHEMA_VERSION

LARGE_SHARE = 0.25
"""From so many changes per request there, writing everything is as fast as finding what to write."""

MOST_CHANGES = 200_000
"""Changes are held in memory at once (about 300 bytes each)."""

FEW_CHANGES = 1_000
"""So few are never worth a full build."""


@dataclass(frozen=True)
class Plan:
    """What to do: nothing, an incremental build on `base`, or (without it) a full one for a reason."""

    base: Manifest | None
    reason: str
    changes: int


def plan_for(root: Path, now: View, full: bool) -> Plan:
    """How to bring the mart to the state that a view of the store shows."""
    if full:
        return Plan(None, "asked for", 0)
    base = _current(root)
    if base is None:
        return Plan(None, "there was no mart that could be read", 0)
    reason = _obstacle(base, now)
    if reason:
        return Plan(None, reason, 0)
    changes = now.changed_count(base.tick)
    if changes > max(FEW_CHANGES, min(MOST_CHANGES, LARGE_SHARE * base.requests)):
        return Plan(None, f"{changes:,} requests changed", 0)
    return Plan(base, "", changes)


def parameters(now: View) -> dict[str, str]:
    """Fingerprints of what the rows of a version were derived with."""
    return {
        "activities": activities.labels_fingerprint(),
        "boundaries": boundaries_fingerprint(),
        "grouping": grouping_fingerprint(),
        "store": now.history(now.tick),
    }


def boundaries_fingerprint(folder: Path = FOLDER) -> str:
    """Changes whenever the shapes of boroughs or sectors change."""
    digest = hashlib.sha256()
    for name in (BOROUGHS_FILE, SECTORS_FILE):
        path = folder / name
        digest.update(path.read_bytes() if path.exists() else b"")
    return digest.hexdigest()[:16]


def grouping_fingerprint() -> str:
    """Changes whenever requests would be grouped otherwise."""
    return f"{RULES}-{hashlib.sha256(PARAMETERS_FILE.read_bytes()).hexdigest()[:16]}"


def _obstacle(base: Manifest, now: View) -> str:
    """Why the version before is of no use; empty if it is."""
    if base.schema_version != SCHEMA_VERSION:
        return f"the mart had schema {base.schema_version}"
    derived = parameters(now)
    if base.parameters.get("activities") != derived["activities"]:
        return "the labels of activities changed"
    if base.parameters.get("boundaries") != derived["boundaries"]:
        return "the shapes of boroughs or sectors changed"
    if base.parameters.get("grouping") != derived["grouping"]:
        return "the rules or parameters of duplicates changed"
    if base.tick > now.tick or base.parameters.get("store") != now.history(base.tick):
        return "the mart was built from another store"
    return ""


def _current(root: Path) -> Manifest | None:
    version = current_version(root)
    if version is None:
        return None
    try:
        manifest = read_manifest(root / version)
    except (FileNotFoundError, MartMissing):
        return None
    complete = all((root / version / name).exists() for name in manifest.files)
    return manifest if complete else None
