"""An opened store on each engine in turn."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from store.engine import open_store


@pytest.fixture
def store(store_url: str) -> Iterator[Engine]:
    """A new store with the newest schema, closed afterwards."""
    engine = open_store(store_url)
    yield engine
    engine.dispose()
