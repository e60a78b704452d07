"""Where the names on a drawing stand: inside their own shape where they fit, never on one another."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

NAME_SIZE, VALUE_SIZE = 11.0, 13.5
"""Type sizes, drawing units."""

LINE = 1.16
"""Line height over type size."""

_STEP = 2.5  # side of a raster cell, drawing units
_GOOD = 0.9  # share of a label that lies inside its shape, from which it reads as standing in it
_TOLERABLE = 0.6
_OVERLAP = 3.0  # a label on another is this much worse than a label outside its shape
_ROOM = 0.002  # what a unit more of room around it is worth, up to _ENOUGH_ROOM
_ENOUGH_ROOM = 40.0
_MOST_LINES = 4
_NARROW, _WIDE = "iljtfrI.,'’ -–\u202f\u00a0", "mwMW%"

_LEANING = frozenset({"le", "la", "les", "de", "des", "du", "aux", "notre", "saint", "sainte", "mont"})
"""Words that a line does not end with."""

Raster = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Label:
    """One label: its lines, from the top, and the middle of the block they make with a value below."""

    code: str
    x: float
    y: float
    lines: tuple[str, ...]


def text_width(text: str, size: float) -> float:
    """Width of a text in a system's sans serif, about; a little too wide rather than too narrow."""
    ems = sum(0.36 if c in _NARROW else 0.92 if c in _WIDE else 0.72 if c.isupper() else 0.61 for c in text)
    return ems * size


def wrappings(name: str) -> list[tuple[str, ...]]:
    """The ways to set a name, from one line to four, lines as even as they can be.

    A line ends after a dash, which stays, or at a space.
    """
    parts: list[str] = []
    for part in re.findall(r"[^–\- ]+[–\- ]?", name):
        if parts and parts[-1].rstrip("- ").lower() in _LEANING:
            parts[-1] += part
        else:
            parts.append(part)
    return [_even(parts, count) for count in range(1, min(_MOST_LINES, len(parts)) + 1)]


def _even(parts: Sequence[str], count: int) -> tuple[str, ...]:
    """The parts on `count` lines with the shortest longest line."""
    if count == 1:
        return ("".join(parts).strip(),)
    cuts = range(1, len(parts) - count + 2)
    options = [("".join(parts[:cut]).strip(), *_even(parts[cut:], count - 1)) for cut in cuts]
    return min(options, key=lambda lines: max(len(line) for line in lines))


def block_size(lines: Sequence[str], value: str) -> tuple[float, float]:
    """Width and height of a label, drawing units."""
    widths = [text_width(line, NAME_SIZE) for line in lines] + [text_width(value, VALUE_SIZE)]
    return max(widths), len(lines) * NAME_SIZE * LINE + VALUE_SIZE * LINE


def place(shapes: Mapping[str, shapely.Geometry], names: Mapping[str, str], value: str) -> list[Label]:
    """One label per shape: its name with room for a value like `value`; where that does not fit, no name.

    Small shapes choose first, for they have the fewest places.
    """
    taken = np.zeros(_raster_size(shapes))
    labels: list[Label] = []
    for code in sorted(shapes, key=lambda c: float(shapely.area(shapes[c]))):
        inside, room = _rasterised(shapes[code], taken.shape)
        label, size = _choose(code, wrappings(names[code]), value, inside - _OVERLAP * taken, room)
        labels.append(label)
        _take(taken, label, size)
    return labels


def _choose(
    code: str, ways: Sequence[tuple[str, ...]], value: str, worth: Raster, room: Raster
) -> tuple[Label, tuple[float, float]]:
    """The first way that stands well inside the shape; else the value alone."""
    found: list[tuple[float, Label, tuple[float, float]]] = []
    for lines in ways:
        size = block_size(lines, value)
        found.append((*_best(code, lines, size, worth, room), size))
    good = [way for way in found if way[0] >= _GOOD]
    if good:
        return good[0][1], good[0][2]
    share, label, size = max(found, key=lambda way: way[0])
    if share >= _TOLERABLE:
        return label, size
    size = block_size((), value)
    return _best(code, (), size, worth, room)[1], size


def _best(
    code: str, lines: tuple[str, ...], size: tuple[float, float], worth: Raster, room: Raster
) -> tuple[float, Label]:
    """Where a block of this size stands best, and the share of it that lies inside."""
    columns, rows = (max(1, round(side / _STEP)) for side in size)
    total = np.pad(worth.cumsum(0).cumsum(1), ((1, 0), (1, 0)))
    sums = (
        total[rows:, columns:] - total[:-rows, columns:] - total[rows:, :-columns] + total[:-rows, :-columns]
    )
    share = sums / (rows * columns)
    middle = room[rows // 2 : rows // 2 + share.shape[0], columns // 2 : columns // 2 + share.shape[1]]
    row, column = np.unravel_index(int(np.argmax(share + _ROOM * middle)), share.shape)
    x, y = (float(column) + columns / 2) * _STEP, (float(row) + rows / 2) * _STEP
    return float(share[row, column]), Label(code, x, y, lines)


def _take(taken: Raster, label: Label, size: tuple[float, float]) -> None:
    left, right = ((label.x + sign * size[0] / 2) / _STEP for sign in (-1, 1))
    top, bottom = ((label.y + sign * size[1] / 2) / _STEP for sign in (-1, 1))
    taken[int(top) : int(bottom) + 1, int(left) : int(right) + 1] = 1.0


def _raster_size(shapes: Mapping[str, shapely.Geometry]) -> tuple[int, int]:
    bounds = np.array([shapely.bounds(shape) for shape in shapes.values()])
    return int(bounds[:, 3].max() / _STEP) + 2, int(bounds[:, 2].max() / _STEP) + 2


def _middles(size: tuple[int, ...]) -> tuple[Raster, Raster]:
    """X and y of the middle of each raster cell."""
    ys, xs = np.mgrid[0 : size[0], 0 : size[1]]
    return (xs + 0.5) * _STEP, (ys + 0.5) * _STEP


def _rasterised(shape: shapely.Geometry, size: tuple[int, ...]) -> tuple[Raster, Raster]:
    """Per raster cell: 1 where its middle is inside the shape; and how far from the shape's edge, 0 outside."""
    inside, room = np.zeros(size), np.zeros(size)
    west, north, east, south = (int(side / _STEP) for side in shapely.bounds(shape))
    window = (slice(north, south + 2), slice(west, east + 2))
    xs, ys = (side[window] for side in _middles(size))
    shapely.prepare(shape)
    within = shapely.contains_xy(shape, xs, ys)
    inside[window] = within
    edge = shapely.boundary(shape)
    shapely.prepare(edge)
    room[window] = np.where(within, shapely.distance(shapely.points(xs, ys), edge), 0.0)
    return inside, np.minimum(room, _ENOUGH_ROOM)
