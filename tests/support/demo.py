"""A small invented city for the dashboard's tests: two years of requests in every borough."""

from datetime import timedelta

import numpy as np

from geo.boroughs import load_sectors
from tests.support.mart import NOON, Row, a_row

ACTIVITIES = {
    "nids_de_poule": 7,
    "graffitis": 14,
    "mobilier_urbain": 21,
    "eclairage": 14,
    "proprete_parcs": 4,
    "nettoyage_rues": 4,
    "collecte_branches": 14,
    "autre": None,
}
"""Days that each has, in this city."""


def demo_rows(count: int = 3000, seed: int = 7) -> list[Row]:
    """Requests of the two years and a half before NOON; the newest is ten minutes old."""
    random = np.random.default_rng(seed)
    sectors = load_sectors()
    codes = list(ACTIVITIES)
    rows = []
    for age_days in [10 / 1440, *random.uniform(0.01, 900, count - 1)]:
        sector = sectors[random.integers(len(sectors))]
        activity = codes[random.integers(len(codes))]
        opened = NOON - timedelta(days=float(age_days))
        ends = opened + timedelta(days=float(random.lognormal(2.2, 1.2)))
        closed = ends if ends < NOON else None
        target = ACTIVITIES[activity]
        lon, lat = sector.anchor
        rows.append(
            a_row(
                activity=activity,
                label=activity.replace("_", " ").capitalize(),
                borough=sector.borough,
                borough_who=sector.borough,
                sector=sector.code,
                status="done" if closed else random.choice(["in_progress", "accepted"]),
                opened_at=opened,
                closed_at=closed,
                status_at=closed or opened,
                due_at=None if target is None else opened + timedelta(days=target),
                requesters=int(1 + random.poisson(0.3)),
                point=(lon + float(random.normal(0, 0.004)), lat + float(random.normal(0, 0.003))),
            )
        )
    return rows
