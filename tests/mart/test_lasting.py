"""Requests that lasted have row groups of their own: a question on a period leaves the quick ones of old months."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from mart.database import open_views
from mart.layout import current_version, read_manifest
from mart.months import LASTING_DAYS, ordered, read_month
from mart.snapshot import open_mart
from tests.support.mart import NOON, Row, a_row, an_undone_row, make_mart, rows_table

MONTHS = 24
JANUARY = datetime(2023, 1, 10, tzinfo=UTC)


def a_month(opened: datetime) -> list[Row]:
    """Three quick requests, one that took a hundred days, one that is open: in no order."""
    days = [None, 20, LASTING_DAYS, 1, 100]
    ends = [None if n is None else opened + timedelta(days=n) for n in days]
    return [a_row(opened_at=opened, closed_at=at, status="done" if at else None) for at in ends]


@pytest.fixture(scope="module")
def version(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two years of such months, and two earlier spells."""
    rows = [row for n in range(MONTHS) for row in a_month(JANUARY + timedelta(days=30.4) * n)]
    reopened = rows[0] | {"reopened_at": JANUARY + timedelta(days=9), "reopened": True}
    undone = an_undone_row(rows[0], ended_at=JANUARY + timedelta(days=5), undone_at=reopened["reopened_at"])
    root = make_mart(tmp_path_factory.mktemp("lasting"), [reopened, *rows[1:]], undone=[undone])
    return root / str(current_version(root))


def ended(group: Any) -> Any:
    """Statistics of `ended_at` in a row group."""
    columns = [group.column(i) for i in range(group.num_columns)]
    return next(column.statistics for column in columns if column.path_in_schema == "ended_at")


def test_each_month_has_a_row_group_of_quick_requests_that_says_when_the_last_ended(version: Path) -> None:
    files = sorted((version / "requests").iterdir())
    assert len(files) == MONTHS
    for file in files:
        metadata = pq.read_metadata(file)
        quick, lasting = (metadata.row_group(i) for i in range(metadata.num_row_groups))
        opened = pq.read_table(file, columns=["opened_at"])["opened_at"][0].as_py()
        assert (quick.num_rows, ended(quick).null_count) == (3, 0)
        assert ended(quick).max == opened + timedelta(days=LASTING_DAYS)
        assert (lasting.num_rows, ended(lasting).null_count) == (2, 1)


def test_a_month_without_quick_or_without_lasting_ones_has_one_row_group(tmp_path: Path) -> None:
    closed = {"status": "done", "closed_at": "-1h"}
    root = make_mart(tmp_path, [a_row(opened_at="-40d", **closed), a_row(opened_at="-2d")])
    groups = [pq.read_metadata(file).num_row_groups for file in root.glob("*/requests/*")]
    assert groups == [1, 1]
    (problems,) = root.glob("*/undone.parquet")
    assert pq.read_metadata(problems).num_rows == 0


def test_rows_of_a_month_are_ordered_by_whether_they_lasted_then_by_opening_and_id(version: Path) -> None:
    for file in (version / "requests").iterdir():
        rows = read_month(version, f"requests/{file.name}")
        expected = rows.to_pylist()
        expected.sort(key=lambda row: (lasted(row), row["opened_at"], row["id"]))
        assert rows.to_pylist() == expected


def lasted(row: Row) -> bool:
    return row["ended_at"] is None or row["ended_at"] > row["opened_at"] + timedelta(days=LASTING_DAYS)


def test_the_order_of_absurd_dates_is_that_of_any_others() -> None:
    late = datetime(9999, 12, 31, tzinfo=UTC)
    rows = [
        a_row(opened_at=late),
        a_row(opened_at=late, closed_at=late, status="done"),
        a_row(opened_at=NOON, closed_at=NOON - timedelta(days=9000), status="done"),
    ]
    assert ordered(rows_table(rows))["id"].to_pylist() == [rows[2]["id"], rows[1]["id"], rows[0]["id"]]


OPEN = "(ended_at IS NULL OR ended_at >= $at)"
CLOSED = "ended_at BETWEEN $at AND $until"


@pytest.fixture(scope="module")
def row_groups(version: Path) -> Iterator[Any]:
    """How many row groups DuckDB reads, of how many, to answer with a condition."""
    database = open_views(version, read_manifest(version))
    database.execute("PRAGMA enable_profiling='json'")

    def counted(table: str, condition: str) -> tuple[int, int]:
        at = JANUARY + timedelta(days=30.4 * (MONTHS - 1))
        values = {"at": at} | ({"until": at + timedelta(days=9)} if "$until" in condition else {})
        sql = f"EXPLAIN ANALYZE SELECT count(*), sum(lon) FROM {table} WHERE {condition}"
        told = database.execute(sql, values).fetchall()[0][1]
        query = json.loads(told[told.index("{") :])["query"]
        return query["total_row_groups_scanned"], query["total_row_groups_to_scan"]

    yield counted
    database.close()


@pytest.mark.parametrize("table", ["requests", "spells"])
def test_who_is_open_is_asked_of_the_lasting_ones_and_of_the_last_months(row_groups: Any, table: str) -> None:
    read, there = row_groups(table, OPEN)
    assert there >= 2 * MONTHS
    assert MONTHS <= read <= MONTHS + 3


@pytest.mark.parametrize("table", ["requests", "spells"])
def test_what_was_closed_in_a_period_is_asked_of_the_months_around_it(row_groups: Any, table: str) -> None:
    read, _ = row_groups(table, CLOSED)
    assert 1 <= read <= 8


def test_a_condition_wrapped_in_coalesce_spares_nothing(row_groups: Any) -> None:
    """Why a condition on `ended_at` is never wrapped where it filters files; an upgrade may change it."""
    read, there = row_groups("requests", f"coalesce({CLOSED}, false)")
    assert read == there


def test_spells_are_requests_and_what_reopenings_ended(version: Path) -> None:
    with open_mart(version.parent) as mart:
        spells = mart.run(lambda spells: spells.select("id", "undone_at"), (), {}, table="spells")
    assert spells.num_rows == 5 * MONTHS + 1
    (twice,) = (one for one in spells["id"].value_counts().to_pylist() if one["counts"] == 2)
    assert spells.filter(pc.equal(spells["id"], twice["values"]))["undone_at"].null_count == 1
