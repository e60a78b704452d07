"""What the map draws, as a table for a spreadsheet: the properties of each mark, and where it is."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from dashboard.feeds.export import translated
from dashboard.feeds.moments import minute
from dashboard.feeds.question import Question
from dashboard.feeds.spreadsheet import cells, csv_head, csv_rows
from dashboard.text import catalogue, t

_DIGITS = {"late_share": 4, "median_age_days": 1, "lon": 6, "lat": 6}
"""Decimals of numbers that have any."""
_IS = {"recurring": "is_recurring"}
"""Columns that say yes or no have a name of their own: of hexagons and areas, the same one is a number."""


def as_csv(found: Any, question: Question) -> bytes:
    """A line per mark of `map_drawn.drawn`: its properties in words, lon, lat (of a point in it), as-of."""
    lang = question.state.lang
    places = shapely.point_on_surface(found.geometry.to_numpy())
    plain = pd.DataFrame(found.drop(columns=found.geometry.name)).assign(
        lon=shapely.get_x(places), lat=shapely.get_y(places)
    )
    table = pa.Table.from_pandas(plain, preserve_index=False)
    named = {
        name: _name(name, column.type, lang) for name, column in zip(table.column_names, table, strict=True)
    }
    columns = [_cells(name, column.combine_chunks(), lang) for name, column in zip(named, table, strict=True)]
    as_of = pa.repeat(minute(question.as_of), table.num_rows)
    written = pa.Table.from_arrays([*columns, as_of], names=[*named, "as_of"])
    return csv_head([*named.values(), _name("as_of", pa.string(), lang)], lang) + csv_rows(written, lang)


def _name(name: str, kind: pa.DataType, lang: str) -> str:
    """What stands over a column: as in the list's own file, where that has the column."""
    own = _IS.get(name, name) if pa.types.is_boolean(kind) else name
    return catalogue(lang).get(f"carte.export.{own}") or t(f"liste.export.{name}", lang)


def _cells(name: str, values: pa.Array, lang: str) -> pa.Array:
    if pa.types.is_boolean(values.type):
        return pc.if_else(values, t("carte.export.yes", lang), t("carte.export.no", lang))
    if name in _DIGITS:
        return pc.round(values.cast(pa.float64()), _DIGITS[name])
    if (
        pa.types.is_null(values.type)
        or pa.types.is_large_string(values.type)
        or pa.types.is_dictionary(values.type)
    ):
        values = values.cast(pa.string())
    return cells(translated(name, values, lang) if pa.types.is_string(values.type) else values)
