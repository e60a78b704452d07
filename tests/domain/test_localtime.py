"""Wall times and UTC, against zoneinfo."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.localtime import local_seconds, utc_seconds

WALLS = st.datetimes(datetime(1971, 1, 1), datetime(2099, 1, 1))  # noqa: DTZ001  # wall times
ZONES = st.sampled_from(["America/Toronto", "America/New_York", "Europe/Paris", "UTC", "Australia/Sydney"])


def seconds(wall: datetime) -> int:
    """A wall time as if it were UTC."""
    return int(wall.replace(tzinfo=UTC).timestamp())


@settings(deadline=None)
@given(WALLS, ZONES)
def test_a_wall_time_is_read_as_zoneinfo_reads_it(wall: datetime, zone: str) -> None:
    wall = wall.replace(microsecond=0)
    expected = int(wall.replace(tzinfo=ZoneInfo(zone), fold=0).timestamp())
    assert utc_seconds(np.array([seconds(wall)]), zone).tolist() == [expected]


@settings(deadline=None)
@given(st.lists(st.integers(40_000_000, 4_000_000_000), min_size=1, max_size=20), ZONES)
def test_a_moment_has_the_wall_time_that_zoneinfo_gives(moments: list[int], zone: str) -> None:
    expected = [seconds(datetime.fromtimestamp(m, tz=ZoneInfo(zone)).replace(tzinfo=None)) for m in moments]
    assert local_seconds(np.array(moments), zone).tolist() == expected


@pytest.mark.parametrize(
    ("wall", "utc"),
    [
        (datetime(2024, 11, 3, 0, 59, 59), datetime(2024, 11, 3, 4, 59, 59)),  # noqa: DTZ001
        (datetime(2024, 11, 3, 1, 30), datetime(2024, 11, 3, 5, 30)),  # noqa: DTZ001  # the first of two
        (datetime(2024, 11, 3, 2, 0), datetime(2024, 11, 3, 7, 0)),  # noqa: DTZ001
        (datetime(2025, 3, 9, 1, 59, 59), datetime(2025, 3, 9, 6, 59, 59)),  # noqa: DTZ001
        (datetime(2025, 3, 9, 2, 30), datetime(2025, 3, 9, 7, 30)),  # noqa: DTZ001  # skipped: 03:30
        (datetime(2025, 3, 9, 3, 0), datetime(2025, 3, 9, 7, 0)),  # noqa: DTZ001
    ],
)
def test_the_odd_hours_by_the_stated_rule(wall: datetime, utc: datetime) -> None:
    assert utc_seconds(np.array([seconds(wall)])).tolist() == [seconds(utc)]
