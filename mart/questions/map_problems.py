"""Problems for the map: the requests about one thing at one place, as one mark."""

from __future__ import annotations

from datetime import datetime

import ibis.expr.types as ir
import pandas as pd

from domain.errors import InputRefused
from mart.ask import TABLES, frame, moment
from mart.column_filters import ColumnFilter
from mart.filters import Filters
from mart.populations import Population
from mart.questions.hexagons import Box, located
from mart.selection import Selection, SelectionShape, selected
from mart.snapshot import Mart
from mart.spells import open_at
from mart.state import SEVERITY, severity

MOST_PROBLEMS = 10_000
_OF_THE_PROBLEM = (
    "activity", "street", "precision", "lon", "lat", "recent_requests", "recent_requesters", "recent_episodes",
)  # fmt: skip


def map_problems(
    mart: Mart,
    filters: Filters,
    as_of: datetime,
    bbox: tuple[float, float, float, float],
    limit: int = 5_000,
    population: str = Population.BACKLOG,
    column_filters: tuple[ColumnFilter, ...] = (),
) -> pd.DataFrame:
    """Problems of a selection's located requests in a box (west, south, east, north in degrees), most people first.

    Columns: problem_id; requests, requesters, open (of the selection, in the box); state (of its requests, the one
    that needs somebody first); request_id (its newest open request, else its newest); and of the problem activity,
    street, precision, lon, lat (degrees: the point of its first request) and recent_requests, recent_requesters,
    recent_episodes (all its requests of the 6 months to `Manifest.recent_to`). With as many rows as `limit` there
    may be more.

    Raises:
        InputRefused: a limit that is not 1 to 10,000.
    """
    if not 1 <= limit <= MOST_PROBLEMS:
        raise InputRefused(f"a map shows 1 to {MOST_PROBLEMS} problems, not {limit}.")
    selection = Selection(filters, as_of, population, column_filters)
    values = selection.values | Box(*bbox)._asdict() | {"limit": limit, "offset": 0}
    found = frame(mart.run(_problems, (selection.shape,), values, table="spells", paged=True))
    found = found.astype({"requesters": "int64", "open": "int64"})  # DuckDB's sums are wider
    ranks = found.pop("rank").to_numpy()
    found["state"] = [SEVERITY[rank].value for rank in ranks]
    return found


def _problems(spells: ir.Table, shape: SelectionShape) -> ir.Table:
    kept = selected(spells, shape, [*located(spells, boxed=True), spells["problem_id"].notnull()])
    kept = kept.mutate(is_open=open_at(kept, moment("state_at")), rank=severity(kept["state"]))
    newest_first = [kept["is_open"].desc(), kept["opened_at"].desc(), kept["id"].desc()]
    counted = kept.group_by("problem_id").aggregate(
        requests=kept.count(),
        requesters=kept["requesters"].sum(),
        open=kept["is_open"].sum(),
        rank=kept["rank"].min(),
        request_id=kept["id"].first(order_by=newest_first),
    )
    places = TABLES["problems"]
    place = places.select(problem_id=places["id"], **{name: places[name] for name in _OF_THE_PROBLEM})
    both = counted.join(place, "problem_id")
    return both.order_by([both["requesters"].desc(), both["problem_id"].asc()])
