"""A drawn territory, and files to import into it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from domain.territory import boroughs
from geo.coverage import dissolve, write_areas
from tests.geo.support import a_sector, a_square, write_geojson


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A drawn territory: 19 square boroughs, each of two sectors, west and east."""
    place = tmp_path / "boroughs"
    sectors = []
    for index, borough in enumerate(boroughs()):
        column, row = index % 8, index // 8
        for side in (0, 1):
            half = a_square(column + side / 2, row, width=0.5)
            sectors.append(a_sector(f"{index + 1}{side}", half, borough.code))
    write_areas(place, dissolve(sectors), tuple(sectors))
    return place


@pytest.fixture
def file(tmp_path: Path) -> Callable[..., Path]:
    """Writes a GeoJSON file of rows."""
    return lambda rows: write_geojson(tmp_path / "official.geojson", rows)
