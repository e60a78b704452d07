"""A state of a request: its mark, its colour and its word, always together."""

from __future__ import annotations

from dashboard.attributes import attributes
from dashboard.markup import Markup, html, svg
from dashboard.text import t

# Paths in a box of 20 × 20 around 0,0, the same as in assets/map_marks.js: outline, filled part, ink over it.
_DISC = "M-7.5 0a7.5 7.5 0 1 0 15 0a7.5 7.5 0 1 0 -15 0Z"
_RING = "M-6.3 0a6.3 6.3 0 1 0 12.6 0a6.3 6.3 0 1 0 -12.6 0Z"
_CHECK = "M-4.2 0.2L-1.3 3.2L4.4 -3"
_CROSS = "M-3.2 -3.2L3.2 3.2M3.2 -3.2L-3.2 3.2"
_SHAPES: dict[str, tuple[str, str, str]] = {
    "late": ("", "M0 -8.2L8.6 7H-8.6Z", ""),
    "due_soon": (_RING, "M0 0V-6.3A6.3 6.3 0 0 1 6.3 0Z", ""),
    "in_progress": ("", _DISC, ""),
    "waiting": (_RING, "", ""),
    "done": ("", _DISC, _CHECK),
    "closed": ("", _DISC, _CROSS),
    "withdrawn": (_RING, "", _CROSS),
}


def mark(state: str, size: int = 16) -> Markup:
    """The mark alone; decorative, for its word stands beside it."""
    ring, fill, ink = _SHAPES[state]
    colour = f"var(--vigie-{state.replace('_', '-')})"
    paths = []
    if ring:
        paths.append(svg.Path(d=ring, fill="none", stroke=colour, strokeWidth=2.6))
    if fill:
        paths.append(svg.Path(d=fill, fill=colour))
    if ink:
        over = colour if ring else "var(--vigie-surface)"
        paths.append(svg.Path(d=ink, fill="none", stroke=over, strokeWidth=2.4, strokeLinecap="round"))
    box = {"viewBox": "-10 -10 20 20", "width": str(size), "height": str(size), "className": "vg-mark"}
    found: Markup = svg.Svg(paths, **box, **attributes(aria_hidden="true"))
    return found


def state_word(state: str, lang: str) -> Markup:
    """The mark and its word."""
    look = f"vg-state-word vg-state-{state.replace('_', '-')}"
    return html.Span([mark(state), html.Span(t(f"state.{state}", lang))], className=look)
