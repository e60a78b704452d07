"""What Qualité asks of the mart: every check, and of the chosen one where to look and its requests."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pandas as pd

from dashboard.asking import Freq, frequency
from dashboard.services import Services
from dashboard.state import ViewState
from mart.filters import Filters
from mart.kpi_model import Base
from mart.periods import local_date
from mart.questions.page import Page
from mart.questions.quality import Quality, mass_days_in, parts, quality
from mart.questions.quality_checks import CHECKS
from mart.questions.quality_list import found_page
from mart.snapshot import Mart

PAGE_ROWS = 100
MASS = "mass_closures"


@dataclass(frozen=True, slots=True, eq=False)
class Checked:
    """Every check over a view's period."""

    as_of: datetime
    filters: Filters
    freq: Freq
    quality: Quality
    order: tuple[str, ...]
    """Codes, the most affected first; those that find nothing last, as they stand in the records."""
    chosen: str
    """The check of the address, or the most affected one."""

    @property
    def is_empty(self) -> bool:
        """Whether nothing was received or closed: no check says anything then."""
        return not any(self.quality.bases.values())


@dataclass(frozen=True, slots=True, eq=False)
class Detail:
    """What the chosen check finds."""

    parts: pd.DataFrame
    """Where to look (`mart.questions.quality.parts`); of mass closures their days (`mass_days_in`)."""
    page: Page
    offset: int


def checked(services: Services, mart: Mart, state: ViewState) -> Checked:
    """The checks of a view. Blocking."""
    as_of = mart.as_of()
    filters = state.filters(local_date(as_of))
    freq = frequency(filters)
    key = (mart.version, as_of, filters, "quality")
    found = services.kept.get(key, lambda: quality(mart, filters, as_of, freq))
    order = tuple(sorted(CHECKS, key=lambda code: -(found.share(code) or 0)))
    return Checked(as_of, filters, freq, found, order, state.check if state.check in CHECKS else order[0])


def detail(services: Services, mart: Mart, seen: Checked, offset: int = 0) -> Detail:
    """What the chosen check finds, from a row on. Blocking."""
    code, filters, as_of = seen.chosen, seen.filters, seen.as_of

    def where() -> pd.DataFrame:
        return mass_days_in(mart, filters, as_of) if code == MASS else parts(mart, code, filters, as_of)

    total = seen.quality.counts[code]
    first = min(offset, max(total - 1, 0)) // PAGE_ROWS * PAGE_ROWS
    key = (mart.version, as_of, filters, "found", code)
    looked, page = services.together(
        lambda: services.kept.get((*key, "parts"), where),
        lambda: services.kept.get(
            (*key, first), lambda: found_page(mart, code, filters, as_of, first, PAGE_ROWS)
        ),
    )
    return Detail(looked, page, first)


def step_spans(seen: Checked) -> list[tuple[date, date]]:
    """First and last day of each step of the course, within the period and up to T."""
    starts = [local_date(pd.Timestamp(at).to_pydatetime()) for at in seen.quality.course["start"]]
    last = min(seen.filters.end, local_date(seen.as_of))
    ends = [*(start - timedelta(days=1) for start in starts[1:]), last][: len(starts)]
    return list(zip(starts, ends, strict=True))


def step_state(seen: Checked, state: ViewState, span: tuple[date, date]) -> ViewState:
    """The view of one step, with what the chosen check finds in it."""
    return state.replace(
        screen="qualite",
        check=seen.chosen,
        period="custom",
        start=span[0],
        end=span[1],
        request=None,
        place=None,
    )


def base_of(code: str) -> Base:
    """Whether a check is of what was received or of what was closed."""
    return CHECKS[code].base


def whole_from(day: date, freq: Freq) -> date:
    """First day of the day, week or month of a day."""
    if freq == "day":
        return day
    return day - timedelta(days=day.weekday()) if freq == "week" else day.replace(day=1)


def whole_until(day: date, freq: Freq) -> date:
    """Its last day."""
    if freq == "day":
        return day
    if freq == "week":
        return whole_from(day, freq) + timedelta(days=6)
    return date(day.year + day.month // 12, day.month % 12 + 1, 1) - timedelta(days=1)
