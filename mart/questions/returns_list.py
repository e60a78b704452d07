"""The pieces of work behind a share of `mart.questions.returns`, in any order, a page at a time."""

from __future__ import annotations

from dataclasses import dataclass

import ibis.expr.types as ir
import pandas as pd

from domain.errors import InputRefused
from mart.ask import frame, integers, moment
from mart.questions.returns import Cut, Returns
from mart.snapshot import Mart

MOST_ROWS = 500
SORTED = ("done_at", "back_at", "back_after_days")
"""Columns that order the list; ties by the closing request."""

TEXTS = ("external_id", "label", "street", "street_from", "street_to")
"""What is said of each piece of work besides: of the request that closed it."""


@dataclass(frozen=True, eq=False)
class WorkPage:
    """Some of the pieces of work, and how many there are."""

    rows: pd.DataFrame
    """`mart.questions.returns.EPISODE_COLUMNS`, `back_after_days` (NaN where it did not come back), `TEXTS`."""
    total: int


def work_behind(
    found: Returns, cut: Cut | None = None, code: str = "", within_days: int | None = None
) -> pd.DataFrame:
    """The episodes that a cell of `Returns.by(cut)` counts: its `n`, or its `returned_D`.

    `EPISODE_COLUMNS` and `back_after_days`.
    """
    rows = found.episodes if cut is None else found.episodes[found.episodes[cut] == code]
    after = rows["back_at"] - rows["done_at"]
    if within_days is not None:
        kept = after <= pd.Timedelta(days=within_days)
        rows, after = rows[kept], after[kept]
    return rows.assign(back_after_days=after.dt.total_seconds() / 86_400)


def work_page(
    mart: Mart,
    found: Returns,
    work: pd.DataFrame,
    sort: tuple[str, bool] = ("done_at", True),
    offset: int = 0,
    limit: int | None = 100,
) -> WorkPage:
    """Rows `offset` to `offset + limit` (None: all) of `work_behind`, by (column, descending); none comes last.

    Raises:
        InputRefused: no such order, or a page that cannot be.
    """
    column, descending = sort
    if column not in SORTED:
        raise InputRefused(f"work is listed by {', '.join(SORTED)}, not {column!r}.")
    if offset < 0 or not (limit is None or 1 <= limit <= MOST_ROWS):
        raise InputRefused(f"a page has 1 to {MOST_ROWS} rows from row 0 on, not {limit} from {offset}.")
    ordered = work.sort_values("request_id").sort_values(column, ascending=not descending, kind="stable")
    page = ordered.iloc[offset : None if limit is None else offset + limit].reset_index(drop=True)
    values = {"ids": page["request_id"].tolist(), "as_of": found.as_of}
    named = frame(mart.run(_texts, (), values))
    return WorkPage(page.merge(named, on="request_id", how="left"), len(work))


def _texts(requests: ir.Table) -> ir.Table:
    known = requests.filter(requests["opened_at"] <= moment("as_of"))
    named = known.semi_join(integers("ids", "wanted"), [("id", "wanted")])
    return named.select(request_id=named["id"], **{name: named[name] for name in TEXTS})
