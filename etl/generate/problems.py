"""Things that need fixing, the episodes in which they do, and the reports of each.

Reports are drawn from season and place; those that meet an open episode of the same thing join it, those
after its closing begin the next one. Some are drawn as returns to a place that had one weeks before, some
as further reports, minutes to days after the first.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from etl.generate.calibration import ActivityProfile, Calibration
from etl.generate.clock import DAY_S, HOUR_S, Seconds, before_skipped_hour
from etl.generate.closing import close_times
from etl.generate.seasons import (
    draw,
    expected_by_day,
    opening_times,
    time_of_day,
    weather_factors,
)
from etl.generate.streets import Network

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]

RETURN_AFTER_DAYS = 32.0  # median of the time after which a thing is reported again; log-normal
RETURN_SIGMA = 0.8
MOST_THINGS = 16  # of one label on one block
FEW_THINGS = 1.6  # exponent: the first thing of a block is the likeliest
JOIN_SCALE_S = 5.0 * HOUR_S  # Lomax: half of the further reports come within some 7 hours, some after weeks
JOIN_SHAPE = 0.8
JOIN_SPREAD = 0.35  # gamma shape: most episodes have one report, a few have many
SAME_HOUR_S = 3 * HOUR_S  # later than this, a further report comes at its own time of the day
SHORTEST_WAIT_S = 60


@dataclass(frozen=True)
class Problems:
    """Things: number of its label, of its block, and which thing of the block (from 0)."""

    label: Integers
    block: Integers
    thing: Integers


@dataclass(frozen=True)
class Episodes:
    """Times in which a problem was unsolved: wall seconds; `closed` may lie after the file's end."""

    problem: Integers
    opened: Seconds
    closed: Seconds


@dataclass(frozen=True)
class Reports:
    """Requests in the order of their opening; `first` marks the one that began its episode."""

    opened: Seconds
    episode: Integers
    problem: Integers
    activity: Integers
    first: NDArray[np.bool_]


@dataclass(frozen=True)
class _Seeds:
    """Reports that may begin an episode, one array per attribute."""

    opened: Seconds
    activity: Integers
    label: Integers
    area: Integers
    block: Integers
    thing: Integers


def make_problems(
    rng: np.random.Generator, facts: Calibration, streets: Network, days: Seconds, end: int, requests: int
) -> tuple[Problems, Episodes, Reports]:
    """Problems with their episodes and exactly `requests` reports, all opened before `end` (wall second)."""
    weather = weather_factors(rng, facts, days)
    expected = [expected_by_day(rng, p, days, weather[p.code]) for p in facts.activities]
    totals = np.array([e.sum() for e in expected])
    counts = rng.multinomial(requests, totals / totals.sum())
    joins = (counts * [p.assumed["joins"] for p in facts.activities]).astype(np.int64)
    seeds = _seeds(rng, facts, streets, days, end, expected, counts - joins)
    closes = close_times(rng, facts, seeds.opened, seeds.activity, seeds.area)
    problems, order, starts = _problems(seeds, streets.blocks)
    opened, closes = seeds.opened[order], closes[order]
    begins = _episode_begins(opened, closes, starts)
    first = np.flatnonzero(begins)
    problem = np.repeat(np.arange(len(starts)), np.diff(np.append(starts, len(opened))))
    episodes = Episodes(problem[first], opened[first], closes[first])
    members = np.cumsum(begins) - 1
    activity = seeds.activity[order][first]
    joined, joined_at = _joins(rng, facts, episodes, activity, joins, end)
    opened = np.concatenate((opened, joined_at))
    episode = np.concatenate((members, joined))
    is_first = np.concatenate((begins, np.zeros(len(joined), dtype=bool)))
    order = np.lexsort((~is_first, opened))
    episode = episode[order]
    reports = Reports(opened[order], episode, episodes.problem[episode], activity[episode], is_first[order])
    return problems, episodes, reports


