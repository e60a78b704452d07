"""Parameters that come out of labels, truth and decisions."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from domain.errors import InputRefused
from geo.dedup.candidates import all_pairs
from geo.dedup.evaluate import evaluate
from geo.dedup.habits import from_marks
from geo.dedup.labelled import read_labelled
from geo.dedup.learn import FEWEST_DECISIONS, from_decisions, from_labelled, from_truth
from geo.dedup.levels import COUNT
from geo.dedup.parameters import ADDRESS, EXACT, SEGMENT, Parameters, load_parameters, to_dict
from geo.dedup.requests import Requests, read_requests
from geo.dedup.scores import score_pairs
from scripts.estimate_dedup import marked
from tests.geo.dedup.support import a_request, frame_of
from tests.support.made import made_requests
from tests.support.shared import shared_data

PARAMETERS = load_parameters()
ROWS = 60_000
SHOWN_BITS = -6.0


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where made requests are kept while these tests run."""
    return tmp_path_factory.mktemp("made")


def profiles(parameters: Parameters, evidence: int) -> Any:
    return [profile for profile in parameters.profiles if profile.evidence == evidence]


def quality(frame: pd.DataFrame, truth: pd.DataFrame, parameters: Parameters) -> float:
    labels = truth.set_index("id")[["duplicate", "parent_id", "episode_id"]]
    return float(evaluate(frame.join(labels, on="id"), parameters)["episode_pairwise_f1"])


def decided(
    requests: Requests, truth: pd.DataFrame, parameters: Parameters, wrong: float = 0.05, seed: int = 1
) -> pd.DataFrame:
    """What people say of pairs that they are shown: the truth, but for some slips."""
    pairs = all_pairs(requests, parameters)
    shown = np.flatnonzero(score_pairs(requests, pairs, parameters).margin_bits >= SHOWN_BITS)
    rng = np.random.default_rng(seed)
    shown = rng.permutation(shown)[:3000]
    ends = pairs.later[shown], pairs.earlier[shown]
    episode = truth.set_index("id")["episode_id"].reindex(requests.id).to_numpy()
    same = (episode[ends[0]] == episode[ends[1]]) ^ (rng.random(len(shown)) < wrong)
    # People name a pair in either order.
    turned = rng.random(len(shown)) < 0.5
    a, b = np.where(turned, ends[1], ends[0]), np.where(turned, ends[0], ends[1])
    return pd.DataFrame({"id_a": requests.id[a], "id_b": requests.id[b], "same": same.astype(int)})


@pytest.mark.parametrize(("exact", "evidence"), [(True, EXACT), (False, SEGMENT)])
def test_decisions_with_slips_give_about_what_the_truth_gives(
    folder: Path, exact: bool, evidence: int
) -> None:
    frame, truth = made_requests(folder, ROWS, exact=exact, seed=21)
    told = decided(read_requests(frame, PARAMETERS).requests, truth, PARAMETERS)
    learned, notes = from_decisions(PARAMETERS, frame, told)
    by_truth = from_truth(PARAMETERS, frame, truth.set_index("id")["episode_id"], evidence, "made")
    other, other_truth = made_requests(folder, ROWS, exact=exact, seed=22)
    assert quality(other, other_truth, learned) >= quality(other, other_truth, by_truth) - 0.02
    assert any("re-estimated from 3000 decisions" in note for note in notes)
    assert profiles(learned, ADDRESS) == profiles(PARAMETERS, ADDRESS)


def test_decisions_mend_parameters_that_join_too_little(folder: Path) -> None:
    frame, truth = made_requests(folder, ROWS, exact=True, seed=21)
    shy = PARAMETERS.shifted(3.0)
    told = decided(read_requests(frame, PARAMETERS).requests, truth, PARAMETERS)
    learned, _ = from_decisions(shy, frame, told)
    before, after = quality(frame, truth, shy), quality(frame, truth, learned)
    assert after > before
    assert after >= quality(frame, truth, PARAMETERS) - 0.02


def test_decisions_that_only_correct_the_algorithm_change_nothing(folder: Path) -> None:
    frame, truth = made_requests(folder, ROWS, exact=True, seed=21)
    requests = read_requests(frame, PARAMETERS).requests
    told = decided(requests, truth, PARAMETERS, wrong=1.0)
    learned, notes = from_decisions(PARAMETERS, frame, told)
    assert learned.profiles == PARAMETERS.profiles
    assert any("no fair sample" in note for note in notes)


