"""Parameters from what is known: labelled requests, made requests with their truth, people's decisions.

Each gives the weights, priors and threshold of one precision and keeps the others; `estimate` does the
arithmetic, scripts/estimate_dedup.py reads and writes the files.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from domain.errors import InputRefused
from geo.dedup.candidates import all_pairs
from geo.dedup.decisions import COLUMNS
from geo.dedup.estimate import estimate
from geo.dedup.evaluate import best_threshold, read_labels, request_scores
from geo.dedup.habits import pooled_where_unseen
from geo.dedup.levels import Levels, Pairs, levels_of
from geo.dedup.parameters import ADDRESS, EVIDENCE, OTHER, Parameters, Profile
from geo.dedup.requests import Requests, read_requests
from geo.dedup.scores import pair_profile, score_levels, score_pairs

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

FEWEST_DECISIONS = 200
"""Of each answer: with fewer, the numbers that are there know more."""

FEWEST_NAMED = 100
"""Named pairs: with fewer, the weights that are there know more."""

FAIR_SHARE = 0.6
"""People who answer whatever they are shown agree at least so often; below it, they only corrected."""

PULL_OF_PRESENT = 3.0
"""Strength, in pairs, with which decided weights are pulled to the present ones."""


def from_labelled(parameters: Parameters, frame: pd.DataFrame, source: str) -> Parameters:
    """The address profiles and their threshold, from labelled requests (`duplicate`, `parent_id`).

    Only pairs that a clerk named are the same; a duplicate's other pairs may be about the same thing as
    well, so they say nothing. Where fewer than `FEWEST_NAMED` pairs are named (a city that marks duplicates and
    not what they repeat), the weights are kept, and only the threshold is chosen.
    """
    requests = read_requests(frame, parameters).requests
    labels = read_labels(frame, requests)
    pairs = all_pairs(requests, parameters)
    named = (labels.parent[pairs.later] == pairs.earlier) | (labels.parent[pairs.earlier] == pairs.later)
    if int(named.sum()) >= FEWEST_NAMED:
        told = named | ~labels.duplicate[pairs.later]
        levels, profile = levels_of(requests, pairs)[:, told], requests.profile[pairs.later[told]]
        source = f"estimated on {int(named.sum())} named pairs of {source}"
        parameters = fit(parameters, levels, profile, named[told], ADDRESS, source)
        by_profile = np.bincount(profile[named[told]], minlength=len(parameters.profiles))
        rows = np.bincount(requests.profile[requests.placed], minlength=len(parameters.profiles))
        parameters = pooled_where_unseen(parameters, by_profile, rows)
    else:
        profiles = (
            replace(p, source=f"{p.source.split('; threshold')[0]}; threshold chosen on {source}")
            if p.evidence == ADDRESS
            else p
            for p in parameters.profiles
        )
        parameters = replace(parameters, profiles=tuple(profiles))
    fitted = with_threshold(parameters, ADDRESS, 0.0)  # so that margins are scores
    score = request_scores(len(requests), score_pairs(requests, pairs, fitted))
    return with_threshold(
        fitted, ADDRESS, best_threshold(score[requests.placed], labels.duplicate[requests.placed])
    )


def from_truth(
    parameters: Parameters, frame: pd.DataFrame, episode: pd.Series, evidence: int, source: str
) -> Parameters:
    """The profiles of one precision and their threshold, from requests whose true episodes are known.

    Args:
        parameters: the others are kept.
        frame: requests, all of this precision.
        episode: true episode by id.
        evidence: EXACT or SEGMENT.
        source: what the frame is.
    """
    requests = read_requests(frame, parameters).requests
    pairs = all_pairs(requests, parameters)
    same = _same(requests, episode, pairs.later, pairs.earlier)
    # What everything else is like when not even its label is known.
    unlabelled = read_requests(frame[frame["activity"] == OTHER].drop(columns="label"), parameters).requests
    more = all_pairs(unlabelled, parameters)
    more_same = _same(unlabelled, episode, more.later, more.earlier)
    fitted = fit(
        parameters,
        np.concatenate((levels_of(requests, pairs), levels_of(unlabelled, more)), axis=1),
        np.concatenate((requests.profile[pairs.later], unlabelled.profile[more.later])),
        np.append(same, more_same),
        evidence,
        source,
    )
    score = score_pairs(requests, pairs, fitted).score_bits
    return with_threshold(fitted, evidence, best_threshold(score, same))


def from_decisions(
    parameters: Parameters, frame: pd.DataFrame, decisions: pd.DataFrame
) -> tuple[Parameters, list[str]]:
    """Every precision of which people have decided enough pairs, and a sentence about each.

    What is estimated is how far to depart from the present weights, so that a level that nobody was shown
    stays as it is. The threshold is the best over the decided pairs: people are shown what scores near or
    above it, and what scores far below would not be joined anyway. That is fair only if they answer
    whatever the answer is; decisions that mostly correct the algorithm change nothing.

    Args:
        parameters: the present ones.
        frame: the requests that were decided about, and those around them (`geo.dedup.requests`).
        decisions: `id_a`, `id_b`, `same` (0 or 1); of several about a pair the last counts.

    Raises:
        InputRefused: a column is missing.
    """
    requests = read_requests(frame, parameters).requests
    pairs, same, left = decided_pairs(requests, parameters, decisions)
    notes = [f"{left} decisions are about requests that are not there or are never compared"] if left else []
    profile = pair_profile(requests, pairs, parameters)
    of = parameters.column("evidence")[profile]
    levels = levels_of(requests, pairs)
    for evidence in range(len(EVIDENCE)):
        chosen = of == evidence
        parameters, note = _decided(parameters, levels[:, chosen], profile[chosen], same[chosen], evidence)
        notes.append(note)
    return parameters, notes


def _decided(
    parameters: Parameters, levels: Levels, profile: Integers, same: Flags, evidence: int
) -> tuple[Parameters, str]:
    """One precision's parameters from its decided pairs, or as they were and why."""
    name = EVIDENCE[evidence]
    if min(same.sum(), (~same).sum()) < FEWEST_DECISIONS:
        return parameters, f"{name}: fewer than {FEWEST_DECISIONS} decisions of each answer; kept as it is"
    present = score_levels(levels, profile, parameters)
    agreed = (present >= parameters.column("threshold_bits")[profile]) == same
    if agreed.mean() < FAIR_SHARE:
        return parameters, (
            f"{name}: {int((~agreed).sum())} of {len(same)} decisions correct the algorithm: no fair sample of "
            "what people were shown; kept as it is"
        )
    source = f"re-estimated from {len(same)} decisions of people"
    fitted = fit(parameters, levels, profile, same, evidence, source, present)
    score = score_levels(levels, profile, fitted)
    return with_threshold(fitted, evidence, best_threshold(score, same)), f"{name}: {source}"


