"""How many requests each check finds, and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import ibis.expr.types as ir
import numpy as np
import pandas as pd
import pyarrow as pa

from mart.ask import frame
from mart.cuts import stretches
from mart.filters import Filters, Shape, in_territory
from mart.kpi_model import BASES, Base
from mart.periods import day_start
from mart.questions.quality_checks import CHECKS, Check, bound, check_of
from mart.questions.quality_mass import HOUR_US, hour_of, mass_days
from mart.snapshot import Mart

MOST_PARTS = 15

_ALL = "n"


@dataclass(frozen=True, eq=False)
class Quality:
    """Every check over a period."""

    counts: dict[str, int]
    """By code, in the order of `CHECKS`: requests found."""
    bases: dict[Base, int]
    """Requests that they are found among: received, or closed, in the period."""
    course: pd.DataFrame
    """One row per stretch: `name` (such as 2026-03, see `mart.cuts`), `start` (its first moment, UTC), a column for
    each check and one for each base."""

    def share(self, code: str) -> float | None:
        """Found ÷ all (0–1); None where there is nothing to find it among."""
        among = self.bases[CHECKS[code].base]
        return self.counts[code] / among if among else None


def quality(mart: Mart, filters: Filters, as_of: datetime, time: str = "month") -> Quality:
    """Counts of all checks and their course by day, week or month: two questions, one for each base.

    Raises:
        InputRefused: the filters cannot be used.
    """
    given = bound(mart, as_of)
    values = given.values(filters, as_of)
    over = stretches(filters, as_of, time)
    starts = pd.to_datetime(over.start_us, unit="us", utc=True)
    course: dict[str, Any] = {"name": over.names, "start": starts}
    totals: dict[str, int] = {}
    for base in (Base.RECEIVED, Base.CLOSED):
        with mart.facts.table(day_start(filters.start), filters.until(as_of)) as table:
            answer = mart.run(_by_hour, (filters.shape, base, given.shape), values, table=table)
        hours = answer["hour"].to_numpy().astype(np.int64) * HOUR_US
        place = np.searchsorted(over.start_us, hours, side="right") - 1
        for name in (_ALL, *_codes(base)):
            n = np.zeros(len(over.names), dtype=np.int64)
            np.add.at(n, place, answer[name].to_numpy().astype(np.int64))
            known = base.value if name == _ALL else name
            course[known], totals[known] = n, int(n.sum())
    counts = {code: totals[code] for code in CHECKS}
    bases = {base: totals[base.value] for base in (Base.RECEIVED, Base.CLOSED)}
    return Quality(counts, bases, pd.DataFrame(course))


def parts(mart: Mart, code: str, filters: Filters, as_of: datetime, most: int = MOST_PARTS) -> pd.DataFrame:
    """Where to look: the requests of a check by its `cut` columns (null where there is no value), the most first.

    Columns: those of the cut, and `n`; at most `most` rows.

    Raises:
        InputRefused: no such check.
    """
    check, given = check_of(code), bound(mart, as_of)
    values = given.values(filters, as_of) | {"limit": most, "offset": 0}
    with mart.facts.table(day_start(filters.start), filters.until(as_of)) as table:
        answer = mart.run(_by_part, (filters.shape, code, given.shape), values, table=table, paged=True)
    coded = [name for name in check.cut if pa.types.is_dictionary(answer[name].type)]
    for name in coded:
        answer = answer.set_column(
            answer.column_names.index(name), name, answer[name].cast(pa.string()).combine_chunks()
        )
    return frame(answer)


def mass_days_in(mart: Mart, filters: Filters, as_of: datetime) -> pd.DataFrame:
    """Days of mass closures in a period, the newest first (`quality_mass.DAY_COLUMNS`).

    What they closed is of the whole crew and activity, whatever else the filters leave out.
    """
    found = mass_days(mart, as_of)
    kept = found[(found["day"] >= filters.start) & (found["day"] <= filters.end)]
    if filters.activities:
        kept = kept[kept["activity"].isin(filters.activities)]
    if filters.boroughs and filters.by == "who":
        kept = kept[kept["borough_who"].isin(filters.boroughs)]
    return kept.sort_values(["day", "closed"], ascending=False, ignore_index=True)


def found_by(spells: ir.Table, shape: Shape, code: str, labels: int) -> ir.Table:
    """The spells that a check finds."""
    check = CHECKS[code]
    kept = spells.filter(BASES[check.base](spells), *in_territory(spells, shape))
    return kept.filter(check.where(kept, labels))


def _codes(base: Base) -> list[str]:
    return [check.code for check in CHECKS.values() if check.base is base]


def _by_hour(spells: ir.Table, shape: Shape, base: Base, labels: int) -> ir.Table:
    checks: list[Check] = [CHECKS[code] for code in _codes(base)]
    kept = spells.filter(BASES[base](spells), *in_territory(spells, shape))
    at = kept[checks[0].moment]
    flagged = kept.select(hour=hour_of(at), **{check.code: check.where(kept, labels) for check in checks})
    sums = {check.code: flagged[check.code].sum() for check in checks}
    return flagged.group_by("hour").aggregate(**{_ALL: flagged.count()}, **sums)


def _by_part(spells: ir.Table, shape: Shape, code: str, labels: int) -> ir.Table:
    found = found_by(spells, shape, code, labels)
    cut = CHECKS[code].cut
    counted = found.group_by(*cut).aggregate(n=found.count())
    return counted.order_by([counted["n"].desc(), *(counted[name].asc(nulls_first=False) for name in cut)])
