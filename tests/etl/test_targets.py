"""A change of targets or days off reaches what is open, once, and nothing that is closed; on both engines."""

import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import insert

import store.targets as store_targets
from domain.activities import activities, activity
from domain.calendar import due_at
from domain.errors import StoreUnavailable
from domain.settings import PROJECT
from domain.statuses import CLOSED
from etl.targets import changed_targets, fingerprint, retarget
from store.engine import connect, migrate
from store.schema import request, store_clock, target_change
from store.targets import OPEN, Retargeted
from tests.support.building import START, Writer, a_store_row
from tests.support.stores import read_only, rows_of
from tests.support.targets import Rules, changed_rules

MONTREAL = ZoneInfo("America/Toronto")
HATEFUL = {"activity": "graffitis", "label": "*Graffitis  haineux"}
OLD = {"due_at": START, "target_days": 1, "target_origin": "label:old"}

Said = tuple[datetime | None, int | None, str | None]


@pytest.fixture
def rules(tmp_path: Path) -> Iterator[Rules]:
    """Targets and days off that a test may change."""
    with changed_rules(tmp_path / "activities.yml") as found:
        yield found


def url_of(store: Writer) -> str:
    return store.engine.url.render_as_string(hide_password=False)


def targets(store: Writer) -> dict[int, Said]:
    """Due date, target and origin of each request."""
    rows = rows_of(url_of(store), request)
    return {row["id"]: (row["due_at"], row["target_days"], row["target_origin"]) for row in rows}


def working(days: int, origin: str, opened: datetime = START) -> Said:
    return due_at(opened.astimezone(MONTREAL), days).astimezone(UTC), days, origin


def everything(store: Writer) -> list[list[dict[str, Any]]]:
    return [rows_of(url_of(store), table) for table in (request, store_clock, target_change)]


def test_what_is_open_gets_the_target_of_its_label_borough_or_activity(store: Writer, rules: Rules) -> None:
    store.write({"id": 1}, {"id": 2, "borough": "VD"}, {"id": 3} | HATEFUL, {"id": 4, "borough": None})
    assert retarget(store.engine) == Retargeted(4, 4)
    assert targets(store) == {
        1: working(5, "default"),
        2: working(5, "default"),
        3: working(2, "label:Graffitis haineux"),
        4: working(5, "default"),
    }
    rules.set("nids_de_poule", targets={"boroughs": {"VD": {"days": 4}}})
    assert retarget(store.engine) == Retargeted(4, 1)
    rules.set("graffitis", targets={"labels": {"Graffitis haineux": {"days": 9, "calendar": True}}})
    assert retarget(store.engine) == Retargeted(4, 1)
    rules.set("nids_de_poule", target={"days": 7})
    assert retarget(store.engine) == Retargeted(4, 2)
    assert targets(store) == {
        1: working(7, "default"),
        2: working(4, "borough:VD"),
        3: (datetime(2025, 3, 1, 17, tzinfo=UTC), 9, "label:Graffitis haineux"),
        4: working(7, "default"),
    }


def test_what_is_closed_keeps_the_target_it_had_with_its_origin(store: Writer, rules: Rules) -> None:
    closings: list[dict[str, Any]] = [
        {"status": status.value, "closed_at": START} for status in sorted(CLOSED)
    ]
    closings += [{"status": "done", "closed_at": None}, {"status": "reopened", "closed_at": START}]
    store.write(*({"id": n} | OLD | closing for n, closing in enumerate(closings)))
    rules.set("nids_de_poule", target={"days": 7})
    assert retarget(store.engine) == Retargeted(0, 0)
    assert set(targets(store).values()) == {(START, 1, "label:old")}


@pytest.mark.parametrize("status", [None, "in_progress", "reopened", "forwarded", "accepted", "urgent"])
def test_every_other_status_is_open(store: Writer, status: str | None) -> None:
    store.write({"id": 1, "status": status} | OLD)
    assert retarget(store.engine) == Retargeted(1, 1)
    assert targets(store) == {1: working(5, "default")}


