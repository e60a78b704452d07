"""Placing points in sectors, cells included, against geopandas.sjoin on the same shapes.

Both start from arrays of longitudes and latitudes, with the shapes loaded; `load_s` is what a process pays
once to load and index them for us. `sjoin_alone_s` is the join without the making of
its points, which it cannot do without.
"""

import time
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from benchmarks.support.measure import peak_mb
from geo.assign import TerritoryIndex
from geo.boroughs import load_sectors, shapes_of

ROWS = 1_000_000
CHUNK = 65_536
TIMES_FASTER = 3

Floats = NDArray[np.float64]


def run(rows: int) -> dict[str, Any]:
    lon, lat = city_points(rows)
    start = time.perf_counter()
    index = TerritoryIndex.load()
    load_s = time.perf_counter() - start
    place_s, ours = place(index, lon, lat)
    ours_mb = peak_mb()
    peer_s, join_s, theirs = sjoin(lon, lat)
    return {
        "ours_s": place_s,
        "peers": {"geopandas.sjoin": peer_s},
        "limit_s": peer_s / TIMES_FASTER,
        "peak_mb": ours_mb,
        "same_answer": bool((ours == theirs).all()),
        "sjoin_alone_s": round(join_s, 3),
        "load_s": round(load_s, 3),
    }


def city_points(rows: int) -> tuple[Floats, Floats]:
    """Points all over the city, and one in fifty in the box around it (towns, river, suburbs)."""
    rng = np.random.default_rng(311)
    city = shapely.union_all(shapes_of(load_sectors()))
    shapely.prepare(city)
    west, south, east, north = city.bounds
    lon, lat = rng.uniform(west, east, rows * 6), rng.uniform(south, north, rows * 6)
    is_in = shapely.intersects_xy(city, lon, lat)
    outside = rows // 50
    chosen = np.concatenate([np.flatnonzero(is_in)[: rows - outside], np.flatnonzero(~is_in)[:outside]])
    if len(chosen) != rows:
        raise ValueError("the box holds too few points of the city")
    rng.shuffle(chosen)
    return lon[chosen], lat[chosen]


def place(index: TerritoryIndex, lon: Floats, lat: Floats) -> tuple[float, NDArray[np.int16]]:
    """Seconds, and the index of each point's sector by its shape; in chunks, as ingest does."""
    start = time.perf_counter()
    sector = np.empty(len(lon), dtype=np.int16)
    for first in range(0, len(lon), CHUNK):
        here = slice(first, first + CHUNK)
        found = index.assign(lon[here], lat[here])
        # sjoin knows no "near": only what lies inside is compared.
        is_near = found.basis == found.basis_categories.index("near")
        sector[here] = np.where(is_near, -1, found.sector)
    return time.perf_counter() - start, sector


def sjoin(lon: Floats, lat: Floats) -> tuple[float, float, NDArray[np.int16]]:
    """Seconds with and without making the points, and the index of each point's sector."""
    import geopandas as gpd  # after our own peak memory is read

    sectors = gpd.GeoDataFrame(geometry=list(shapes_of(load_sectors())), crs="EPSG:4326")
    start = time.perf_counter()
    points = gpd.GeoDataFrame(geometry=gpd.points_from_xy(lon, lat), crs="EPSG:4326")
    made = time.perf_counter()
    joined = gpd.sjoin(points, sectors, how="left", predicate="intersects")
    end = time.perf_counter()
    # A point on a shared edge is in two sectors: the first counts, as it does for us.
    first = joined["index_right"].groupby(level=0).min()
    sector = first.reindex(range(len(lon))).fillna(-1).to_numpy(dtype=np.int16)
    return end - start, end - made, sector
