"""A served dashboard for the browser tests, as `vigie serve` starts it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.demo import demo_rows
from tests.support.mart import make_mart
from tests.support.serving import Served, serving


@pytest.fixture(scope="session")
def served_demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A dashboard on the invented city of tests.support.demo."""
    folder = tmp_path_factory.mktemp("demo")
    make_mart(folder, demo_rows())
    with serving(folder) as served:
        yield served


@pytest.fixture
def served_empty(tmp_path: Path) -> Iterator[Served]:
    """A dashboard that has no mart yet; it will be in `tmp_path / "mart"`."""
    with serving(tmp_path) as served:
        yield served
