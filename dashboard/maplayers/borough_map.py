"""The boroughs, or the sectors of one, as one drawing: shaded by a number, named, each a link. No tiles, no script.

What a screen reader or a keyboard meets are links with the name and number of each; the ranking beside the map is the
same in a list.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from dashboard.attributes import attributes
from dashboard.maplayers import labels, legend, scale, shapes
from dashboard.markup import Markup, html, svg

_SAMPLE_VALUE = "88 888"  # labels keep room for a number this wide, so that they stay where they are


@dataclass(frozen=True, slots=True)
class Ground:
    """What does not change with the numbers: the drawing, its paths, and where the labels stand."""

    width: float
    height: float
    paths: Mapping[str, str]
    labels: tuple[labels.Label, ...]


def ground(drawing: shapes.Drawing, names: Mapping[str, str]) -> Ground:
    """Paths and label positions of a drawing (a few tenths of a second: keep it)."""
    paths = {code: shapes.path(shape) for code, shape in drawing.shapes.items()}
    placed = labels.place(drawing.shapes, names, _SAMPLE_VALUE)
    return Ground(drawing.width, drawing.height, paths, tuple(placed))


def borough_map(
    values: Mapping[str, float | None],
    *,
    on: Ground,
    names: Mapping[str, str],
    texts: Mapping[str, str],
    hrefs: Mapping[str, str],
    title: str,
    write: Callable[[float], str],
    pilots: Collection[str] = (),
    focus: Collection[str] = (),
    whole: bool = True,
    around: Mapping[str, str] | None = None,
) -> Markup:
    """A map of the boroughs (or of sectors), shaded by `values`.

    Args:
        values: number by borough code; None or absent where there is none.
        on: the drawing, from `ground`.
        names: name by code.
        texts: each number as written for a person, by code.
        hrefs: where a click goes, by code.
        title: what the numbers are, for the legend and for screen readers.
        write: makes text of a break point of the scale.
        pilots: codes that are emphasised.
        focus: codes in focus; the others step back. Empty: all.
        whole: break points are whole numbers (counts), not shares or days.
        around: paths of the neighbours by code, drawn as outlines; `names` and `hrefs` have them too.
    """
    known = [v for v in values.values() if v is not None]
    breaks = scale.breaks_of_parts(known, whole=whole)
    ramp = scale.spread_of_parts(breaks)
    steps = {code: _step(values.get(code), breaks, ramp) for code in on.paths}
    # Emphasised outlines are drawn last, or a neighbour would cover half of them.
    order = sorted(on.paths, key=lambda code: (code in focus, code in pilots, code))
    looks = {code: f"{_look(code, pilots, focus)} vg-step-{steps[code]}" for code in on.paths}
    said = {code: texts.get(code, "–") for code in on.paths}
    areas = [
        _area(code, on.paths[code], looks[code], hrefs.get(code, ""), f"{names[code]}: {said[code]}")
        for code in order
    ]
    marks = [
        _label(label, f"{looks[label.code]} vg-on-{steps[label.code]}", said[label.code])
        for label in on.labels
    ]
    outlines = [
        _area(code, path, "vg-bm-around", hrefs[code], names[code]) for code, path in (around or {}).items()
    ]
    drawing = svg.Svg(
        [
            svg.G([*outlines, *areas]),
            svg.G(marks, className="vg-bm-labels", **attributes(aria_hidden="true")),
        ],
        viewBox=f"0 0 {on.width:g} {on.height:g}",
        className="vg-bm-drawing",
        role="group",
        **attributes(aria_label=title),
    )
    return html.Div([drawing, legend.ramp_legend(title, breaks, write)], className="vg-borough-map")


def _step(value: float | None, breaks: tuple[float, ...], ramp: tuple[int, ...]) -> int:
    """Step of the ramp, 1 to 7; 0 where there is no number."""
    index = scale.class_of(value, breaks)
    return 0 if index is None else ramp[index]


def _look(code: str, pilots: Collection[str], focus: Collection[str]) -> str:
    """Classes that say how much a borough stands out."""
    looks = ["is-pilot"] if code in pilots else []
    if focus:
        looks.append("is-focus" if code in focus else "is-aside")
    return " ".join(looks)


def _area(code: str, path: str, look: str, href: str, words: str) -> Markup:
    return html.A(
        svg.Path(d=path, className=f"vg-bm-area {look}"),
        href=href,
        className="vg-bm-link",
        **attributes(data_nav="", data_code=code, aria_label=words),
    )


def _label(label: labels.Label, look: str, text: str) -> Markup:
    """Name above number, the block centred on the label's point."""
    _, height = labels.block_size(label.lines, text)
    top = label.y - height / 2
    line = labels.NAME_SIZE * labels.LINE
    names = [
        svg.Text(part, x=f"{label.x:g}", y=f"{top + line * (i + 0.78):.1f}", className="vg-bm-name")
        for i, part in enumerate(label.lines)
    ]
    below = top + line * len(label.lines) + labels.VALUE_SIZE * 0.94
    value = svg.Text(text, x=f"{label.x:g}", y=f"{below:.1f}", className="vg-bm-value")
    block: Markup = svg.G([*names, value], className=f"vg-bm-label {look}")
    return block
