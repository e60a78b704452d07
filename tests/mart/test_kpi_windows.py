"""The 6 months before a moment may step back at a month's end: 31 August, noon, looks back to 28 February, noon."""

from datetime import UTC, date, datetime

from mart.filters import Filters
from mart.questions.kpi import kpis
from tests.mart.made import opened
from tests.support.mart import a_row


def test_the_last_day_sees_what_the_day_before_no_longer_does() -> None:
    afternoon = datetime(2025, 2, 28, 20, tzinfo=UTC)
    rows = [
        a_row(id=1, opened_at=afternoon, problem_id=1, episode_id=1),
        a_row(id=2, opened_at=datetime(2025, 8, 1, tzinfo=UTC), problem_id=1, episode_id=2),
    ]
    noon = datetime(2025, 8, 31, 16, tzinfo=UTC)
    with opened(rows) as mart:
        days = kpis(mart, Filters(date(2025, 8, 30), date(2025, 8, 31)), noon, ["recurring_pct"], ["day"])
        last = kpis(mart, Filters(date(2025, 8, 31), date(2025, 8, 31)), noon, ["recurring_pct"])
    assert days.rows["recurring_pct"].tolist() == [0.0, 100.0]
    assert last.total["recurring_pct"] == 100.0
