"""Moments as text."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from domain.localtime import MONTREAL

_MOMENT = pa.timestamp("us", "UTC")
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


def moments_of(moments: pd.Series[pd.Timestamp]) -> pa.Array:
    """A column of a frame as moments of Arrow; none stays none."""
    return pa.array(moments, _MOMENT, from_pandas=True)


def repeated(at: datetime, times: int) -> pa.Array:
    """A column of one moment."""
    return pa.repeat(pa.scalar(at, _MOMENT), times)


def minute(at: datetime) -> str:
    """One moment, written like `minutes`."""
    return f"{at.astimezone(ZoneInfo(MONTREAL)):{_MINUTE}}"


def stamp(at: datetime) -> str:
    """`2025-11-20T1405`: a moment in the name of a file, Montréal's time."""
    return f"{at.astimezone(ZoneInfo(MONTREAL)):%Y-%m-%dT%H%M}"
