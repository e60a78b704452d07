"""Due dates of a batch, by the targets of data/activities.yml."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from domain.activities import Target, activity
from domain.calendar import due_seconds
from domain.localtime import Seconds
from etl.transform.moments import UNKNOWN


def due(
    activities: pa.Array, labels: pa.Array, boroughs: pa.Array, opened: Seconds, zone: str
) -> tuple[Seconds, pa.Array, pa.Array]:
    """Due moment (`UNKNOWN` without a target), target in days (int16) and its origin, per row."""
    targets, group = _targets(activities, labels, boroughs)
    days = np.array([t.days if t else 0 for t in targets], dtype=np.int64)[group]
    working = np.array([not t.calendar if t else True for t in targets], dtype=bool)[group]
    has_target = np.array([t is not None for t in targets], dtype=bool)[group]
    origin = pa.array([t.origin if t else None for t in targets], pa.string()).take(pa.array(group))
    found = np.full(len(opened), UNKNOWN, dtype=np.int64)
    if has_target.any():
        found[has_target] = due_seconds(opened[has_target], days[has_target], working[has_target], zone)
    return found, pa.array(days, pa.int16(), mask=~has_target), origin


def _targets(*columns: pa.Array) -> tuple[list[Target | None], npt.NDArray[np.int64]]:
    """The target of each different (activity, label, borough), and which of them each row has."""
    encoded = [column.dictionary_encode() for column in columns]
    combined = np.zeros(len(columns[0]), dtype=np.int64)
    for column in encoded:
        codes = column.indices.fill_null(len(column.dictionary)).to_numpy(zero_copy_only=False)
        combined = combined * (len(column.dictionary) + 1) + codes
    _, first, group = np.unique(combined, return_index=True, return_inverse=True)
    keys = zip(*(column.take(pa.array(first)).to_pylist() for column in columns), strict=True)
    return [_target(*key) for key in keys], group


def _target(code: str, label: str | None, borough: str | None) -> Target | None:
    try:
        return activity(code).target_for(label or "", borough)
    except KeyError:  # data/activities.yml has this activity no longer; requests of the store still do
        return None
