"""Arrow in and out of both engines, in one transaction."""

from datetime import UTC, datetime

import numpy as np
import pyarrow as pa
import pytest
from sqlalchemy import Engine, select, text

from domain.errors import StoreUnavailable
from store.bulk import MOMENT, bulk
from store.engine import open_store
from store.schema import request
from store.types import Moment
from tests.support.stores import rows_of

END_THE_OTHERS = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
)
OPENED = datetime(2025, 3, 9, 7, 30, tzinfo=UTC)


def made(n: int, **columns: pa.Array) -> pa.Table:
    """Rows of `request` with the least that it takes."""
    least = {
        "source": pa.array(["made"] * n),
        "external_id": pa.array([f"25-{i}" for i in range(n)]),
        "nature": pa.array(["request"] * n),
        "activity": pa.array(["autre"] * n),
        "borough_basis": pa.array(["none"] * n),
        "precision": pa.array(["none"] * n),
        "requesters": pa.array(np.ones(n, dtype=np.int32)),
        "opened_at": pa.array([OPENED] * n, MOMENT),
        "content_hash": pa.array(np.arange(n, dtype=np.int64)),
        "changed_tick": pa.array(np.ones(n, dtype=np.int64)),
    }
    return pa.table(least | columns)


def test_what_is_appended_is_read_back(store: Engine, store_url: str) -> None:
    lon = pa.array([-73.5, None, -73.25])
    with bulk(store) as connection:
        assert connection.append("request", made(3, lon=lon).to_reader()) == 3
        connection.commit()
    columns = ("id", "external_id", "opened_at", "lon", "street", "requesters")
    schema = pa.schema(
        [
            ("id", pa.int64()),
            ("external_id", pa.string()),
            ("opened_at", MOMENT),
            ("lon", pa.float64()),
            ("street", pa.string()),
            ("requesters", pa.int32()),
        ]
    )
    with bulk(store) as connection:
        table = pa.Table.from_batches(connection.read(select(*(request.c[c] for c in columns)), schema))
    assert table.schema == schema
    assert table.drop(["id"]).to_pylist() == [
        {"external_id": f"25-{i}", "opened_at": OPENED, "lon": x, "street": None, "requesters": 1}
        for i, x in enumerate(lon.to_pylist())
    ]
    assert [row["opened_at"] for row in rows_of(store_url, request)] == [OPENED] * 3


def test_what_is_not_committed_is_not_there(store: Engine, store_url: str) -> None:
    with bulk(store) as connection:
        connection.append("request", made(5).to_reader())

    def append_and_fail() -> None:
        with bulk(store) as connection:
            connection.append("request", made(5).to_reader())
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        append_and_fail()
    assert rows_of(store_url, request) == []


def test_a_refusal_of_the_engine_is_a_sentence(store: Engine, store_url: str) -> None:
    twice = pa.concat_tables([made(1), made(1)])

    def append_twice() -> None:
        with bulk(store) as connection:
            connection.append("request", twice.to_reader())
            connection.commit()

    with pytest.raises(StoreUnavailable, match="it is as it was before"):
        append_twice()
    assert rows_of(store_url, request) == []


@pytest.mark.parametrize(
    "words", ["l'été à 100 %", "%s %(x)s", ":name \\ back", 'quote " and ; --', "a''b", "ligne\nligne"]
)
def test_any_text_goes_through_a_statement_of_literals(store: Engine, words: str) -> None:
    with bulk(store) as connection:
        connection.append("request", made(1, street=pa.array([words])).to_reader())
        found = connection.rows(select(request.c.external_id).where(request.c.street == words))
        connection.commit()
    assert found == [("25-0",)]


def test_a_moment_has_to_know_its_zone(store: Engine) -> None:
    with pytest.raises(ValueError, match="time zone"):
        Moment().process_bind_param(datetime(2025, 1, 1), store.dialect)  # noqa: DTZ001  # the point


def test_a_backend_that_is_ended_is_a_sentence_and_leaves_the_store_as_it_was(postgis_url: str) -> None:
    engine, other = open_store(postgis_url), open_store(postgis_url)

    def append_while_ended() -> None:
        with bulk(engine) as connection:
            connection.append("request", made(3).to_reader())
            with other.connect() as killer:
                killer.execute(text(END_THE_OTHERS))
            connection.append("request", made(3).to_reader())

    with pytest.raises(StoreUnavailable, match="it is as it was before"):
        append_while_ended()
    other.dispose()
    assert rows_of(postgis_url, request) == []
