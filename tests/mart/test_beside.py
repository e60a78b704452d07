"""Two views side by side: each is its own KPI, the difference is the first less the second."""

import math
from dataclasses import replace
from datetime import date, timedelta

import numpy as np

from mart.filters import Filters
from mart.kpis import MAIN
from mart.questions.compare import Earlier, at_same_age, beside, compare
from mart.questions.kpi import kpis
from tests.mart.made import opened
from tests.support.mart import NOON, a_row

MARCH = Filters(date(2025, 3, 10), date(2025, 3, 19))
ROWS = [
    a_row(
        borough="VD" if i % 3 else "VM",
        opened_at=f"-{i / 2}d",
        due_at=f"{5 - i / 2}d",
        closed_at=f"-{i / 4}d" if i % 2 else None,
        status="done" if i % 2 else None,
    )
    for i in range(2, 120)
]


def test_two_boroughs_are_each_their_own() -> None:
    here, there = (replace(MARCH, boroughs=(code,)) for code in ("VD", "VM"))
    with opened(ROWS) as mart:
        found = beside(mart, here, NOON, Earlier(there, NOON), MAIN).set_index("kpi")
        mine, theirs = (kpis(mart, one, NOON, MAIN).total for one in (here, there))
    for code in MAIN:
        np.testing.assert_equal(found.loc[code, "value"], mine[code])
        if not math.isnan(
            found["other"][code]
        ):  # before six months of data, what looks back on them is unknown
            np.testing.assert_equal(found.loc[code, "other"], theirs[code])
        np.testing.assert_equal(found["other_change"][code], found["value"][code] - found["other"][code])
    assert found.loc["received", "other_noise"] in {True, False}


def test_the_period_before_is_compared_as_it_is_on_its_own() -> None:
    with opened(ROWS) as mart:
        usual = compare(mart, MARCH, NOON, MAIN).total.set_index("kpi")
        found = beside(mart, MARCH, NOON, at_same_age(MARCH, NOON, MARCH.previous()), MAIN).set_index("kpi")
    np.testing.assert_equal(
        found[["other", "other_low", "other_high"]].to_numpy(dtype=float),
        usual[["before", "before_low", "before_high"]].to_numpy(dtype=float),
    )


def test_another_period_is_seen_at_the_same_age() -> None:
    earlier = Filters(date(2025, 2, 1), date(2025, 2, 9))
    assert at_same_age(MARCH, NOON, earlier).as_of == NOON - timedelta(days=38) + timedelta(
        hours=1
    )  # the same local time, before daylight saving
    later = replace(MARCH, end=date(2025, 3, 25))
    assert at_same_age(MARCH, NOON, later).as_of == NOON
