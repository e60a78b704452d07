"""One made-up city for the questions of number, one small file for those of form."""

import csv
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from etl.generate import generate_file
from etl.generate.city import City, make_city
from etl.generate.clock import end_of

UNTIL = date(2025, 10, 31)
SMALL_ROWS = 20_000


@dataclass(frozen=True)
class Published:
    """A generated file with its truth, as text."""

    path: Path
    rows: list[dict[str, str]]
    truth: list[dict[str, str]]


@pytest.fixture(scope="session")
def city() -> City:
    """A little over a year of requests."""
    return make_city(400_000, 0, seed=5, end=end_of(UNTIL))


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Published:
    """A file with some Information rows."""
    folder = tmp_path_factory.mktemp("generated")
    path, truth = folder / "requests.csv", folder / "truth.csv"
    generate_file(path, SMALL_ROWS, seed=3, until=UNTIL, truth=truth, information=0.2)
    return Published(path, read_rows(path), read_rows(truth))


def read_rows(path: Path) -> list[dict[str, str]]:
    """Rows of a CSV as dictionaries."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
