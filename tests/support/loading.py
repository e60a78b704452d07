"""Loads made by hand, without any file: what `store.load` is given."""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from itertools import count
from typing import Any

import pyarrow as pa

from store.bulk import MOMENT
from store.load import LoadInput

NOON = datetime(2025, 3, 20, 16, 0, tzinfo=UTC)

_LEAST: dict[str, tuple[Any, pa.DataType]] = {
    "source": ("made", pa.string()),
    "nature": ("request", pa.string()),
    "activity": ("autre", pa.string()),
    "borough_basis": ("none", pa.string()),
    "precision": ("none", pa.string()),
    "requesters": (1, pa.int32()),
    "opened_at": (datetime(2025, 3, 1, 12, 0, tzinfo=UTC), MOMENT),
    "status": (None, pa.string()),
    "status_at": (None, MOMENT),
    "street": (None, pa.string()),
}
_numbers = count(1)

Row = dict[str, Any]


def a_row(**columns: Any) -> Row:
    """One request; its hash follows from what it says, as that of a file's row does."""
    row = {name: value for name, (value, _) in _LEAST.items()}
    row = {"external_id": f"25-{next(_numbers)}", **row, **columns}
    return row | {"content_hash": hash(tuple(map(str, row.values())))}


def a_load(
    *rows: Row,
    faults: Iterable[tuple[str, str]] = (),
    rejected: Iterable[int] = (),
    information: dict[tuple[date, str], int] | None = None,
    source: str = "made",
    file: str = "made.csv",
    per_batch: int = 2,
) -> LoadInput:
    """What a file gives: its requests, faults (id, code) and rejected lines, in batches of `per_batch`."""
    given = [row | {"source": source} for row in rows]
    notes = [{"external_id": i, "field": "street", "code": code, "value": "x"} for i, code in faults]
    lines = [{"line": n, "field": "ID", "reason": "no id", "value": ""} for n in rejected]
    types = {"external_id": pa.string(), "content_hash": pa.int64()}
    types |= {name: kind for name, (_, kind) in _LEAST.items()}
    return LoadInput(
        source=source,
        file_name=file,
        file_bytes=1,
        file_sha256=f"{file} {given} {lines}",
        started_at=NOON,
        requests=lambda: _batches(given, types, per_batch),
        faults=lambda: _batches(
            notes, dict.fromkeys(("external_id", "field", "code", "value"), pa.string()), per_batch
        ),
        rejected=lambda: _batches(
            lines, {"line": pa.int64()} | dict.fromkeys(("field", "reason", "value"), pa.string()), per_batch
        ),
        information=information or {},
        read=len(given) + len(lines),
        rejected_rows=len(lines),
    )


def _batches(rows: list[Row], types: dict[str, pa.DataType], size: int) -> Iterator[pa.RecordBatch]:
    schema = pa.schema(list(types.items()))
    for first in range(0, len(rows), size):
        yield pa.RecordBatch.from_pylist(rows[first : first + size], schema=schema)
