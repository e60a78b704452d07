"""The moment that a list is of (`at` of the address), where it is not now."""

from __future__ import annotations

from dashboard.state import Ignored, ViewState
from mart.questions.kpi import first_request
from mart.snapshot import Mart


def reached(state: ViewState, mart: Mart) -> tuple[ViewState, list[Ignored]]:
    """The state, without a moment that is before the first request or after the mart's T; and what was left out."""
    if state.at is None:
        return state, []
    first = first_request(mart)
    if first is not None and first <= state.at <= mart.as_of():
        return state, []
    return state.replace(at=None), [Ignored("at", f"{state.at:%Y-%m-%dT%H:%M:%SZ}")]
