"""The way to data that lives beside the project and not in it (real samples)."""

from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]


def shared_data(*parts: str) -> Path | None:
    """The file or folder `../shared/data/<parts>` beside the project; None where it is not there."""
    path = PROJECT.parent.joinpath("shared", "data", *parts)
    return path if path.exists() else None
