"""Made requests with their truth, as a frame ready for grouping."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from domain.activities import classify
from etl.generate import generate_file

CLOSED = ("Terminée", "Refusée", "Annulée", "Supprimée")
UNTIL = date(2025, 9, 30)


def made_requests(
    folder: Path, rows: int, *, exact: bool, seed: int = 311
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Requests as the city publishes them (or with exact points), and their truth, row by row the same ids."""
    stem = f"{rows}-{seed}-{'exact' if exact else 'segment'}"
    requests, truth = folder / f"{stem}.csv", folder / f"{stem}-truth.csv"
    if not requests.exists():
        folder.mkdir(parents=True, exist_ok=True)
        generate_file(requests, rows, seed, UNTIL, truth, exact=exact)
    given = pd.read_csv(requests, dtype={"ID_UNIQUE": "str", "LOC_ERREUR_GDT": "str"}, low_memory=False)
    return as_requests(given, exact=exact), pd.read_csv(truth, dtype={"id": "str", "parent_id": "str"})


def as_requests(given: pd.DataFrame, *, exact: bool) -> pd.DataFrame:
    """The published columns as the frame that `geo.dedup` reads."""
    labels = {label: classify(label)[0] for label in given["ACTI_NOM"].unique()}
    is_counter = given["LOC_ERREUR_GDT"] == "1"
    is_placed = given["LOC_LAT"].notna()
    point = "exact" if exact else "segment"
    street = given["RUE"].fillna("")
    corner = given["RUE_INTERSECTION1"].fillna("") + " & " + given["RUE_INTERSECTION2"].fillna("")
    reports = given.filter(like="PROVENANCE_").drop(columns="PROVENANCE_ORIGINALE").sum(axis=1)
    return pd.DataFrame(
        {
            "id": given["ID_UNIQUE"],
            "activity": given["ACTI_NOM"].map(labels),
            "label": given["ACTI_NOM"],
            "opened_at": pd.to_datetime(given["DDS_DATE_CREATION"]),
            "closed_at": pd.to_datetime(given["DATE_DERNIER_STATUT"]).where(
                given["DERNIER_STATUT"].isin(CLOSED)
            ),
            "lat": given["LOC_LAT"],
            "lon": given["LOC_LONG"],
            "street": street.where(street != "", corner.where(given["RUE_INTERSECTION1"].notna(), "")),
            "precision": np.where(is_counter, "counter", np.where(is_placed, point, "none")),
            "requesters": reports.clip(lower=1),
        }
    )


def one_corner(rows: int, minutes: int = 5) -> pd.DataFrame:
    """Requests of one activity on one corner, some minutes apart, none closed."""
    opened = pd.Timestamp("2025-01-01") + pd.to_timedelta(np.arange(rows) * minutes, unit="min")
    return pd.DataFrame(
        {
            "id": np.arange(rows),
            "activity": "nids_de_poule",
            "opened_at": opened,
            "closed_at": pd.NaT,
            "lat": 45.51,
            "lon": -73.57,
        }
    )
