"""The parameters of grouping: frozen, one profile per activity and precision, each with its source.

Weights are in bits: log2 of how many times as often a level is met among reports of the same thing as
among other pairs, all levels estimated together (scripts/estimate_dedup.py). A profile's `prior_bits` are
those of a pair of that activity before anything is compared. parameters.json has the numbers.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from domain.errors import InputRefused

FILE = Path(__file__).with_name("parameters.json")

EXACT, ADDRESS, SEGMENT = range(3)
"""What a point stands for, from the finest on: the thing itself, an address (about 10 m), a segment."""

EVIDENCE = ("exact", "address", "segment")
OTHER = "autre"
UNLABELLED = "autre_unlabelled"
"""Everything else where not even the label is known: being of the same kind then says little."""

OTHER_SUBJECT = "other"

FIELDS = ("distance", "delay", "open", "label", "street", "crowd", "staff")
"""What is compared; `levels` has the levels of each."""

MOST_LEVELS = 8


@dataclass(frozen=True, slots=True)
class Profile:
    """How requests of one activity, placed with one precision, are grouped."""

    activity: str
    evidence: int
    prior_bits: float
    threshold_bits: float
    """A request joins an earlier one from this score on."""

    source: str


@dataclass(frozen=True, slots=True)
class Reach:
    """How far comparison goes for one precision: the same for all its activities."""

    radius_m: float
    """Pairs farther apart are not looked at, and no two requests of an episode are farther apart."""

    window_days: float
    """Pairs longer apart are not looked at."""

    place_m: float
    """Episodes of one problem begin within this distance of each other."""

    closed_days: float = 1.0
    """What was closed longer ago than this is not looked at."""


@dataclass(frozen=True, slots=True, eq=False)
class Parameters:
    """All profiles, the weights of each precision, and the words by which other cities' types are known."""

    profiles: tuple[Profile, ...]
    weights: NDArray[np.float64]
    """Bits by evidence, field and level: (3, fields, MOST_LEVELS)."""

    reach: tuple[Reach, ...]
    """By evidence."""

    subjects: dict[str, tuple[str, ...]]
    """Beginnings of words, in both languages, that tell the subject of a type of request; the first match counts."""

    @property
    def activities(self) -> frozenset[str]:
        """Our own activity codes."""
        return frozenset(p.activity for p in self.profiles if p.evidence != ADDRESS)

    def subject(self, text: str) -> str:
        """Subject of another city's type of request."""
        found = (
            name
            for name, words in self.subjects.items()
            if words and re.search(rf"\b(?:{'|'.join(map(re.escape, words))})", text.lower())
        )
        return next(found, OTHER_SUBJECT)

    def index(self, activity: str, evidence: int) -> int:
        """Position of a profile; of everything else's where the activity is not known."""
        by_key = {(p.activity, p.evidence): i for i, p in enumerate(self.profiles)}
        fallback = OTHER_SUBJECT if evidence == ADDRESS else OTHER
        return by_key.get((activity, evidence), by_key[fallback, evidence])

    def column(self, name: str) -> NDArray[Any]:
        """One attribute of all profiles, as an array."""
        return np.array([getattr(profile, name) for profile in self.profiles])

    def of_reach(self, name: str) -> NDArray[np.float64]:
        """One attribute of the reach of each profile, as an array."""
        return np.array([getattr(self.reach[profile.evidence], name) for profile in self.profiles])

    def shifted(self, bits: float) -> Parameters:
        """The same with every threshold moved by `bits`: a point of a sweep."""
        moved = (replace(p, threshold_bits=p.threshold_bits + bits) for p in self.profiles)
        return replace(self, profiles=tuple(moved))


@cache
def load_parameters(path: Path = FILE) -> Parameters:
    """The frozen parameters.

    Raises:
        InputRefused: the file is missing or is not what scripts/estimate_dedup.py writes.
    """
    try:
        return from_dict(json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError as error:
        raise InputRefused(f"{path} is missing: run `python scripts/estimate_dedup.py`.") from error
    except (KeyError, TypeError, ValueError) as error:
        raise InputRefused(
            f"{path} is not a file of parameters ({type(error).__name__}: {error})."
        ) from error


def from_dict(given: dict[str, Any]) -> Parameters:
    """Parameters from what the file holds."""
    weights = np.zeros((len(EVIDENCE), len(FIELDS), MOST_LEVELS))
    for evidence, by_field in given["weights"].items():
        for field, bits in by_field.items():
            weights[EVIDENCE.index(evidence), FIELDS.index(field), : len(bits)] = bits
    profiles = tuple(
        Profile(
            p["activity"], EVIDENCE.index(p["precision"]), p["prior_bits"], p["threshold_bits"], p["source"]
        )
        for p in given["profiles"]
    )
    reach = tuple(Reach(**given["reach"][evidence]) for evidence in EVIDENCE)
    subjects = {name: tuple(words) for name, words in given["subjects"].items()}
    return Parameters(profiles, weights, reach, subjects)


def to_dict(parameters: Parameters, levels: dict[str, int]) -> dict[str, Any]:
    """What the file holds; `levels` is how many levels each field has."""
    return {
        "reach": {
            evidence: {name: getattr(reach, name) for name in Reach.__slots__}
            for evidence, reach in zip(EVIDENCE, parameters.reach, strict=True)
        },
        "profiles": [
            {
                "activity": p.activity,
                "precision": EVIDENCE[p.evidence],
                "prior_bits": round(p.prior_bits, 2),
                "threshold_bits": round(p.threshold_bits, 2),
                "source": p.source,
            }
            for p in parameters.profiles
        ],
        "weights": {
            evidence: {
                field: [round(float(bits), 2) for bits in parameters.weights[e, f, : levels[field]]]
                for f, field in enumerate(FIELDS)
            }
            for e, evidence in enumerate(EVIDENCE)
        },
        "subjects": {name: list(words) for name, words in parameters.subjects.items()},
    }
