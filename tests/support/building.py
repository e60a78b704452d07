"""A store that tests write to as loads and foremen do, and what a build makes of it."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from sqlalchemy import Engine, delete, insert, select, update

from domain.settings import Settings
from mart.layout import Manifest, current_version, read_manifest
from store.engine import open_store
from store.schema import information_count, load_run, request, request_event, store_clock

START = datetime(2025, 2, 20, 17, tzinfo=UTC)


class Writer:
    """Writes to a store as loads and foremen do: each transaction takes the next tick."""

    def __init__(self, url: str) -> None:
        self.engine: Engine = open_store(url)

    def write(
        self,
        *rows: dict[str, Any],
        information: int | None = None,
        reopen: tuple[int, ...] = (),
        events: Iterable[dict[str, Any]] = (),
    ) -> None:
        """Insert or update requests by id, set a count of calls for information, reopen requests.

        `events` are of requests among the rows (`request_id`, and columns that are not null).
        """
        with self.engine.begin() as connection:
            connection.execute(update(store_clock).values(tick=store_clock.c.tick + 1))
            tick = connection.execute(select(store_clock.c.tick)).scalar_one()
            run = {c.name: 0 for c in load_run.c} | {"id": tick, "tick": tick, "source": "montreal"}
            run |= {"file_name": "f", "file_sha256": str(tick), "started_at": START, "finished_at": START}
            connection.execute(insert(load_run).values(run))
            for row in rows:
                done = connection.execute(
                    update(request).where(request.c.id == row["id"]).values(row | {"changed_tick": tick})
                )
                if not done.rowcount:
                    connection.execute(insert(request).values(a_store_row(**row) | {"changed_tick": tick}))
            for request_id in reopen:
                event = {"request_id": request_id, "kind": "status", "status_before": "done", "actor": "x"}
                event |= {"status": "in_progress", "recorded_at": START, "tick": tick}
                connection.execute(insert(request_event).values(event))
                touched = update(request).where(request.c.id == request_id)
                connection.execute(touched.values(changed_tick=tick))
            for told in events:
                event = {"kind": "status", "actor": "source:montreal", "recorded_at": START, "tick": tick}
                connection.execute(insert(request_event).values(event | told))
            if information is not None:
                connection.execute(delete(information_count))
                counted = {"source": "montreal", "month": date(2025, 3, 1), "label": "Collecte"}
                connection.execute(insert(information_count).values(counted | {"n": information}))
        # A build reads through another copy of SQLite: none of ours may be open then (store.bulk).
        self.engine.dispose()


def a_store_row(**columns: Any) -> dict[str, Any]:
    """A request of the store, built from defaults."""
    row: dict[str, Any] = {
        "source": "montreal",
        "external_id": f"25-{columns.get('id')}",
        "nature": "request",
        "activity": "nids_de_poule",
        "label": "Nid-de-poule",
        "street": "rue Peel",
        "borough": "VM",
        "borough_basis": "point",
        "lon": -73.5747,
        "lat": 45.5,
        "h3_12": 631272112424111103,
        "precision": "segment",
        "requesters": 1,
        "opened_at": START,
        "due_at": START + timedelta(days=7),
        "content_hash": 1,
    }
    return row | columns


def settings_for(url: str, root: Path | str) -> Settings:
    return Settings.model_validate({"store": url, "mart": str(root)})


def settings_of(store: Writer, root: Path) -> Settings:
    return settings_for(store.engine.url.render_as_string(hide_password=False), root)


def content(root: Path) -> tuple[Manifest, dict[str, pa.Table]]:
    """The manifest of the current version, and the content of each of its files."""
    folder = root / str(current_version(root))
    tables = {
        str(path.relative_to(folder)): pq.read_table(path) for path in sorted(folder.rglob("*.parquet"))
    }
    return read_manifest(folder), tables


def assert_same(one: Path, other: Path) -> None:
    """Two marts have the same content, to the last value, and say the same of it."""
    (mine, my_tables), (theirs, their_tables) = content(one), content(other)
    assert my_tables.keys() == their_tables.keys()
    for name, table in my_tables.items():
        assert table.equals(their_tables[name]), name
    # Where nothing changed the version before stays, and with it what it has seen of the store's loads.
    apart: Any = {"version": True, "built_at": True, "files": True, "tick": True, "parameters": {"store"}}
    assert mine.model_dump(exclude=apart) == theirs.model_dump(exclude=apart)
    sizeless = [{k: f.model_dump(exclude={"bytes"}) for k, f in m.files.items()} for m in (mine, theirs)]
    assert sizeless[0] == sizeless[1]
