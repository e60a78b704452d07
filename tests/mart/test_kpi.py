"""Every KPI against the oracle, and the identities that the counts have to keep."""

import math
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import InputRefused
from mart.filters import UNKNOWN, UNLOCATED, Filters
from mart.kpis import KPIS, MAIN, kpi
from mart.questions.behind import requests_behind
from mart.questions.kpi import KpiTable, columns_of, kpis
from mart.snapshot import Mart, open_mart
from tests.mart import kpi_oracle
from tests.mart.kpi_lives import (
    MARCH,
    PLACES,
    POINTS,
    YEAR,
    a_mart,
    filters,
    inside,
    is_answered,
    lives,
    local_day,
    moments,
    some_codes,
)
from tests.mart.kpi_oracle import Life
from tests.mart.made import examples
from tests.support.mart import NOON, a_row, make_mart


def assert_is(found: Any, expected: dict[str, float | None]) -> None:
    for name, value in expected.items():
        if value is None:
            assert math.isnan(found[name]), name
        else:
            assert found[name] == pytest.approx(value, abs=1e-9), name


@examples(50)
@given(lives(), filters(), moments, some_codes)
def test_every_kpi_is_that_of_the_oracle(
    given_lives: list[Life], f: Filters, as_of: datetime, codes: tuple[str, ...]
) -> None:
    if not is_answered(given_lives, f, as_of):
        return
    with a_mart(given_lives) as mart:
        table = kpis(mart, f, as_of, codes)
    expected = kpi_oracle.kpis(inside(given_lives, f), f.start, f.end, as_of)
    assert set(MAIN) <= set(expected)
    assert_is(table.total, {name: value for name, value in expected.items() if name in table.total})
    assert set(codes) <= set(table.total)


@examples(18)
@given(lives(), filters(), moments, st.sampled_from(["borough", "sector", "activity", "label", "channel"]))
def test_every_part_is_what_a_filter_on_it_gives(
    given_lives: list[Life], f: Filters, as_of: datetime, by: str
) -> None:
    if not is_answered(given_lives, f, as_of):
        return
    column = "borough_who" if by == "borough" and f.by == "who" else by
    with a_mart(given_lives) as mart:
        table = kpis(mart, f, as_of, by=[by])
    kept = inside(given_lives, f)
    for row in table.rows.to_dict("records"):
        missing = UNLOCATED if by in {"borough", "sector"} else UNKNOWN
        mine = [life for life in kept if (life.place[column] or missing) == row[by]]
        assert_is(row, kpi_oracle.kpis(mine, f.start, f.end, as_of))


@examples(18)
@given(lives(), filters(), moments, st.sampled_from(["day", "week", "month", "quarter", "year"]))
def test_every_stretch_is_a_period_of_its_own(
    given_lives: list[Life], f: Filters, as_of: datetime, time: str
) -> None:
    if not is_answered(given_lives, f, as_of):
        return
    with a_mart(given_lives) as mart:
        table = kpis(mart, f, as_of, by=[time])
    kept = inside(given_lives, f)
    day, stretches = f.start, []
    last = min(f.end, local_day(as_of))
    while day <= last:
        name = named(day, time)
        end = day
        while end < f.end and named(end + timedelta(days=1), time) == name:
            end += timedelta(days=1)
        stretches.append((name, day, end))
        day = end + timedelta(days=1)
    assert table.rows[time].tolist() == [name for name, _, _ in stretches]
    for row, (_, start, end) in zip(table.rows.to_dict("records"), stretches, strict=True):
        assert_is(row, kpi_oracle.kpis(kept, start, end, as_of))


def named(day: date, time: str) -> str:
    year, week, _ = day.isocalendar()
    return {
        "day": f"{day}",
        "week": f"{year}-W{week:02}",
        "month": f"{day:%Y-%m}",
        "quarter": f"{day.year}-Q{(day.month - 1) // 3 + 1}",
        "year": f"{day.year}",
    }[time]


FATES = ("closed_on_time", "closed_late", "open_past_due", "open_not_due", "withdrawn", "not_judged")
COUNTS = tuple(code for code, one in KPIS.items() if one.figure == "count")