def test_a_target_that_is_taken_out_leaves_no_due_date_and_a_new_one_makes_one(
    store: Writer, rules: Rules
) -> None:
    store.write({"id": 1}, {"id": 2, "activity": "autre", "label": None})
    retarget(store.engine)
    assert targets(store)[2] == (None, None, None)
    rules.set("nids_de_poule", target=None)
    rules.set("autre", target={"days": 0})
    assert retarget(store.engine) == Retargeted(2, 2)
    assert targets(store) == {1: (None, None, None), 2: working(0, "default")}


def test_an_activity_that_the_file_has_no_longer_has_no_target(store: Writer, rules: Rules) -> None:
    store.write({"id": 1}, {"id": 2} | HATEFUL)
    rules.drop("nids_de_poule")
    assert retarget(store.engine) == Retargeted(2, 2)
    assert targets(store) == {1: (None, None, None), 2: working(2, "label:Graffitis haineux")}


def test_other_days_off_move_what_is_open(store: Writer, rules: Rules) -> None:
    store.write({"id": 1})
    retarget(store.engine)
    before = targets(store)[1][0]
    rules.days_off([date(2025, 2, 21), date(2025, 2, 24)])
    assert retarget(store.engine) == Retargeted(1, 1)
    after = targets(store)[1][0]
    assert (before, after) == (START + timedelta(days=7), START + timedelta(days=11))


def test_a_source_s_own_due_dates_stay_and_a_source_without_its_yaml_is_in_montreal(store: Writer) -> None:
    given_by_it = {"source": "boston", "due_at": START, "target_days": None, "target_origin": "source"}
    none_given = {"source": "boston", "due_at": None, "target_days": None, "target_origin": None}
    gone = {"source": "elsewhere"} | OLD
    store.write({"id": 1} | given_by_it, {"id": 2} | none_given, {"id": 3} | gone)
    store.write({"id": 4} | given_by_it | {"source": "elsewhere"})
    assert retarget(store.engine) == Retargeted(4, 1)
    assert targets(store) == {
        1: (START, None, "source"),
        2: (None, None, None),
        3: working(5, "default"),
        4: (START, None, "source"),
    }


def test_what_changes_gets_a_new_tick_and_a_line_says_so(store: Writer, rules: Rules) -> None:
    store.write({"id": 1}, {"id": 2} | HATEFUL)
    retarget(store.engine)
    rules.set("nids_de_poule", target={"days": 7})
    retarget(store.engine)
    assert [row["changed_tick"] for row in rows_of(url_of(store), request)] == [3, 2]
    first, second = rows_of(url_of(store), target_change)
    assert (first["open"], first["changed"], first["tick"]) == (2, 2, 2)
    assert (second["open"], second["changed"], second["tick"]) == (2, 1, 3)
    assert first["fingerprint"] != second["fingerprint"] == fingerprint()
    assert abs(second["applied_at"] - datetime.now(UTC)) < timedelta(minutes=1)


def test_the_same_targets_again_write_nothing(store: Writer, rules: Rules) -> None:
    store.write({"id": 1}, {"id": 2} | HATEFUL)
    retarget(store.engine)
    before = everything(store)
    assert retarget(store.engine) == Retargeted(0, 0)
    assert everything(store) == before
    rules.set("eclairage", target={"days": 1})
    assert retarget(store.engine) == Retargeted(2, 0)
    assert everything(store)[:2] == before[:2]
    assert len(rows_of(url_of(store), target_change)) == 2


def test_many_are_taken_page_by_page(store: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store_targets, "PAGE_ROWS", 3)
    store.write(*({"id": n, "status": "done" if n % 4 == 0 else None} | OLD for n in range(1, 12)))
    assert retarget(store.engine) == Retargeted(9, 9)
    found = targets(store)
    assert {found.pop(n) for n in (4, 8)} == {(START, 1, "label:old")}
    assert set(found.values()) == {working(5, "default")}


