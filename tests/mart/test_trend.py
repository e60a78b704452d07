from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mart.filters import Filters
from mart.populations import Population
from mart.questions.trend import Freq, trend
from tests.mart.made import Oracle, examples, local_day, made_filters, made_rows, moments, opened
from tests.support.mart import NOON, Row, a_row


def parts_of(filters: Filters, last: date, freq: Freq) -> list[tuple[date, date]]:
    """First and last day of each part, found day by day."""
    parts: list[tuple[date, date]] = []
    day = filters.start
    while day <= last:
        begins = {"day": True, "week": day.weekday() == 0, "month": day.day == 1}[freq]
        if begins or not parts:
            parts.append((day, day))
        parts[-1] = (parts[-1][0], day)
        day += timedelta(days=1)
    return parts


@examples(25)
@given(made_rows(), made_filters(), moments, st.sampled_from(["day", "week", "month"]))
def test_each_part_counts_as_a_period_of_its_own(
    rows: list[Row], filters: Filters, as_of: datetime, freq: Freq
) -> None:
    with opened(rows) as mart:
        found = trend(mart, filters, as_of, freq)
    expected = []
    for start, end in parts_of(filters, min(filters.end, local_day(as_of)), freq):
        part = Oracle(rows, replace(filters, start=start, end=end), as_of)
        expected.append((start, *part.counts().values()))
    columns = ["received", "closed", "backlog", "overdue"]
    assert columns == [p.value for p in Population]
    days = found["period_start"].dt.date.tolist()
    assert list(zip(days, *(found[c].tolist() for c in columns), strict=True)) == expected


@pytest.mark.parametrize(
    ("opened_at", "day"),
    [
        ("2025-03-09T04:59:59+00:00", date(2025, 3, 8)),  # 23:59:59 standard time
        ("2025-03-09T05:00:00+00:00", date(2025, 3, 9)),
        ("2025-03-10T03:59:59+00:00", date(2025, 3, 9)),  # 23:59:59 daylight time
        ("2025-03-10T04:00:00+00:00", date(2025, 3, 10)),
    ],
)
def test_days_are_montreals_on_the_day_the_clocks_change(opened_at: str, day: date) -> None:
    row = a_row(opened_at=datetime.fromisoformat(opened_at))
    filters = Filters(date(2025, 3, 7), date(2025, 3, 12))
    with opened([row]) as mart:
        found = trend(mart, filters, NOON, "day").set_index("period_start")["received"]
    assert [str(at.date()) for at in found[found == 1].index] == [str(day)]


def test_a_period_after_t_has_no_parts() -> None:
    with opened([a_row()]) as mart:
        found = trend(mart, Filters(date(2026, 1, 1), date(2026, 1, 31)), NOON)
    assert found.columns.tolist() == ["period_start", "received", "closed", "backlog", "overdue"]
    assert found.empty
