"""What of the frame follows the state: the status line, as-of, notices, words and lists of the filter bar."""

from __future__ import annotations

from datetime import UTC, datetime

from dashboard.asking import View
from dashboard.at import reached
from dashboard.beside import other_state
from dashboard.components.compare_menu import compare_menu
from dashboard.components.picks import borough_label, borough_panel, sector_label, sector_panel
from dashboard.components.status import (
    as_of_line,
    gap_notice,
    ignored_notice,
    stale_notice,
    status_line,
    why_notice,
)
from dashboard.health import MartHealth
from dashboard.ids import Id
from dashboard.markup import Markup, to_html
from dashboard.services import Services
from dashboard.state import Ignored, ViewState
from mart.periods import local_date

_FED = ("carte", "liste")
"""Screens whose requests come from feeds, row by row."""


def draw_status(
    services: Services, state: ViewState, ignored: list[Ignored], mart: MartHealth
) -> dict[str, str]:
    """HTML by the id of its place. Blocking: it may open a new version of the mart."""
    now = datetime.now(UTC)
    as_of, notes = None, []
    if mart.version is not None:
        with services.reader.lease() as leased:
            state, beyond = reached(state, leased)
            view = View(services, leased, state)
            as_of, ignored = view.as_of, [*ignored, *beyond]
            if state.versus and other_state(state, local_date(as_of)) is None:
                ignored = [*ignored, Ignored("vs", state.versus)]
            notes = [_why(view) or gap_notice(state, leased.newest_event_at, view.as_of)]
    notices = [ignored_notice(ignored, state.lang), *notes]
    if mart.state == "stale" and mart.built_at:
        notices.append(stale_notice(now - mart.built_at, state.lang))
    said = []
    if as_of and mart.newest_event_at and mart.built_at:
        demo = services.settings.demo
        said = as_of_line(as_of, mart.newest_event_at, mart.built_at, now, state.lang, demo=demo)
    return {
        Id.STATUS_BAR.value: to_html(status_line(state, local_date(as_of) if as_of else None)),
        Id.COMPARE.value: to_html(compare_menu(state, local_date(as_of) if as_of else None)),
        Id.AS_OF.value: to_html(said),
        Id.NOTICE.value: to_html(notices),
        Id.BOROUGHS_LABEL.value: to_html(borough_label(state)),
        Id.BOROUGHS_PANEL.value: to_html(borough_panel(state)),
        Id.SECTORS_LABEL.value: to_html(sector_label(state)),
        Id.SECTORS_PANEL.value: to_html(sector_panel(state)),
    }


def _why(view: View) -> Markup | None:
    """Why list and map have nothing to show; the other screens say so themselves."""
    if view.state.screen not in _FED or view.why is None:
        return None
    return why_notice(view.why, view.as_of, view.first_day, view.state.lang)
