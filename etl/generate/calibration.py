"""What the generator draws from: measured counts, and what had to be assumed beside them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from numpy.typing import NDArray

Floats = NDArray[np.float64]

HERE = Path(__file__).parent
DAYS_OF_MONTH = np.array([31, 28.25, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])

CHANNELS = (
    "Téléphone", "Courriel", "Personne", "Courrier", "Télécopieur", "Instance", "Mobile", "Médias sociaux",
    "Internet",
)  # fmt: skip
"""Texts of PROVENANCE_ORIGINALE, in the order of the nine columns of counts."""

RARE_CHANNELS = ("Télécopieur", "Instance")
"""Not counted in the measured year; older files have a few."""

NATURES = ("Requete", "Plainte", "Commentaire")
CLOSED = ("Terminée", "Refusée", "Annulée", "Supprimée")
OPEN = ("Prise en charge", "Transmise pour traitement", "Acceptée", "Réactivée", "Urgente")


@dataclass(frozen=True, eq=False)
class ActivityProfile:
    """One activity: measured shares (each array sums to 1), rate, and assumptions.

    `daily_by_month` is the expected number of requests a day, city-wide, in each of the 12 months.
    `by_area` follows `Calibration.areas`; `assumed` holds the record of assumptions.yml.
    """

    code: str
    labels: tuple[str, ...]
    by_label: Floats
    daily_by_month: Floats
    by_hour: Floats
    by_weekday: Floats
    by_area: Floats
    closed: Floats
    opened: Floats
    natures: Floats
    channels: Floats
    more_requesters: float
    """Requesters beyond the first, per request."""
    assumed: dict[str, Any]


@dataclass(frozen=True, eq=False)
class Calibration:
    """All that is drawn from. Areas are the boroughs by code, then the related towns by name."""

    activities: tuple[ActivityProfile, ...]
    areas: tuple[str, ...]
    boroughs: dict[str, dict[str, str]]
    assumed: dict[str, Any]

    def answers_for(self, area: str) -> str:
        """Code of the borough that answers for an area: its own, or the one that serves the town."""
        return area if area in self.boroughs else str(self.assumed["towns"][area]["served_by"])

    @property
    def daily_by_month(self) -> Floats:
        """Expected requests a day, city-wide, in each of the 12 months."""
        daily: Floats = np.sum([profile.daily_by_month for profile in self.activities], axis=0)
        return daily

    @property
    def labels(self) -> tuple[str, ...]:
        """All labels, activity after activity: a label's number is its position here."""
        return tuple(label for profile in self.activities for label in profile.labels)


@cache
def calibration() -> Calibration:
    """The calibration that ships with the project."""
    facts = json.loads((HERE / "calibration.json").read_text(encoding="utf-8"))
    assumed = yaml.safe_load((HERE / "assumptions.yml").read_text(encoding="utf-8"))
    areas = (*facts["boroughs"], *assumed["towns"])
    counts = _with_derived_counts(facts["activities"], assumed["seasonal_share_of_autre"])
    everywhere = _area_counts(_sum_of([c["window"] for c in counts.values()]), areas)
    open_anywhere = _status_counts([c["status"] for c in counts.values()], OPEN)
    profiles = tuple(
        _profile(code, found, assumed["activities"][code], everywhere, open_anywhere, facts["window"], areas)
        for code, found in counts.items()
    )
    return Calibration(profiles, areas, facts["boroughs"], assumed)


def shares(counts: Any) -> Floats:
    """Counts scaled to sum to 1 (shape kept)."""
    array = np.asarray(counts, dtype=np.float64)
    scaled: Floats = array / array.sum()
    return scaled


def _with_derived_counts(counts: dict[str, Any], seasonal: float) -> dict[str, Any]:
    """Give `autre` hours, weekdays and months, which were measured for the pilots only."""
    pilots = [found for found in counts.values() if "by_hour" in found]
    pooled = {key: np.sum([p[key] for p in pilots], axis=0) for key in ("by_hour", "by_weekday", "by_month")}
    months = seasonal * shares(pooled["by_month"]) + (1 - seasonal) * shares(DAYS_OF_MONTH)
    derived = pooled | {"by_month": months}
    return {code: derived | found for code, found in counts.items()}


def _profile(
    code: str,
    counts: dict[str, Any],
    assumed: dict[str, Any],
    everywhere: Floats,
    open_anywhere: Floats,
    window: dict[str, str],
    areas: tuple[str, ...],
) -> ActivityProfile:
    here = _area_counts(counts["window"], areas)
    statuses = [counts["status"]]
    first = counts["requesters"]
    requests = sum(counts["nature"].values())
    return ActivityProfile(
        code=code,
        labels=tuple(counts["labels"]),
        by_label=shares(list(counts["labels"].values())),
        daily_by_month=_daily_by_month(shares(counts["by_month"]), sum(counts["window"].values()), window),
        by_hour=shares(counts["by_hour"]),
        by_weekday=shares(counts["by_weekday"]),
        # A borough that reported none of an activity in 33 days still has some in a year.
        by_area=0.98 * shares(here) + 0.02 * shares(everywhere),
        closed=shares(_status_counts(statuses, CLOSED)),
        opened=shares(_status_counts(statuses, OPEN) + 5 * shares(open_anywhere)),
        natures=shares([counts["nature"].get(name, 0) for name in NATURES]),
        channels=shares(np.array(first) + 0.0002 * sum(first) * np.isin(CHANNELS, RARE_CHANNELS)),
        more_requesters=max(0.005, sum(first) / requests - 1),
        assumed=assumed,
    )


def _daily_by_month(months: Floats, counted: int, window: dict[str, str]) -> Floats:
    """Requests a day in each month, from a count in a window and the shares of the months."""
    first, last = date.fromisoformat(window["first"]), date.fromisoformat(window["last"])
    days = [first + timedelta(n) for n in range((last - first).days + 1)]
    share_of_day = months / DAYS_OF_MONTH
    in_window = sum(share_of_day[day.month - 1] for day in days)
    daily: Floats = counted * share_of_day / in_window
    return daily


def _area_counts(counts: dict[str, int], areas: tuple[str, ...]) -> Floats:
    return np.array([counts.get(area, 0) for area in areas], dtype=np.float64)


def _status_counts(counts: list[dict[str, int]], names: tuple[str, ...]) -> Floats:
    return np.array([sum(c.get(name, 0) for c in counts) for name in names], dtype=np.float64)


def _sum_of(counts: list[dict[str, int]]) -> dict[str, int]:
    return {key: sum(c.get(key, 0) for c in counts) for key in {k for c in counts for k in c}}
