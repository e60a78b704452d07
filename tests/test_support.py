"""The ground that the other tests stand on holds."""

import asyncio
import socket
from pathlib import Path

import psycopg
import pytest

from tests.support.network import NetworkForbidden
from tests.support.rows import COLUMNS, a_request, an_information, csv_text, write_csv


def test_a_row_has_the_29_published_columns_in_their_order() -> None:
    assert len(COLUMNS) == 29
    assert list(a_request()) == list(COLUMNS) == list(an_information())
    assert csv_text([]).strip() == ",".join(COLUMNS)


def test_rows_differ_in_their_id_and_take_overrides() -> None:
    first, second = a_request(), a_request(point=(-73.6, 45.5), RUE="rue Rachel Est")
    assert first["ID_UNIQUE"] != second["ID_UNIQUE"]
    assert (second["LOC_LONG"], second["RUE"]) == ("-73.6000000", "rue Rachel Est")


def test_a_misspelt_column_is_refused() -> None:
    with pytest.raises(TypeError, match="RUES"):
        a_request(RUES="x")


@pytest.mark.parametrize("name", ["rows.csv", "rows.csv.gz", "rows.csv.zip"])
def test_a_file_is_written_plain_or_packed(tmp_path: Path, name: str) -> None:
    assert write_csv(tmp_path / name, [a_request()]).stat().st_size > 200


def test_the_internet_is_out_of_reach() -> None:
    with pytest.raises(NetworkForbidden):
        socket.create_connection(("192.0.2.1", 80), timeout=1)
    with pytest.raises(NetworkForbidden):
        socket.getaddrinfo("example.org", 80)


@pytest.mark.postgis
def test_each_test_gets_an_empty_database_with_postgis(postgis_url: str) -> None:
    with psycopg.connect(postgis_url.replace("+psycopg", "")) as connection:
        version = connection.execute("SELECT postgis_version()").fetchone()
        assert version is not None
        assert version[0] >= "3"
        connection.execute("CREATE TABLE request (id int)")


@pytest.mark.postgis
def test_what_another_test_made_is_gone(postgis_url: str) -> None:
    with psycopg.connect(postgis_url.replace("+psycopg", "")) as connection:
        row = connection.execute("SELECT to_regclass('request')").fetchone()
        assert row == (None,)


def test_a_store_url_comes_for_each_engine(store_url: str) -> None:
    assert store_url.startswith(("sqlite:///", "postgresql+psycopg://"))


def test_no_event_loop_is_left_running_by_the_browser_tests() -> None:
    asyncio.run(asyncio.sleep(0))
