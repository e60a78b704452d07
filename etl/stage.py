"""Between reading and writing: everything a file gives, on disk, before the store is touched.

The files are unlinked as soon as they are open, so that a killed load leaves nothing behind.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import IO

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from etl.transform.notes import FAULT_SCHEMA
from etl.transform.rows import Transformed

REJECTED_SCHEMA = pa.schema(
    [("line", pa.int64()), ("field", pa.string()), ("reason", pa.string()), ("value", pa.string())]
)
_OPTIONS = pa.ipc.IpcWriteOptions(compression="lz4")


class Spool:
    """Record batches of one schema, written once and then read as often as wanted."""

    def __init__(self, schema: pa.Schema) -> None:
        """An empty spool in the folder for temporary files."""
        self.schema = schema
        self.rows = 0
        self._file: IO[bytes] = tempfile.TemporaryFile(prefix="vigie-")  # noqa: SIM115  # lives as long as the spool
        self._writer = pa.ipc.new_stream(pa.PythonFile(self._file, mode="w"), schema, options=_OPTIONS)

    def add(self, batch: pa.RecordBatch) -> None:
        """Append a batch."""
        if batch.num_rows:
            self._writer.write_batch(batch)
            self.rows += batch.num_rows

    def finish(self) -> None:
        """No more batches will come."""
        self._writer.close()
        self._file.flush()

    def batches(self) -> Iterator[pa.RecordBatch]:
        """The batches from the first to the last."""
        self._file.seek(0)
        yield from pa.ipc.open_stream(pa.PythonFile(self._file, mode="r"))

    def close(self) -> None:
        """Give the disk space back."""
        self._file.close()


class Stage:
    """What one file gives: requests, faults, rejected rows, information counted by month and label."""

    def __init__(self) -> None:
        """An empty stage; `close` it."""
        self.requests: Spool | None = None
        self.faults = Spool(FAULT_SCHEMA)
        self.rejected = Spool(REJECTED_SCHEMA)
        self.rejected_by_reason: Counter[str] = Counter()
        self.information: Counter[tuple[date, str]] = Counter()
        self.read = 0
        self.placed = 0
        self.outside_swapped = 0
        self._key_parts: list[npt.NDArray[np.int64]] = []
        self._left_out = np.empty(0, dtype=bool)

    def add(self, part: Transformed) -> None:
        """Append what a batch became."""
        if self.requests is None:
            self.requests = Spool(part.rows.schema)
        self.requests.add(part.rows)
        self.faults.add(part.faults)
        self.rejected.add(_rejected_batch(part))
        self.rejected_by_reason.update(row.reason for row in part.rejected)
        self.information.update(part.information)
        self.read += part.read
        self.placed += part.placed
        self.outside_swapped += part.outside_swapped
        self._key_parts.append(_keys(part.rows.column("external_id")))

    @property
    def rejected_rows(self) -> int:
        """Rows that cannot be a request."""
        return sum(self.rejected_by_reason.values())

    def first_rejected_line(self, reason: str) -> int:
        """The first line that was rejected for a reason that was."""
        batches = self.rejected.batches()
        chosen = (batch.filter(pc.equal(batch.column("reason"), reason)) for batch in batches)
        return min(int(pc.min(batch.column("line")).as_py()) for batch in chosen if batch.num_rows)

    def finish(self) -> None:
        """No more batches will come: settle which rows of a repeated id are left out."""
        for spool in self._spools():
            spool.finish()
        self._left_out = self._repeated()

    @property
    def repeated_rows(self) -> int:
        """Rows that are left out because their id stands in a newer row of the file."""
        return int(self._left_out.sum())

    def kept_requests(self) -> Iterator[pa.RecordBatch]:
        """The requests, each id once."""
        first = 0
        for batch in self.requests.batches() if self.requests else ():
            left_out = self._left_out[first : first + batch.num_rows]
            first += batch.num_rows
            kept = batch.filter(pa.array(~left_out)) if left_out.any() else batch
            if kept.num_rows:
                yield kept

    def kept_faults(self) -> Iterator[pa.RecordBatch]:
        """The faults of those requests (external_id, field, code, value)."""
        lines = pa.array(self._lines_left_out(), pa.int64())
        for batch in self.faults.batches():
            kept = batch.filter(pc.invert(pc.is_in(batch.column("line"), lines))) if len(lines) else batch
            yield kept.drop_columns(["line"])

    def _lines_left_out(self) -> list[int]:
        lines: list[int] = []
        first = 0
        for batch in self.requests.batches() if self.requests and self._left_out.any() else ():
            left_out = self._left_out[first : first + batch.num_rows]
            lines += batch.column("line").filter(pa.array(left_out)).to_pylist()
            first += batch.num_rows
        return lines

    def _repeated(self) -> npt.NDArray[np.bool_]:
        """Rows whose id comes again in the same file and who are not the newest of them, (n,) bool.

        The newest is the one with the latest status, then the later line.
        """
        keys = np.concatenate(self._key_parts) if self._key_parts else np.empty(0, dtype=np.int64)
        dropped = np.zeros(len(keys), dtype=bool)
        values, counts = np.unique(keys, return_counts=True)
        if (counts == 1).all():
            return dropped
        newest: dict[str, tuple[int, int]] = {}
        for row, external_id, moment in self._ids_and_moments(np.isin(keys, values[counts > 1])):
            rank = (moment, row)
            best = newest.get(external_id, rank)
            if best != rank:
                dropped[min(rank, best)[1]] = True
            newest[external_id] = max(rank, best)
        return dropped

    def close(self) -> None:
        """Give the disk space back."""
        for spool in self._spools():
            spool.close()

    def _spools(self) -> list[Spool]:
        return [s for s in (self.requests, self.faults, self.rejected) if s is not None]

    def _ids_and_moments(self, candidates: npt.NDArray[np.bool_]) -> Iterator[tuple[int, str, int]]:
        """Row, id and moment of the last status (0 = none) of candidate rows."""
        first = 0
        for batch in self.requests.batches() if self.requests else ():
            rows = np.flatnonzero(candidates[first : first + batch.num_rows])
            if len(rows):
                part = batch.take(pa.array(rows))
                moments = part.column("status_at").cast(pa.int64()).fill_null(0).to_pylist()
                yield from zip(
                    (rows + first).tolist(), part.column("external_id").to_pylist(), moments, strict=True
                )
            first += batch.num_rows


def _keys(ids: pa.Array) -> npt.NDArray[np.int64]:
    """A number for each id: equal ids have equal numbers, in this process."""
    return np.fromiter(map(hash, ids.to_pylist()), dtype=np.int64, count=len(ids))


def _rejected_batch(part: Transformed) -> pa.RecordBatch:
    rows = part.rejected
    columns = [[getattr(row, name) for row in rows] for name in REJECTED_SCHEMA.names]
    return pa.RecordBatch.from_arrays(
        [pa.array(c, f.type) for c, f in zip(columns, REJECTED_SCHEMA, strict=True)], schema=REJECTED_SCHEMA
    )
