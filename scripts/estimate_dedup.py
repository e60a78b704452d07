"""Estimate geo/dedup/parameters.json from labelled requests.

    python scripts/estimate_dedup.py LABELLED.csv [--until DATE] [--made ROWS] [--decisions PAIRS REQUESTS]

- address (other cities' types): from a labelled file in the format of `vigie dedup evaluate`, only what was
  opened before `--until`;
- exact and segment (Montréal's activities, for which nobody published labels): from made requests with
  their truth, until people have decided enough: `--decisions` re-estimates from a table of `id_a, id_b, same`
  about the requests of a file with the columns that `geo.dedup.requests` reads.

What is not asked for keeps the numbers that it has.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from geo.dedup.candidates import candidate_pairs
from geo.dedup.estimate import Estimate, estimate
from geo.dedup.evaluate import best_threshold, read_labels, request_scores
from geo.dedup.levels import COUNT, Levels, Pairs, compare, levels_of
from geo.dedup.parameters import (
    ADDRESS,
    EVIDENCE,
    EXACT,
    FILE,
    OTHER,
    SEGMENT,
    Parameters,
    Profile,
    load_parameters,
    to_dict,
)
from geo.dedup.requests import Requests, read_requests
from geo.dedup.scores import ANY_SCORE, find_links

Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]

FEWEST_DECISIONS = 200
"""Of each answer: with fewer, the numbers that are there know more."""

SEED = 2011


def main(arguments: list[str]) -> None:
    """Estimate what was asked for and write the file."""
    given = _parse(arguments)
    parameters = load_parameters()
    if given.labelled:
        parameters = from_labelled(parameters, given.labelled, given.until)
    if given.made:
        parameters = from_made(parameters, EXACT, given.made)
        parameters = from_made(parameters, SEGMENT, given.made)
    if given.decisions:
        parameters = from_decisions(parameters, *given.decisions)
    text = json.dumps(to_dict(parameters, COUNT), ensure_ascii=False, indent=1)
    FILE.write_text(text + "\n", encoding="utf-8")


def from_labelled(parameters: Parameters, path: Path, until: str) -> Parameters:
    """The address profiles and their threshold, from a labelled file."""
    frame = pd.read_csv(path, dtype={"id": "str", "parent_id": "str"})
    frame = frame[pd.to_datetime(frame["opened_at"]) < pd.Timestamp(until)]
    requests = read_requests(frame, parameters).requests
    labels = read_labels(frame, requests)
    pairs = joined_pairs(requests, parameters)
    named = (labels.parent[pairs.later] == pairs.earlier) | (labels.parent[pairs.earlier] == pairs.later)
    # A duplicate's other pairs may be about the same thing as well: they say nothing.
    told = named | ~labels.duplicate[pairs.later]
    source = f"estimated on {path.stem}, {int(named.sum())} named pairs opened before {until}"
    levels, profile = levels_of(requests, pairs)[:, told], requests.profile[pairs.later[told]]
    fitted = replace_evidence(parameters, levels, profile, named[told], ADDRESS, source)
    fitted = with_threshold(fitted, ADDRESS, 0.0)  # so that margins are scores
    links = find_links(requests, fitted, ANY_SCORE)
    score = request_scores(len(requests), links)
    return with_threshold(
        fitted, ADDRESS, best_threshold(score[requests.placed], labels.duplicate[requests.placed])
    )


def from_made(parameters: Parameters, evidence: int, rows: int) -> Parameters:
    """The exact or segment profiles and their threshold, from made requests and their truth."""
    from tests.support.made import made_requests  # noqa: PLC0415  (the generator is another room)

    with tempfile.TemporaryDirectory() as folder:
        frame, truth = made_requests(Path(folder), rows, exact=evidence == EXACT, seed=SEED)
    requests, pairs = made_pairs(frame, parameters)
    bare, bare_pairs = made_pairs(frame[frame["activity"] == OTHER].drop(columns="label"), parameters)
    episode, bare_episode = (
        truth.set_index("id")["episode_id"].reindex(r.id).to_numpy() for r in (requests, bare)
    )
    same = episode[pairs.later] == episode[pairs.earlier]
    bare_same = bare_episode[bare_pairs.later] == bare_episode[bare_pairs.earlier]
    source = f"estimated on {rows} made requests of seed {SEED}, {EVIDENCE[evidence]} points: no labels are published"
    levels = np.concatenate((levels_of(requests, pairs), levels_of(bare, bare_pairs)), axis=1)
    profile = np.concatenate((requests.profile[pairs.later], bare.profile[bare_pairs.later]))
    fitted = replace_evidence(parameters, levels, profile, np.append(same, bare_same), evidence, source)
    links = find_links(requests, fitted, ANY_SCORE)
    is_same = episode[links.later] == episode[links.earlier]
    return with_threshold(fitted, evidence, best_threshold(links.score_bits, is_same))


def from_decisions(parameters: Parameters, decisions: Path, path: Path) -> Parameters:
    """Every precision of which people have decided enough pairs."""
    frame, told = (
        pd.read_csv(path, dtype={"id": "str"}),
        pd.read_csv(decisions, dtype={"id_a": "str", "id_b": "str"}),
    )
    requests = read_requests(frame, parameters).requests
    row = pd.Series(np.arange(len(requests)), index=pd.Index(requests.id))
    told = told[told["id_a"].isin(row.index) & told["id_b"].isin(row.index)]
    ends = np.sort(np.column_stack([row[told["id_a"]].to_numpy(), row[told["id_b"]].to_numpy()]), axis=1)
    pairs = compare(requests, ends[:, 1], ends[:, 0], np.ones(len(ends), dtype=np.int64))
    same = told["same"].astype(bool).to_numpy()
    of = parameters.column("evidence")[requests.profile[ends]].max(axis=1)
    for evidence, name in enumerate(EVIDENCE):
        chosen = of == evidence
        if min((same & chosen).sum(), (~same & chosen).sum()) < FEWEST_DECISIONS:
            print(f"{name}: fewer than {FEWEST_DECISIONS} decisions of each answer; kept as it is")
            continue
        source = f"re-estimated from {int(chosen.sum())} decisions of people"
        levels, profile = levels_of(requests, pairs)[:, chosen], requests.profile[pairs.later[chosen]]
        parameters = replace_evidence(parameters, levels, profile, same[chosen], evidence, source)
        parameters = with_threshold(parameters, evidence, 0.0)
    return parameters


def made_pairs(frame: pd.DataFrame, parameters: Parameters) -> tuple[Requests, Pairs]:
    """Requests of a frame and their candidate pairs."""
    requests = read_requests(frame, parameters).requests
    return requests, joined_pairs(requests, parameters)


def joined_pairs(requests: Requests, parameters: Parameters) -> Pairs:
    """All candidate pairs at once: for estimation only."""
    parts = list(candidate_pairs(requests, parameters))
    return Pairs(*(np.concatenate([getattr(part, name) for part in parts]) for name in Pairs.__slots__))


def replace_evidence(
    parameters: Parameters, levels: Levels, profile: Integers, same: Flags, evidence: int, source: str
) -> Parameters:
    """Parameters with the weights and priors of one precision estimated anew."""
    own = [i for i, profile in enumerate(parameters.profiles) if profile.evidence == evidence]
    number = np.full(len(parameters.profiles), -1)
    number[own] = np.arange(len(own))
    found = estimate(levels, number[profile], len(own), same)
    weights = parameters.weights.copy()
    weights[evidence] = found.weights
    return replace(parameters, weights=weights, profiles=_profiles(parameters, own, found, source))


def _profiles(parameters: Parameters, own: list[int], found: Estimate, source: str) -> tuple[Profile, ...]:
    prior = dict(zip(own, found.prior_bits, strict=False))
    return tuple(
        replace(profile, prior_bits=float(prior[i]), source=source) if i in prior else profile
        for i, profile in enumerate(parameters.profiles)
    )


def with_threshold(parameters: Parameters, evidence: int, bits: float) -> Parameters:
    """Parameters whose profiles of one precision join from `bits` on."""
    profiles = (
        replace(p, threshold_bits=round(bits, 2)) if p.evidence == evidence else p
        for p in parameters.profiles
    )
    return replace(parameters, profiles=tuple(profiles))


def _parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("labelled", nargs="?", type=Path)
    parser.add_argument("--until", default="2011-09-01")
    parser.add_argument("--made", type=int, default=0, metavar="ROWS")
    parser.add_argument("--decisions", nargs=2, type=Path, metavar=("PAIRS", "REQUESTS"))
    return parser.parse_args(arguments)


if __name__ == "__main__":
    main(sys.argv[1:])
