"""Rows of the file as numbers: for each the texts it is made of, in the order of opening."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from etl.generate.calibration import Calibration
from etl.generate.channels import channel_codes, pack
from etl.generate.clock import DAY_S, Seconds
from etl.generate.outcomes import Outcomes
from etl.generate.places import ADDRESS, Places
from etl.generate.problems import Problems, Reports
from etl.generate.seasons import draw, expected_by_day, opening_times
from etl.generate.streets import Network
from etl.generate.texts import (
    Texts,
    area_numbers,
    information_numbers,
    point_numbers,
    site_numbers,
    unit_numbers,
    what_numbers,
)

Integers = NDArray[np.int64]

NO_ID = -1


@dataclass(frozen=True)
class Rows:
    """One entry per row; all but the times are numbers of `Texts`.

    `request` is the number of the report behind the row (-1: Information), `year` and `number` make its
    id, `suffixed` says that the id has a suffix.
    """

    request: Integers
    year: Integers
    number: Integers
    suffixed: Integers
    what: Integers
    site: Integers
    areas: Integers
    postal: Integers
    opened: Seconds
    channel: Integers
    unit: Integers
    point: Integers
    status: Integers
    status_at: Seconds


def request_rows(
    rng: np.random.Generator,
    facts: Calibration,
    streets: Network,
    texts: Texts,
    days: Seconds,
    problems: Problems,
    reports: Reports,
    *,
    places: Places,
    found: Outcomes,
) -> Rows:
    """A row for every report."""
    count = len(reports.opened)
    label = problems.label[reports.problem]
    nature = np.empty(count, dtype=np.int64)
    for activity, profile in enumerate(facts.activities):
        mine = np.flatnonzero(reports.activity == activity)
        nature[mine] = draw(rng, profile.natures, len(mine))
    old = facts.assumed["retired_labels"]
    until = (days[0] + old["until"] * len(days)) * DAY_S
    retired = (reports.opened < until) & (rng.random(count) < old["share"])
    with_code = (places.kind == ADDRESS) & (rng.random(count) >= facts.assumed["no_postal_code"])
    year, number = _ids(facts, days, reports.opened)
    return Rows(
        request=np.arange(count),
        year=year,
        number=number,
        suffixed=(rng.random(count) < facts.assumed["suffixed_ids"]).astype(np.int64),
        what=what_numbers(facts, nature, label, retired),
        site=site_numbers(streets, places.kind, places.block, places.corner),
        areas=area_numbers(facts, places.counter, places.who, places.area),
        postal=np.where(with_code, places.block, len(texts.postal) - 1),
        opened=reports.opened,
        channel=channel_codes(rng, facts, reports.activity),
        unit=unit_numbers(rng, facts, places.who, label, reports.activity),
        point=point_numbers(streets, places.kind, places.block, places.corner),
        status=found.status,
        status_at=found.status_at,
    )


def information_rows(
    rng: np.random.Generator, facts: Calibration, texts: Texts, days: Seconds, end: int, count: int
) -> Rows:
    """Rows of questions that asked for nothing to be done: no id, no place, no status."""
    profile = facts.activities[-1]
    expected = expected_by_day(rng, profile, days, np.ones(len(days)))
    opened = opening_times(rng, profile, days, expected, count)
    opened = np.where(opened >= end, opened - 7 * DAY_S, opened)
    labels = np.array(list(facts.assumed["information"]["labels"].values()), dtype=np.float64)

    def always(value: int) -> Integers:
        return np.full(count, value, dtype=np.int64)

    return Rows(
        request=always(NO_ID),
        year=always(0),
        number=always(NO_ID),
        suffixed=always(0),
        what=information_numbers(facts, draw(rng, labels, count)),
        site=always(len(texts.site) - 1),
        areas=always(len(texts.areas) - 1),
        postal=always(len(texts.postal) - 1),
        opened=opened,
        channel=always(int(pack(0, 0, 0))),
        unit=always(len(texts.unit) - 1),
        point=always(len(texts.point) - 1),
        status=always(len(texts.status) - 1),
        status_at=opened,
    )


def in_order(requests: Rows, information: Rows) -> Rows:
    """Both kinds of rows together, by opening."""
    order = np.argsort(np.concatenate((requests.opened, information.opened)), kind="stable")
    columns = [(getattr(requests, field.name), getattr(information, field.name)) for field in fields(Rows)]
    return Rows(*(np.concatenate(both)[order] for both in columns))


def _ids(facts: Calibration, days: Seconds, opened: Seconds) -> tuple[Integers, Integers]:
    """Year, and number in the year, of requests sorted by opening.

    A file that begins within a year goes on from the number that the city would have reached.
    """
    years = opened.astype("datetime64[s]").astype("datetime64[Y]")
    first = days[0].astype("datetime64[D]")
    before = int(facts.daily_by_month.mean() * (first - first.astype("datetime64[Y]")).astype(np.int64))
    starts = np.searchsorted(years, years)
    number = np.arange(len(opened)) - starts + 1
    number[years == first.astype("datetime64[Y]")] += before
    return years.astype(np.int64) + 1970, number
