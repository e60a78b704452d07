"""A request that was closed, reopened and closed is listed twice, and its lines are told apart."""

from pathlib import Path

import pytest

from dashboard.components.listing import grid
from tests.support.feeds import feeds_of, read
from tests.support.mart import a_row, an_undone_row, make_mart

CLOSED = a_row(
    id=1, opened_at="-9d", status="done", status_at="-1d", closed_at="-1d", reopened_at="-3d", reopened=True
)
UNDONE = an_undone_row(CLOSED, ended_at="-5d", undone_at="-3d")


@pytest.mark.parametrize("sort", ["", "sort=street&", "sort=-closed_at&"])
def test_the_lines_of_a_request_closed_twice_have_keys_of_their_own(tmp_path: Path, sort: str) -> None:
    root = make_mart(tmp_path, [CLOSED, a_row(id=2, opened_at="-2d")], undone=[UNDONE])
    with feeds_of(root) as client:
        found = read(client.get(f"/feeds/requests.json?{sort}kpi=closed"))
        now = read(client.get("/feeds/requests.json"))["rows"]
    keys = {(row["id"], row["undone_at"]): row["closed_at"] for row in found["rows"]}
    assert found["total"] == 2
    assert keys == {(1, None): "2025-03-19T16:00:00Z", (1, "2025-03-17T16:00:00Z"): "2025-03-15T16:00:00Z"}
    assert [(row["id"], row["undone_at"]) for row in now] == [(2, None)]


def test_the_grid_knows_a_line_by_both() -> None:
    key: str = vars(grid("fr"))["getRowId"]
    assert "data.id" in key
    assert "data.undone_at" in key
