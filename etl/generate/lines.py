"""Rows as the bytes of the published CSV: 29 columns, comma, UTF-8, CRLF, quotes only where needed."""

from __future__ import annotations

from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from etl.generate.clock import DAY_S, Seconds
from etl.generate.rows import NO_ID, Rows
from etl.generate.texts import Texts

Integers = NDArray[np.int64]

COLUMNS = (
    "ID_UNIQUE", "NATURE", "ACTI_NOM", "TYPE_LIEU_INTERV", "RUE", "RUE_INTERSECTION1", "RUE_INTERSECTION2",
    "LOC_ERREUR_GDT", "ARRONDISSEMENT", "ARRONDISSEMENT_GEO", "LIN_CODE_POSTAL", "DDS_DATE_CREATION",
    "PROVENANCE_ORIGINALE", "PROVENANCE_TELEPHONE", "PROVENANCE_COURRIEL", "PROVENANCE_PERSONNE",
    "PROVENANCE_COURRIER", "PROVENANCE_TELECOPIEUR", "PROVENANCE_INSTANCE", "PROVENANCE_MOBILE",
    "PROVENANCE_MEDIASOCIAUX", "PROVENANCE_SITEINTERNET", "UNITE_RESP_PARENT", "LOC_LONG", "LOC_LAT", "LOC_X",
    "LOC_Y", "DERNIER_STATUT", "DATE_DERNIER_STATUT",
)  # fmt: skip

LINE_END = "\r\n"
SUFFIXES = pa.array(["", "-D"])


def header() -> bytes:
    """The first line."""
    return (",".join(COLUMNS) + LINE_END).encode()


def lines(rows: Rows, chosen: slice, texts: Texts, points: pa.Array | None = None) -> pa.Buffer:
    """The lines of some rows; `points` are texts of their own points, in place of the published ones."""
    columns = [
        ids(rows, chosen),
        texts.what.take(rows.what[chosen]),
        texts.site.take(rows.site[chosen]),
        texts.areas.take(rows.areas[chosen]),
        texts.postal.take(rows.postal[chosen]),
        moments(rows.opened[chosen]),
        texts.channel.take(rows.channel[chosen]),
        texts.unit.take(rows.unit[chosen]),
        texts.point.take(rows.point[chosen]) if points is None else points,
        texts.status.take(rows.status[chosen]),
        moments(rows.status_at[chosen], LINE_END),
    ]
    return joined(columns)


def joined(columns: list[pa.Array]) -> pa.Buffer:
    """Bytes of columns of text side by side; the last one brings the line ends."""
    text = pc.binary_join_element_wise(*columns, ",")
    return text.buffers()[2]


def ids(rows: Rows, chosen: slice | Integers) -> pa.Array:
    """ID_UNIQUE: `25-29725`; empty on Information rows."""
    number = pa.array(rows.number[chosen])
    year = pc.utf8_lpad(pa.array(rows.year[chosen] % 100).cast(pa.string()), 2, "0")
    suffix = SUFFIXES.take(rows.suffixed[chosen])
    text = pc.binary_join_element_wise(year, "-", number.cast(pa.string()), suffix, "")
    return pc.if_else(pc.not_equal(number, NO_ID), text, "")


def moments(wall: Seconds, end: str = "") -> pa.Array:
    """Wall times as `2025-02-11T16:42:54`, with an ending."""
    day, second = np.divmod(wall, DAY_S)
    first, last = int(day.min()), int(day.max())
    dates = np.datetime_as_string(np.arange(first, last + 1).astype("datetime64[D]"))
    times = _times_of_day(end)
    return pc.binary_join_element_wise(pa.array(dates).take(day - first), times.take(second), "T")


@cache
def _times_of_day(end: str) -> pa.Array:
    """`16:42:54` and the like with an ending, for every second of a day."""
    texts = np.datetime_as_string(np.arange(DAY_S).astype("datetime64[s]"))
    return pc.binary_join_element_wise(pc.utf8_slice_codeunits(pa.array(texts), 11), end, "")
