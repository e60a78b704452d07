"""One load after the other, on both engines: what becomes of requests, faults, events and ticks."""

from datetime import date, timedelta

import pytest
from sqlalchemy import Engine, inspect

from store.load import load
from store.schema import (
    information_count,
    load_run,
    rejected_row,
    request,
    request_event,
    request_fault,
    store_clock,
)
from tests.support.loading import NOON, a_load, a_row
from tests.support.stores import rows_of

EARLIER, LATER = NOON - timedelta(days=2), NOON - timedelta(days=1)


def by_id(url: str) -> dict[str, dict[str, object]]:
    """Requests by their source's id."""
    return {row["external_id"]: row for row in rows_of(url, request)}


def test_a_first_load_inserts_everything(store: Engine, store_url: str) -> None:
    rows = [a_row() for _ in range(5)]
    done = load(store, a_load(*rows))
    assert (done.inserted, done.updated, done.unchanged) == (5, 0, 0)
    assert list(by_id(store_url)) == [row["external_id"] for row in rows]
    (run,) = rows_of(store_url, load_run)
    assert (run["id"], run["tick"], run["read"], run["inserted"]) == (done.load_id, 1, 5, 5)


def test_a_load_in_batches_gives_each_row_its_own_verdict(store: Engine, store_url: str) -> None:
    old = [a_row(external_id=str(n), status="in_progress", status_at=EARLIER) for n in range(0, 12, 2)]
    load(store, a_load(*old))
    again = [a_row(external_id=str(n), status="in_progress", status_at=EARLIER) for n in range(0, 12, 4)]
    changed = [a_row(external_id=str(n), status="done", status_at=LATER) for n in range(2, 12, 4)]
    new = [a_row(external_id=str(n)) for n in range(1, 12, 2)]
    mixed = sorted([*again, *changed, *new], key=lambda row: int(row["external_id"]))
    done = load(store, a_load(*mixed, per_batch=3))
    assert (done.inserted, done.updated, done.unchanged) == (6, 3, 3)
    ticks = {int(i): row["changed_tick"] for i, row in by_id(store_url).items()}
    assert ticks == {n: 1 if n % 4 == 0 else 2 for n in range(12)}
    assert {int(i) for i, row in by_id(store_url).items() if row["status"] == "done"} == {2, 6, 10}
    before_and_after = {
        (e["status_before"], e["status"], e["tick"]) for e in rows_of(store_url, request_event)
    }
    assert before_and_after == {("in_progress", "done", 2)}
    assert len(rows_of(store_url, request_event)) == 3


def test_a_request_keeps_its_number_and_source_through_updates(store: Engine, store_url: str) -> None:
    load(store, a_load(a_row(external_id="1"), a_row(external_id="2")))
    numbers = {i: row["id"] for i, row in by_id(store_url).items()}
    load(store, a_load(a_row(external_id="2", street="rue B"), a_row(external_id="3")))
    after = by_id(store_url)
    assert {i: after[i]["id"] for i in numbers} == numbers
    assert (after["2"]["street"], after["2"]["source"]) == ("rue B", "made")


@pytest.mark.parametrize(
    ("known", "comes", "updated"),
    [
        (EARLIER, LATER, True),
        (LATER, EARLIER, False),
        (LATER, LATER, True),  # something else was corrected
        (None, EARLIER, True),
        (EARLIER, None, False),
        (None, None, True),
    ],
)
def test_only_a_row_that_is_not_older_changes_a_request(
    store: Engine, store_url: str, known: object, comes: object, updated: bool
) -> None:
    load(store, a_load(a_row(external_id="1", status_at=known, street="rue A")))
    done = load(store, a_load(a_row(external_id="1", status_at=comes, street="rue B")))
    assert (done.updated, done.unchanged) == (int(updated), int(not updated))
    assert by_id(store_url)["1"]["street"] == ("rue B" if updated else "rue A")


def test_another_status_moment_is_an_event_even_with_the_same_status(store: Engine, store_url: str) -> None:
    load(store, a_load(a_row(external_id="1", status="reopened", status_at=EARLIER)))
    load(store, a_load(a_row(external_id="1", status="reopened", status_at=LATER)))
    (event,) = rows_of(store_url, request_event)
    assert (event["status_before_at"], event["at"], event["recorded_at"]) == (EARLIER, LATER, NOON)
    assert (event["kind"], event["actor"], event["load_id"]) == ("status", "source:made", 2)


