"""Fixtures of every room: stores on both engines, a browser, and no internet."""

from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.network import forbid_network
from tests.support.postgres import PrivateServer, private_postgres

if TYPE_CHECKING:  # only browser tests pay for Playwright
    from playwright.sync_api import Page

    from tests.support.browser import Profiles, Session


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest begins first, so that no worker is left with a long file when the others are done."""
    items.sort(key=_begins)


def _begins(item: pytest.Item) -> int:
    if item.get_closest_marker("browser"):
        return 0
    return 1 if item.path.name in LONG_FILES else 2


FAILED = pytest.StashKey[bool]()
"""Whether a test did, for its fixtures."""


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Tell a test's fixtures whether it failed."""
    report = yield
    if report.failed:
        item.stash[FAILED] = True
    return report


LONG_FILES = {
    "test_kpi.py",
    "test_feeds.py",
    "test_build.py",
    "test_kpi_oracle.py",
    "test_killed.py",
    "test_serve.py",
}
"""Of one worker, more than about half a minute."""


@pytest.fixture(scope="session", autouse=True)
def no_internet() -> Iterator[None]:
    """Only loopback answers, in every test; the browser is held to it by a flag of its own."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        forbid_network(monkeypatch)
        yield


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PrivateServer]:
    """One private PostgreSQL with PostGIS for the whole run, started when first asked for."""
    with private_postgres() as server:
        yield server


@pytest.fixture
def postgis_url(postgres_server: PrivateServer) -> Iterator[str]:
    """URL of an empty PostGIS database of this test's own."""
    with postgres_server.database() as url:
        yield url


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """URL of a SQLite database of this test's own; the file does not exist yet."""
    return f"sqlite:///{tmp_path / 'vigie.db'}"


@pytest.fixture(params=["sqlite", pytest.param("postgis", marks=pytest.mark.postgis)])
def store_url(request: pytest.FixtureRequest) -> str:
    """An empty store, on each engine in turn: the same test holds on both."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


# Playwright's synchronous API keeps an event loop running in this thread, in which no other test could run
# its own: hence a browser per module, not per run.
@pytest.fixture(scope="module")
def profiles() -> "Iterator[Profiles]":
    """Profiles of the machine's Chromium, headless."""
    from tests.support.browser import Profiles, chromium

    with chromium() as started:
        yield Profiles(started)


@pytest.fixture
def browse(profiles: "Profiles", request: pytest.FixtureRequest) -> "Iterator[Session]":
    """Opens pages (`browse.open("phone")`); fails on any error in them, and takes their picture where a test failed."""
    from tests.support.browser import Session

    session = Session(profiles, request.node.name)
    yield session
    session.close(picture=request.node.stash.get(FAILED, False) or bool(session.errors))
    assert not session.errors, "\n".join(session.errors)


@pytest.fixture
def page(browse: "Session", request: pytest.FixtureRequest) -> "Page":
    """One page, desktop size; other sizes by `parametrize("page", ["tablet", "phone"], indirect=True)`."""
    return browse.open(getattr(request, "param", "desktop"))
