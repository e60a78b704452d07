"""Moments as text."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from domain.localtime import MONTREAL

_MINUTE = "%Y-%m-%d %H:%M"


def iso(moments: pd.Series[pd.Timestamp]) -> list[str | None]:
    """Moments (UTC) as ISO 8601 to the second; None where there is none."""
    plain = moments.dt.tz_localize(None).to_numpy().astype("datetime64[s]")
    written = np.char.add(np.datetime_as_string(plain), "Z")
    return [
        None if missing else text
        for text, missing in zip(written.tolist(), np.isnat(plain).tolist(), strict=True)
    ]


def minutes(moments: pa.Array) -> pa.Array:
    """Moments as `2025-03-20 12:00`: Montréal's time, which a spreadsheet reads as a moment."""
    local = pc.local_timestamp(moments.cast(pa.timestamp("s", MONTREAL), safe=False))
    return pc.strftime(local, format=_MINUTE)


def minutes_of(moments: pd.Series[pd.Timestamp]) -> pa.Array:
    """The same of a column of a frame; none stays none."""
    return minutes(pa.array(moments, pa.timestamp("us", "UTC"), from_pandas=True))


def minute(at: datetime) -> str:
    """One moment, written like `minutes`."""
    return f"{at.astimezone(ZoneInfo(MONTREAL)):{_MINUTE}}"


def stamp(at: datetime) -> str:
    """`2025-11-20T1405`: a moment in the name of a file, Montréal's time."""
    return f"{at.astimezone(ZoneInfo(MONTREAL)):%Y-%m-%dT%H%M}"