def decided_pairs(
    requests: Requests, parameters: Parameters, decisions: pd.DataFrame
) -> tuple[Pairs, Flags, int]:
    """Decided pairs as they are compared, whether they are the same, and how many decisions have no such pair.

    Raises:
        InputRefused: a column is missing.
    """
    if missing := [name for name in COLUMNS if name not in decisions.columns]:
        raise InputRefused(f"The decisions have no column {', '.join(missing)}.")
    row = pd.Series(np.arange(len(requests)), index=pd.Index(requests.id))
    ends = np.column_stack([row.reindex(decisions[name]).fillna(-1) for name in ("id_a", "id_b")])
    ends = np.sort(ends.astype(np.int64), axis=1)
    same = pd.Series(decisions["same"].astype(bool).to_numpy(), index=ends[:, 1] * len(requests) + ends[:, 0])
    same = same[ends[:, 0] >= 0]
    same = same[~same.index.duplicated(keep="last")]
    asked = np.zeros(len(requests), dtype=bool)
    asked[same.index.to_numpy() // max(len(requests), 1)] = True
    pairs = all_pairs(requests, parameters, asked)
    found = same.reindex(pairs.later * len(requests) + pairs.earlier)
    told = found.notna().to_numpy()
    return pairs.take(told), found[told].to_numpy(dtype=bool), len(decisions) - int(told.sum())


def fit(
    parameters: Parameters,
    levels: Levels,
    profile: Integers,
    same: Flags,
    evidence: int,
    source: str,
    present: Floats | None = None,
) -> Parameters:
    """Parameters with the weights and priors of one precision estimated anew.

    With `present` scores of the pairs, what is estimated is the departure from them.
    """
    own = [i for i, profile in enumerate(parameters.profiles) if profile.evidence == evidence]
    number = np.full(len(parameters.profiles), -1)
    number[own] = np.arange(len(own))
    weights = parameters.weights.copy()
    if present is None:
        found = estimate(levels, number[profile], len(own), same)
        weights[evidence] = found.weights
        prior = found.prior_bits
    else:
        found = estimate(levels, number[profile], len(own), same, PULL_OF_PRESENT, present)
        weights[evidence] += found.weights
        prior = found.prior_bits + np.append(parameters.column("prior_bits")[own], 0.0)
    return replace(parameters, weights=weights, profiles=_profiles(parameters, own, prior, source))


def with_threshold(parameters: Parameters, evidence: int, bits: float) -> Parameters:
    """Parameters whose profiles of one precision join from `bits` on."""
    profiles = (
        replace(p, threshold_bits=round(bits, 2)) if p.evidence == evidence else p
        for p in parameters.profiles
    )
    return replace(parameters, profiles=tuple(profiles))


def _profiles(parameters: Parameters, own: list[int], prior: Floats, source: str) -> tuple[Profile, ...]:
    found = dict(zip(own, prior, strict=False))
    return tuple(
        replace(profile, prior_bits=float(found[i]), source=source) if i in found else profile
        for i, profile in enumerate(parameters.profiles)
    )


def _same(requests: Requests, episode: pd.Series, later: Integers, earlier: Integers) -> Flags:
    true = episode.reindex(requests.id).to_numpy()
    same: Flags = true[later] == true[earlier]
    return same