def test_a_few_decisions_change_nothing_and_say_so() -> None:
    frame = frame_of(a_request(1), a_request(2, opened="1h"), a_request(3, east_m=900))
    told = pd.DataFrame([(1, 2, 1), (1, 3, 0), (1, 77, 0)], columns=["id_a", "id_b", "same"])
    learned, notes = from_decisions(PARAMETERS, frame, told)
    assert learned.profiles == PARAMETERS.profiles
    assert notes[0].startswith("2 decisions are about requests that are not there or are never compared")
    assert f"exact: fewer than {FEWEST_DECISIONS} decisions of each answer; kept as it is" in notes
    learned, _ = from_decisions(PARAMETERS, frame.head(0), told.head(0))
    assert learned.profiles == PARAMETERS.profiles
    with pytest.raises(InputRefused, match="no column same"):
        from_decisions(PARAMETERS, frame, told.drop(columns="same"))


def test_the_address_profiles_of_the_file_are_those_that_the_labels_give() -> None:
    path, cities = (
        shared_data("boston", "boston_2011_q3.csv"),
        shared_data("scale", "real_311_mixed_cities.csv.gz"),
    )
    if path is None or cities is None:
        pytest.skip("the shared data are not here")
    frame = read_labelled(path)
    frame = frame[frame["opened_at"] < pd.Timestamp("2011-09-01", tz="UTC")]
    learned = from_labelled(PARAMETERS, frame, "boston_2011_q3, opened before 2011-09-01")
    for source in ("chicago_potholes_201812", "chicago_sanitation_2000_2015"):
        learned = from_marks(learned, marked(cities, source), f"{source}, its first half")
    again = to_dict(learned, COUNT)
    kept = to_dict(PARAMETERS, COUNT)
    assert again["weights"]["address"] == kept["weights"]["address"]
    assert again["profiles"] == kept["profiles"]


def test_where_no_parents_are_named_the_weights_are_kept_and_the_threshold_follows_the_labels() -> None:
    spots = [(east, north) for east in range(0, 8000, 400) for north in (0, 400)]
    frame = frame_of(
        *(
            a_request(
                10 * number + again, east, north, f"{number + 5 * again}h", activity="Pothole in Street",
                duplicate=again, parent_id=None,
            )
            for number, (east, north) in enumerate(spots)
            for again in (0, 1)
        )
    ).drop(columns="precision")  # fmt: skip
    shy = PARAMETERS.shifted(20.0)
    assert evaluate(frame, shy)["flagged"] == 0
    learned = from_labelled(shy, frame, "another city")
    assert np.array_equal(learned.weights, PARAMETERS.weights)
    assert profiles(learned, ADDRESS)[0].source.endswith("; threshold chosen on another city")
    assert evaluate(frame, learned)["f1"] == 1.0
    assert profiles(learned, EXACT) == profiles(shy, EXACT)


def test_a_type_that_a_city_marks_often_gets_a_higher_prior_and_the_others_keep_theirs() -> None:
    spots = [(east, north) for east in range(0, 24_000, 400) for north in (0, 400)]
    frame = frame_of(
        *(
            a_request(
                10 * number + again, east, north, f"{number + 5 * again}h", activity="Road Repair",
                duplicate=again, parent_id=None,
            )
            for number, (east, north) in enumerate(spots)
            for again in (0, 1)
        )
    ).drop(columns="precision")  # fmt: skip
    learned = from_marks(PARAMETERS, frame, "another city")
    moved = [
        (now.activity, now.prior_bits - before.prior_bits)
        for now, before in zip(learned.profiles, PARAMETERS.profiles, strict=True)
        if now != before
    ]
    [(activity, by)] = moved
    assert (activity, by > 0) == ("roads", True)
    assert evaluate(frame, learned)["recall"] >= evaluate(frame, PARAMETERS)["recall"]


def test_a_subject_that_no_labelled_file_has_begins_where_the_well_known_ones_do() -> None:
    of = {p.activity: p for p in profiles(PARAMETERS, ADDRESS)}
    assert of["outages"].source.startswith("not in the labelled file")
    assert of["lighting"].prior_bits > of["outages"].prior_bits > of["inspections"].prior_bits


def test_the_subject_of_a_type_is_told_by_the_beginnings_of_its_words() -> None:
    subject = PARAMETERS.subject
    assert subject("Street Cleaning Requests") == "cleaning"
    assert subject("Street Lights Street Light Outages") == "lighting"
    assert subject("Trees Tree Maintenance Requests") == "trees"
    assert subject("Trees Tree Emergencies") == "urgent"
    assert subject("Highway Maintenance Pothole Repair (Internal)") == "internal"
    assert subject("Branche tombée, urgence") == "urgent"
    assert subject("Traffic Signal Out Complaint") == "outages"
    assert subject("Sanitation Code Violation") == "violations"
    assert subject("Sanitation Schedule a Bulk Item Pickup") == "collections"
    assert subject("Something else") == "other"
