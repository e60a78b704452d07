"""By which channel a request came, and how many people stand behind it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from etl.generate.calibration import CHANNELS, Calibration
from etl.generate.seasons import draw

Integers = NDArray[np.int64]

NO_CHANNEL = len(CHANNELS)
MOST_MORE = 15  # requesters beyond the first
MORE_SHAPE = 2.2  # P(at least n more | more) = n ** -MORE_SHAPE
MEAN_MORE = 1.49  # the mean of that, zeta(2.2)
OTHER_CHANNEL = 0.15  # of those who come later use another channel


def channel_codes(rng: np.random.Generator, facts: Calibration, activity: Integers) -> Integers:
    """A code per request for its channel, the requesters beyond the first and their channel."""
    channel = np.empty(len(activity), dtype=np.int64)
    more = np.zeros(len(activity), dtype=np.int64)
    for number, profile in enumerate(facts.activities):
        mine = np.flatnonzero(activity == number)
        channel[mine] = draw(rng, profile.channels, len(mine))
        several = mine[rng.random(len(mine)) < profile.more_requesters / MEAN_MORE]
        more[several] = np.minimum(rng.random(len(several)) ** (-1 / MORE_SHAPE), MOST_MORE)
    other = np.where(rng.random(len(activity)) < OTHER_CHANNEL, channel[::-1], channel)
    nobody = rng.random(len(activity)) < facts.assumed["no_channel"]
    return np.where(nobody, pack(NO_CHANNEL, 0, 0), pack(channel, more, np.where(more > 0, other, 0)))


def channel_texts() -> list[str]:
    """For each code the ten published columns, from PROVENANCE_ORIGINALE to PROVENANCE_SITEINTERNET."""
    texts = [
        _text(channel, more, other)
        for channel in range(len(CHANNELS))
        for more in range(MOST_MORE + 1)
        for other in range(len(CHANNELS))
    ]
    return [*texts, "," + ",".join("0" * len(CHANNELS))]


def pack(channel: Integers | int, more: Integers | int, other: Integers | int) -> Integers:
    """Position in `channel_texts`."""
    return np.asarray((channel * (MOST_MORE + 1) + more) * len(CHANNELS) + other, dtype=np.int64)


def _text(channel: int, more: int, other: int) -> str:
    counts = [0] * len(CHANNELS)
    counts[channel] = 1
    counts[other] += more
    return ",".join((CHANNELS[channel], *map(str, counts)))
