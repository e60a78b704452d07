"""Addresses of feeds that painted parts link to."""

from __future__ import annotations

from urllib.parse import urlencode

from dashboard.state import ViewState

CHECK_JSON, CHECK_CSV = "/feeds/quality.json", "/feeds/quality.csv"
REJECTED_JSON, REJECTED_CSV = "/feeds/rejected.json", "/feeds/rejected.csv"


def check_csv(code: str, state: ViewState) -> str:
    """All requests of a check, for a view."""
    view = state.replace(check=code, request=None, place=None, theme=None, map_view=None, sort="")
    return f"{CHECK_CSV}?{view.to_query()}"


def rejected_csv(load: int, lang: str) -> str:
    """All rejected rows of a load."""
    return f"{REJECTED_CSV}?{urlencode({'load': load, 'lang': lang})}"
