"""Features of GeoJSON (RFC 7946): WGS84, longitude first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from dashboard.feeds.columns import rows_of

_DECIMALS = 6  # of a degree: 0.1 m


def features(
    ids: Iterable[Any], properties: Iterable[Any], geometries: Iterable[Any]
) -> list[dict[str, Any]]:
    """One feature per id, with its properties and its geometry."""
    return [
        {"type": "Feature", "id": id_, "properties": said, "geometry": shape}
        for id_, said, shape in zip(ids, properties, geometries, strict=True)
    ]


def point_features(found: pd.DataFrame, id_: str, columns: Mapping[str, list[Any]]) -> list[dict[str, Any]]:
    """One point per row of a frame with lon, lat (degrees) and the column `id_`, saying what `columns` say."""
    places = zip(found["lon"].round(_DECIMALS).tolist(), found["lat"].round(_DECIMALS).tolist(), strict=True)
    points = ({"type": "Point", "coordinates": place} for place in places)
    return features(found[id_].tolist(), rows_of(columns), points)
