"""Moments as text."""

from __future__ import annotations

import numpy as np
import pandas as pd


def iso(moments: pd.Series[pd.Timestamp]) -> list[str | None]:
    """Moments (UTC) as ISO 8601 to the second; None where there is none."""
    plain = moments.dt.tz_localize(None).to_numpy().astype("datetime64[s]")
    written = np.char.add(np.datetime_as_string(plain), "Z")
    return [
        None if missing else text
        for text, missing in zip(written.tolist(), np.isnat(plain).tolist(), strict=True)
    ]
