from datetime import UTC, date, datetime

import numpy as np

from etl.generate.city import make_city
from etl.generate.clock import (
    after_skipped_hour,
    before_skipped_hour,
    end_of,
    months_of,
    skipped,
    weekday,
)


def wall(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


def test_only_the_hour_that_the_clocks_skip_is_skipped() -> None:
    times = ["2025-03-09T01:59:59", "2025-03-09T02:00:00", "2025-03-09T02:59:59", "2025-03-09T03:00:00",
             "2025-11-02T01:30:00", "2025-03-08T02:30:00"]  # fmt: skip
    found = skipped(np.array([wall(text) for text in times]))
    assert found.tolist() == [False, True, True, False, False, False]


def test_a_skipped_time_moves_an_hour_on_or_to_the_second_before() -> None:
    times = np.array([wall("2025-03-09T02:30:00"), wall("2025-03-09T12:00:00")])
    assert after_skipped_hour(times).tolist() == [wall("2025-03-09T03:30:00"), times[1]]
    assert before_skipped_hour(times).tolist() == [wall("2025-03-09T01:59:59"), times[1]]


def test_a_day_is_included_whole_and_a_moment_is_montreals() -> None:
    assert end_of(date(2025, 7, 1)) == wall("2025-07-02T00:00:00")
    assert end_of(datetime(2025, 7, 1, 12, tzinfo=UTC)) == wall("2025-07-01T08:00:01")


def test_weekdays_and_months() -> None:
    day = np.array([date(2025, 3, 10).toordinal() - date(1970, 1, 1).toordinal()])
    assert weekday(day).tolist() == [0]
    month, of_year = months_of(day)
    assert (month.tolist(), of_year.tolist()) == ([55 * 12 + 2], [2])


def test_no_time_of_a_file_is_in_the_skipped_hour() -> None:
    city = make_city(25_000, 5_000, seed=1, end=end_of(date(2025, 3, 12)))
    assert not skipped(city.rows.opened).any()
    assert not skipped(city.rows.status_at).any()
    assert (city.rows.opened <= city.rows.status_at).all()
