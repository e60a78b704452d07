"""Services and apps of the dashboard's tests: in this process, on a made mart."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from dash import Dash

from dashboard.factory import build
from dashboard.services import Services
from tests.support.demo import demo_rows
from tests.support.mart import make_mart
from tests.support.services import services_of, settings_of


@pytest.fixture(scope="session")
def demo_mart(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The mart of the invented city."""
    return make_mart(tmp_path_factory.mktemp("city"), demo_rows(1200))


@pytest.fixture(scope="session")
def services(demo_mart: Path) -> Iterator[Services]:
    """Services on the invented city."""
    with services_of(demo_mart) as made:
        yield made


@pytest.fixture
def no_mart(tmp_path: Path) -> Iterator[Services]:
    """Services whose mart is not there yet: it will be `tmp_path / "mart"`."""
    with services_of(tmp_path / "mart") as made:
        yield made


@pytest.fixture(scope="session")
def app(demo_mart: Path) -> Iterator[Dash]:
    """A whole app on the invented city."""
    made = build(settings_of(demo_mart))
    yield made
    for stop in made.server.state.on_stop:
        stop()
