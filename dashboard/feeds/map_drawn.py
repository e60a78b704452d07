"""What the map draws, as one frame with geometry (EPSG:4326): the same questions, for a file."""

from __future__ import annotations

from typing import Any, Literal

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from dashboard.components.names import borough_name, sector_name
from dashboard.feeds.map_problems import PROPERTIES, problems
from dashboard.feeds.question import Box, Question
from domain.errors import InputRefused
from geo.boroughs import load_boroughs, load_sectors
from geo.hexgrid import from_hex, polygons
from mart.questions.areas import areas
from mart.questions.hexagons import hexagons
from mart.questions.map_problems import MOST_PROBLEMS
from mart.questions.map_recurrence import recurrence_by_area, recurrence_by_cell
from mart.questions.points import MOST_POINTS, points
from mart.snapshot import Mart

Kind = Literal["hexagons", "boroughs", "sectors", "points", "problems"]
Of = Literal["requests", "recurrence"]

CRS = "EPSG:4326"
_POINT_COLUMNS = (
    "external_id", "state", "activity", "street", "precision", "opened_at", "due_at", "requesters",
)  # fmt: skip


def drawn(mart: Mart, question: Question) -> gpd.GeoDataFrame:
    """What is seen of a kind in a box: `extra` has kind, of (what hexagons and areas count), resolution and bbox.

    Columns by kind: hexagons and areas have n, open, late, late_share, median_age_days, or active and recurring
    problems; points and problems what their marks say.

    Raises:
        InputRefused: more points than a map shows.
    """
    makers = {"hexagons": _hexagons, "points": _points, "problems": _problems}
    kind: Kind = question.extra["kind"]
    found = makers.get(kind, _areas)(mart, question)
    box: Box = question.extra["bbox"]
    seen = shapely.intersects(found.geometry.to_numpy(), shapely.box(*box))
    return found[seen].reset_index(drop=True)


def _hexagons(mart: Mart, question: Question) -> gpd.GeoDataFrame:
    resolution: int = question.extra["resolution"]
    if question.extra["of"] == "recurrence":
        found = recurrence_by_cell(
            mart, question.filters, question.as_of, resolution, question.column_filters
        )
    else:
        found = hexagons(
            mart, question.filters, question.as_of, resolution,
            population=question.population, column_filters=question.column_filters,
        )  # fmt: skip
    return _placed(found, polygons(from_hex(found["h3"].tolist())))


def _areas(mart: Mart, question: Question) -> gpd.GeoDataFrame:
    by: Literal["borough", "sector"] = "borough" if question.extra["kind"] == "boroughs" else "sector"
    if question.extra["of"] == "recurrence":
        found = recurrence_by_area(mart, question.filters, question.as_of, by, question.column_filters)
    else:
        found = areas(
            mart, question.filters, question.as_of, by,
            population=question.population, column_filters=question.column_filters,
        )  # fmt: skip
    shapes = {area.code: area.shape for area in (load_boroughs() if by == "borough" else load_sectors())}
    placed = found[found["code"].isin(list(shapes))].reset_index(drop=True)
    name = borough_name if by == "borough" else sector_name
    placed.insert(1, "name", [name(code, question.state.lang) for code in placed["code"]])
    outlines = np.empty(len(placed), dtype=object)
    outlines[:] = [shapes[code] for code in placed["code"]]
    return _placed(placed, outlines)


def _points(mart: Mart, question: Question) -> gpd.GeoDataFrame:
    found = points(
        mart, question.filters, question.as_of, question.extra["bbox"], limit=MOST_POINTS,
        population=question.population, column_filters=question.column_filters,
    )  # fmt: skip
    if len(found) >= MOST_POINTS:
        sentence = f"there are more than {MOST_POINTS} points in this view: move closer."
        raise InputRefused(sentence, code="too_many_points")
    return _placed(found[["id", *_POINT_COLUMNS]], shapely.points(found["lon"], found["lat"]))


def _problems(mart: Mart, question: Question) -> gpd.GeoDataFrame:
    found = problems(mart, question, MOST_PROBLEMS)
    return _placed(found[["problem_id", *PROPERTIES]], shapely.points(found["lon"], found["lat"]))


def _placed(found: pd.DataFrame, shapes: Any) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(found, geometry=shapes, crs=CRS)
