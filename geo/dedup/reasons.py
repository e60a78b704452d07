"""Why two requests were joined, in words: codes with parameters, and one catalogue for both languages.

A reason is a field, its level, its bits and what there is to say of it. `text_of` renders it; `pack` and
`unpack` keep reasons as one short text in a table.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from domain.errors import InputRefused
from geo.dedup.levels import UNKNOWN, Pairs, compare, levels_of
from geo.dedup.parameters import EVIDENCE, FIELDS, MOST_LEVELS, SEGMENT, Parameters
from geo.dedup.requests import Requests
from geo.dedup.scores import pair_profile

Integers = NDArray[np.int64]

LANGUAGES = ("fr", "en")
HOUR_S, DAY_S, MINUTE_S = 3600, 86_400, 60

CATALOGUE: dict[str, dict[str, str]] = {
    "prior": {
        "fr": "fréquence habituelle des doublons de ce type",
        "en": "how often this type is reported twice",
    },
    "decided": {"fr": "décidé par une personne", "en": "decided by a person"},
    "distance.point": {"fr": "au même point", "en": "at the same point"},
    "distance.segment": {"fr": "sur le même tronçon de rue", "en": "on the same street segment"},
    "distance": {"fr": "à {value} m", "en": "{value} m away"},
    "delay": {"fr": "{value} plus tard", "en": "{value} later"},
    "open.0": {"fr": "la première était encore ouverte", "en": "the earlier one was still open"},
    "open.1": {
        "fr": "la première avait été fermée peu avant",
        "en": "the earlier one had been closed shortly before",
    },
    "label.0": {"fr": "même type de demande", "en": "same type of request"},
    "label.1": {"fr": "autre type de demande", "en": "another type of request"},
    "street.0": {"fr": "même adresse ou même intersection", "en": "same address or intersection"},
    "street.1": {"fr": "même rue", "en": "same street"},
    "street.2": {"fr": "autre rue", "en": "another street"},
    "crowd.0": {"fr": "seule demande ouverte à proximité", "en": "the only open request nearby"},
    "crowd": {
        "fr": "{value} demandes ouvertes à proximité : lieu achalandé",
        "en": "{value} open requests nearby: a busy place",
    },
    "staff.0": {"fr": "signalée par le public", "en": "reported by the public"},
    "staff.1": {"fr": "signalée par le personnel de la ville", "en": "reported by the city's own staff"},
    "staff.2": {
        "fr": "les deux signalées par le personnel de la ville",
        "en": "both reported by the city's own staff",
    },
}
"""Every sentence that a reason can be, in both languages."""

WITH_VALUE = ("distance", "delay", "crowd")
"""Fields whose reasons carry metres, seconds or requests."""

UNITS = {
    "minutes": {"fr": "{n} min", "en": "{n} min"},
    "hours": {"fr": "{n} h", "en": "{n} h"},
    "days": {"fr": "{n} jours", "en": "{n} days"},
}


@dataclass(frozen=True, slots=True)
class Reason:
    """One part of a score."""

    code: str
    """Key of the catalogue."""

    bits: float
    """What it added to the score: above 0 speaks for the same thing, below 0 against."""

    value: int = 0
    """Metres, seconds or requests, where the sentence has one."""


def explain(
    requests: Requests, later: Integers, earlier: Integers, crowd: Integers, parameters: Parameters
) -> list[tuple[Reason, ...]]:
    """Reasons of each pair, the strongest first; their bits add up to the pair's score."""
    return explain_pairs(requests, compare(requests, later, earlier, crowd), parameters)


def explain_pairs(requests: Requests, pairs: Pairs, parameters: Parameters) -> list[tuple[Reason, ...]]:
    """Reasons of each pair: its prior, then what of each field is known."""
    levels = levels_of(requests, pairs)
    profiles = pair_profile(requests, pairs, parameters)
    found = []
    for at in range(len(pairs)):
        profile = parameters.profiles[profiles[at]]
        reasons = [
            Reason(
                _code(name, int(levels[field, at]), profile.evidence),
                round(float(parameters.weights[profile.evidence, field, levels[field, at]]), 2),
                _value(name, pairs, at),
            )
            for field, name in enumerate(FIELDS)
            if levels[field, at] != UNKNOWN.get(name)
        ]
        reasons.sort(key=lambda reason: -abs(reason.bits))
        found.append((Reason("prior", round(profile.prior_bits, 2)), *reasons))
    return found


