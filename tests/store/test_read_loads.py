"""What a screen asks of loads: the newest first, their reasons and rows, faults by kind; on both engines."""

from pathlib import Path

import pytest

from domain.errors import InputRefused, StoreUnavailable
from store import loads
from store.engine import open_store
from store.load import load
from store.loads import MOST_LOADS, read_loads, read_rejected, rejected_after, tick_of
from tests.support.loading import a_load, a_row


def filled(url: str, *given: object) -> None:
    """Loads of some inputs, one after the other."""
    engine = open_store(url)
    try:
        for one in given:
            load(engine, one)  # type: ignore[arg-type]
    finally:
        engine.dispose()


def test_loads_come_newest_first_with_what_became_of_their_rows(store_url: str) -> None:
    first = a_row()
    filled(
        store_url,
        a_load(first, a_row(), rejected=[4, 7, 9], file="a/b/old.csv"),
        a_load(first, a_row(), file="C:\\data\\new.csv"),
    )
    found = read_loads(store_url)
    assert [(one.file, one.read, one.inserted, one.unchanged, one.rejected) for one in found.loads] == [
        ("new.csv", 2, 1, 1, 0),
        ("old.csv", 5, 2, 0, 3),
    ]
    assert [one.reasons for one in found.loads] == [{}, {"no id": 3}]
    assert found.total == 2


def test_rejected_rows_come_page_by_page_and_all_of_them(
    store_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(
        store_url,
        a_load(a_row(), rejected=range(12, 1, -1), file="a.csv"),
        a_load(rejected=[99], file="b.csv"),
    )
    page = read_rejected(store_url, 1, offset=10, limit=5)
    assert ([row.line for row in page.rows], page.total, page.load.file) == ([12], 11, "a.csv")
    part = rejected_after(store_url, 1, limit=6)
    rest = rejected_after(store_url, 1, part[-1], limit=6)
    assert [row.line for row in part + rest] == list(range(2, 13))
    assert rejected_after(store_url, 1, rest[-1]) == []
    monkeypatch.setattr(loads, "LONGEST_VALUE", 0)
    assert {row.value for row in read_rejected(store_url, 1).rows} == {""}


def test_faults_are_counted_by_kind_the_most_frequent_first(store_url: str) -> None:
    rows = [a_row() for _ in range(3)]
    ids = [row["external_id"] for row in rows]
    faults = [*((i, "unknown_label") for i in ids), (ids[0], "closed_before_opened")]
    filled(store_url, a_load(*rows, faults=faults))
    assert [(one.code, one.field, one.n) for one in read_loads(store_url).faults] == [
        ("unknown_label", "street", 3),
        ("closed_before_opened", "street", 1),
    ]


def test_an_answer_holds_until_the_next_transaction(store_url: str) -> None:
    filled(store_url, a_load(a_row()))
    before = tick_of(store_url)
    assert tick_of(store_url) == before
    filled(store_url, a_load(a_row(), file="more.csv"))
    assert tick_of(store_url) > before


def test_a_new_store_has_no_loads(store_url: str) -> None:
    filled(store_url)
    found = read_loads(store_url)
    assert (found.loads, found.total, found.faults) == ([], 0, [])


def test_a_load_that_is_not_there_and_an_impossible_page_are_refused(store_url: str) -> None:
    filled(store_url, a_load(a_row()))
    with pytest.raises(InputRefused, match="no load 7"):
        read_rejected(store_url, 7)
    with pytest.raises(InputRefused, match="a page has"):
        read_rejected(store_url, 1, limit=100_000)


def test_only_so_many_loads_are_listed(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loads, "MOST_LOADS", 2)
    filled(sqlite_url, *(a_load(a_row(), file=f"{i}.csv") for i in range(3)))
    found = read_loads(sqlite_url)
    assert ([one.file for one in found.loads], found.total) == (["2.csv", "1.csv"], 3)
    assert MOST_LOADS > 2


def test_a_store_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable):
        read_loads(f"sqlite:///{tmp_path / 'none.db'}")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("url", ["postgresql://nobody:secret@127.0.0.1:9/none", "postgresql://127.0.0.1:9"])
def test_a_server_that_does_not_answer_says_so_without_its_password(url: str) -> None:
    with pytest.raises(StoreUnavailable) as caught:
        read_loads(url)
    assert "secret" not in str(caught.value)


def test_what_is_no_store_is_refused(tmp_path: Path) -> None:
    (tmp_path / "text.db").write_text("this is no database, but long enough to look at" * 50)
    with pytest.raises(StoreUnavailable):
        read_loads(f"sqlite:///{tmp_path / 'text.db'}")
    with pytest.raises(InputRefused):
        read_loads("no url at all")
