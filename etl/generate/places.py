"""Where each request is recorded: on its block, at a corner, at the service counter, or nowhere."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from etl.generate.calibration import Calibration
from etl.generate.problems import Problems, Reports
from etl.generate.streets import Network

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]

ADDRESS, SEGMENT, INTERSECTION, INSTALLATION, NOWHERE = range(5)
KINDS = ("Adresse", "Troncon", "Intersection", "Installation", "")

NEAR_CORNER = 0.04  # a thing at a corner lies in the last twenty-fifth of its block
THING_ASIDE_M = 4.0  # from the middle of the street, standard deviation, as the next two
REPORT_ALONG_M = 3.0
REPORT_ASIDE_M = 1.5
FARTHEST_ASIDE_M = 12.0  # less than `EDGE_M`


@dataclass(frozen=True)
class Things:
    """Where each problem really is: what kind of place, the corner if it is at one, point on its block."""

    kind: Integers
    corner: Integers
    fraction: Floats
    aside_m: Floats


@dataclass(frozen=True)
class Places:
    """Where each request is recorded. `who` and `area` number areas; `area` is -1 nowhere."""

    kind: Integers
    block: Integers
    corner: Integers
    counter: NDArray[np.bool_]
    area: Integers
    who: Integers


def place_things(
    rng: np.random.Generator, facts: Calibration, streets: Network, problems: Problems, activity: Integers
) -> Things:
    """A point on its block for every problem (`activity` is each problem's)."""
    count = len(problems.block)
    edges = np.cumsum([p.assumed["kinds"] for p in facts.activities], axis=1)[activity]
    chance = rng.random(count)[:, None]
    kind = np.minimum((chance >= edges / edges[:, -1:]).sum(axis=1), INSTALLATION)
    far_end = rng.integers(0, 2, count)
    near = NEAR_CORNER * rng.random(count)
    fraction = np.where(
        kind == INTERSECTION, np.where(far_end, 1 - near, near), 0.1 + 0.8 * rng.random(count)
    )
    return Things(
        kind=kind,
        corner=streets.ends[problems.block, far_end],
        fraction=fraction,
        aside_m=np.clip(rng.normal(0, THING_ASIDE_M, count), -FARTHEST_ASIDE_M, FARTHEST_ASIDE_M),
    )


def place_reports(
    rng: np.random.Generator,
    facts: Calibration,
    streets: Network,
    problems: Problems,
    things: Things,
    reports: Reports,
) -> Places:
    """Where each report is recorded."""
    problem, activity = reports.problem, reports.activity
    count = len(problem)
    kind, corner = things.kind[problem], things.corner[problem]
    block = problems.block[problem]
    # A second caller may give the corner for the address, or the street for the corner.
    moved = ~reports.first & (rng.random(count) < facts.assumed["moved_report"])
    kind = np.where(moved, np.where(kind == INTERSECTION, SEGMENT, INTERSECTION), kind)
    area = streets.area[block]
    is_borough = area < len(facts.boroughs)
    chance = rng.random(count)
    unplaced = np.array([p.assumed["unplaced"] for p in facts.activities])[activity]
    by_label = facts.assumed["unplaced_labels"]
    of_label = np.array([by_label.get(label, 0.0) for label in facts.labels])[problems.label[problem]]
    nowhere = chance < np.maximum(unplaced, of_label)
    at_counter = np.array([p.assumed["counter"] for p in facts.activities])[activity]
    counter = ~nowhere & is_borough & (rng.random(count) < at_counter)
    kind = np.where(nowhere, NOWHERE, np.where(counter, ADDRESS, kind))
    block = np.where(counter, _counters(facts, streets)[area], block)
    who = _who(rng, facts, streets, block, area, nowhere | counter)
    return Places(kind, block, corner, counter, np.where(nowhere, -1, area), who)


def exact_points(
    rng: np.random.Generator, streets: Network, problems: Problems, things: Things, reports: Reports
) -> tuple[Floats, Floats]:
    """Where each report points if nothing is hidden: its thing, give or take some metres. EPSG:32188."""
    problem = reports.problem
    count = len(problem)
    block = problems.block[problem]
    along = np.clip(rng.normal(0, REPORT_ALONG_M, count), -FARTHEST_ASIDE_M, FARTHEST_ASIDE_M)
    fraction = np.clip(things.fraction[problem] + along / streets.lengths_m()[block], 0.0, 1.0)
    aside = things.aside_m[problem] + rng.normal(0, REPORT_ASIDE_M, count)
    return streets.along(block, fraction, np.clip(aside, -FARTHEST_ASIDE_M, FARTHEST_ASIDE_M))


def _counters(facts: Calibration, streets: Network) -> Integers:
    """Block of each area's service counter: the one in the middle of its list."""
    middle = (streets.first_of_area[:-1] + streets.first_of_area[1:]) // 2
    return middle[: len(facts.areas)]


def _who(
    rng: np.random.Generator,
    facts: Calibration,
    streets: Network,
    block: Integers,
    area: Integers,
    certain: NDArray[np.bool_],
) -> Integers:
    """Borough that answers: for a town the one that serves it, near a border now and then the neighbour.

    As many as makes the measured share of requests whose borough is another than where they are.
    """
    who = np.array([facts.areas.index(facts.answers_for(name)) for name in facts.areas])[area]
    neighbour = streets.neighbour[block]
    could = np.flatnonzero((neighbour >= 0) & (who == area) & ~certain)
    wanted = facts.assumed["who_is_not_where"] * len(area) - (who != area).sum()
    swapped = could[rng.random(len(could)) < wanted / max(len(could), 1)]
    who[swapped] = neighbour[swapped]
    return who
