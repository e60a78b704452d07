"""How many requesters came, and by which channel."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from etl.transform.notes import Notes, mask

_COUNT = r"^\d{1,4}$"


def requester_counts(columns: dict[str, pa.Array], n: int, notes: Notes) -> dict[str, pa.Array]:
    """int16 counts by channel (null = not said) and their int32 sum, at least 1: somebody asked."""
    counts = {channel: _count(column, channel, notes) for channel, column in columns.items()}
    total = np.zeros(n, dtype=np.int32)
    for column in counts.values():
        total += column.fill_null(0).to_numpy(zero_copy_only=False).astype(np.int32)
    at_least_one: npt.NDArray[np.int32] = np.maximum(total, 1)
    return {**{f"requesters_{c}": a for c, a in counts.items()}, "requesters": pa.array(at_least_one)}


def _count(column: pa.Array, channel: str, notes: Notes) -> pa.Array:
    fits = pc.match_substring_regex(column, _COUNT)
    if not pc.all(fits).as_py():
        column = pc.utf8_trim_whitespace(column)
        fits = pc.match_substring_regex(column, _COUNT)
        notes.fault(
            ~mask(fits) & mask(pc.not_equal(column, "")), f"requesters_{channel}", "not_a_count", column
        )
        column = pc.if_else(fits, column, pa.scalar(None, pa.string()))
    return column.cast(pa.int16())
