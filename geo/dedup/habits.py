"""How often a city's clerks mark each subject: priors where a labelled file says little or nothing.

A file from one city has that city's habits. Types that it hardly has get the mean prior of those that it
knows well; and files of other cities, which mark duplicates without naming what they repeat, move the priors
of what they mark often.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.dedup.candidates import all_pairs
from geo.dedup.evaluate import best_threshold, read_labels, request_scores
from geo.dedup.parameters import ADDRESS, Parameters
from geo.dedup.requests import read_requests
from geo.dedup.scores import score_pairs

Integers = NDArray[np.int64]

FEWEST_MARKS = 100
"""Marked duplicates of a subject: with fewer, its prior is left as it is."""

UNSEEN = "outages"
"""A subject that the labelled file has hardly any requests of: its prior is the pooled one."""

OFTEN_NAMED = 15
"""Named pairs of a subject whose prior is taken for that of a subject nobody has labelled."""

FEWEST_ROWS = 100
"""Requests of a subject: with fewer, a file says nothing about it."""


def from_marks(parameters: Parameters, frame: pd.DataFrame, source: str) -> Parameters:
    """Priors of the subjects that a city's clerks mark often, from labelled requests that name no parents.

    A clerk's habit differs from city to city: where one hardly ever marks a type, another does. Of each subject
    with at least `FEWEST_MARKS` marked duplicates, the prior is moved to where F1 over its own requests is
    highest at the threshold, but pulled to the pooled prior (`pooled_where_unseen`) with the strength of
    `FEWEST_MARKS` marks. Weights and thresholds stay.
    """
    pooled = parameters.profiles[parameters.index(UNSEEN, ADDRESS)].prior_bits
    requests = read_requests(frame, parameters).requests
    labels = read_labels(frame, requests)
    score = request_scores(len(requests), score_pairs(requests, all_pairs(requests, parameters), parameters))
    profiles = list(parameters.profiles)
    for index in np.unique(requests.profile):
        of_subject = requests.placed & (requests.profile == index)
        marks = int(labels.duplicate[of_subject].sum())
        if profiles[index].evidence == ADDRESS and marks >= FEWEST_MARKS:
            # `score` is a margin: what it lacks at the best threshold is added to every pair.
            lacks = best_threshold(score[of_subject], labels.duplicate[of_subject])
            best = profiles[index].prior_bits - lacks
            prior = (marks * best + FEWEST_MARKS * pooled) / (marks + FEWEST_MARKS)
            told = f"{profiles[index].source}; prior by {marks} duplicates marked in {source}"
            profiles[index] = replace(profiles[index], prior_bits=prior, source=told)
    return replace(parameters, profiles=tuple(profiles))


def pooled_where_unseen(parameters: Parameters, named: Integers, rows: Integers) -> Parameters:
    """Address profiles that a labelled file has hardly any requests of, with the mean prior of those named often.

    Args:
        parameters: fitted on the file.
        named: by profile, the named pairs in it.
        rows: by profile, the requests in it.
    """
    often = [
        i for i, p in enumerate(parameters.profiles) if p.evidence == ADDRESS and named[i] >= OFTEN_NAMED
    ]
    if not often:
        return parameters
    prior = float(np.mean([parameters.profiles[i].prior_bits for i in often]))
    subjects = ", ".join(parameters.profiles[i].activity for i in often)
    profiles = (
        replace(p, prior_bits=prior, source=f"not in the labelled file: the mean of {subjects}")
        if p.evidence == ADDRESS and rows[i] < FEWEST_ROWS
        else p
        for i, p in enumerate(parameters.profiles)
    )
    return replace(parameters, profiles=tuple(profiles))
