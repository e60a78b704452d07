"""The answer to the generated file: which thing each request is about, and which report it repeats."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from etl.generate.clock import Seconds
from etl.generate.closing import NEVER
from etl.generate.lines import LINE_END, ids, joined, moments
from etl.generate.points import degree_texts
from etl.generate.rows import Rows

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]

COLUMNS = (
    "id", "activity", "problem_id", "episode_id", "opened_at", "closed_at", "lat", "lon", "duplicate",
    "parent_id", "label",
)  # fmt: skip


@dataclass(frozen=True)
class Truth:
    """Per request: its problem, episode, exact point (EPSG:32188), closing, and the first of its episode."""

    activity: pa.Array
    label: pa.Array
    problem: Integers
    episode: Integers
    closed: Seconds
    x: Floats
    y: Floats
    parent: Integers


def header() -> bytes:
    """The first line."""
    return (",".join(COLUMNS) + LINE_END).encode()


def lines(requests: Rows, chosen: slice, truth: Truth) -> pa.Buffer:
    """The lines of some requests; `requests` are the rows without Information, in the truth's order.

    Times are Montréal's, as published; `parent_id` is empty on the first request of an episode.
    """
    own = np.arange(len(truth.parent))[chosen]
    parent = truth.parent[chosen]
    repeats = parent != own
    first = pc.if_else(pa.array(repeats), ids(requests, parent), "")
    lon, lat = degree_texts(truth.x[chosen], truth.y[chosen])
    return joined(
        [
            ids(requests, chosen),
            truth.activity[chosen],
            _number(truth.problem[chosen]),
            _number(truth.episode[chosen]),
            moments(requests.opened[chosen]),
            _closings(truth.closed[chosen]),
            lat,
            lon,
            _number(repeats.astype(np.int64)),
            first,
            pc.binary_join_element_wise(truth.label[chosen], LINE_END, ""),
        ]
    )


def _closings(closed: Seconds) -> pa.Array:
    """Closings, empty where there is none."""
    known = np.where(closed == NEVER, 0, closed)
    return pc.if_else(pa.array(closed == NEVER), "", moments(known))


def _number(values: Integers) -> pa.Array:
    return pa.array(values).cast(pa.string())
