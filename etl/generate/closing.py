"""When a thing is closed: log-normal by activity, slower in some boroughs, in working hours, some in bulk."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from etl.generate.calibration import Calibration
from etl.generate.clock import DAY_S, HOUR_S, Seconds, after_skipped_hour, weekday
from etl.generate.seasons import time_of_day

Floats = NDArray[np.float64]

NEVER = np.int64(1) << 33
"""Wall second of a closing that does not come."""

# Share of closings in each hour of the day: crews sign off early, offices in the afternoon.
CLOSING_HOURS = np.array(
    [1, 0, 0, 0, 1, 8, 30, 34, 26, 28, 30, 24, 15, 26, 30, 22, 11, 7, 5, 4, 4, 3, 3, 1], dtype=np.float64
)
WEEKEND_WAITS = 0.8  # of the closings that fall on a weekend are entered on the Monday
SHORTEST_S = 300
QUICK_S = 3 * HOUR_S  # mean of those closed on the day itself, before the hour drawn for it
OLD_DAYS = 45  # what is open that long may be closed in bulk
IN_BULK = 0.5
BULK_EVERY_DAYS = 75
BULK_FROM_S, BULK_LASTS_S = 14 * HOUR_S, 5_400


def close_times(
    rng: np.random.Generator,
    facts: Calibration,
    opened: Seconds,
    activity: NDArray[np.int64],
    area: NDArray[np.int64],
) -> Seconds:
    """Closing (wall seconds, `NEVER` for a few) of an episode that began at each of these moments."""
    count = len(opened)
    median = np.array([p.assumed["median_days"] for p in facts.activities])[activity]
    sigma = np.array([p.assumed["sigma"] for p in facts.activities])[activity]
    took_days = median * _slowness(facts)[area] * np.exp(sigma * rng.standard_normal(count))
    day = (opened + (took_days * DAY_S).astype(np.int64)) // DAY_S
    on_weekend = weekday(day)
    day += np.where((on_weekend > 4) & (rng.random(count) < WEEKEND_WAITS), 7 - on_weekend, 0)  # noqa: PLR2004
    closed = day * DAY_S + time_of_day(rng, CLOSING_HOURS, count)
    _close_in_bulk(rng, closed, opened, activity * len(facts.areas) + area)
    quick = opened + SHORTEST_S + (QUICK_S * rng.standard_exponential(count)).astype(np.int64)
    closed = np.where(closed < opened + SHORTEST_S, quick, closed)
    never = np.array([p.assumed["never"] for p in facts.activities])[activity]
    return np.where(rng.random(count) < never, NEVER, after_skipped_hour(closed))


def _close_in_bulk(
    rng: np.random.Generator, closed: Seconds, opened: Seconds, desk: NDArray[np.int64]
) -> None:
    """Move half of the late closings to the next day on which their desk clears its list (in place)."""
    old = np.flatnonzero((closed - opened > OLD_DAYS * DAY_S) & (rng.random(len(closed)) < IN_BULK))
    phase = (desk[old] * 37) % BULK_EVERY_DAYS  # each desk has days of its own
    day = closed[old] // DAY_S
    day += (phase - day) % BULK_EVERY_DAYS
    closed[old] = day * DAY_S + BULK_FROM_S + rng.integers(0, BULK_LASTS_S, len(old))


def _slowness(facts: Calibration) -> Floats:
    """How many times the usual each area takes; a related town waits as the borough that serves it."""
    boroughs = facts.assumed["boroughs"]
    return np.array([boroughs[facts.answers_for(area)]["slowness"] for area in facts.areas])