@examples(18)
@given(lives(), filters(), moments)
def test_what_was_received_is_the_sum_of_what_became_of_it(
    given_lives: list[Life], f: Filters, as_of: datetime
) -> None:
    if not is_answered(given_lives, f, as_of):
        return
    with a_mart(given_lives) as mart:
        total = kpis(mart, f, as_of).total
    assert total["received"] == sum(total[fate] for fate in FATES)
    assert total["on_time_n"] == total["closed_on_time"] + total["closed_late"] + total["open_past_due"]


MOVES = ("backlog", "received", "closed", "reopenings")


@examples(20)
@given(lives(), filters(), moments)
def test_the_backlog_moves_by_what_was_received_closed_and_reopened(
    given_lives: list[Life], f: Filters, as_of: datetime
) -> None:
    eve = f.start - timedelta(days=1)
    then_filters = replace(f, start=eve, end=eve)
    if not is_answered(given_lives, then_filters, as_of) or f.start > local_day(as_of):
        return
    with a_mart(given_lives) as mart:
        then, now = (kpis(mart, of, as_of, MOVES).total for of in (then_filters, f))
    # A closing at an unknown moment counts at the opening, where the request then was not open at all.
    assert now["backlog"] == then["backlog"] + now["received"] - now["closed"] + now["reopenings"]


@examples(18)
@given(lives(), filters(), moments, st.sampled_from(["borough", "activity", "sector"]))
def test_each_count_is_the_sum_of_its_parts(
    given_lives: list[Life], f: Filters, as_of: datetime, by: str
) -> None:
    if not is_answered(given_lives, f, as_of):
        return
    with a_mart(given_lives) as mart:
        both = kpis(mart, f, as_of, by=[by, "channel"])
    for frame in (both.rows, *both.margins.values()):
        for code in COUNTS:
            assert frame[code].sum() == both.total[code], code
    assert not both.rows.duplicated([by, "channel"]).any()


@examples(8)
@given(lives(), filters(), moments)
def test_margins_are_the_cuts_by_one_part(given_lives: list[Life], f: Filters, as_of: datetime) -> None:
    if not is_answered(given_lives, f, as_of):
        return
    with a_mart(given_lives) as mart:
        both = kpis(mart, f, as_of, by=["borough", "month", "activity"])
        for name, margin in both.margins.items():
            alone = kpis(mart, f, as_of, by=[name])
            pd.testing.assert_frame_equal(margin, alone.rows)
        assert both.total == pytest.approx(kpis(mart, f, as_of).total, nan_ok=True)


@examples(8)
@given(lives(), filters(), moments, st.sampled_from([("borough",), ("month",), ("hexagon",), ()]), some_codes)
def test_files_and_facts_in_memory_answer_alike(
    given_lives: list[Life], f: Filters, as_of: datetime, by: tuple[str, ...], codes: tuple[str, ...]
) -> None:
    if not is_answered(given_lives, f, as_of):
        return
    with a_mart(given_lives) as mart:
        quick = kpis(mart, f, as_of, codes, by)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("mart.facts.MOST_ROWS", -1)
            slow = kpis(mart, f, as_of, codes, by)
        pd.testing.assert_frame_equal(quick.rows, slow.rows)


def test_a_request_closed_long_before_is_opened_again_in_the_period() -> None:
    day = kpi_oracle.DAY
    life = Life(NOON - 230 * day, [(NOON - 227 * day, "done")], [NOON - 10 * day], episode=1, problem=1)
    life.place = {name: values[0] for name, values in PLACES.items()} | {"point": POINTS[0]}
    with a_mart([life]) as mart:
        assert kpis(mart, MARCH, NOON, ["reopenings"]).total["reopenings"] == 1
        assert requests_behind(mart, "reopenings", "numerator", MARCH, NOON).total == 1


def test_a_period_of_more_stretches_than_anybody_reads_is_refused_at_once() -> None:
    ages = Filters(date(1000, 1, 1), date(2999, 12, 31))
    with a_mart([a_life_of()]) as mart, pytest.raises(InputRefused, match="cut it by less"):
        kpis(mart, ages, datetime(2999, 1, 1, tzinfo=UTC), ["received"], ["day"])


