"""The benchmark of KPIs compares like with like: it refuses peers that give other numbers."""

import json
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import Phase, given, settings

from benchmarks import kpi as benchmark
from benchmarks.support.kpi_peers import by_pandas, loaded_frame
from benchmarks.support.kpi_sql import by_sql, loaded_table
from mart.kpis import MAIN
from mart.layout import current_version, read_manifest
from mart.questions.kpi import kpis
from tests.mart.kpi_lives import a_mart, lives
from tests.mart.kpi_oracle import Life
from tests.support.mart import a_row, make_mart


@settings(max_examples=8, deadline=None, phases=(Phase.generate,))
@given(lives().filter(bool))
def test_pandas_and_sql_give_our_numbers(given_lives: list[Life]) -> None:
    with a_mart(given_lives) as mart, TemporaryDirectory() as folder:
        year, at = benchmark._asked(mart)
        moments = benchmark._moments(year, at)
        table = kpis(mart, year, at, MAIN, ["borough", "activity"])
        answers = {name: Path(folder) / name for name in ("ours", "pandas", "sql")}
        ours: dict[str, Any] = {"rows": table.rows, **table.margins, "total": table.total}
        frame, connection = loaded_frame(mart.cursor()), mart.cursor()
        loaded_table(connection)
        frames = (ours, by_pandas(frame, moments), by_sql(connection, moments))
        for path, found in zip(answers.values(), frames, strict=True):
            benchmark._keep(str(path), found)
        assert benchmark.same(answers) > len(MAIN)


def test_another_number_is_refused(tmp_path: Path) -> None:
    answers = {name: tmp_path / name for name in ("ours", "pandas")}
    for n, path in enumerate(answers.values()):
        path.write_text(json.dumps({"total": {"": {"received": 100 + n}}}), "utf-8")
    with pytest.raises(RuntimeError, match="received of total : ours 100, pandas 101"):
        benchmark.same(answers)


def test_other_cells_are_refused(tmp_path: Path) -> None:
    answers = {name: tmp_path / name for name in ("ours", "sql")}
    for name, path in answers.items():
        path.write_text(json.dumps({"rows": {name: {}}}), "utf-8")
    with pytest.raises(RuntimeError, match="sql has other cells"):
        benchmark.same(answers)


def test_a_younger_mart_has_the_last_months_only(tmp_path: Path) -> None:
    months = [datetime(year, month, 15, tzinfo=UTC) for year in (2022, 2023, 2024) for month in range(1, 13)]
    root = make_mart(tmp_path / "mart", [a_row(id=i, opened_at=at) for i, at in enumerate(months, 1)])
    young = benchmark.younger(root)
    manifest = read_manifest(young / str(current_version(young)))
    assert len(manifest.files) == manifest.requests == benchmark.YOUNG_MONTHS
    assert read_manifest(root / str(current_version(root))).requests == len(months)
