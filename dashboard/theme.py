"""Colours and type, in one place: CSS variables, Mantine's theme, the meaning of hues.

Five hues mean a state of a request and nothing else. Quantities use one ramp (teal), which
differs in lightness at every step, so that it reads without hue.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

Scheme = Literal["light", "dark"]

FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'Helvetica Neue', Arial, sans-serif"

SURFACES: dict[Scheme, dict[str, str]] = {
    "light": {
        "ground": "#f5f6f6",
        "surface": "#ffffff",
        "surface-2": "#eef1f1",
        "text": "#17211f",
        "dim": "#566462",
        "line": "#dbe1e0",
        "line-strong": "#87938f",
        "accent": "#0b6562",
        "accent-text": "#ffffff",
        "accent-soft": "#e0efed",
        "raised": "#ffffff",
        "ink-dark": "#17211f",
        "ink-light": "#ffffff",
        "shadow": "0 1px 2px rgb(16 32 30 / 6%), 0 2px 8px rgb(16 32 30 / 4%)",
    },
    "dark": {
        "ground": "#111716",
        "surface": "#1a2221",
        "surface-2": "#232d2b",
        "text": "#eaf0ee",
        "dim": "#a3b1ae",
        "line": "#2f3b39",
        "line-strong": "#71807c",
        "accent": "#5cc7bf",
        "accent-text": "#06201e",
        "accent-soft": "#1d3b39",
        "raised": "#3a4745",
        "ink-dark": "#0a1211",
        "ink-light": "#ffffff",
        "shadow": "0 1px 2px rgb(0 0 0 / 35%)",
    },
}

RAMP: dict[Scheme, tuple[str, ...]] = {
    "light": ("#e4f1ef", "#c3e0dd", "#9bcbc7", "#6eb1ad", "#419390", "#1c7371", "#084f4e"),
    "dark": ("#18302f", "#1d4644", "#24605d", "#2f7e79", "#449d97", "#6fc0b9", "#b2e5df"),
}
"""Least to most, seven steps. In the dark, more is lighter."""


@dataclass(frozen=True, slots=True)
class StateLook:
    """How a state of a request looks: ink that reads as text (contrast ≥ 4.5:1), and its sign."""

    sign: str
    light: str
    dark: str


STATES: dict[str, StateLook] = {
    "late": StateLook("▲", "#b83a0b", "#ff8b5e"),
    "due_soon": StateLook("◔", "#8a5a00", "#f0b63f"),
    "in_progress": StateLook("●", "#1d5fa6", "#71b1f4"),
    "waiting": StateLook("○", "#5d6770", "#aab4bc"),
    "done": StateLook("✓", "#4c6b57", "#9dbda8"),
    "closed": StateLook("✓", "#4c6b57", "#9dbda8"),
    "withdrawn": StateLook("–", "#5d6770", "#aab4bc"),
}
"""Vermilion, amber, blue, grey, grey-green (UX rule 4): never colour alone."""


def css_variables() -> str:
    """Every colour as `--vigie-…`, for both schemes, as a style sheet; on paper always the light ones."""
    light, dark = (_declarations(scheme) for scheme in ("light", "dark"))
    in_dark = '[data-mantine-color-scheme="dark"]'
    return (
        f":root{{--vigie-font:{FONT};color-scheme:light;{light}}}"
        f"{in_dark}{{color-scheme:dark;{dark}}}"
        f"@media print{{:root,{in_dark}{{color-scheme:light;{light}}}}}"
    )


def _declarations(scheme: Scheme) -> str:
    inks = {code: look.dark if scheme == "dark" else look.light for code, look in STATES.items()}
    values = {
        **SURFACES[scheme],
        **{code.replace("_", "-"): ink for code, ink in inks.items()},
        **{f"ramp-{step}": colour for step, colour in enumerate(RAMP[scheme], start=1)},
    }
    return "".join(f"--vigie-{name}:{value};" for name, value in values.items())


def mantine() -> dict[str, Any]:
    """Mantine's theme: our accent as its primary colour, our font, targets ≥ 44 px by style sheet."""
    shades = [
        "#e9f5f3",
        "#d5e9e7",
        "#abd3cf",
        "#7dbcb7",
        "#58a9a3",
        "#3f9d97",
        "#2f9790",
        "#1f847d",
        "#0b6562",
        "#06514f",
    ]
    return {
        "fontFamily": FONT,
        "colors": {"vigie": shades},
        "primaryColor": "vigie",
        "primaryShade": {"light": 8, "dark": 4},
        "autoContrast": True,
        "defaultRadius": 6,
        "cursorType": "pointer",
        "respectReducedMotion": True,
        "headings": {"fontFamily": FONT, "fontWeight": "600"},
    }
