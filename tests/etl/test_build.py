from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from etl.build import build
from etl.ingest import ingest
from mart.schema import REQUESTS
from tests.support.building import START, Writer, assert_same, content, settings_for, settings_of
from tests.support.rows import a_request, an_information, write_csv


def test_a_build_makes_a_mart_of_the_store(store: Writer, tmp_path: Path) -> None:
    closed = START + timedelta(days=3)
    store.write(
        {"id": 1, "status": "done", "status_at": closed, "closed_at": closed, "opened_at": START},
        {"id": 2, "lon": None, "lat": None, "h3_12": None, "precision": "none", "borough": None},
        {"id": 3, "opened_at": datetime(2025, 4, 1, 3, 59, 59, tzinfo=UTC), "status": "reopened"},
        {"id": 4, "status": "refused"},
        information=12,
    )
    done = build(settings_of(store, tmp_path))
    assert (done["requests"], done["problems"], done["incremental"], done["published"]) == (4, 1, False, True)
    assert done["alone"] == {"none": 1}
    manifest, tables = content(tmp_path)
    assert done["version"] == manifest.version
    months = ["requests/2025-02.parquet", "requests/2025-03.parquet"]
    assert list(tables) == ["information.parquet", "problems.parquet", *months, "undone.parquet"]
    assert tables["information.parquet"].to_pylist() == [
        {"month": date(2025, 3, 1), "label": "Collecte", "n": 12}
    ]
    (one, four, two), (three,) = (tables[f"requests/2025-{m}.parquet"].to_pylist() for m in ("02", "03"))
    assert (one["id"], one["closed_at"], one["borough"], one["reopened"]) == (1, closed, "VM", False)
    assert one["geometry"][:5] == b"\x01\x01\x00\x00\x00"
    assert [row["ended_at"] for row in (one, two, three, four)] == [closed, None, None, START]
    assert four["closed_at"] is None
    assert (two["geometry"], two["lon"], two["borough"]) == (None, None, None)
    assert three["reopened"]
    assert manifest.newest_event_at == datetime(2025, 4, 1, 3, 59, 59, tzinfo=UTC)


def test_an_incremental_build_is_the_full_one(store: Writer, tmp_path: Path) -> None:
    month = timedelta(days=31)
    rows = ({"id": n, "opened_at": START + month * (n % 5), "lon": -73.5 - n / 1000} for n in range(1, 21))
    store.write(*rows, information=1)
    build(settings_of(store, tmp_path / "a"))
    before, _ = content(tmp_path / "a")
    closed = START + month * 9
    store.write({"id": 7, "status": "done", "closed_at": closed}, {"id": 21, "opened_at": START + month * 7})
    store.write({"id": 3, "opened_at": START}, {"id": 8, "street": None, "borough": "VD"}, reopen=(9,))
    done = build(settings_of(store, tmp_path / "a"))
    assert (done["incremental"], done["changed"], done["reason"]) == (True, 5, "")
    assert build(settings_of(store, tmp_path / "b"))["incremental"] is False
    assert_same(tmp_path / "a", tmp_path / "b")
    after, tables = content(tmp_path / "a")
    assert tables["requests/2025-02.parquet"]["id"].to_pylist() == [3, 5, 10, 15, 20]
    kept = [n for n in after.files if (tmp_path / "a" / after.version / n).stat().st_nlink == 2]
    assert set(before.files) - set(kept) == {f"requests/2025-{m:02}.parquet" for m in (2, 4, 5, 6)}


def test_nothing_changed_is_no_new_version(store: Writer, tmp_path: Path) -> None:
    store.write({"id": 1}, information=3)
    first = build(settings_of(store, tmp_path))
    again = build(settings_of(store, tmp_path))
    assert (again["published"], again["incremental"], again["version"]) == (False, True, first["version"])
    store.write()
    assert build(settings_of(store, tmp_path))["version"] == first["version"]
    assert build(settings_of(store, tmp_path), full=True)["version"] != first["version"]
    store.write(information=4)
    assert build(settings_of(store, tmp_path))["published"]
    assert content(tmp_path)[1]["information.parquet"]["n"].to_pylist() == [4]


requests = st.fixed_dictionaries(
    {
        "id": st.integers(1, 12),
        "opened_at": st.integers(0, 24 * 200).map(lambda hours: START + timedelta(hours=hours)),
        "status": st.sampled_from(["done", "reopened", None]),
        "closed_at": st.none() | st.integers(0, 300).map(lambda days: START + timedelta(days=days)),
        "street": st.sampled_from(["rue Peel", "rue Émery", None]),
        "borough": st.sampled_from(["VM", "VD", None]),
        "lon": st.sampled_from([None, -73.5747, -73.57475, -73.5752, -73.58]),
        "precision": st.sampled_from(["exact", "segment", "counter"]),
        "activity": st.sampled_from(["nids_de_poule", "autre"]),
        "requesters": st.integers(1, 3),
    }
)
writes = st.tuples(st.lists(requests, max_size=6), st.none() | st.integers(1, 9), st.booleans())


@settings(max_examples=25, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(st.lists(writes, min_size=1, max_size=5))
def test_any_sequence_of_writes_and_builds_ends_as_one_full_build(
    tmp_path_factory: pytest.TempPathFactory, sequence: list[tuple[list[dict[str, Any]], int | None, bool]]
) -> None:
    folder = tmp_path_factory.mktemp("sequence")
    store = Writer(f"sqlite:///{folder / 'vigie.db'}")
    ids: set[int] = set()
    for rows, information, built in sequence:
        ids |= {row["id"] for row in rows}
        store.write(*rows, information=information, reopen=tuple(sorted(ids))[:1])
        if built:
            build(settings_of(store, folder / "step by step"))
    last = build(settings_of(store, folder / "step by step"))
    assert last["requests"] == len(ids)
    build(settings_of(store, folder / "at once"))
    assert_same(folder / "step by step", folder / "at once")
    store.engine.dispose()


def test_what_ingest_loads_is_what_the_mart_has(store: Writer, tmp_path: Path) -> None:
    url = store.engine.url.render_as_string(hide_password=False)
    config = settings_for(url, tmp_path / "mart")
    rows = [a_request(opened=f"2025-0{n}-10T10:00:00", status="Prise en charge") for n in range(1, 6)]
    ingest(config, "montreal", [write_csv(tmp_path / "one.csv", [*rows, an_information()])])
    build(config)
    rows[2] |= {"DERNIER_STATUT": "Terminée", "DATE_DERNIER_STATUT": "2025-06-01T08:00:00"}
    newer = [*rows, a_request(opened="2025-06-02T10:00:00")]
    ingest(config, "montreal", [write_csv(tmp_path / "two.csv", newer)])
    done = build(config)
    assert (done["incremental"], done["changed"], done["requests"]) == (True, 2, 6)
    _, tables = content(tmp_path / "mart")
    march = tables["requests/2025-03.parquet"].to_pylist()[0]
    assert march["status"] == "done"
    assert march["closed_at"] == datetime(2025, 6, 1, 12, tzinfo=UTC)
    assert (march["borough"], march["activity"]) == ("VM", "nids_de_poule")
    assert tables["information.parquet"]["n"].to_pylist() == [1]
    assert set(tables["requests/2025-06.parquet"].column_names) == set(REQUESTS.names)
