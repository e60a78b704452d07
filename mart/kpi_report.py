"""KPIs as plain records: for `vigie kpi --json`, files, and whoever reads them elsewhere."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

import pandas as pd

from mart.filters import Filters
from mart.kpi_model import Figure, Kpi, Unit
from mart.questions.compare import Comparisons
from mart.questions.kpi import SMALL_N, KpiTable, columns_of

Record = dict[str, Any]
_WHOLE = {Unit.REQUESTS}


def report(table: KpiTable, compared: Comparisons | None = None) -> Record:
    """A table of KPIs as JSON knows it: percentages 0–100, days, null where there is no data."""
    found: Record = {
        "as_of": table.as_of.isoformat(),
        "from": table.filters.start.isoformat(),
        "to": table.filters.end.isoformat(),
        "filters": filters_record(table.filters),
        "by": list(table.by),
        "rows": records(table.rows, table.kpis),
        "total": records(pd.DataFrame([dict(table.total)]), table.kpis)[0],
        "margins": {name: records(frame, table.kpis) for name, frame in table.margins.items()},
        "definitions": [definition(kpi) for kpi in table.kpis],
    }
    if compared is not None:
        rows, total = (_plain(frame) for frame in (compared.rows, compared.total))
        found["compared"] = {"rows": rows, "total": total}
    return found


def records(frame: pd.DataFrame, kpis: Iterable[Kpi]) -> list[Record]:
    """Rows as plain values; those of a KPI that rests on fewer than 5 are named in `small`."""
    listed = tuple(kpis)
    whole = {f"{kpi.stem}_n" for kpi in listed} | {
        kpi.code for kpi in listed if kpi.figure is Figure.COUNT and kpi.unit in _WHOLE
    }
    found = []
    for row in frame.to_dict("records"):
        record = {str(name): _number(value, whole=name in whole) for name, value in row.items()}
        found.append(record | {"small": [kpi.code for kpi in listed if is_small(kpi, row)]})
    return found


def is_small(kpi: Kpi, row: Mapping[Any, Any]) -> bool:
    """Whether a rate or a median rests on so little that it is to be shown as such, and never ranked."""
    if kpi.figure is Figure.COUNT:
        return False
    return bool(0 < row[columns_of(kpi)[1]] < SMALL_N)


def write_csv(table: KpiTable, path: Path) -> int:
    """Write the rows of a table with the period, T and filters that they are of; the number of rows."""
    said = json.dumps(filters_record(table.filters), ensure_ascii=False)
    about = {"as_of": table.as_of.isoformat(), "from": table.filters.start, "to": table.filters.end}
    about |= {"filters": said}
    rows = records(table.rows, table.kpis)
    names = [*about, *table.rows.columns, "small"]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, names)
        writer.writeheader()
        for row in rows:
            writer.writerow(about | row | {"small": " ".join(row["small"])})
    return len(rows)


def definition(kpi: Kpi) -> Record:
    """What a KPI is, in both languages, and how its definition came to be."""
    texts = {
        name: getattr(kpi, name)._asdict() for name in ("name", "short", "sentence", "formula", "leaves_out")
    }
    changes = [
        {"version": one.version, "day": one.day.isoformat(), "by": one.by, "what": one.what._asdict()}
        for one in kpi.changes
    ]
    return {"code": kpi.code, **texts, "unit": str(kpi.unit), "good": str(kpi.good), "changes": changes}


def filters_record(filters: Filters) -> Record:
    """What a filter holds beside its period."""
    given = {one.name: getattr(filters, one.name) for one in fields(filters)}
    kept = {
        name: list(value) if isinstance(value, tuple) else value for name, value in given.items() if value
    }
    return {name: value for name, value in kept.items() if name not in {"start", "end"}}


def _plain(frame: pd.DataFrame) -> list[Record]:
    return [{str(name): _number(value) for name, value in row.items()} for row in frame.to_dict("records")]


def _number(value: Any, *, whole: bool = False) -> Any:
    if value is None or value is pd.NA or (isinstance(value, float) and not math.isfinite(value)):
        return None
    if isinstance(value, str | bool):
        return value
    if hasattr(value, "item"):
        value = value.item()
    return int(value) if whole else value
