"""What of the frame follows the state: the status line, as-of, notices, words and lists of the filter bar."""

from __future__ import annotations

from datetime import UTC, datetime

from dashboard.components.compare_menu import compare_menu
from dashboard.components.picks import borough_label, borough_panel, sector_label, sector_panel
from dashboard.components.status import as_of_line, ignored_notice, stale_notice, status_line
from dashboard.health import MartHealth
from dashboard.ids import Id
from dashboard.markup import to_html
from dashboard.services import Services
from dashboard.state import Ignored, ViewState
from mart.periods import local_date


def draw_status(
    services: Services, state: ViewState, ignored: list[Ignored], mart: MartHealth
) -> dict[str, str]:
    """HTML by the id of its place. Blocking: it may open a new version of the mart."""
    now = datetime.now(UTC)
    as_of = _as_of(services, mart)
    notices = [ignored_notice(ignored, state.lang)]
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


def _as_of(services: Services, mart: MartHealth) -> datetime | None:
    if mart.version is None:
        return None
    with services.reader.lease() as leased:
        return leased.as_of()