def a_life_of() -> Life:
    life = Life(NOON, episode=1, problem=1)
    life.place = {name: values[0] for name, values in PLACES.items()} | {"point": POINTS[0]}
    return life


def test_a_moment_in_the_past_sees_what_was_known_then() -> None:
    due = NOON + 5 * kpi_oracle.DAY
    life = Life(NOON, closings=[(NOON + 9 * kpi_oracle.DAY, "done")], due=due, episode=1, problem=1)
    life.place = {name: values[0] for name, values in PLACES.items()} | {"point": POINTS[0]}
    period = Filters(NOON.date(), NOON.date())
    fates, rates = {}, {}
    with a_mart([life]) as mart:
        for days in (1, 6, 10):
            total = kpis(mart, period, NOON + days * kpi_oracle.DAY).total
            fates[days], rates[days] = [code for code in FATES if total[code]], total["on_time_pct"]
    assert fates == {1: ["open_not_due"], 6: ["open_past_due"], 10: ["closed_late"]}
    assert math.isnan(rates.pop(1))
    assert rates == {6: 0, 10: 0}


def test_a_rate_of_nothing_is_no_data_and_not_0_or_100() -> None:
    with a_mart([Life(NOON, place={"point": POINTS[0]}, episode=1, problem=1)]) as mart:
        total = kpis(mart, Filters(date(2025, 3, 21), date(2025, 3, 21)), NOON + 2 * kpi_oracle.DAY).total
    for code in MAIN:
        if KPIS[code].figure != "count" and code not in {"backlog_age_median", "recurring_pct"}:
            assert math.isnan(total[code]), code
    assert (total["received"], total["on_time_n"]) == (0, 0)


def test_a_rate_has_its_wilson_interval_and_a_median_its_order_statistics() -> None:
    due = NOON + 2 * kpi_oracle.DAY
    some = [
        Life(NOON, closings=[(NOON + n * kpi_oracle.DAY, "done")], due=due, episode=n, problem=n,
             place={"point": POINTS[0]})
        for n in range(1, 11)
    ]  # fmt: skip
    with a_mart(some) as mart:
        total = kpis(mart, YEAR, NOON + 20 * kpi_oracle.DAY).total
    low, high = kpi_oracle.wilson(2, 10)
    assert total["on_time_pct"] == 20
    assert (total["on_time_low"], total["on_time_high"]) == pytest.approx((100 * low, 100 * high))
    # Of ten values the second and the ninth bound the median with 97.9 % (Conover, Practical Nonparametric Statistics).
    assert [total[f"median_days_to_close{end}"] for end in ("", "_low", "_high")] == [5.5, 2, 9]


def test_every_cut_combines_with_every_other(small: Mart) -> None:
    names = ["borough", "sector", "activity", "label", "channel", "precision", "hexagon:7", "month"]
    whole = kpis(small, YEAR, NOON, ["received"]).total["received"]
    for first in names:
        for second in names:
            if first != second:
                found = kpis(small, YEAR, NOON, ["received"], [first, second])
                assert found.rows["received"].sum() == whole, (first, second)
                assert list(found.rows.columns[:2]) == [n.partition(":")[0] for n in (first, second)]


@pytest.fixture
def small(tmp_path: Path) -> Any:
    rows = [
        a_row(borough=b, sector=s, activity=a, channel=c, point=p, opened_at=f"-{n}d", label=label)
        for n, (b, s, a, c, p, label) in enumerate(
            zip(("VM", "VD", None, "VM"), ("VM-1", None, None, "VM-2"), ("graffitis",) * 4,
                ("web", None, "phone", "web"), (*POINTS, POINTS[0]), ("A", "B", None, "A"), strict=True)
        )
    ]  # fmt: skip
    with open_mart(make_mart(tmp_path, rows)) as mart:
        yield mart


