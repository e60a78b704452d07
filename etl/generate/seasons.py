"""When requests come in: how many on each day (season, weekday, weather), and at what time of it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from etl.generate.calibration import ActivityProfile, Calibration
from etl.generate.clock import DAY_S, HOUR_S, Seconds, after_skipped_hour, months_of, weekday

Floats = NDArray[np.float64]

SHORTEST_DAYS = 28
LONGEST_DAYS = 3_650
"""A longer file has more requests a day instead: years are published with two digits."""
DAILY_NOISE_SHAPE = 30.0  # gamma: days differ by about a fifth beside weekday and weather
QUIET_DAYS = ((1, 1), (6, 24), (7, 1), (12, 25), (12, 26))  # (month, day) with hardly anybody at the phone
QUIET_SHARE = 0.35
FADING = 0.5  # of what weather adds, from one day to the next
WEATHER_DAYS = 6


def days_for(facts: Calibration, requests: int, end: int) -> Seconds:
    """Days since 1970 that end with that of `end` (wall seconds, excluded) and hold that many requests."""
    last = (end - 1) // DAY_S
    days = np.arange(last - LONGEST_DAYS + 1, last + 1, dtype=np.int64)
    daily = facts.daily_by_month[months_of(days)[1]]
    enough = int(np.searchsorted(np.cumsum(daily[::-1]), requests)) + 1
    return days[-min(max(enough, SHORTEST_DAYS), LONGEST_DAYS) :]


def weather_factors(rng: np.random.Generator, facts: Calibration, days: Seconds) -> dict[str, Floats]:
    """How many times the usual number of requests of an activity each day brings (1 = the usual)."""
    _, month = months_of(days)
    factors = {profile.code: np.ones(len(days)) for profile in facts.activities}
    for kind in facts.assumed["weather"]:
        in_season = np.isin(month, np.array(kind["months"]) - 1)
        chance = kind["days_a_year"] / (30.4 * len(kind["months"]))
        starts = np.flatnonzero(in_season & (rng.random(len(days)) < chance))
        strength = rng.uniform(0.6, 1.4, len(starts))
        for start, strong in zip(starts, strength, strict=True):
            lasts = np.arange(min(WEATHER_DAYS, len(days) - int(start)))
            for code, times in kind["activities"].items():
                factors[code][start + lasts] += strong * (times - 1) * FADING**lasts
    return factors


def expected_by_day(
    rng: np.random.Generator, profile: ActivityProfile, days: Seconds, weather: Floats
) -> Floats:
    """Expected requests of an activity on each day.

    Weekday, weather and chance spread a month's requests over its days; the month's own number stays.
    """
    month, month_of_year = months_of(days)
    level = profile.daily_by_month[month_of_year]
    shape = profile.by_weekday[weekday(days)] * weather * rng.gamma(DAILY_NOISE_SHAPE, 1.0, len(days))
    shape *= np.where(_quiet(days), QUIET_SHARE, 1.0)
    index = month - month[0]
    scale = np.bincount(index, level) / np.bincount(index, shape)
    expected: Floats = shape * scale[index]
    return expected


def opening_times(
    rng: np.random.Generator, profile: ActivityProfile, days: Seconds, expected: Floats, count: int
) -> Seconds:
    """Wall seconds of `count` requests: days as expected, hours of the activity."""
    day = days[draw(rng, expected, count)]
    return after_skipped_hour(day * DAY_S + time_of_day(rng, profile.by_hour, count))


def time_of_day(rng: np.random.Generator, by_hour: Floats, count: int) -> Seconds:
    """Seconds since midnight, hours as given and even within each."""
    return draw(rng, by_hour, count) * HOUR_S + rng.integers(0, HOUR_S, count)


def draw(rng: np.random.Generator, weights: Floats, count: int) -> Seconds:
    """Positions drawn in proportion to weights."""
    edges = np.cumsum(weights)
    found: Seconds = np.searchsorted(edges[:-1], rng.random(count) * edges[-1], side="right").astype(np.int64)
    return found


def _quiet(days: Seconds) -> NDArray[np.bool_]:
    dates = days.astype("datetime64[D]")
    month = dates.astype("datetime64[M]")
    day_of_month = (dates - month).astype(np.int64) + 1
    code = (month.astype(np.int64) % 12 + 1) * 100 + day_of_month
    return np.isin(code, [m * 100 + d for m, d in QUIET_DAYS])
