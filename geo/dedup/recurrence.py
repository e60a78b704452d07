"""What came back at a place: the requests of an activity there in the six calendar months before a moment."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from domain.localtime import MONTREAL

MONTHS = 6

COLUMNS = ("id", "problem", "episode", "opened_at", "closed_at", "status", "requesters")
"""What the frame of requests has; `status` may be null, and is not needed."""


@dataclass(frozen=True, slots=True)
class Recurrence:
    """The six months of one problem before a moment."""

    since: pd.Timestamp
    """Their begin: the same local time six calendar months earlier."""

    requests: int
    requesters: int
    episodes: int
    statuses: dict[str, int]
    """Requests by status as it is now; `unknown` where it is null."""

    first: pd.Timestamp | None
    last: pd.Timestamp | None
    gap_days: tuple[float, ...]
    """Days from the closing of each episode to the beginning of the next one; one still open has none."""


def six_months_before(moment: pd.Timestamp, zone: str = MONTREAL) -> pd.Timestamp:
    """The same local time six calendar months earlier; the last day of the month where there is no such day."""
    local = moment.tz_convert(zone).tz_localize(None) - pd.DateOffset(months=MONTHS)
    return local.tz_localize(zone, ambiguous=True, nonexistent="shift_forward").tz_convert("UTC")


def six_months_after(moment: pd.Timestamp, zone: str = MONTREAL) -> pd.Timestamp:
    """The same local time six calendar months later; the last day of the month where there is no such day."""
    local = moment.tz_convert(zone).tz_localize(None) + pd.DateOffset(months=MONTHS)
    return local.tz_localize(zone, ambiguous=True, nonexistent="shift_forward").tz_convert("UTC")


def recurrence(requests: pd.DataFrame, at: pd.Timestamp, zone: str = MONTREAL) -> Recurrence:
    """Recurrence of one place: `requests` are those of its problem (`COLUMNS`), any status, any time.

    Requests opened from six months before `at` (included) to `at` (included) count; a closing after `at`
    has not happened yet.
    """
    since = six_months_before(at, zone)
    chosen = requests[(requests["opened_at"] >= since) & (requests["opened_at"] <= at)]
    if chosen.empty:
        return Recurrence(since, 0, 0, 0, {}, None, None, ())
    statuses = (
        chosen["status"].astype(object).fillna("unknown") if "status" in chosen else pd.Series(dtype=object)
    )
    return Recurrence(
        since,
        len(chosen),
        int(chosen["requesters"].sum()),
        int(chosen["episode"].nunique()),
        {str(name): int(count) for name, count in sorted(statuses.value_counts().items())},
        chosen["opened_at"].min(),
        chosen["opened_at"].max(),
        tuple(round(float(gap), 3) for gap in _gaps(chosen, at)),
    )


def _gaps(chosen: pd.DataFrame, at: pd.Timestamp) -> NDArray[np.float64]:
    """Days between one episode's last closing and the next one's first opening, where it was closed by then."""
    ended = chosen["closed_at"].where(chosen["closed_at"] <= at)
    table = pd.DataFrame(
        {
            "episode": chosen["episode"],
            "opened": chosen["opened_at"],
            "closed": ended,
            "open": ended.isna(),
        }
    )
    episodes = table.groupby("episode").agg(
        opened=("opened", "min"), closed=("closed", "max"), open=("open", "any")
    )
    episodes = episodes.sort_values("opened")
    closed = episodes["closed"].where(~episodes["open"])
    gaps = (episodes["opened"].shift(-1) - closed).dt.total_seconds() / 86_400
    known = gaps.dropna()
    return np.array(known[known >= 0], dtype=np.float64)
