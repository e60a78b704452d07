"""Due dates against calendars made by hand, and the arrays against the plain function."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.calendar import city_days_off, due_at, due_seconds, working_days_after

MONTREAL = ZoneInfo("America/Toronto")


def at(text: str) -> datetime:
    """A moment of Montréal's wall clock."""
    return datetime.fromisoformat(text).replace(tzinfo=MONTREAL)


@pytest.mark.parametrize(
    ("opened", "days", "due"),
    [
        ("2025-03-10T09:30", 5, "2025-03-17T09:30"),  # Monday to Monday
        ("2025-03-14T16:45", 1, "2025-03-17T16:45"),  # Friday afternoon
        ("2025-03-14T23:30", 3, "2025-03-19T23:30"),  # Friday evening is still Friday
        ("2025-03-15T10:00", 3, "2025-03-20T00:00"),  # Saturday: from 00:00 of Monday
        ("2025-12-23T10:00", 1, "2025-12-29T10:00"),  # 24, 25, 26 closed, then a weekend
        ("2025-12-30T10:00", 1, "2026-01-05T10:00"),  # 31, 1 and 2 closed, then a weekend
        ("2026-01-01T10:00", 1, "2026-01-06T00:00"),  # New Year's Day: from 00:00 of Monday the 5th
        ("2025-12-31T23:59", 0, "2026-01-05T00:00"),
        ("2025-06-23T08:00", 1, "2025-06-25T08:00"),  # the 24th of June
        ("2025-06-24T08:00", 1, "2025-06-26T00:00"),
        ("2024-02-28T12:00", 1, "2024-02-29T12:00"),  # a leap day
        ("2024-02-29T12:00", 1, "2024-03-01T12:00"),
        ("2023-02-28T12:00", 1, "2023-03-01T12:00"),  # no leap year
        ("2020-02-29T12:00", 1, "2020-03-03T00:00"),  # a leap day on a Saturday
        ("2025-03-07T02:30", 1, "2025-03-10T02:30"),  # over the night in which an hour is skipped
        ("2024-11-01T01:30", 1, "2024-11-04T01:30"),  # over the night in which one comes twice
        ("2025-03-09T03:15", 1, "2025-03-11T00:00"),  # on the very Sunday of a change
        ("2025-11-02T01:30", 1, "2025-11-04T00:00"),
        ("2025-04-17T10:00", 1, "2025-04-22T10:00"),  # Good Friday and Easter Monday
        ("2028-06-30T10:00", 1, "2028-07-03T10:00"),  # 1 July on a Saturday stays there
        ("2025-03-10T09:30", 0, "2025-03-10T09:30"),
        ("2025-03-16T09:30", 0, "2025-03-17T00:00"),
    ],
)
def test_working_days(opened: str, days: int, due: str) -> None:
    assert due_at(at(opened), days) == at(due)


def test_a_holiday_on_a_sunday_moves_to_monday() -> None:
    assert date(2029, 7, 1).weekday() == 6
    assert date(2029, 7, 2) in city_days_off()
    assert due_at(at("2029-06-29T10:00"), 1) == at("2029-07-03T10:00")


def test_a_24th_of_june_on_a_sunday_moves_to_monday() -> None:
    assert date(2029, 6, 24).weekday() == 6
    assert due_at(at("2029-06-22T10:00"), 1) == at("2029-06-26T10:00")


def test_a_calendar_by_hand_is_the_only_one_that_counts() -> None:
    week_off = [date(2025, 3, day) for day in range(10, 15)]
    assert due_at(at("2025-03-07T16:00"), 1, days_off=week_off) == at("2025-03-17T16:00")
    assert due_at(at("2025-03-12T16:00"), 0, days_off=week_off) == at("2025-03-17T00:00")
    christmas = at("2025-12-25T10:00")
    assert due_at(christmas, 1, days_off=week_off) == at("2025-12-26T10:00")


def test_over_a_change_of_clocks_the_day_is_an_hour_shorter_or_longer() -> None:
    for opened, hours in (("2025-03-07T10:00", 71), ("2025-10-31T10:00", 73)):
        due = due_at(at(opened), 1)
        assert due.astimezone(UTC) - at(opened).astimezone(UTC) == timedelta(hours=hours)


def test_calendar_days_over_a_leap_day() -> None:
    assert due_at(at("2024-02-28T10:00"), 2, working=False) == at("2024-03-01T10:00")
    assert due_at(at("2024-02-29T10:00"), 365, working=False) == at("2025-02-28T10:00")


def test_calendar_days_keep_the_wall_time_over_a_change_of_clocks() -> None:
    assert due_at(at("2025-03-08T10:00"), 2, working=False) == at("2025-03-10T10:00")
    assert due_at(at("2025-12-24T10:00"), 2, working=False) == at("2025-12-26T10:00")


@settings(deadline=None)
@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)),  # noqa: DTZ001  # given a zone below
    st.integers(0, 60),
)
def test_without_days_off_it_is_monday_to_friday(opened: datetime, days: int) -> None:
    due = due_at(opened.replace(tzinfo=UTC), days, days_off=())
    start = opened.date()
    while start.weekday() >= 5:
        start += timedelta(days=1)
    weeks, rest = divmod(days, 5)
    day = start + timedelta(weeks=weeks)
    for _ in range(rest):
        day += timedelta(days=3 if day.weekday() == 4 else 1)
    assert due.date() == day
    assert due.time() == (opened.time() if start == opened.date() else datetime.min.time())


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(1_300_000_000, 1_900_000_000), st.integers(0, 40), st.booleans()),
        min_size=1,
        max_size=30,
    ),
    st.none() | st.frozensets(st.dates(date(2011, 1, 1), date(2031, 1, 1)), max_size=40),
    st.sampled_from(["America/Toronto", "Europe/Paris", "UTC"]),
)
def test_the_arrays_say_what_the_plain_function_says(
    rows: list[tuple[int, int, bool]], days_off: frozenset[date] | None, zone: str
) -> None:
    opened, days, working = (np.array(column) for column in zip(*rows, strict=True))
    found = due_seconds(opened.astype(np.int64), days.astype(np.int64), working.astype(bool), zone, days_off)
    expected = [
        int(due_at(datetime.fromtimestamp(o, tz=ZoneInfo(zone)), d, w, days_off).timestamp())
        for o, d, w in rows
    ]
    assert found.tolist() == expected


def test_due_times_in_the_odd_hours_by_the_rule_of_local_time() -> None:
    openings = [at("2025-03-07T02:30"), at("2024-11-01T01:30")]  # Fridays; two calendar days lead into them
    seconds = np.array([int(moment.timestamp()) for moment in openings])
    found = due_seconds(seconds, np.array([2, 2]), np.array([False, False]))
    assert [datetime.fromtimestamp(second, tz=UTC) for second in found.tolist()] == [
        datetime(2025, 3, 9, 7, 30, tzinfo=UTC),  # 02:30 is skipped: 03:30 daylight time
        datetime(2024, 11, 3, 5, 30, tzinfo=UTC),  # 01:30 comes twice: the first
    ]


def test_a_moment_without_a_zone_and_a_negative_target_are_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        due_at(datetime(2025, 1, 1), 1)  # noqa: DTZ001  # the point
    with pytest.raises(ValueError, match="0 or more"):
        due_at(at("2025-01-01T00:00"), -1)


def test_due_soon_is_counted_in_montreal_s_days() -> None:
    friday_evening = datetime(2025, 3, 15, 1, 0, tzinfo=UTC)  # 21:00 of Friday in Montréal
    assert working_days_after(friday_evening, 2) == at("2025-03-18T21:00")
