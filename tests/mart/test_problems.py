"""The table of problems, against sums in plain Python over the same requests."""

from collections import defaultdict
from datetime import timedelta
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from mart.problems import PLACE, window_to
from mart.schema import PROBLEMS
from mart.snapshot import open_mart
from tests.mart.made import examples
from tests.support.mart import NOON, Row, a_row, make_mart


@st.composite
def grouped_rows(draw: st.DrawFn) -> list[Row]:
    """Requests over a year in three problems of several episodes each; some at no place."""
    rows: list[Row] = []
    for number in range(1, draw(st.integers(0, 20)) + 1):
        opened = NOON - timedelta(days=draw(st.integers(0, 360)))
        lasted = draw(st.none() | st.integers(0, 300))
        closed = None if lasted is None else opened + timedelta(days=lasted)
        rows.append(
            a_row(
                id=number,
                opened_at=opened,
                closed_at=closed,
                status="done" if closed else "in_progress",
                requesters=draw(st.integers(1, 5)),
                precision=draw(st.sampled_from(["exact", "segment", "counter"])),
            )
        )
    firsts: dict[tuple[int, int], int] = {}
    for row in sorted(rows, key=lambda row: (row["opened_at"], row["id"])):
        if row["problem_id"] is None:
            continue
        problem, episode = draw(st.integers(1, 3)), draw(st.integers(1, 3))
        row["problem_id"] = firsts.setdefault((problem, 0), row["id"])
        if row["problem_id"] != row["id"]:
            row["episode_id"] = firsts.setdefault((problem, episode), row["id"])
        else:
            firsts[problem, episode] = row["id"]
    return rows


def by_hand(rows: list[Row]) -> dict[int, dict[str, Any]]:
    """What each problem has to say, added up row by row."""
    end = max(moment for row in rows for moment in (row["opened_at"], row["closed_at"]) if moment)
    since = window_to(end, NOON + timedelta(days=999)).first
    members = defaultdict(list)
    for row in rows:
        if row["problem_id"] is not None:
            members[row["problem_id"]].append(row)
    found = {}
    for problem, those in members.items():
        recent = [row for row in those if since <= row["opened_at"] <= end]
        still_open = [row for row in those if row["closed_at"] is None]
        found[problem] = {
            "first_at": min(row["opened_at"] for row in those),
            "last_at": max(row["opened_at"] for row in those),
            "ended_at": None if still_open else max(row["closed_at"] for row in those),
            "episodes": len({row["episode_id"] for row in those}),
            "requests": len(those),
            "requesters": sum(row["requesters"] for row in those),
            "open": len(still_open),
            "recent_requests": len(recent),
            "recent_requesters": sum(row["requesters"] for row in recent),
            "recent_episodes": len({row["episode_id"] for row in recent}),
        }
    return found


@examples(25)
@given(grouped_rows())
def test_problems_are_the_sums_of_their_requests(tmp_path_factory: Any, rows: list[Row]) -> None:
    with open_mart(make_mart(tmp_path_factory.mktemp("mart"), rows)) as mart:
        table = mart.table("problems").to_pyarrow()
        assert table.schema.names == PROBLEMS.names
        assert mart.manifest.problems == table.num_rows
        found = {row["id"]: row for row in table.to_pylist()}
        assert list(found) == sorted(found)
        expected = by_hand(rows) if rows else {}
        assert {id_: {name: row[name] for name in expected[id_]} for id_, row in found.items()} == expected


def test_a_problem_is_where_its_first_request_is(tmp_path: Path) -> None:
    rows = [
        a_row(id=5, opened_at="-9d", borough="VD", sector="174", street="rue Wellington"),
        a_row(id=6, opened_at="-1d", problem_id=5, borough="VM", street="rue Peel"),
    ]
    with open_mart(make_mart(tmp_path, rows)) as mart:
        [place] = mart.table("problems").to_pyarrow().to_pylist()
        requests = {row["id"]: row for row in mart.table("requests").to_pyarrow().to_pylist()}
    assert (place["id"], place["borough"], place["sector"], place["street"]) == (
        5,
        "VD",
        "174",
        "rue Wellington",
    )
    assert {name: place[name] for name in PLACE} == {name: requests[5][name] for name in PLACE}


def test_an_event_still_to_come_does_not_move_the_six_months() -> None:
    window = window_to(NOON + timedelta(days=4000), NOON)
    assert window.last == NOON
    assert window.first.isoformat() == "2024-09-20T16:00:00+00:00"
    assert window_to(None, NOON).last == NOON
