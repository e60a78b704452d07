"""Services of a dashboard in this process, on a made mart."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dashboard.services import Services
from domain.settings import Settings
from mart.snapshot import MartReader


def settings_of(mart: Path) -> Settings:
    """Settings of a test: a mart, and a store that is not there."""
    return Settings(mart=str(mart), store=f"sqlite:///{mart.parent / 'vigie.db'}")


@contextmanager
def services_of(mart: Path) -> Iterator[Services]:
    """Services on the mart in a folder, which need not be there yet."""
    made = Services(settings=settings_of(mart), reader=MartReader(mart))
    try:
        yield made
    finally:
        made.close()
        made.reader.close()
