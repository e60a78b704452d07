"""A city's requests, made up in one go: problems and their reports, places, outcomes, rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from etl.generate.calibration import Calibration, calibration
from etl.generate.clock import Seconds
from etl.generate.closing import NEVER
from etl.generate.outcomes import outcomes
from etl.generate.places import exact_points, place_reports, place_things
from etl.generate.problems import Problems, Reports, make_problems
from etl.generate.rows import Rows, in_order, information_rows, request_rows
from etl.generate.seasons import days_for
from etl.generate.streets import network
from etl.generate.texts import Texts, make_texts
from etl.generate.truths import Truth

Integers = NDArray[np.int64]

STAGES = ("problems", "things", "places", "outcomes", "rows", "information", "exact")
"""Each draws from its own stream, so that a change in one leaves the others as they were."""


@dataclass(frozen=True)
class City:
    """Rows in the file's order, the requests among them, their truth, and the texts of all."""

    rows: Rows
    requests: Rows
    truth: Truth
    texts: Texts
    days: Seconds
    hidden: NDArray[np.bool_]
    """Which requests have no point of their own: at the service counter, or nowhere."""

    def summary(self) -> dict[str, Any]:
        """What was made, in numbers."""
        return {
            "rows": len(self.rows.request),
            "requests": len(self.requests.request),
            "information": len(self.rows.request) - len(self.requests.request),
            "problems": len(np.unique(self.truth.problem)),
            "episodes": len(np.unique(self.truth.episode)),
            "duplicates": int((self.truth.parent != self.requests.request).sum()),
            "open": int((self.truth.closed == NEVER).sum()),
            "first_day": str(self.days[0].astype("datetime64[D]")),
            "last_day": str(self.days[-1].astype("datetime64[D]")),
        }


def make_city(requests: int, information: int, seed: int, end: int) -> City:
    """`requests` requests and `information` Information rows, all before `end` (wall second)."""
    facts, streets = calibration(), network()
    texts = make_texts(facts, streets)
    draws = {stage: _stream(seed, number) for number, stage in enumerate(STAGES)}
    days = days_for(facts, requests, end)
    problems, episodes, reports = make_problems(draws["problems"], facts, streets, days, end, requests)
    things = place_things(draws["things"], facts, streets, problems, _activities(facts, problems))
    places = place_reports(draws["places"], facts, streets, problems, things, reports)
    found = outcomes(draws["outcomes"], facts, episodes, reports, end)
    own = request_rows(
        draws["rows"], facts, streets, texts, days, problems, reports, places=places, found=found
    )
    others = information_rows(draws["information"], facts, texts, days, end, information)
    x, y = exact_points(draws["exact"], streets, problems, things, reports)
    truth = Truth(
        activity=pa.array([profile.code for profile in facts.activities]).take(pa.array(reports.activity)),
        label=pa.array(facts.labels).take(pa.array(problems.label[reports.problem])),
        problem=reports.problem + 1,
        episode=reports.episode + 1,
        closed=found.closed,
        x=x,
        y=y,
        parent=_parents(reports),
    )
    rows = in_order(own, others) if information else own
    return City(rows, own, truth, texts, days, places.counter | (places.area < 0))


def _stream(seed: int, stage: int) -> np.random.Generator:
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, stage])))


def _activities(facts: Calibration, problems: Problems) -> Integers:
    """Number of each problem's activity."""
    counts = [len(profile.labels) for profile in facts.activities]
    return np.repeat(np.arange(len(counts)), counts)[problems.label]


def _parents(reports: Reports) -> Integers:
    """For each report the first one of its episode; for that its own number."""
    first = np.empty(int(reports.first.sum()), dtype=np.int64)
    positions = np.flatnonzero(reports.first)
    first[reports.episode[positions]] = positions
    return first[reports.episode]
