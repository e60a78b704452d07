"""Spells: what became of requests that were closed and opened again, replayed from the store's events."""

import random
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from etl.build import build
from etl.ingest import ingest
from mart.schema import SPELLS
from tests.support.building import START, Writer, assert_same, content, settings_for, settings_of
from tests.support.lives import (
    Step,
    a_life,
    check_spells,
    moment,
    some_lives,
    spell_rows,
    spells_of,
    write_lives,
)
from tests.support.rows import a_request, write_csv

Spells = list[tuple[float, float | None, float | None]]

LIVES: dict[str, tuple[list[Step], Spells]] = {
    "never closed": (a_life(("in_progress", 3), ("accepted", 4)), [(0, None, None)]),
    "closed": (a_life(("in_progress", 3), ("done", 5)), [(0, 5, None)]),
    "closed, reopened": (a_life(("done", 5), ("reopened", 8)), [(0, 5, 8), (8, None, None)]),
    "reopened by a status that is not closed": (
        a_life(("refused", 5), ("in_progress", 8)),
        [(0, 5, 8), (8, None, None)],
    ),
    "reopened by a status that nobody knows": (a_life(("done", 5), (None, 8)), [(0, 5, 8), (8, None, None)]),
    "closed, reopened, closed again": (
        a_life(("done", 5), ("reopened", 8), ("done", 12)),
        [(0, 5, 8), (8, 12, None)],
    ),
    "reopened twice": (
        a_life(("done", 5), ("in_progress", 8), ("cancelled", 12), ("reopened", 14), ("done", 20)),
        [(0, 5, 8), (8, 12, 14), (14, 20, None)],
    ),
    "its closing put right, then reopened": (
        a_life(("done", 5), ("done", 7), ("reopened", 8)),
        [(0, 7, 8), (8, None, None)],
    ),
    "published as reopened": (a_life(("reopened", 8)), [(0, None, 8), (8, None, None)]),
    "published as reopened, nobody knows when": (a_life(("reopened", None)), [(0, None, None)]),
    "published as reopened, then closed": (
        a_life(("reopened", 8), ("done", 12)),
        [(0, None, 8), (8, 12, None)],
    ),
    "reopened by an event that tells of no closing": (
        a_life(("in_progress", 3), ("reopened", 8), ("in_progress", 9)),
        [(0, None, 8), (8, None, None)],
    ),
    "reopened once more without a closing": (
        a_life(("reopened", 8), ("reopened", 9)),
        [(0, None, 8), (8, None, 9), (9, None, None)],
    ),
    "closed nobody knows when": (a_life(("done", None), ("reopened", 8)), [(0, None, 8), (8, None, None)]),
    "reopened nobody knows when, but it was recorded": (
        a_life(("done", 5), ("reopened", None)),
        [(0, 5, 50), (50, None, None)],
    ),
    "recorded as reopened after it was closed again": (
        a_life(("done", 5), ("reopened", None), ("done", 12)),
        [(0, 5, 12), (12, 12, None)],
    ),
    "reopened as soon as it was closed": (a_life(("done", 5), ("reopened", 5)), [(0, 5, 5), (5, None, None)]),
    "closed before it was opened": (a_life(("done", -5), ("reopened", 8)), [(0, 0, 8), (8, None, None)]),
    "reopened before it was opened": (a_life(("done", 5), ("reopened", -8)), [(0, None, None)]),
    "reopened before it was closed": (a_life(("done", 9), ("reopened", 8)), [(0, 8, 8), (8, None, None)]),
    "reopenings out of order": (
        a_life(("done", 5), ("reopened", 20), ("done", 8), ("in_progress", 12)),
        [(0, 8, 12), (12, 12, 20), (20, None, None)],
    ),
    "closed in the end, nobody knows when": (
        a_life(("done", 5), ("reopened", 8), ("done", None)),
        [(0, 0, None)],
    ),
}


def test_spells_of_a_request(store: Writer, tmp_path: Path) -> None:
    write_lives(store, {id_: life for id_, (life, _) in enumerate(LIVES.values(), 1)})
    build(settings_of(store, tmp_path))
    found = spell_rows(tmp_path)
    assert {name: spells_of(found[id_]) for id_, name in enumerate(LIVES, 1)} == {
        name: spells for name, (_, spells) in LIVES.items()
    }
    for rows in found.values():
        check_spells(rows)


def test_an_earlier_spell_is_the_request_as_it_was_closed(lite: Writer, tmp_path: Path) -> None:
    write_lives(lite, {9: a_life(("refused", 5), ("reopened", 8), ("done", 12))})
    build(settings_of(lite, tmp_path))
    _, tables = content(tmp_path)
    assert tables["undone.parquet"].schema.remove_metadata().equals(SPELLS)
    earlier, present = spell_rows(tmp_path)[9]
    differs = {name for name in present if earlier[name] != present[name]}
    assert differs == {"status", "status_at", "closed_at", "ended_at", "reopened_at", "undone_at"}
    assert (earlier["status"], present["status"]) == ("refused", "done")
    assert earlier["status_at"] == earlier["closed_at"] == earlier["ended_at"] == moment(5)
    assert (earlier["reopened_at"], present["reopened_at"]) == (None, moment(8))
    assert (earlier["episode_id"], earlier["parent_id"], earlier["reopened"]) == (1, 5, True)


def test_a_request_has_its_target(lite: Writer, tmp_path: Path) -> None:
    lite.write(
        {"id": 1, "target_days": 5, "target_origin": "borough VM", "status": "done", "closed_at": moment(5)},
        {"id": 2, "target_days": None, "target_origin": "source"},
    )
    build(settings_of(lite, tmp_path))
    (one,), (two,) = (spell_rows(tmp_path)[id_] for id_ in (1, 2))
    assert (one["target_days"], one["target_origin"]) == (5, "borough VM")
    assert (two["target_days"], two["target_origin"]) == (None, "source")


