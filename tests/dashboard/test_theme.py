"""Colours that everybody can read, on light and dark."""

from itertools import pairwise

import pytest

from dashboard.theme import RAMP, STATES, SURFACES, Scheme, css_variables

SCHEMES: tuple[Scheme, ...] = ("light", "dark")


def luminance(colour: str) -> float:
    """Relative luminance of #rrggbb (WCAG 2.1)."""
    parts = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(a: str, b: str) -> float:
    low, high = sorted((luminance(a), luminance(b)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("ground", ["ground", "surface", "surface-2", "accent-soft"])
@pytest.mark.parametrize("ink", ["text", "dim", "accent"])
def test_text_can_be_read(scheme: Scheme, ground: str, ink: str) -> None:
    assert contrast(SURFACES[scheme][ground], SURFACES[scheme][ink]) >= 4.5


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("state", STATES)
def test_states_can_be_read(scheme: Scheme, state: str) -> None:
    look = STATES[state]
    ink = look.dark if scheme == "dark" else look.light
    for ground in ("ground", "surface"):
        assert contrast(SURFACES[scheme][ground], ink) >= 4.5


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_ramp_goes_one_way_in_lightness(scheme: Scheme) -> None:
    steps = [luminance(colour) for colour in RAMP[scheme]]
    falls = [a > b for a, b in pairwise(steps)]
    assert falls == [scheme == "light"] * 6


def test_every_state_has_a_sign() -> None:
    assert len({look.sign for name, look in STATES.items() if name != "closed"}) == 6


def test_every_colour_is_a_variable() -> None:
    style = css_variables()
    for name in ("ground", "surface-2", "due-soon", "ramp-7"):
        assert style.count(f"--vigie-{name}:") == 3  # light, dark, and paper, which is light
