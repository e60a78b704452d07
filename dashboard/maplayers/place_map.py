"""The places that keep coming back on a drawing of the boroughs: circles as large as their number."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import shapely

from dashboard.maplayers import labels, shapes
from dashboard.markup import Markup, svg
from geo.boroughs import Area, shapes_of
from geo.projection import metres, shapes_in_metres

LARGEST, SMALLEST = 15.0, 3.0
"""Radius of the largest and of the smallest circle, units of the whole drawing."""

_NAME_SCALE = 0.45
"""About the pixels of a unit of the whole drawing on the screen: names that fit at their size there are written."""

_ROOM = 14.0
_LEAST_WIDTH = 90.0
_TOUCH = 7.0
"""Least radius that can be pressed."""


@dataclass(frozen=True, slots=True)
class Name:
    """A borough's name: its lines about a point, drawing units, and whether it is seen from far."""

    x: float
    y: float
    lines: tuple[str, ...]
    is_far: bool


@dataclass(frozen=True, slots=True)
class Ground:
    """What does not change with the places: outlines, names, and how degrees become drawing units."""

    drawing: shapes.Drawing
    paths: Mapping[str, str]
    names: tuple[Name, ...]
    titles: Mapping[str, str]
    west_m: float
    north_m: float
    units_per_m: float

    def at(self, lon: Sequence[float], lat: Sequence[float]) -> tuple[list[float], list[float]]:
        """Drawing units of points (WGS84)."""
        x, y = metres(np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64))
        right = (x - self.west_m) * self.units_per_m + shapes.MARGIN
        down = (self.north_m - y) * self.units_per_m + shapes.MARGIN
        return np.round(right, 1).tolist(), np.round(down, 1).tolist()


@dataclass(frozen=True, slots=True)
class Mark:
    """One place."""

    id: int
    lon: float
    lat: float
    value: float
    words: str


def ground(areas: tuple[Area, ...], names: Mapping[str, str]) -> Ground:
    """Outlines and names of the boroughs (a few tenths of a second: keep it)."""
    drawing = shapes.draw(areas)
    west, _, east, north = shapely.total_bounds(shapes_in_metres(shapes_of(areas)))
    return Ground(
        drawing,
        {code: shapes.path(shape) for code, shape in drawing.shapes.items()},
        _named(drawing, names),
        names,
        float(west),
        float(north),
        (shapes.WIDTH - 2 * shapes.MARGIN) / float(east - west),
    )


def _named(drawing: shapes.Drawing, names: Mapping[str, str]) -> tuple[Name, ...]:
    """Names set for the size that the whole is seen at where they fit, the others for when one is near."""
    seen = {
        code: shapely.transform(shape, lambda xy: xy * _NAME_SCALE) for code, shape in drawing.shapes.items()
    }
    far = {one.code: one for one in labels.place(seen, names, "") if one.lines}
    near = labels.place(drawing.shapes, names, "")
    return tuple(
        Name(far[one.code].x / _NAME_SCALE, far[one.code].y / _NAME_SCALE, far[one.code].lines, is_far=True)
        if one.code in far
        else Name(one.x, one.y, one.lines, is_far=False)
        for one in near
    )


def place_map(
    marks: Sequence[Mark], on: Ground, title: str, *, focus: Collection[str] = (), chosen: int | None = None
) -> Markup:
    """The drawing; boroughs in `focus` fill it. Each circle chooses its place (`data-set`), as the list does."""
    box = _box(on, [code for code in focus if code in on.paths])
    scale = box[2] / on.drawing.width
    xs, ys = on.at([mark.lon for mark in marks], [mark.lat for mark in marks])
    top = max((mark.value for mark in marks), default=1.0)
    # The largest lie below, so that every smaller one can be seen and pressed; the chosen one above all.
    order = sorted(range(len(marks)), key=lambda i: (marks[i].id == chosen, -marks[i].value, marks[i].id))
    circles = [_circle(marks[i], xs[i], ys[i], top, scale, marks[i].id == chosen) for i in order]
    areas = [
        svg.Path(
            svg.Title(on.titles[code]),
            d=path,
            className="vg-pm-area is-aside" if focus and code not in focus else "vg-pm-area",
        )
        for code, path in on.paths.items()
    ]
    drawn: Markup = svg.Svg(
        [
            svg.G(areas),
            svg.G([_name(label, scale) for label in on.names], className="vg-pm-names", aria_hidden="true"),
            svg.G(circles, className="vg-pm-marks"),
        ],
        viewBox=" ".join(f"{side:g}" for side in box),
        className="vg-pm-drawing is-near" if scale < 1 else "vg-pm-drawing",
        role="group",
        aria_label=title,
        data_width=on.drawing.width,
        data_names=1 / _NAME_SCALE,
    )
    return drawn


def radius(value: float, top: float) -> float:
    """Radius of a circle whose area tells the value, units of the whole drawing."""
    return max(LARGEST * math.sqrt(value / top), SMALLEST) if top > 0 else SMALLEST


def _circle(mark: Mark, x: float, y: float, top: float, scale: float, chosen: bool) -> Markup:
    """A link-like mark; the list beside the map has the same for the keyboard."""
    r = radius(mark.value, top) * scale
    parts = [
        svg.Title(mark.words),
        svg.Circle(cx=x, cy=y, r=f"{max(r, _TOUCH * scale):.1f}", className="vg-pm-touch"),
        svg.Circle(cx=x, cy=y, r=f"{r:.1f}", className="vg-pm-dot"),
    ]
    made: Markup = svg.G(
        parts,
        className="vg-pm-mark",
        role="button",
        tabIndex="-1",
        aria_pressed="true" if chosen else "false",
        data_set="place",
        data_value=mark.id,
    )
    return made


def _name(label: Name, scale: float) -> Markup:
    """A name about its point; assets/recurrence.js keeps its size when a person comes nearer."""
    top = -labels.NAME_SIZE * labels.LINE * len(label.lines) / 2
    lines = [
        svg.Text(part, y=f"{top + labels.NAME_SIZE * labels.LINE * (i + 0.78):.1f}")
        for i, part in enumerate(label.lines)
    ]
    made: Markup = svg.G(
        lines,
        transform=f"translate({label.x:.1f} {label.y:.1f}) scale({scale / _NAME_SCALE:.3g})",
        data_at=f"{label.x:.1f} {label.y:.1f}",
        className=None if label.is_far else "is-small",
    )
    return made


def _box(on: Ground, focus: Sequence[str]) -> tuple[float, float, float, float]:
    """What is seen (x, y, width, height): the boroughs in focus with some room, in the form of the whole."""
    width, height = on.drawing.width, on.drawing.height
    if not focus:
        return 0.0, 0.0, width, height
    west, north, east, south = (
        float(side) for side in shapely.total_bounds([on.drawing.shapes[c] for c in focus])
    )
    wide = max(east - west + 2 * _ROOM, (south - north + 2 * _ROOM) * width / height, _LEAST_WIDTH)
    wide = min(wide, width)
    tall = wide * height / width
    return (
        round((west + east - wide) / 2, 1),
        round((north + south - tall) / 2, 1),
        round(wide, 1),
        round(tall, 1),
    )