def test_faults_belong_to_the_requests_that_the_load_wrote(store: Engine, store_url: str) -> None:
    old, same, new = a_row(external_id="old"), a_row(external_id="same"), a_row(external_id="new")
    load(store, a_load(old, same, faults=[("old", "overlong"), ("same", "overlong")]))
    mended = a_row(external_id="old", street="rue B")
    load(store, a_load(mended, same, new, faults=[("same", "overlong"), ("new", "overlong")]))
    named = {row["id"]: i for i, row in by_id(store_url).items()}
    faults = [(named[f["request_id"]], f["load_id"]) for f in rows_of(store_url, request_fault)]
    assert sorted(faults) == [("new", 2), ("same", 1)]


def test_faults_of_another_source_with_the_same_ids_stay(store: Engine, store_url: str) -> None:
    load(store, a_load(a_row(external_id="1"), faults=[("1", "zero")], source="a"))
    load(store, a_load(a_row(external_id="1"), faults=[("1", "overlong")], source="b"))
    load(store, a_load(a_row(external_id="1", street="x"), source="b"))
    assert [f["code"] for f in rows_of(store_url, request_fault)] == ["zero"]


def test_rejected_rows_of_a_file_are_recorded_once(store: Engine, store_url: str) -> None:
    row = a_row()
    for _ in range(2):
        load(store, a_load(row, rejected=[3, 9, 12], file="a.csv"))
    load(store, a_load(row, rejected=[3], file="b.csv"))
    found = [(r["file_name"], r["line"]) for r in rows_of(store_url, rejected_row)]
    assert found == [("a.csv", 3), ("a.csv", 9), ("a.csv", 12), ("b.csv", 3)]


def test_the_most_that_one_file_counted_stands(store: Engine, store_url: str) -> None:
    march, april = date(2025, 3, 1), date(2025, 4, 1)
    load(store, a_load(information={(march, "Écocentre"): 5, (march, "l'\\ %s :x"): 1}))
    load(store, a_load(information={(march, "Écocentre"): 3, (april, "Écocentre"): 2}))
    load(store, a_load(information={(march, "Écocentre"): 7}, source="other"))
    counts = {(r["source"], r["month"], r["label"]): r["n"] for r in rows_of(store_url, information_count)}
    assert counts == {
        ("made", march, "Écocentre"): 5,
        ("made", march, "l'\\ %s :x"): 1,
        ("made", april, "Écocentre"): 2,
        ("other", march, "Écocentre"): 7,
    }


def test_a_file_of_nothing_but_information_leaves_requests_alone(store: Engine, store_url: str) -> None:
    load(store, a_load(a_row(), information={}))
    before = rows_of(store_url, request)
    done = load(store, a_load(information={(date(2025, 3, 1), "x"): 1}))
    assert (done.inserted, done.updated, done.unchanged) == (0, 0, 0)
    assert rows_of(store_url, request) == before


@pytest.mark.parametrize("there", [0, 2, 100])
def test_all_indexes_stand_after_a_load_however_large(store: Engine, there: int) -> None:
    def indexes() -> set[str | None]:
        return {index["name"] for index in inspect(store).get_indexes("request")}

    declared = indexes()
    load(store, a_load(*(a_row() for _ in range(there))))
    load(store, a_load(*(a_row() for _ in range(20))))
    assert indexes() == declared
    assert "request_source_external_id_key" in declared


def test_a_name_of_a_file_may_hold_anything(store: Engine, store_url: str) -> None:
    name = "a'b\"c %s %(x)s %% :n \\' $1 ? é.csv"
    load(store, a_load(a_row(), rejected=[2], file=name))
    assert [r["file_name"] for r in rows_of(store_url, load_run)] == [name]
    assert [r["file_name"] for r in rows_of(store_url, rejected_row)] == [name]


def test_the_clock_stands_at_the_newest_load(store: Engine, store_url: str) -> None:
    for n in (1, 2, 3):
        load(store, a_load(a_row()))
        assert [row["tick"] for row in rows_of(store_url, store_clock)] == [n]
