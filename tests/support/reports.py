"""Reports at one corner, and what a build made of them: episodes and problems as a test reads them."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from etl.build import build
from store.decisions import Verdict, record
from tests.support.building import START, Writer, assert_same, content, settings_of

DAY = timedelta(days=1)
CORNER: dict[str, Any] = {"lon": -73.5747, "lat": 45.5, "precision": "exact"}
FAR = CORNER | {"lon": -73.5847}
EAST = CORNER | {"lon": -73.57465}


def a_report(id_: int, day: float, closed: float | None = None, **more: Any) -> dict[str, Any]:
    """A pothole at the corner, opened and closed so many days after the start; open by default."""
    ended = None if closed is None else START + DAY * closed
    state = {"closed_at": ended, "status": "in_progress" if closed is None else "done"}
    return {"id": id_, "opened_at": START + DAY * day, **state, **CORNER} | more


def requests_of(root: Path) -> dict[int, dict[str, Any]]:
    """Requests of the current version by id."""
    tables = content(root)[1]
    rows = (
        row for name, table in tables.items() if name.startswith("requests/") for row in table.to_pylist()
    )
    return {row["id"]: row for row in rows}


def groups_of(root: Path) -> dict[int, tuple[Any, ...]]:
    """Problem, episode and parent of each request."""
    names = ("problem_id", "episode_id", "parent_id")
    return {id_: tuple(row[name] for name in names) for id_, row in sorted(requests_of(root).items())}


def problems_of(root: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = content(root)[1]["problems.parquet"].to_pylist()
    return found


def grown_and_whole(store: Writer, tmp_path: Path) -> dict[int, tuple[Any, ...]]:
    """Groups after an incremental build, which has to be what a full one gives."""
    assert build(settings_of(store, tmp_path / "grown"))["incremental"]
    build(settings_of(store, tmp_path / "whole"), full=True)
    assert_same(tmp_path / "grown", tmp_path / "whole")
    return groups_of(tmp_path / "grown")


def decide(store: Writer, first: int, second: int, verdict: Verdict) -> None:
    """Record a decision, and close the connection: a build reads through another copy of SQLite."""
    record(store.engine, first, second, verdict, "Ada Exemple")
    store.engine.dispose()