def text_of(reason: Reason, language: str) -> str:
    """A reason in words.

    Raises:
        InputRefused: a language or code that the catalogue does not have.
    """
    if language not in LANGUAGES or reason.code not in CATALOGUE:
        raise InputRefused(f"There are no words for {reason.code!r} in {language!r}.")
    sentence = CATALOGUE[reason.code][language]
    value = _duration(reason.value, language) if reason.code == "delay" else str(reason.value)
    return sentence.format(value=value)


def pack(reasons: tuple[Reason, ...]) -> str:
    """Reasons as one text: `code bits value`, separated by `;`, in any order."""
    return ";".join(f"{reason.code} {reason.bits:g} {reason.value}" for reason in reasons)


def pack_pairs(requests: Requests, pairs: Pairs, parameters: Parameters) -> pa.StringArray:
    """`pack` of what `explain_pairs` gives, for all pairs at once; in the order of `FIELDS`."""
    levels = levels_of(requests, pairs)
    profiles = pair_profile(requests, pairs, parameters)
    evidence = np.array([profile.evidence for profile in parameters.profiles])[profiles]
    prior = pa.array([f"prior {round(profile.prior_bits, 2):g} 0" for profile in parameters.profiles])
    parts = [prior.take(pa.array(profiles))]
    values = dict(zip(WITH_VALUE, (np.rint(pairs.distance_m), pairs.delay_s, pairs.crowd), strict=True))
    for field, name in enumerate(FIELDS):
        part = _beginnings(field, parameters).take(pa.array(evidence * MOST_LEVELS + levels[field]))
        if name in values:
            part = pc.binary_join_element_wise(
                part, pa.array(values[name].astype(np.int64)).cast("string"), ""
            )
        parts.append(part)
    return pc.binary_join_element_wise(*parts, ";", null_handling="skip")


def _beginnings(field: int, parameters: Parameters) -> pa.StringArray:
    """`code bits ` by evidence and level, with the 0 of a sentence without a value; null where it says nothing."""
    name = FIELDS[field]
    end = "" if name in WITH_VALUE else "0"
    return pa.array(
        [
            None
            if level == UNKNOWN.get(name)
            else f"{_code(name, level, evidence)} {round(float(bits), 2):g} {end}"
            for evidence in range(len(EVIDENCE))
            for level, bits in enumerate(parameters.weights[evidence, field])
        ],
        pa.string(),
    )


def unpack(text: str) -> tuple[Reason, ...]:
    """Reasons from the text that `pack` made: the prior, then the strongest first.

    Raises:
        InputRefused: the text is not such a one.
    """
    try:
        parts = [part.split(" ") for part in text.split(";")] if text else []
        reasons = [Reason(code, float(bits), int(value)) for code, bits, value in parts]
    except ValueError as error:
        raise InputRefused(f"{text!r} is not a list of reasons.") from error
    return tuple(sorted(reasons, key=lambda reason: (reason.code != "prior", -abs(reason.bits))))


def _code(field: str, level: int, evidence: int) -> str:
    if field == "distance" and level == 0:
        return "distance.segment" if evidence == SEGMENT else "distance.point"
    exact = f"{field}.{level}"
    return exact if exact in CATALOGUE else field


def _value(field: str, pairs: Pairs, at: int) -> int:
    if field == "distance":
        return round(float(pairs.distance_m[at]))
    return {"delay": int(pairs.delay_s[at]), "crowd": int(pairs.crowd[at])}.get(field, 0)


def _duration(seconds: int, language: str) -> str:
    if seconds < 2 * HOUR_S:
        return UNITS["minutes"][language].format(n=seconds // MINUTE_S)
    if seconds < 2 * DAY_S:
        return UNITS["hours"][language].format(n=seconds // HOUR_S)
    return UNITS["days"][language].format(n=seconds // DAY_S)