@pytest.mark.parametrize("orderly", [True, False])
def test_any_life_has_spells_that_follow_each_other(store: Writer, tmp_path: Path, orderly: bool) -> None:
    lives = some_lives(random.Random(311), range(1, 151), orderly)
    write_lives(store, lives)
    build(settings_of(store, tmp_path))
    found = spell_rows(tmp_path)
    assert found.keys() == lives.keys()
    assert sum(len(rows) > 2 for rows in found.values()) > 10
    for rows in found.values():
        check_spells(rows)
        assert {row["episode_id"] for row in rows} == {rows[-1]["episode_id"]}


def test_replaying_spells_is_replaying_events(store: Writer, tmp_path: Path) -> None:
    rng = random.Random(4)
    lives = some_lives(rng, range(1, 151), orderly=True)
    write_lives(store, lives)
    build(settings_of(store, tmp_path))
    found = spell_rows(tmp_path)
    for id_, life in lives.items():
        for at in [0, *(one.at or 0 for one in life), *(rng.uniform(0, 150) for _ in range(20))]:
            assert is_open_by_spells(found[id_], at) == is_open_by_events(life, at), (life, at)


def is_open_by_events(life: list[Step], at: float) -> bool:
    """What the source has said since, in plain Python: its last closing of several in a row is the one."""
    if life[-1].closes and life[-1].at is None:
        return False
    is_open = True
    for step, after in zip(life, [*life[1:], None], strict=True):
        if step.closes and after is not None and after.closes:
            continue
        since = step.at if step.closes or step.at is not None else step.recorded
        if since is not None and since <= at:
            is_open = not step.closes
    return is_open


def is_open_by_spells(rows: list[dict[str, Any]], at: float) -> bool:
    current = [one for one in spells_of(rows) if one.begin <= at and (one.undone is None or at < one.undone)]
    (spell,) = current
    return spell.ended is None or spell.ended > at


def test_spells_of_an_incremental_build_are_those_of_a_full_one(store: Writer, tmp_path: Path) -> None:
    rng = random.Random(7)
    lives = some_lives(rng, range(1, 41), orderly=False)
    told: dict[int, int] = {}
    while any(told.get(id_, 0) < len(life) for id_, life in lives.items()):
        newly = {id_: told.get(id_, 0) + rng.randint(0, 3) for id_ in lives}
        some = {id_: lives[id_][:n] for id_, n in newly.items() if n > told.get(id_, 0)}
        write_lives(store, some, {id_: max(told.get(id_, 1), 1) for id_ in some})
        told |= {id_: len(life) for id_, life in some.items()}
        build(settings_of(store, tmp_path / "grown"))
    assert build(settings_of(store, tmp_path / "grown"))["published"] is False
    assert build(settings_of(store, tmp_path / "whole"))["incremental"] is False
    assert_same(tmp_path / "grown", tmp_path / "whole")
    assert any(len(rows) > 2 for rows in spell_rows(tmp_path / "grown").values())


def test_earlier_spells_follow_their_request_into_other_groups(store: Writer, tmp_path: Path) -> None:
    write_lives(store, {5: a_life(("done", 5), ("reopened", 8))})
    build(settings_of(store, tmp_path / "grown"))
    store.write({"id": 7, "opened_at": START - timedelta(days=1)})
    done = build(settings_of(store, tmp_path / "grown"))
    assert (done["incremental"], done["changed"], done["moved"]) == (True, 1, 1)
    assert [row["episode_id"] for row in spell_rows(tmp_path / "grown")[5]] == [7, 7]
    build(settings_of(store, tmp_path / "whole"))
    assert_same(tmp_path / "grown", tmp_path / "whole")


def test_a_request_keeps_its_spells_when_something_else_changes(store: Writer, tmp_path: Path) -> None:
    write_lives(store, {5: a_life(("done", 5), ("reopened", 8)), 6: a_life(("done", 4))})
    build(settings_of(store, tmp_path / "grown"))
    store.write({"id": 5, "street": "rue Émery", "opened_at": START - timedelta(hours=1)})
    assert build(settings_of(store, tmp_path / "grown"))["incremental"]
    rows = spell_rows(tmp_path / "grown")[5]
    assert spells_of(rows) == [(-1, 5, 8), (8, None, None)]
    assert {row["street"] for row in rows} == {"rue Émery"}
    build(settings_of(store, tmp_path / "whole"))
    assert_same(tmp_path / "grown", tmp_path / "whole")


def test_what_files_say_one_after_the_other_becomes_spells(store: Writer, tmp_path: Path) -> None:
    config = settings_for(store.engine.url.render_as_string(hide_password=False), tmp_path / "mart")
    told = [("Terminée", "05"), ("Réactivée", "08"), ("Terminée", "12"), ("Acceptée", "14")]
    row = a_request(opened="2025-06-01T10:00:00")
    for status, day in told:
        row |= {"DERNIER_STATUT": status, "DATE_DERNIER_STATUT": f"2025-06-{day}T10:00:00"}
        ingest(config, "montreal", [write_csv(tmp_path / f"{day}.csv", [row])])
        build(config)
    (spells,) = spell_rows(tmp_path / "mart").values()
    assert [
        (day_of(row["reopened_at"]), day_of(row["ended_at"]), day_of(row["undone_at"])) for row in spells
    ] == [
        (None, 5, 8),
        (8, 12, 14),
        (14, None, None),
    ]
    build(settings_for(config.store, tmp_path / "whole"))
    assert_same(tmp_path / "mart", tmp_path / "whole")


def day_of(at: datetime | None) -> int | None:
    return None if at is None else at.day
