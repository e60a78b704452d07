"""What the evaluation counts: since a day, per activity, along the sweep, and parents of every sort."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from geo.dedup.evaluate import SWEEP_BITS, best_threshold, evaluate
from geo.dedup.parameters import load_parameters
from tests.geo.dedup.support import a_layout, a_request, frame_of

PARAMETERS = load_parameters()
NIGHT = "2025-06-03T00:00:00Z"


def labelled(id_: int, opened: str, parent: int | None = None, **more: Any) -> dict[str, Any]:
    """A pothole at the corner that a clerk said repeats `parent`, or nothing."""
    return a_request(id_, opened=opened, duplicate=int(parent is not None), parent_id=parent, **more)


def test_a_parent_before_the_day_counts_as_a_parent_but_not_as_a_row() -> None:
    frame = frame_of(labelled(1, "0h"), labelled(2, "1h", 1), labelled(3, "13h", 2))
    whole, since = evaluate(frame, PARAMETERS), evaluate(frame, PARAMETERS, NIGHT)
    assert (whole["rows"], whole["duplicates"], whole["flagged"], whole["parents"]) == (3, 2, 2, 2)
    assert (since["rows"], since["duplicates"], since["flagged"], since["parents"]) == (1, 1, 1, 1)
    assert since["f1"] == since["parent_at_1"] == since["parent_same_episode"] == 1.0


@pytest.mark.parametrize("since", ["2025-06-03", "2025-06-02T20:00:00-04:00", pd.Timestamp(NIGHT)])
def test_the_day_may_be_given_with_or_without_a_zone(since: Any) -> None:
    frame = frame_of(labelled(1, "0h"), labelled(2, "13h", 1))
    assert evaluate(frame, PARAMETERS, since)["rows"] == 1


def test_each_activity_has_its_own_numbers_and_they_add_up() -> None:
    frame = frame_of(
        labelled(1, "0h"), labelled(2, "1h", 1),
        labelled(3, "0h", activity="graffitis"), labelled(4, "1h", activity="graffitis"),
    )  # fmt: skip
    numbers = evaluate(frame, PARAMETERS)
    potholes, graffiti = (numbers["by_activity"][name] for name in ("nids_de_poule", "graffitis"))
    assert (potholes["f1"], graffiti["duplicates"], graffiti["flagged"]) == (1.0, 0, 1)
    for key in ("rows", "duplicates", "flagged", "parents"):
        assert numbers[key] == potholes[key] + graffiti[key]


def test_what_cannot_be_placed_is_neither_judged_nor_a_parent() -> None:
    frame = frame_of(
        labelled(1, "0h", precision="counter"), labelled(2, "1h", 1), labelled(3, "2h", 1, precision="none")
    )
    numbers = evaluate(frame, PARAMETERS)
    assert (numbers["rows"], numbers["duplicates"], numbers["parents"]) == (1, 1, 0)


def test_a_parent_that_came_later_is_counted_and_ranked_nowhere() -> None:
    numbers = evaluate(frame_of(labelled(1, "0h", 2), labelled(2, "1h")), PARAMETERS)
    assert (numbers["parents"], numbers["parents_later"]) == (1, 1)
    assert (numbers["parent_at_5"], numbers["parent_same_episode"]) == (0.0, 1.0)


def test_a_parent_that_is_not_in_the_file_is_not_counted() -> None:
    numbers = evaluate(frame_of(labelled(1, "0h"), labelled(2, "1h", 77)), PARAMETERS)
    assert (numbers["duplicates"], numbers["parents"]) == (1, 0)


def test_along_the_sweep_fewer_and_fewer_are_flagged() -> None:
    frame = a_layout(4, 300, 60)
    frame = frame.assign(duplicate=np.arange(300) % 3 == 0, parent_id=None).astype({"duplicate": int})
    numbers = evaluate(frame, PARAMETERS, sweep=True)
    curve = numbers["sweep"]
    assert [point["bits"] for point in curve] == SWEEP_BITS.tolist()
    flagged = [point["flagged"] for point in curve]
    assert flagged == sorted(flagged, reverse=True)
    assert flagged[0] > flagged[-1]
    frozen = next(point for point in curve if point["bits"] == 0)
    assert all(frozen[key] == numbers[key] for key in ("flagged", "precision", "recall", "f1"))


def test_the_best_threshold_is_no_lone_peak() -> None:
    # One lucky true one far above, then ten of eleven true at 2 bits.
    score = np.append(np.full(11, 2.0), [9.0, *np.full(40, -3.0)])
    true = np.append(np.ones(10), [0, 1, *np.zeros(40)]).astype(bool)
    assert -3 < best_threshold(score, true) <= 2
    assert best_threshold(np.full(3, -np.inf), np.array([True, False, True])) == 0.0


def test_what_cannot_be_judged_is_counted_by_its_reason() -> None:
    frame = frame_of(
        a_request(1, duplicate=0, parent_id=None),
        a_request(2, duplicate=0, parent_id=None, lat=float("inf")),
        a_request(3, duplicate=0, parent_id=None, precision="counter"),
    )
    found = evaluate(frame, PARAMETERS)
    assert (found["rows"], found["left_out"]) == (1, {"no_point": 1, "counter": 1})
