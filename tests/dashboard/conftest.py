"""Services and apps of the dashboard's tests: in this process, on a made mart."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from dash import Dash

from dashboard.factory import build
from dashboard.services import Services
from domain.settings import Settings
from mart.snapshot import MartReader
from tests.support.demo import demo_rows
from tests.support.mart import make_mart


@pytest.fixture(scope="session")
def demo_mart(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The mart of the invented city."""
    return make_mart(tmp_path_factory.mktemp("city"), demo_rows(1200))


@pytest.fixture(scope="session")
def services(demo_mart: Path) -> Iterator[Services]:
    """Services on the invented city."""
    settings = settings_of(demo_mart)
    made = Services(settings=settings, reader=MartReader(settings.mart))
    yield made
    made.close()


@pytest.fixture
def no_mart(tmp_path: Path) -> Iterator[Services]:
    """Services whose mart is not there yet: it will be `tmp_path / "mart"`."""
    settings = settings_of(tmp_path / "mart")
    made = Services(settings=settings, reader=MartReader(settings.mart))
    yield made
    made.close()


@pytest.fixture(scope="session")
def app(demo_mart: Path) -> Iterator[Dash]:
    """A whole app on the invented city."""
    made = build(settings_of(demo_mart))
    yield made
    for stop in made.server.state.on_stop:
        stop()


def settings_of(mart: Path) -> Settings:
    """Settings of a test: a mart, and a store that is not there."""
    return Settings(mart=str(mart), store=f"sqlite:///{mart.parent / 'vigie.db'}")
