"""Parts of Définitions that other screens link to, by the ids that they have there."""

from __future__ import annotations

from dashboard.state import ViewState

KPIS = "kpis"
GOALS = "goals"
TARGETS = "targets"
DAYS_OFF = "days-off"
DUPLICATES = "duplicates"
RECURRENCE = "recurrence"
PRECISION = "precision"
CHECKS = "checks"
LOADS = "loads"
LIMITS = "limits"

PARTS = (KPIS, GOALS, TARGETS, DAYS_OFF, DUPLICATES, RECURRENCE, PRECISION, CHECKS, LOADS, LIMITS)
"""In the order of the page."""


def check_anchor(code: str) -> str:
    """Id of a check of the data in Définitions."""
    return f"check-{code}"


def definition_of(anchor: str, state: ViewState) -> str:
    """Address of a part of Définitions, in the language and theme of a view."""
    page = ViewState(screen="definitions", lang=state.lang, theme=state.theme)
    return f"{page.to_url()}#{anchor}"
