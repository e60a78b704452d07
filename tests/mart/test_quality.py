"""What each check finds, against loops over the rows; its list has the same number and the very rows."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.activities import classify
from domain.errors import InputRefused
from mart.filters import Filters
from mart.kpi_model import Base
from mart.questions.page import EXPORTED
from mart.questions.quality import mass_days_in, parts, quality
from mart.questions.quality_checks import CHECKS
from mart.questions.quality_list import found_batches, found_page
from mart.questions.quality_mass import RULE, MassRule, mass_days
from mart.snapshot import open_mart
from tests.mart.made import (
    CLOSING,
    MONTREAL,
    Oracle,
    day_end,
    ended_at,
    examples,
    local_day,
    made_filters,
    made_rows,
    moments,
    opened,
)
from tests.support.mart import NOON, Row, a_row, an_undone_row, make_mart

MARCH = Filters(date(2025, 3, 1), date(2025, 3, 31))
LABELS = (
    "Nid-de-poule",
    "*Bruit ",
    "bruit",
    "Signalisation écrite -  Entretien",
    "Soucoupe volante",
    None,
    "",
)


def finds(code: str, row: Row) -> bool:
    """The checks of single rows, once more."""
    borough, who = row["borough"], row["borough_who"]
    answers = {
        "unlocated": row["precision"] == "none",
        "counter": row["precision"] == "counter",
        "outside": borough == "hors_territoire",
        "related_town": borough == "ville_liee",
        "who_not_where": None not in (borough, who) and borough not in (who, "hors_territoire", "ville_liee"),
        "unknown_label": row["activity"] == "autre" and not (row["label"] and classify(row["label"])[1]),
        "closed_before_opened": row["closed_at"] is None and row["status"] in CLOSING,
    }
    return bool(answers[code])


@st.composite
def doubtful_rows(draw: st.DrawFn) -> list[Row]:
    """Made rows, some of them of other activities, with labels known and not."""
    rows = draw(made_rows())
    for row in rows:
        if draw(st.booleans()):
            row |= {"activity": "autre", "label": draw(st.sampled_from(LABELS))}
    return rows


@given(
    doubtful_rows(), made_filters(), moments, st.sampled_from(("day", "week")), st.sampled_from(tuple(CHECKS))
)
@examples(12)
def test_counts_course_and_list_are_those_of_a_loop(
    rows: list[Row], filters: Filters, as_of: datetime, time: str, listed: str
) -> None:
    oracle = Oracle(rows, filters, as_of)
    received = [row for row in oracle.inside() if _received(row, filters, as_of)]
    wanted = {
        code: [row for row in received if finds(code, row)]
        for code, check in CHECKS.items()
        if check.base is Base.RECEIVED
    }
    with opened(rows) as mart:
        found = quality(mart, filters, as_of, time)
        assert found.bases[Base.RECEIVED] == len(received)
        assert {code: found.counts[code] for code in wanted} == {code: len(of) for code, of in wanted.items()}
        assert found.course[list(CHECKS)].sum().to_dict() == found.counts
        # One check a time: every shape of a statement is compiled, which takes longer than asking it.
        page = found_page(mart, listed, filters, as_of, limit=500)
        assert page.total == found.counts[listed] == len(page.rows)
        if listed in wanted:
            newest_first = sorted(wanted[listed], key=lambda row: (row["opened_at"], row["id"]), reverse=True)
            assert page.rows["id"].tolist() == [row["id"] for row in newest_first]


def test_parts_and_export_have_the_same_requests() -> None:
    rows = [a_row(activity="autre", label=label) for label in LABELS]
    with opened(rows) as mart:
        by_label = parts(mart, "unknown_label", MARCH, NOON)
        assert by_label["n"].tolist() == [1, 1, 1]
        assert set(by_label["label"].dropna()) == {"", "Soucoupe volante"}
        ids = [
            i for batch in found_batches(mart, "unknown_label", MARCH, NOON) for i in batch["id"].to_pylist()
        ]
        assert ids == found_page(mart, "unknown_label", MARCH, NOON).rows["id"].tolist()
        assert len(ids) == 3


def _received(row: Row, filters: Filters, as_of: datetime) -> bool:
    return filters.start <= local_day(row["opened_at"]) <= filters.end and row["opened_at"] <= as_of


def test_the_course_has_each_request_on_its_local_day(tmp_path: Path) -> None:
    # 20:30 in Montréal, after the change to daylight time: already the next day in UTC.
    late = datetime(2025, 3, 10, 20, 30, tzinfo=MONTREAL).astimezone(UTC)
    with open_mart(make_mart(tmp_path, [a_row(opened_at=late, precision="counter")])) as mart:
        course = quality(mart, MARCH, NOON, "day").course.set_index("name")
        assert course["counter"].to_dict() == {name: int(name == "2025-03-10") for name in course.index}
        assert course.index[-1] == "2025-03-20"  # nothing after T


def a_crew(day: date, closed: int, **columns: str) -> list[Row]:
    """So many requests that a crew of Verdun closed around noon of a day."""
    at = datetime(day.year, day.month, day.day, 12, tzinfo=MONTREAL).astimezone(UTC)
    given = {"borough_who": "VD", "borough": "VD", "status": "done", **columns}
    return [
        a_row(opened_at=at - timedelta(days=40, minutes=i), closed_at=at + timedelta(minutes=i), **given)
        for i in range(closed)
    ]


def a_month_of_work(per_day: int = 4, days: int = 20) -> list[Row]:
    """What a crew does before the tenth of March."""
    return [
        row for i in range(days) for row in a_crew(date(2025, 2, 15) + timedelta(days=i), per_day + i % 3)
    ]


def test_a_day_far_above_the_usual_is_a_mass_closure(tmp_path: Path) -> None:
    rows = [*a_month_of_work(), *a_crew(date(2025, 3, 10), 60), *a_crew(date(2025, 3, 11), 50)]
    with open_mart(make_mart(tmp_path, rows)) as mart:
        (day,) = mass_days(mart, NOON).to_dict("records")
        assert (day["day"], day["borough_who"], day["activity"]) == (date(2025, 3, 10), "VD", "nids_de_poule")
        assert (day["closed"], day["usual"], day["limit"]) == (60, 5, RULE.more_than)
        found = quality(mart, MARCH, NOON, "day")
        assert found.counts["mass_closures"] == found_page(mart, "mass_closures", MARCH, NOON).total == 60
        before = Filters(date(2025, 3, 1), date(2025, 3, 9))
        assert quality(mart, before, NOON).counts["mass_closures"] == 0
        assert len(mass_days_in(mart, before, NOON)) == 0
        assert len(mass_days_in(mart, MARCH, NOON)) == 1


def test_another_crew_and_activity_are_not_touched_by_it(tmp_path: Path) -> None:
    day = date(2025, 3, 10)
    others = a_crew(day, 3, activity="graffitis") + a_crew(day, 3, borough_who="VM")
    rows = [*a_month_of_work(), *a_crew(day, 60), *others]
    with open_mart(make_mart(tmp_path, rows)) as mart:
        page = found_page(mart, "mass_closures", MARCH, NOON)
        assert page.total == 60
        assert not {row["id"] for row in others} & set(page.rows["id"])


def test_what_is_usual_is_not_judged_without_enough_days(tmp_path: Path) -> None:
    rows = [*a_month_of_work(days=RULE.least_days - 1), *a_crew(date(2025, 3, 10), 200)]
    with open_mart(make_mart(tmp_path, rows)) as mart:
        assert mass_days(mart, NOON).empty


def test_a_crew_that_enters_its_work_once_a_week_is_compared_with_itself(tmp_path: Path) -> None:
    weeks = [date(2024, 11, 4) + timedelta(weeks=i) for i in range(15)]
    rows = [row for i, day in enumerate(weeks) for row in a_crew(day, 70 + i % 5)]
    with open_mart(make_mart(tmp_path, rows)) as mart:
        assert mass_days(mart, NOON).empty


def test_a_closing_after_t_is_not_known_yet(tmp_path: Path) -> None:
    rows = [*a_month_of_work(), *a_crew(date(2025, 3, 10), 60)]
    with open_mart(make_mart(tmp_path, rows)) as mart:
        assert mass_days(mart, datetime(2025, 3, 10, 4, tzinfo=UTC)).empty
        assert quality(mart, MARCH, day_end(date(2025, 3, 9))).counts["mass_closures"] == 0


@given(st.lists(st.tuples(st.integers(0, 60), st.sampled_from(("VD", None))), min_size=20, max_size=150))
@examples(8)
def test_mass_days_are_those_of_a_loop(closings: list[tuple[int, str | None]]) -> None:
    rule = MassRule(deviations=2, more_than=3, least_days=3, trailing_days=30)
    rows = [
        a_row(opened_at="-90d", closed_at=NOON - timedelta(days=age), status="done", borough_who=who)
        for age, who in closings
    ]
    n = Counter((row["borough_who"], local_day(ended_at(row) or NOON)) for row in rows)
    wanted = set()
    for (who, day), closed in n.items():
        earlier = [m for (w, d), m in n.items() if w == who and 0 < (day - d).days <= rule.trailing_days]
        if len(earlier) < rule.least_days:
            continue
        usual = median(earlier)
        spread = rule.per_deviation * median([abs(m - usual) for m in earlier])
        if closed > max(rule.more_than, usual + rule.deviations * spread):
            wanted.add((day, who or "unlocated", closed))
    with opened(rows) as mart:
        found = mass_days(mart, NOON, rule)
        assert set(zip(found["day"], found["borough_who"], found["closed"], strict=True)) == wanted


def test_a_request_that_was_opened_again_is_there_once(tmp_path: Path) -> None:
    row = a_row(opened_at="-9d", precision="counter", reopened_at="-2d", point=None)
    undone = an_undone_row(row, ended_at="-5d", undone_at="-2d")
    with open_mart(make_mart(tmp_path, [row], undone=[undone])) as mart:
        for as_of in (NOON, NOON - timedelta(days=4)):
            assert quality(mart, MARCH, as_of).counts["counter"] == 1
            assert found_page(mart, "counter", MARCH, as_of).rows["id"].tolist() == [row["id"]]


def test_an_empty_mart_has_nothing_to_report(tmp_path: Path) -> None:
    with open_mart(make_mart(tmp_path)) as mart:
        found = quality(mart, MARCH, NOON)
        assert set(found.counts.values()) == {0}
        assert found.share("counter") is None
        assert found_page(mart, "counter", MARCH, NOON).rows.empty


def test_an_unknown_check_and_an_impossible_page_are_refused(tmp_path: Path) -> None:
    with open_mart(make_mart(tmp_path, [a_row()])) as mart:
        with pytest.raises(InputRefused, match="no check"):
            found_page(mart, "x'; DROP TABLE requests", MARCH, NOON)
        with pytest.raises(InputRefused, match="a page has"):
            found_page(mart, "counter", MARCH, NOON, limit=0)


def test_an_export_has_the_columns_of_the_list(tmp_path: Path) -> None:
    with open_mart(make_mart(tmp_path, [a_row(precision="counter")])) as mart:
        (batch,) = list(found_batches(mart, "counter", MARCH, NOON))
        assert tuple(batch.schema.names) == EXPORTED
