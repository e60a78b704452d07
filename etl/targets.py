"""Bringing open requests to the targets and days off of today (data/activities.yml, domain/calendar.yml).

A load does so before it writes, and a build before it reads: whichever comes first after a change, what is
open then gets the new targets, and what a load closes afterwards has them too.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import Engine

from domain.activities import targets_fingerprint
from domain.calendar import days_off_fingerprint
from domain.errors import StoreUnavailable
from domain.localtime import MONTREAL
from etl.source import load_source, source_names
from etl.transform.due import due
from etl.transform.moments import arrow_moments
from store.schema import GIVEN
from store.targets import TARGETS, Retargeted, applied_targets, apply_targets

_US = 1_000_000


def fingerprint() -> str:
    """Changes whenever a target or a day off does."""
    return f"{targets_fingerprint()}-{days_off_fingerprint()}"


def retarget(engine: Engine) -> Retargeted:
    """Recompute the due dates of what is open, where targets or days off are not those applied last.

    A closed request keeps its due date, its target and the line that set it; one whose source gives due dates
    of its own keeps that of its source.

    Raises:
        InputRefused: data/activities.yml or the YAML of a source is not of the stated form.
        StoreUnavailable: the store cannot be read, or written where it has to be.
    """
    now = fingerprint()
    if applied_targets(engine) == now:
        return Retargeted(0, 0)
    try:
        return apply_targets(engine, now, changed_targets)
    except StoreUnavailable as error:
        raise StoreUnavailable(
            f"targets or days off changed, which open requests have to follow: {error}"
        ) from error


def changed_targets(rows: pa.RecordBatch) -> pa.RecordBatch:
    """Of open requests (`store.targets.OPEN`) those whose due date or target is another (`TARGETS`)."""
    ours = pc.not_equal(rows["target_origin"].fill_null(""), GIVEN)
    kept = pa.Table.from_batches([rows]).filter(ours)
    parts = [
        _changed(kept.filter(pc.equal(kept["source"], source)), source)
        for source in pc.unique(kept["source"]).to_pylist()
    ]
    whole = pa.concat_tables([TARGETS.empty_table(), *parts]).combine_chunks()
    return next(iter(whole.to_batches()), pa.RecordBatch.from_pylist([], schema=TARGETS))


def _changed(rows: pa.Table, source: str) -> pa.Table:
    zone = _zone(source)
    if zone is None:
        return TARGETS.empty_table()
    rows = rows.combine_chunks()
    activity, label, borough = (rows[name].combine_chunks() for name in ("activity", "label", "borough"))
    opened = rows["opened_at"].cast(pa.int64()).to_numpy() // _US  # the store keeps whole seconds
    due_at, days, origin = due(activity, label, borough, opened, zone)
    columns = {"due_at": arrow_moments(due_at), "target_days": days, "target_origin": origin}
    differs = np.zeros(rows.num_rows, dtype=bool)
    for name, column in columns.items():
        differs |= ~_same(rows[name], pa.chunked_array([column]))
    made = [rows["id"], *(columns[name] for name in TARGETS.names if name != "id")]
    return pa.Table.from_arrays(made, schema=TARGETS).filter(pa.array(differs))


def _same(one: pa.ChunkedArray, other: pa.ChunkedArray) -> npt.NDArray[np.bool_]:
    both_null = pc.and_(pc.is_null(one), pc.is_null(other))
    found: npt.NDArray[np.bool_] = pc.or_(both_null, pc.equal(one, other).fill_null(False)).to_numpy()
    return found


@cache
def _zone(source: str) -> str | None:
    """Time zone of a source: Montréal's where its YAML has gone; None where it gives due dates of its own."""
    if source not in source_names():
        return MONTREAL
    found = load_source(source)
    return None if "due_at" in found.fields else found.time_zone