def _seeds(
    rng: np.random.Generator,
    facts: Calibration,
    streets: Network,
    days: Seconds,
    end: int,
    expected: list[Floats],
    counts: Integers,
) -> _Seeds:
    parts = []
    first_label = 0
    for number, profile in enumerate(facts.activities):
        count = int(counts[number])
        opened = opening_times(rng, profile, days, expected[number], count)
        # Where the last day ends early, what would come after belongs to the week before.
        opened = before_skipped_hour(np.where(opened >= end, opened - 7 * DAY_S, opened))
        label = first_label + draw(rng, profile.by_label, count)
        area = draw(rng, profile.by_area, count)
        block = _blocks(rng, profile, streets, area)
        thing = (profile.assumed["things"] * rng.random(count) ** FEW_THINGS).astype(np.int64)
        _send_back(rng, profile.assumed["returns"], opened, label * len(facts.areas) + area, block, thing)
        parts.append((opened, np.full(count, number), label, area, block, thing))
        first_label += len(profile.labels)
    return _Seeds(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def _blocks(rng: np.random.Generator, profile: ActivityProfile, streets: Network, area: Integers) -> Integers:
    """A block of each area, busy streets first; how busy a block is differs by activity."""
    spread = profile.assumed["spread"]
    weights = streets.busy * np.exp(spread * rng.standard_normal(streets.blocks))
    edges = np.concatenate(([0.0], np.cumsum(weights)))
    low, high = streets.first_of_area[area], streets.first_of_area[area + 1]
    at = edges[low] + rng.random(len(area)) * (edges[high] - edges[low])
    found: Integers = np.clip(np.searchsorted(edges, at, side="right") - 1, low, high - 1)
    return found


def _send_back(
    rng: np.random.Generator,
    share: float,
    opened: Seconds,
    group: Integers,
    block: Integers,
    thing: Integers,
) -> None:
    """Give a share of the reports the place of an earlier one of their group (label and area), in place."""
    returns = rng.random(len(opened)) < share
    back, origin = np.flatnonzero(returns), np.flatnonzero(~returns)
    after_s = RETURN_AFTER_DAYS * DAY_S * np.exp(RETURN_SIGMA * rng.standard_normal(len(back)))
    origin = origin[np.lexsort((opened[origin], group[origin]))]
    keys = _moment_in(group[origin], opened[origin])
    wanted = _moment_in(group[back], opened[back] - after_s.astype(np.int64))
    found = np.searchsorted(keys, wanted, side="right") - 1
    ok = found >= 0
    ok[ok] = group[origin[found[ok]]] == group[back[ok]]
    block[back[ok]] = block[origin[found[ok]]]
    thing[back[ok]] = thing[origin[found[ok]]]


def _problems(seeds: _Seeds, blocks: int) -> tuple[Problems, Integers, Integers]:
    """Problems, the order of the seeds by problem and opening, and where in it each problem starts."""
    key = (seeds.label * blocks + seeds.block) * MOST_THINGS + seeds.thing
    order = np.lexsort((seeds.opened, key))
    starts = np.flatnonzero(np.diff(key[order], prepend=-1))
    one = order[starts]
    return Problems(seeds.label[one], seeds.block[one], seeds.thing[one]), order, starts


def _episode_begins(opened: Seconds, closes: Seconds, starts: Integers) -> NDArray[np.bool_]:
    """Which seeds begin an episode: the first of a problem, then the first after each closing.

    Seeds are sorted by problem and opening; `starts` are the positions at which problems start.
    """
    ends = np.append(starts[1:], len(opened))
    problem = np.repeat(np.arange(len(starts)), ends - starts)
    keys = _moment_in(problem, opened)
    begins = np.zeros(len(opened), dtype=bool)
    current, last = starts, ends
    while len(current):
        begins[current] = True
        following = np.searchsorted(keys, _moment_in(problem[current], closes[current]), side="left")
        more = following < last
        current, last = following[more], last[more]
    return begins


def _joins(
    rng: np.random.Generator,
    facts: Calibration,
    episodes: Episodes,
    activity: Integers,
    counts: Integers,
    end: int,
) -> tuple[Integers, Seconds]:
    """Episode and opening of further reports: `counts` of each activity, while the episode is open."""
    room_s = np.minimum(episodes.closed, end) - episodes.opened - 1
    weights = rng.gamma(JOIN_SPREAD, 1.0, len(room_s)) * np.minimum(room_s / DAY_S, 1.0)
    weights = np.where(room_s >= SHORTEST_WAIT_S, weights, 0) + 1e-12
    joined, times = [], []
    for number, profile in enumerate(facts.activities):
        mine = np.flatnonzero(activity == number)
        count = int(counts[number])
        if not count:
            continue
        chosen = mine[draw(rng, weights[mine], count)]
        joined.append(chosen)
        times.append(_join_times(rng, profile, episodes.opened[chosen], room_s[chosen]))
    if not joined:
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    chosen = np.concatenate(joined)
    # The skipped hour ends an instant too early, but never before the first report.
    at = np.maximum(before_skipped_hour(np.concatenate(times)), episodes.opened[chosen])
    return chosen, at


def _join_times(
    rng: np.random.Generator, profile: ActivityProfile, first: Seconds, room_s: Seconds
) -> Seconds:
    """Opening of reports that follow a first one within `room_s` seconds (a truncated Lomax delay)."""
    within = 1 - (1 + room_s / JOIN_SCALE_S) ** -JOIN_SHAPE
    tail = 1 - rng.random(len(first)) * within
    at = first + np.minimum((JOIN_SCALE_S * (tail ** (-1 / JOIN_SHAPE) - 1)).astype(np.int64), room_s)
    own = at - at % DAY_S + time_of_day(rng, profile.by_hour, len(first))
    fits = (at - first > SAME_HOUR_S) & (own > first) & (own < first + room_s)
    return np.where(fits, own, at)


def _moment_in(group: Integers, wall: Seconds) -> Integers:
    """One number that sorts by group, then by wall time (1970 to 2200, `NEVER` included)."""
    return (group << 34) + wall
