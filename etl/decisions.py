"""People's decisions and the requests around them as CSV, for scripts/estimate_dedup.py."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TypedDict

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from domain.errors import InputRefused
from domain.settings import Settings
from etl.build.view import View, view
from store.decisions import Verdict
from store.engine import open_store


class Exported(TypedDict):
    """What was written."""

    decisions: int
    requests: int
    seconds: float


def export_decisions(settings: Settings, pairs: Path, requests: Path) -> Exported:
    """Write the decisions that hold (`id_a, id_b, same`) and all requests as they are compared.

    Raises:
        InputRefused: nobody has decided anything yet.
        StoreUnavailable: the store cannot be read.
    """
    started = time.perf_counter()
    engine = open_store(settings.store)
    try:
        with view(engine) as now:
            told = _decisions(now)
            if not told.num_rows:
                raise InputRefused("nobody has decided about any two requests yet.")
            rows = now.compared()
    finally:
        engine.dispose()
    rows = rows.rename_columns(["closed_at" if name == "ended_at" else name for name in rows.column_names])
    pyarrow.csv.write_csv(told, pairs)
    pyarrow.csv.write_csv(_plain(rows), requests)
    return Exported(
        decisions=told.num_rows, requests=rows.num_rows, seconds=round(time.perf_counter() - started, 3)
    )


def _decisions(now: View) -> pa.Table:
    told = now.decisions()
    same = pc.equal(told["verdict"], Verdict.SAME.value).cast(pa.int64())
    return pa.table({"id_a": told["request_a"], "id_b": told["request_b"], "same": same})


def _plain(rows: pa.Table) -> pa.Table:
    """Texts as texts, moments as ISO 8601."""
    columns = {}
    for name, column in zip(rows.column_names, rows.columns, strict=True):
        if pa.types.is_dictionary(column.type):
            columns[name] = column.cast(pa.string())
        elif pa.types.is_timestamp(column.type):
            columns[name] = pc.strftime(column.cast(pa.timestamp("s", tz="UTC")), format="%Y-%m-%dT%H:%M:%SZ")
        else:
            columns[name] = column
    return pa.table(columns)
