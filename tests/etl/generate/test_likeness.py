"""The made-up city next to the counts of the real one."""

import json
from datetime import date

import numpy as np
import pytest
from numpy.typing import NDArray

from domain.activities import classify
from domain.territory import boroughs
from etl.generate.calibration import CLOSED, ActivityProfile, calibration
from etl.generate.channels import pack
from etl.generate.city import City
from etl.generate.clock import DAY_S, months_of, weekday
from etl.generate.outcomes import STATUSES
from tests.support.shared import shared_data

FACTS = calibration()
CODES = [profile.code for profile in FACTS.activities]
Floats = NDArray[np.float64]


def shares_of(values: NDArray[np.int64], count: int) -> Floats:
    counts = np.bincount(values, minlength=count)
    found: Floats = counts / counts.sum()
    return found


def distance(found: Floats, expected: Floats) -> float:
    """Share of the requests that would have to move (total variation)."""
    return float(np.abs(found - expected).sum() / 2)


def tolerance(bins: int, requests: int) -> float:
    """What chance alone moves, 0.4 √(bins / requests) on average, with room; and 2 % for further reports."""
    return 0.02 + 0.8 * float(np.sqrt(bins / requests))


def of(city: City, profile: ActivityProfile) -> NDArray[np.int64]:
    return np.flatnonzero(np.array(city.truth.activity) == profile.code)


def test_there_are_as_many_requests_a_day_as_in_the_city(city: City) -> None:
    _, month = months_of(city.days)
    assert len(city.requests.opened) == pytest.approx(FACTS.daily_by_month[month].sum(), rel=0.01)
    assert 1_000 < FACTS.daily_by_month.mean() < 1_200


def test_activities_come_as_often_as_measured(city: City) -> None:
    _, month = months_of(city.days)
    expected = np.array([profile.daily_by_month[month].sum() for profile in FACTS.activities])
    found = np.array([len(of(city, profile)) for profile in FACTS.activities])
    assert found == pytest.approx(expected, rel=0.06)


