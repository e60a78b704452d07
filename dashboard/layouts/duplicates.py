"""Définitions: how requests about the same thing are found, from the very parameters that find them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from dashboard.components.data_table import data_table
from dashboard.components.names import activity_name
from dashboard.markup import Markup, html
from dashboard.text import number, t
from domain.activities import activities
from geo.dedup.levels import COUNT, CROWD, DELAY_DAYS, DISTANCE_M, UNKNOWN
from geo.dedup.parameters import EVIDENCE, EXACT, FIELDS, SEGMENT, Parameters, load_parameters

_SHOWN = (EXACT, SEGMENT)
"""Precisions of the city's points; the third one is for other cities' addresses."""

_EDGES = {"distance": DISTANCE_M, "delay": DELAY_DAYS, "crowd": CROWD}
_MINUTES, _HOURS = 1440, 24
_NOTHING = 0.05
"""Bits below which a level says nothing at all, at any precision, and is left out."""


def duplicates(lang: str) -> list[Markup]:
    """The words, the reach by precision, what each comparison weighs, and where each activity begins."""
    parameters = load_parameters()
    return [
        *(html.P(t(f"duplicates.lead_{i}", lang)) for i in range(1, 4)),
        _table([t("duplicates.reach", lang), *_precisions(lang)], _reach_rows(parameters, lang)),
        _table([t("duplicates.weights", lang), *_precisions(lang)], _weight_rows(parameters, lang)),
        _table([t("duplicates.priors", lang), *_precisions(lang)], _prior_rows(parameters, lang)),
        html.P(t("duplicates.source", lang), className="vg-dim"),
    ]


def level_words(field: str, level: int, lang: str, radius_m: float) -> str:
    """What a comparison found, such as "at most 12 m apart"; nothing is compared beyond the radius."""
    edges = _EDGES.get(field)
    if edges is None or (field == "distance" and level == 0):
        return t(f"duplicates.{field}_{level}", lang)
    beyond = level >= len(edges)
    value = edges[-1] if beyond else edges[level]
    value = min(value, radius_m) if field == "distance" else value
    words = t(f"duplicates.{field}_{'beyond' if beyond else 'within'}", lang)
    return words.format(value=_days(value, lang) if field == "delay" else number(value, lang))


def _days(days: float, lang: str) -> str:
    if days * _HOURS < 1:
        return t("duplicates.minutes", lang, n=number(round(days * _MINUTES), lang))
    if days < 1:
        return t("duplicates.hours", lang, n=number(round(days * _HOURS), lang))
    return t("duplicates.days", lang, n=number(round(days), lang))


def _precisions(lang: str) -> list[str]:
    return [t(f"duplicates.{EVIDENCE[evidence]}", lang) for evidence in _SHOWN]


def _reach_rows(parameters: Parameters, lang: str) -> Iterator[list[str]]:
    """How far apart two reports may be, in metres and days, and from which score on they are joined."""
    for name in ("radius_m", "window_days", "place_m"):
        values = (getattr(parameters.reach[evidence], name) for evidence in _SHOWN)
        yield [t(f"duplicates.{name}", lang), *(number(value, lang) for value in values)]
    thresholds = ({p.threshold_bits for p in parameters.profiles if p.evidence == e} for e in _SHOWN)
    yield [
        t("duplicates.threshold", lang),
        *(" · ".join(_bits(bits, lang) for bits in sorted(each)) for each in thresholds),
    ]


def _weight_rows(parameters: Parameters, lang: str) -> Iterator[list[str]]:
    """Bits of every comparison that occurs and says something."""
    radius_m = max(parameters.reach[evidence].radius_m for evidence in _SHOWN)
    for field, name in enumerate(FIELDS):
        for level in range(COUNT[name]):
            bits = parameters.weights[list(_SHOWN), field, level]
            too_far = name == "distance" and level > 0 and DISTANCE_M[level - 1] >= radius_m
            if level != UNKNOWN.get(name) and not too_far and np.abs(bits).max() >= _NOTHING:
                yield [level_words(name, level, lang, radius_m), *(_bits(value, lang) for value in bits)]


def _prior_rows(parameters: Parameters, lang: str) -> Iterator[list[str]]:
    """Bits of a pair of each activity before anything else is compared."""
    for one in activities():
        profiles = (parameters.profiles[parameters.index(one.code, evidence)] for evidence in _SHOWN)
        yield [activity_name(one.code, lang), *(_bits(profile.prior_bits, lang) for profile in profiles)]


def _bits(bits: float, lang: str) -> str:
    text = number(round(float(bits), 1), lang, 1)
    return f"+{text}" if round(float(bits), 1) > 0 else text


def _table(head: list[str], rows: Iterator[list[str]]) -> Markup:
    return data_table(head, rows, numbers=range(1, len(head)))
