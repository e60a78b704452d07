"""Cases that a person would decide at once, in words; potholes around one corner, metres and hours from noon."""

import time
from typing import Any

import numpy as np
import pandas as pd
import pytest

from geo.dedup.group import group
from geo.dedup.levels import SAME_ADDRESS
from geo.dedup.parameters import load_parameters
from geo.dedup.recurrence import recurrence
from geo.dedup.requests import read_requests
from geo.dedup.scores import ANY_SCORE, find_links
from tests.geo.dedup.support import a_request, frame_of
from tests.support.made import one_corner

PARAMETERS = load_parameters()


def grouped(*requests: dict[str, Any]) -> pd.DataFrame:
    read = read_requests(frame_of(*requests), PARAMETERS).requests
    return group(read, PARAMETERS).frame(read, PARAMETERS).set_index("id")


def best_score(*requests: dict[str, Any]) -> float:
    """Score of the last request with its best earlier one."""
    read = read_requests(frame_of(*requests), PARAMETERS).requests
    links = find_links(read, PARAMETERS, ANY_SCORE)
    return float(links.score_bits[links.later == len(read) - 1].max())


def test_an_intersection_named_in_the_other_order_is_the_same_intersection() -> None:
    one = a_request(1, street="Ontario & De Lorimier")
    reasons = [
        str(grouped(one, a_request(2, east_m=9, opened="1h", street=street))["reasons"].iloc[1])
        for street in ("De Lorimier & Ontario", "INTERSECTION de lorimier & ontario", "Ontario & Bercy")
    ]
    assert [f"street.{SAME_ADDRESS} " in text for text in reasons] == [True, True, False]


def test_a_house_of_the_same_street_is_nearer_than_one_of_another_street() -> None:
    first = a_request(1, street="12 rue Ontario")
    same = best_score(first, a_request(2, east_m=9, opened="1h", street="16 rue Ontario"))
    other = best_score(first, a_request(2, east_m=9, opened="1h", street="16 rue de Bercy"))
    assert same > other


@pytest.mark.parametrize("precision", ["exact", "segment"])
def test_on_a_busy_corner_the_same_likeness_is_worth_less(precision: str) -> None:
    first = a_request(1, precision=precision)
    last = a_request(99, opened="30h", precision=precision)
    others = [a_request(10 + i, opened=f"{i - 30}h", precision=precision) for i in range(12)]
    assert best_score(*others, first, last) < best_score(first, last) - 1


def test_points_of_one_segment_need_more_than_the_same_point_of_exact_ones() -> None:
    exact, segment = (
        best_score(a_request(1, precision=precision), a_request(2, opened="1h", precision=precision))
        for precision in ("exact", "segment")
    )
    assert segment < exact


def test_a_report_of_a_segment_is_judged_by_the_segment_even_beside_an_exact_one() -> None:
    both = best_score(a_request(1), a_request(2, opened="30h", precision="segment"))
    segment = best_score(a_request(1, precision="segment"), a_request(2, opened="30h", precision="segment"))
    assert both == segment


def test_what_stands_at_the_counter_never_joins_what_really_is_there() -> None:
    groups = grouped(a_request(1, precision="counter"), a_request(2, opened="1h"), a_request(3, opened="2h"))
    assert groups["problem"].tolist() == [1, 2, 2]


def test_a_report_the_next_day_after_the_closing_is_a_new_episode() -> None:
    groups = grouped(a_request(1, closed="5h"), a_request(2, opened="29h"))
    assert groups["episode"].tolist() == [1, 2]
    assert groups["problem"].tolist() == [1, 1]


def test_thirty_metres_apart_and_most_of_a_day_later_is_another_pothole() -> None:
    assert grouped(a_request(1), a_request(2, east_m=29, opened="20h"))["problem"].tolist() == [1, 2]


def test_requesters_add_up_over_episodes_and_come_back_in_the_recurrence() -> None:
    requests = (
        a_request(1, closed="50h", requesters=3), a_request(2, opened="1h", closed="50h", requesters=2),
        a_request(3, opened="900h", requesters=4),
    )  # fmt: skip
    groups = grouped(*requests)
    place = frame_of(*requests).join(groups, on="id").assign(status=None)
    found = recurrence(place, pd.Timestamp("2025-08-01T12:00Z"))
    assert groups["episode"].tolist() == [1, 1, 3]
    assert (found.requests, found.episodes, found.requesters) == (3, 2, 9)


def test_reports_of_the_future_and_out_of_order_are_grouped_like_any_other() -> None:
    groups = grouped(
        a_request(3, opened="900001h"), a_request(1, opened="900000h"), a_request(2, closed="-5h")
    )
    assert groups["episode"].to_dict() == {1: 1, 2: 2, 3: 1}


def test_infinite_points_stay_alone_among_real_ones() -> None:
    groups = grouped(
        a_request(1), a_request(2, opened="1h", lat=np.inf), a_request(3, opened="2h", lon=-np.inf),
        a_request(4, opened="1h"),
    )  # fmt: skip
    assert groups["problem"].to_dict() == {1: 1, 2: 2, 3: 3, 4: 1}


def test_a_hundred_thousand_reports_at_one_point_are_one_problem_in_bounded_time() -> None:
    requests = read_requests(one_corner(100_000), PARAMETERS).requests
    started = time.process_time()
    found = group(requests, PARAMETERS)
    assert time.process_time() - started < 60
    assert len(np.unique(found.problem)) == 1
    episodes = np.unique(found.episodes.episode)
    assert 1 <= len(episodes) < len(requests)
