"""Requests drawn on a small grid around one corner, from defaults."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from geo.projection import METRES_PER_DEGREE

CORNER = (45.51, -73.57)
NOON = pd.Timestamp("2025-06-02T12:00:00Z")


def a_request(
    id_: int | None,
    east_m: float = 0,
    north_m: float = 0,
    opened: str = "0h",
    closed: str | None = None,
    **more: Any,
) -> dict[str, Any]:
    """A pothole, so many metres from the corner, opened and closed so long after noon; open by default."""
    lat = CORNER[0] + north_m / METRES_PER_DEGREE
    lon = CORNER[1] + east_m / (METRES_PER_DEGREE * np.cos(np.radians(CORNER[0])))
    return {
        "id": id_,
        "activity": "nids_de_poule",
        "opened_at": NOON + pd.Timedelta(opened),
        "closed_at": NOON + pd.Timedelta(closed) if closed else pd.NaT,
        "lat": lat,
        "lon": lon,
        "precision": "exact",
        "requesters": 1,
    } | more


def frame_of(*requests: dict[str, Any]) -> pd.DataFrame:
    """Requests as a frame whose moments are moments even where all are missing."""
    frame = pd.DataFrame(list(requests))
    frame["closed_at"] = pd.to_datetime(frame["closed_at"], utc=True)
    return frame


def a_layout(seed: int, rows: int = 120, wide_m: float = 200, days: float = 90) -> pd.DataFrame:
    """A random layout: two activities, some closed, some at the same points, some without a point."""
    rng = np.random.default_rng(seed)
    spots = rng.uniform(-wide_m, wide_m, (max(rows // 4, 1), 2))
    at = spots[rng.integers(0, len(spots), rows)] + rng.normal(0, 3, (rows, 2)) * rng.integers(
        0, 2, (rows, 1)
    )
    hours = rng.uniform(0, days * 24, rows)
    lasts = rng.lognormal(4, 1.5, rows)
    return frame_of(
        *(
            a_request(
                i, at[i, 0], at[i, 1], f"{hours[i]:.3f}h",
                f"{hours[i] + lasts[i]:.3f}h" if rng.random() < 0.7 else None,
                activity=str(rng.choice(["nids_de_poule", "graffitis"])),
                precision=str(rng.choice(["exact", "exact", "exact", "segment", "counter"])),
            )
            for i in range(rows)
        )
    )  # fmt: skip


def value(groups: pd.DataFrame, id_: int, name: str) -> Any:
    """One value of groups by id."""
    return groups[name].to_dict()[id_]
