"""The measures of an area as the browser wants them, and their number scales."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from dashboard.maplayers.scale import SHARE_BREAKS, breaks


def scales(frame: pd.DataFrame) -> dict[str, tuple[float, ...]]:
    """Break points of each measure of a frame with columns n, late_share, median_age_days."""
    return {
        "count": breaks(frame["n"].to_numpy()),
        "late_share": SHARE_BREAKS,
        "median_age": breaks(frame["median_age_days"].to_numpy(dtype=np.float64)),
    }


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """One record of measures per row of a frame with columns n, open, late, late_share, median_age_days."""
    columns = zip(
        frame["n"].tolist(),
        frame["open"].tolist(),
        frame["late"].tolist(),
        _written(frame["late_share"], 4),
        _written(frame["median_age_days"], 1),
        strict=True,
    )
    names = ("n", "open", "late", "late_share", "median_age")
    return [dict(zip(names, row, strict=True)) for row in columns]


def _written(column: pd.Series[float], decimals: int) -> list[float | None]:
    """Rounded numbers; None where there is none (JSON has no NaN)."""
    return [None if v != v else v for v in column.astype("float64").round(decimals).tolist()]  # noqa: PLR0124