def test_what_has_no_place_or_name_is_a_part_of_its_own(small: Mart) -> None:
    def parts(by: str) -> set[str]:
        return set(kpis(small, YEAR, NOON, ["received"], [by]).rows[by])

    assert parts("borough") == {"VM", "VD", UNLOCATED}
    assert parts("sector") == {"VM-1", "VM-2", UNLOCATED}
    assert UNLOCATED in parts("hexagon")
    assert parts("label") == {"A", "B", UNKNOWN}


def test_over_time_a_stretch_in_which_nothing_happened_is_there(small: Mart) -> None:
    found = kpis(
        small, Filters(date(2025, 1, 1), date(2025, 3, 20)), NOON, ["received", "backlog"], ["month"]
    )
    assert found.rows["month"].tolist() == ["2025-01", "2025-02", "2025-03"]
    assert found.rows["received"].tolist() == [0, 0, 4]
    # The total over time is that of the whole period: a backlog does not add up over months.
    assert found.total["backlog"] == 4


@pytest.mark.parametrize(
    ("period", "as_of", "codes", "by", "says"),
    [
        (
            MARCH,
            NOON - timedelta(days=900),
            (),
            (),
            r"on 2022-10-02 there was no request yet: the first is of",
        ),
        (
            Filters(date(2025, 4, 1), date(2025, 4, 2)),
            NOON,
            (),
            (),
            "begins on 2025-04-01, after the as-of day",
        ),
        (MARCH, NOON, ("on_time",), (), r"no KPI 'on_time': did you mean on_time_pct"),
        (MARCH, NOON, ("zzz",), (), "there are received, closed, backlog"),
        (MARCH, NOON, (), ("quartier",), "numbers are cut by borough, sector"),
        (MARCH, NOON, (), ("borough", "borough"), "each once"),
        (MARCH, NOON, (), ("day", "month"), "one of time"),
        (MARCH, NOON, (), ("hexagon:15",), "resolution from 6 to 11"),
        (MARCH, NOON, (), ("hexagon:x",), "resolution from 6 to 11"),
        (MARCH, NOON, (), ("borough", "sector", "activity", "month"), "up to 3 parts"),
    ],
)
def test_what_cannot_be_asked_is_refused_in_a_sentence(
    small: Mart, period: Filters, as_of: datetime, codes: tuple[str, ...], by: tuple[str, ...], says: str
) -> None:
    with pytest.raises(InputRefused, match=says):
        kpis(small, period, as_of, codes, by)


def test_an_empty_mart_says_so(tmp_path: Path) -> None:
    with open_mart(make_mart(tmp_path)) as mart, pytest.raises(InputRefused, match="no request yet"):
        kpis(mart, MARCH, NOON)


def test_a_cut_into_too_many_parts_is_refused(small: Mart, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mart.questions.kpi.MOST_PARTS", 10)
    with pytest.raises(InputRefused, match="over 10 parts"):
        kpis(small, MARCH, NOON, by=["borough", "day"])


def test_every_record_is_whole_in_both_languages() -> None:
    for code, one in KPIS.items():
        assert one.code == code
        for text in (one.name, one.short, one.sentence, one.formula, one.leaves_out):
            assert text.fr.strip()
            assert text.en.strip()
            assert text.fr != text.en or text.fr == "Date", (code, text)
        assert one.sentence.fr.endswith(".")
        assert one.sentence.en.endswith(".")
        assert [change.version for change in one.changes] == list(range(1, one.version + 1))
        assert (one.figure in {"share", "ratio", "mean"}) == (one.denominator is not None)


def test_names_of_columns_are_unique_over_all_kpis() -> None:
    names = [name for one in KPIS.values() for name in columns_of(one)]
    assert len(names) == len(set(names))


def test_a_kpi_is_found_by_its_code_or_the_nearest_are_named() -> None:
    assert kpi("received").code == "received"
    with pytest.raises(InputRefused, match="did you mean backlog"):
        kpi("backlgo")


def test_a_table_says_what_it_is_of(small: Mart) -> None:
    table: KpiTable = kpis(small, MARCH, NOON, ["received"], ["borough"])
    assert (table.as_of, table.filters, table.by) == (NOON, MARCH, ("borough",))
    assert table.as_of.tzinfo is UTC
