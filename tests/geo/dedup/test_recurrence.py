from typing import Any

import pandas as pd

from geo.dedup.recurrence import recurrence, six_months_after, six_months_before


def place(*rows: tuple[Any, ...]) -> pd.DataFrame:
    columns = ["id", "episode", "opened_at", "closed_at", "status", "requesters"]
    frame = pd.DataFrame(rows, columns=columns).assign(problem=1)
    for name in ("opened_at", "closed_at"):
        frame[name] = pd.to_datetime(frame[name], utc=True)
    return frame


AT = pd.Timestamp("2025-07-31T12:00:00Z")


def test_what_came_back_twice_is_told_with_the_days_between() -> None:
    found = recurrence(
        place(
            (1, 1, "2025-01-02", "2025-01-05", "done", 1),  # more than six months ago
            (2, 2, "2025-03-01", "2025-03-03", "done", 2),
            (3, 2, "2025-03-02", "2025-03-05", "refused", 1),
            (4, 4, "2025-03-15", "2025-03-16", None, 1),
            (5, 5, "2025-07-16", None, "in_progress", 4),
            (6, 6, "2025-08-05", None, "in_progress", 1),  # still to come
        ),
        AT,
    )
    assert (found.requests, found.requesters, found.episodes) == (4, 8, 3)
    assert found.statuses == {"done": 1, "in_progress": 1, "refused": 1, "unknown": 1}
    assert (found.first, found.last) == (
        pd.Timestamp("2025-03-01", tz="UTC"),
        pd.Timestamp("2025-07-16", tz="UTC"),
    )
    assert found.gap_days == (10.0, 122.0)


def test_six_months_are_calendar_months_of_montreal() -> None:
    assert six_months_before(pd.Timestamp("2025-08-31T16:00Z")) == pd.Timestamp("2025-02-28T17:00Z")
    assert six_months_before(pd.Timestamp("2025-09-09T06:30Z")) == pd.Timestamp("2025-03-09T07:00Z")
    assert six_months_after(pd.Timestamp("2025-02-28T17:00Z")) == pd.Timestamp("2025-08-28T16:00Z")
    assert six_months_after(pd.Timestamp("2025-08-31T16:00Z")) == pd.Timestamp("2026-02-28T17:00Z")


def test_a_place_where_nothing_happened() -> None:
    found = recurrence(place((1, 1, "2020-01-02", None, "done", 1)), AT)
    assert (found.requests, found.first, found.gap_days) == (0, None, ())
