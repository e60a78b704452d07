"""Problems and recurrence on the map, against loops in plain Python over the same requests."""

from collections import Counter, defaultdict
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import InputRefused
from geo.hexgrid import cells, parents, to_hex
from mart.column_filters import ColumnFilter
from mart.cuts import recent_from
from mart.filters import Filters
from mart.populations import Population
from mart.questions.by_state import by_state
from mart.questions.map_problems import map_problems
from mart.questions.map_recurrence import recurrence_by_area, recurrence_by_cell
from mart.questions.points import map_points, points
from mart.state import SEVERITY
from tests.mart.made import (
    POINTS,
    Oracle,
    examples,
    is_open,
    made_filters,
    made_rows,
    moments,
    opened,
    state_of,
)
from tests.mart.test_problems import grouped_rows
from tests.support.mart import NOON, Row, a_row

WHOLE = (-74.0, 45.0, -73.0, 46.0)
YEAR = Filters(date(2024, 6, 1), date(2025, 3, 31))
RANK = {state.value: rank for rank, state in enumerate(SEVERITY)}
LATE = (ColumnFilter("state", "one_of", ("late",)),)


@st.composite
def placed_rows(draw: st.DrawFn) -> list[Row]:
    """Requests of problems, each at a point of its own, in a borough of its own."""
    rows = draw(grouped_rows())
    for row in rows:
        group = row["problem_id"] or 0
        row |= {"point": POINTS[group % len(POINTS)], "borough": ("VM", "VD", None)[group % 3]}
        row["due_at"] = row["opened_at"] + timedelta(days=draw(st.integers(1, 60)))
    return rows


def by_problem(rows: list[Row]) -> dict[int, list[Row]]:
    found: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        if row["problem_id"] is not None:
            found[row["problem_id"]].append(row)
    return dict(found)


def said_of(rows: list[Row], at: datetime) -> tuple[int, int, int, str, int]:
    """Requests, people, open ones, state and request of a problem's mark."""
    still = [row for row in rows if is_open(row, at)]
    newest = max(still or rows, key=lambda row: (row["opened_at"], row["id"]))
    state = min((state_of(row, at) for row in rows), key=RANK.__getitem__)
    return len(rows), sum(row["requesters"] for row in rows), len(still), state, newest["id"]


@examples(15)
@given(placed_rows(), moments, st.sampled_from(list(Population)))
def test_a_problem_is_drawn_once_with_what_its_requests_say(
    rows: list[Row], as_of: datetime, population: Population
) -> None:
    oracle = Oracle(rows, YEAR, as_of)
    groups = by_problem(oracle.of(population))
    with opened(rows) as mart:
        found = map_problems(mart, YEAR, as_of, WHOLE, population=population)
    told = ["requests", "requesters", "open", "state", "request_id"]
    drawn = {row["problem_id"]: tuple(row[name] for name in told) for row in found.to_dict("records")}
    assert drawn == {problem: said_of(group, oracle.at(population)) for problem, group in groups.items()}
    assert found["requesters"].is_monotonic_decreasing


def active(rows: list[Row], as_of: datetime) -> dict[int, list[Row]]:
    until = min(Oracle(rows, YEAR, as_of).until, as_of)
    return by_problem([row for row in rows if recent_from(until) <= row["opened_at"] <= until])


def counted(groups: dict[int, list[Row]], place: Any) -> dict[Any, tuple[int, int]]:
    """Active and recurring problems by a place of theirs."""
    alive: Counter[Any] = Counter()
    again: Counter[Any] = Counter()
    for group in groups.values():
        where = place(group)
        alive[where] += 1
        again[where] += len({row["episode_id"] for row in group}) > 1
    return {where: (n, again[where]) for where, n in alive.items()}


def cell_of(point: tuple[float, float], resolution: int) -> str:
    lon, lat = point
    return to_hex(parents(cells(np.array([lat]), np.array([lon])), resolution))[0]


@examples(15)
@given(placed_rows(), moments, st.integers(6, 11))
def test_recurrence_is_counted_as_a_loop_does_and_as_the_kpi_does(
    rows: list[Row], as_of: datetime, resolution: int
) -> None:
    groups = active(rows, as_of)
    with opened(rows) as mart:
        found = recurrence_by_cell(mart, YEAR, as_of, resolution)
        areas = recurrence_by_area(mart, YEAR, as_of)
        recurring = sum(by_state(mart, YEAR, as_of, "recurring_pct").values())
    by_cell = {cell: (n, again) for cell, n, again in found.itertuples(index=False)}
    assert by_cell == counted(groups, lambda group: cell_of(group[0]["point"], resolution))
    codes = areas["code"].astype(object).where(areas["code"].notna(), None)
    by_area = dict(zip(codes, zip(areas["active"], areas["recurring"], strict=True), strict=True))
    assert by_area == counted(groups, lambda group: group[0]["borough"])
    assert found["recurring"].sum() == recurring


def test_states_keep_the_problems_that_have_such_a_request() -> None:
    late, fresh = a_row(opened_at="-40d", due_at="-30d"), a_row(opened_at="-3d", due_at="+9d")
    again = a_row(opened_at="-2d", problem_id=late["id"])
    with opened([late, again, fresh]) as mart:
        found = recurrence_by_cell(mart, YEAR, NOON, 8, LATE)
        marks = map_problems(mart, YEAR, NOON, WHOLE, column_filters=LATE)
    assert found[["active", "recurring"]].to_numpy().tolist() == [[1, 1]]
    assert marks[["problem_id", "requests", "recent_episodes"]].to_numpy().tolist() == [[late["id"], 1, 2]]


@examples(15)
@given(made_rows(), made_filters(), moments)
def test_marks_are_the_points(rows: list[Row], filters: Filters, as_of: datetime) -> None:
    filters = replace(filters, area=((-73.59, 45.49), (-73.55, 45.49), (-73.55, 45.52)))
    with opened(rows) as mart:
        found: pa.Table = map_points(mart, filters, as_of, WHOLE)
        expected = points(mart, filters, as_of, WHOLE)
    both = zip(found["id"].to_pylist(), found["state"].to_pylist(), strict=True)
    assert sorted(both) == sorted(zip(expected["id"], expected["state"], strict=True))


def test_what_no_map_shows_is_refused() -> None:
    with opened([]) as mart:
        with pytest.raises(InputRefused, match="10000"):
            map_problems(mart, YEAR, NOON, WHOLE, limit=0)
        with pytest.raises(InputRefused, match="6 to 11"):
            recurrence_by_cell(mart, YEAR, NOON, 5)
        assert map_problems(mart, YEAR, NOON, WHOLE).empty
        assert recurrence_by_area(mart, YEAR, NOON).empty
