"""A published mart from made rows, without any store."""

import itertools
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from domain.precision import ON_MAP
from domain.statuses import CLOSED
from geo.hexgrid import NO_CELL, cells
from mart.geoparquet import points_wkb
from mart.schema import REQUESTS, SPELLS
from mart.writer import publish_tables

NOON = datetime(2025, 3, 20, 16, 0, tzinfo=UTC)
"""Thursday 20 March 2025, noon in Montréal: what the offsets of `a_row` count from."""

_PLAIN = pa.schema([f for f in REQUESTS if f.name not in {"geometry", "h3_12", "ended_at"}])

_ENDS = ("ended_at", "undone_at")

_numbers = itertools.count(1)

Row = dict[str, Any]


def moment(given: datetime | str | None) -> datetime | None:
    """A moment, or an offset from NOON such as `-3d`, `+2h`, `-90s`."""
    if not isinstance(given, str):
        return given
    unit = {"d": "days", "h": "hours", "s": "seconds"}[given[-1]]
    return NOON + timedelta(**{unit: float(given[:-1])})


def a_row(**columns: Any) -> Row:
    """One request of the mart: open, received an hour ago, due in ten days, in Ville-Marie.

    `columns` are columns of `mart.schema.REQUESTS`; moments may be offsets from NOON, and
    `point` is (lon, lat) or None. `ended_at`, `geometry` and `h3_12` follow from the others. It is
    alone in its episode and problem, unless these are given.
    """
    number = next(_numbers)
    row: Row = {
        "id": number,
        "source": "montreal",
        "external_id": f"25-{number}",
        "nature": "request",
        "activity": "nids_de_poule",
        "label": "Nid-de-poule",
        "borough": "VM",
        "borough_who": "VM",
        "borough_basis": "point",
        "sector": None,
        "precision": "segment",
        "status": None,
        "channel": "phone",
        "place_type": "segment",
        "street": "boulevard De Maisonneuve Ouest",
        "street_from": "rue Peel",
        "street_to": "rue Stanley",
        "opened_at": "-1h",
        "closed_at": None,
        "due_at": "+10d",
        "status_at": None,
        "target_days": 10,
        "target_origin": "default",
        "requesters": 1,
        "reopened": columns.get("reopened_at") is not None,
        "reopened_at": None,
        "parent_id": None,
        "score_bits": None,
        "reasons": None,
        "point": (-73.5747, 45.5),
    }
    unknown = columns.keys() - row.keys() - set(REQUESTS.names) | columns.keys() & {"ended_at"}
    if unknown:
        raise TypeError(f"not columns of the mart: {sorted(unknown)}")
    row |= columns
    row.setdefault("episode_id", row["id"])
    row.setdefault("problem_id", row["id"] if row["precision"] in ON_MAP and row["point"] else None)
    for name in ("opened_at", "closed_at", "due_at", "status_at", "reopened_at"):
        row[name] = moment(row[name])
    return row


def an_undone_row(
    row: Row,
    *,
    ended_at: datetime | str | None,
    undone_at: datetime | str,
    status: str = "done",
    **columns: Any,
) -> Row:
    """An earlier spell of a row of `a_row`: closed at `ended_at` (None: nobody knows), open again at `undone_at`.

    It runs since the opening, unless `reopened_at` is given. Give the row its own `reopened_at`.
    """
    end = moment(ended_at)
    spell = {
        "status": status,
        "status_at": end,
        "closed_at": end,
        "ended_at": end,
        "undone_at": moment(undone_at),
    }
    began = moment(columns.pop("reopened_at", None))
    return row | spell | {"reopened": True, "reopened_at": began} | columns


def rows_table(rows: Iterable[Mapping[str, Any]]) -> pa.Table:
    """Rows of `a_row` as a table of `mart.schema.REQUESTS`, their geometry and cell made from the point."""
    given = [dict(row) for row in rows]
    for row in given:
        lon, lat = row.pop("point", None) or (None, None)
        row["lon"], row["lat"] = row.get("lon", lon), row.get("lat", lat)
    return _completed(pa.Table.from_pylist(given, schema=_PLAIN))


def undone_table(rows: Iterable[Row]) -> pa.Table:
    """Rows of `an_undone_row` as a table of `mart.schema.SPELLS`, in its order."""
    given = list(rows)
    table = rows_table({k: v for k, v in row.items() if k not in _ENDS} for row in given)
    ends = {name: pa.array([row[name] for row in given], SPELLS.field(name).type) for name in _ENDS}
    table = table.set_column(table.column_names.index("ended_at"), SPELLS.field("ended_at"), ends["ended_at"])
    table = table.append_column(SPELLS.field("undone_at"), ends["undone_at"])
    return table.sort_by([(name, "ascending") for name in ("opened_at", "id", "undone_at")])


def frame_table(frame: pd.DataFrame) -> pa.Table:
    """A frame with the columns of `mart.schema.REQUESTS` (but those that follow) as such a table."""
    return _completed(pa.Table.from_pandas(frame, schema=_PLAIN, preserve_index=False))


def make_mart(
    tmp_path: Path,
    rows: Iterable[Mapping[str, Any]] | pd.DataFrame | pa.Table = (),
    information: pa.Table | None = None,
    undone: Iterable[Row] = (),
    **manifest: Any,
) -> Path:
    """Publish a mart in `tmp_path / "mart"` (again, if there is one) and return that folder.

    `rows` are rows of `a_row`, a frame (see `frame_table`) or a ready table; `undone` are rows of
    `an_undone_row`.
    """
    root = tmp_path / "mart"
    if isinstance(rows, pd.DataFrame):
        table = frame_table(rows)
    else:
        table = rows if isinstance(rows, pa.Table) else rows_table(rows)
    publish_tables(root, table, information, undone=undone_table(undone), **manifest)
    return root


def _completed(table: pa.Table) -> pa.Table:
    closed = pc.is_in(table["status"], pa.array(sorted(CLOSED)))
    ended = pc.coalesce(table["closed_at"], pc.if_else(closed, table["opened_at"], None))
    table = table.append_column("ended_at", ended)
    lon, lat = (
        np.asarray(table[name].to_numpy(zero_copy_only=False), dtype=np.float64) for name in ("lon", "lat")
    )
    cell = cells(lat, lon)
    table = table.append_column("h3_12", pa.array(cell, mask=cell == NO_CELL))
    table = table.append_column("geometry", points_wkb(table["lon"], table["lat"]))
    return table.select(REQUESTS.names).cast(REQUESTS)
