"""What a transformation notes on the way: rows it had to reject, fields it had to empty."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

MAX_NOTED = 200
"""Characters of a value that are kept in a note."""

FAULT_SCHEMA = pa.schema(
    [("line", pa.int64()), *((name, pa.string()) for name in ("external_id", "field", "code", "value"))]
)

Mask = npt.NDArray[np.bool_]

_UNPRINTABLE = r"[\x00-\x1f\x7f]"


@dataclass(frozen=True)
class Rejected:
    """A row that cannot be a request."""

    line: int
    field: str
    reason: str
    value: str


@dataclass
class Notes:
    """Faults and rejections of one batch; each row is rejected once, for its first reason.

    A fault is an emptied (or, for a label, questioned) field of a request.
    """

    lines: npt.NDArray[np.int64]
    rejected: list[Rejected] = field(default_factory=list)
    _faults: list[tuple[npt.NDArray[np.intp], str, str, pa.Array]] = field(default_factory=list)
    _dropped: Mask = field(init=False)

    def __post_init__(self) -> None:
        """Nothing is dropped at first."""
        self._dropped = np.zeros(len(self.lines), dtype=bool)

    @property
    def kept(self) -> Mask:
        """Rows that are still requests."""
        return ~self._dropped

    def fault(self, where: Mask, column: str, code: str, values: pa.Array) -> None:
        """Note a fault in each row of a mask, with what the row said."""
        rows = np.flatnonzero(where)
        if len(rows):
            said = pc.utf8_slice_codeunits(values.take(pa.array(rows)), 0, MAX_NOTED)
            self._faults.append((rows, column, code, printable(said).fill_null("")))

    def reject(self, where: Mask, column: str, reason: str, values: pa.Array) -> None:
        """Reject each row of a mask that is not rejected yet."""
        for row in np.flatnonzero(where & ~self._dropped):
            value = noted(values[int(row)].as_py())
            self.rejected.append(Rejected(int(self.lines[row]), column, reason, value))
        self._dropped |= where

    def faults(self, ids: pa.Array) -> pa.RecordBatch:
        """The faults (FAULT_SCHEMA), each with the line and the id of its row."""
        parts = [
            pa.RecordBatch.from_arrays(
                [
                    pa.array(self.lines[rows]),
                    ids.take(pa.array(rows)),
                    pa.repeat(pa.scalar(column), len(rows)),
                    pa.repeat(pa.scalar(code), len(rows)),
                    values,
                ],
                schema=FAULT_SCHEMA,
            )
            for rows, column, code, values in self._faults
        ]
        nothing = pa.RecordBatch.from_pylist([], schema=FAULT_SCHEMA)
        return pa.concat_batches([nothing, *parts])


def printable(column: pa.Array) -> pa.Array:
    """Text with a mark in the place of each control character."""
    return pc.replace_substring_regex(column, _UNPRINTABLE, "\N{REPLACEMENT CHARACTER}")


def noted(value: Any) -> str:
    """A value as text, printable and short."""
    text = "" if value is None else str(value)
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text[:MAX_NOTED])


def mask(array: pa.Array) -> Mask:
    """A boolean Arrow array as a mask; null counts as false."""
    found: Mask = array.fill_null(False).to_numpy(zero_copy_only=False)
    return found