@pytest.mark.parametrize("profile", FACTS.activities, ids=CODES)
def test_months_weekdays_and_hours_are_those_measured(city: City, profile: ActivityProfile) -> None:
    opened = city.requests.opened[of(city, profile)]
    count = len(opened)
    _, month_of_day = months_of(city.days)
    per_month = np.bincount(month_of_day, profile.daily_by_month[month_of_day], minlength=12)
    _, month = months_of(opened // DAY_S)
    assert distance(shares_of(month, 12), per_month / per_month.sum()) < tolerance(12, count)
    # A storm falls on whatever weekday it will, and a few of them bring most of a year's branches.
    by_weather = 0.2 if profile.code == "collecte_branches" else 0.03
    found = shares_of(weekday(opened // DAY_S), 7)
    assert distance(found, profile.by_weekday) < tolerance(7, count) + by_weather
    assert distance(shares_of(opened % DAY_S // 3600, 24), profile.by_hour) < tolerance(24, count)


def test_weather_makes_days_of_many_times_the_usual(city: City) -> None:
    for code, least in (("collecte_branches", 6), ("nids_de_poule", 3)):
        opened = city.requests.opened[of(city, FACTS.activities[CODES.index(code)])]
        daily = np.bincount(opened // DAY_S - city.days[0], minlength=len(city.days))
        assert daily.max() > least * daily.mean()


@pytest.mark.parametrize("profile", FACTS.activities, ids=CODES)
def test_last_statuses_are_those_measured(city: City, profile: ActivityProfile) -> None:
    mine = of(city, profile)
    status = city.requests.status[mine]
    closed = shares_of(status[status < len(CLOSED)], len(CLOSED))
    assert distance(closed, profile.closed) < tolerance(len(CLOSED), len(mine))
    assert (status >= len(CLOSED)).mean() < 0.12


def test_nearly_all_requests_are_done_and_most_open_ones_are_in_progress(city: City) -> None:
    found = dict(zip(STATUSES, shares_of(city.requests.status, len(STATUSES)), strict=True))
    assert found["Terminée"] > 0.9
    assert found["Prise en charge"] > 0.75 * (1 - sum(found[name] for name in CLOSED))


@pytest.mark.parametrize("profile", FACTS.activities, ids=CODES)
def test_channels_are_those_measured(city: City, profile: ActivityProfile) -> None:
    channel = city.requests.channel[of(city, profile)] // int(pack(1, 0, 0))
    found = shares_of(channel, 10)
    assert distance(found[:9], profile.channels) < tolerance(9, len(channel))
    assert found[9] == pytest.approx(0.002, abs=0.002)


def test_boroughs_come_as_often_as_measured(city: City) -> None:
    where = (city.requests.areas % (len(FACTS.areas) + 1)) - 1
    for profile in FACTS.activities:
        mine = where[of(city, profile)]
        found = shares_of(mine[mine >= 0], len(FACTS.areas))
        assert distance(found, profile.by_area) < tolerance(len(FACTS.areas), len(mine))


def test_some_boroughs_take_longer(city: City) -> None:
    took = city.truth.closed - city.requests.opened
    done = city.requests.status == 0
    where = city.requests.areas % (len(FACTS.areas) + 1) - 1
    median = {code: np.median(took[done & (where == n)]) for n, code in enumerate(FACTS.areas[:19])}
    assert median["MN"] > 1.5 * median["VM"]
    assert median["CN"] > 1.3 * median["LR"]


def test_quirks_come_as_often_as_measured(city: City) -> None:
    flag_and_who, where = np.divmod(city.requests.areas, len(FACTS.areas) + 1)
    flag, who = np.divmod(flag_and_who, len(FACTS.areas))
    assert (who != where - 1)[where > 0].mean() == pytest.approx(0.0069, abs=0.0007)
    assert 0.005 < (flag == 1).mean() < 0.03
    assert 0.005 < (where == 0).mean() < 0.04
    lights = np.array(city.truth.activity) == "eclairage"
    units = np.array(city.texts.unit.take(city.requests.unit[lights]))
    assert (units == "ROSEMONT - LA PETITE-PATRIE").mean() == pytest.approx(0.67, abs=0.03)
    labels = city.texts.what.to_pylist()
    retired = np.array([",*" in label for label in labels])[city.requests.what]
    assert 0.0005 < retired.mean() < 0.02
    assert "Requete,Signalisation écrite -  Entretien" in labels
    assert 0 < city.requests.suffixed.mean() < 0.001
    assert any(unit.startswith('"') for unit in city.texts.unit.to_pylist())


def test_labels_belong_to_the_activity_that_they_are_counted_under() -> None:
    for profile in FACTS.activities:
        assert {classify(label)[0] for label in profile.labels} == {profile.code}
    for label, retired in FACTS.assumed["retired"].items():
        assert classify(label)[0] == classify(retired)[0]
        assert label in FACTS.labels


def test_the_areas_are_the_boroughs_by_code_then_towns() -> None:
    assert FACTS.areas[:19] == tuple(sorted(borough.code for borough in boroughs()))
    assert {FACTS.answers_for(area) for area in FACTS.areas} == set(FACTS.areas[:19])


def test_the_calibration_still_says_what_was_measured() -> None:
    found = shared_data("montreal", "calibration.json")
    if found is None:
        pytest.skip("no measured counts beside the project")

    measured = json.loads(found.read_text(encoding="utf-8"))
    window = (date(2026, 8, 22) - date(2026, 7, 21)).days + 1
    potholes = sum(measured["activity_by_borough_33_days"]["nids_de_poule"].values()) / window
    profile = FACTS.activities[CODES.index("nids_de_poule")]
    july, august = profile.daily_by_month[6:8]
    assert (11 * july + 22 * august) / window == pytest.approx(potholes)
    hours = measured["activities"]["nids_de_poule"]["by_hour"]
    assert profile.by_hour[9] == pytest.approx(hours["9"] / sum(hours.values()))
    statuses = measured["activities"]["graffitis"]["status"]
    refused = FACTS.activities[CODES.index("graffitis")].closed[1]
    closed = sum(statuses.get(name, 0) for name in CLOSED)
    assert refused == pytest.approx(statuses["Refusée"] / closed)