@pytest.mark.parametrize("name", ["_write", "_record"])
def test_what_fails_on_the_way_leaves_the_store_as_it_was(
    store: Writer, rules: Rules, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    store.write({"id": 1})
    retarget(store.engine)
    before = everything(store)
    rules.set("nids_de_poule", target={"days": 7})
    usual = getattr(store_targets, name)

    def failing(*given: Any) -> None:
        usual(*given)
        raise RuntimeError("the lights went out")

    with monkeypatch.context() as patch:
        patch.setattr(store_targets, name, failing)
        with pytest.raises(RuntimeError):
            retarget(store.engine)
    assert everything(store) == before
    assert retarget(store.engine) == Retargeted(1, 1)


KILLED = """
import os, signal, sys
from store.bulk import BulkConnection
from store.engine import open_store
from etl.targets import retarget
BulkConnection.commit = lambda _: os.kill(os.getpid(), signal.SIGKILL)
retarget(open_store(sys.argv[1]))
"""


@pytest.mark.slow
def test_killed_before_its_end_the_store_is_as_it_was(store: Writer) -> None:
    store.write(*({"id": n} for n in range(1, 50)))
    before = everything(store)
    killed = subprocess.run([sys.executable, "-c", KILLED, url_of(store)], check=False, cwd=PROJECT)
    assert killed.returncode == -9
    assert everything(store) == before
    assert retarget(store.engine) == Retargeted(49, 49)


def test_a_store_from_before_the_log_gets_the_targets_of_today(store_url: str) -> None:
    old = connect(store_url)
    migrate(old, "0003")
    closed = {"status": "done", "closed_at": START}
    with old.begin() as connection:
        for row in ({"id": 1} | OLD, {"id": 2} | OLD | closed):
            connection.execute(insert(request).values(a_store_row(**row) | {"changed_tick": 0}))
    old.dispose()
    store = Writer(store_url)
    assert retarget(store.engine) == Retargeted(1, 1)
    assert targets(store) == {1: working(5, "default"), 2: (START, 1, "label:old")}
    store.engine.dispose()


def test_the_fingerprint_is_of_what_is_meant_not_of_how_it_is_written(rules: Rules) -> None:
    before = fingerprint()
    said = rules.text
    rules.write(f"# a comment\n{said}\n# another\n")
    assert fingerprint() == before
    rules.turn_round()
    assert fingerprint() == before
    rules.set("graffitis", target={"days": 10, "calendar": True})
    assert fingerprint() != before


KEYS = [
    (found.code, label) for found in activities() for label in (*found.labels[:2], "Graffitis haineux", None)
]


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(KEYS),
            st.sampled_from([None, "VM", "VD", "ville_liee"]),
            st.integers(1_300_000_000, 1_900_000_000),
        ),
        min_size=1,
        max_size=30,
    )
)
def test_every_due_date_is_that_of_the_plain_function(
    rows: list[tuple[tuple[str, str | None], str | None, int]],
) -> None:
    stored: list[dict[str, Any]] = [
        {"id": n, "source": "montreal", "activity": code, "label": label, "borough": borough}
        | {"opened_at": datetime.fromtimestamp(opened, UTC), "target_origin": "label:old"}
        for n, ((code, label), borough, opened) in enumerate(rows)
    ]
    found = changed_targets(pa.RecordBatch.from_pylist(stored, schema=OPEN)).to_pylist()
    assert [row["id"] for row in found] == list(range(len(rows)))
    for row, was in zip(found, stored, strict=True):
        target = activity(was["activity"]).target_for(was["label"] or "", was["borough"])
        if target is None:
            assert (row["due_at"], row["target_days"], row["target_origin"]) == (None, None, None)
            continue
        due = due_at(was["opened_at"].astimezone(MONTREAL), target.days, working=not target.calendar)
        assert row["due_at"].timestamp() == due.timestamp()
        assert (row["target_days"], row["target_origin"]) == (target.days, target.origin)
    again = [was | row for was, row in zip(stored, found, strict=True)]
    assert changed_targets(pa.RecordBatch.from_pylist(again, schema=OPEN)).num_rows == 0


def test_a_store_that_may_not_be_written_is_a_sentence(store: Writer, rules: Rules) -> None:
    store.write({"id": 1})
    retarget(store.engine)
    before = everything(store)
    with read_only(url_of(store)):
        assert retarget(store.engine) == Retargeted(0, 0)
        rules.set("nids_de_poule", target={"days": 7})
        with pytest.raises(
            StoreUnavailable, match=r"^targets or days off changed.*it is as it was before"
        ) as said:
            retarget(store.engine)
    assert "\n" not in str(said.value)
    assert everything(store) == before
