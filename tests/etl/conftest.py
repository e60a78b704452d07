"""Stores that tests write to."""

from collections.abc import Iterator

import pytest

from tests.support.building import Writer


@pytest.fixture
def store(store_url: str) -> Iterator[Writer]:
    """An empty store, on each engine in turn."""
    writer = Writer(store_url)
    yield writer
    writer.engine.dispose()


@pytest.fixture
def lite(sqlite_url: str) -> Iterator[Writer]:
    """A store of five requests, on SQLite."""
    writer = Writer(sqlite_url)
    writer.write(*({"id": n} for n in range(1, 6)))
    yield writer
    writer.engine.dispose()
