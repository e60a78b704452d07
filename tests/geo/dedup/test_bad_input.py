import numpy as np
import pandas as pd
import pytest

from domain.errors import InputRefused
from geo.dedup.evaluate import evaluate
from geo.dedup.group import group
from geo.dedup.parameters import load_parameters
from geo.dedup.requests import NEVER, read_requests
from tests.geo.dedup.support import a_request, frame_of

PARAMETERS = load_parameters()


def test_missing_and_impossible_points_stay_alone_and_are_counted() -> None:
    frame = frame_of(
        a_request(1, lat=np.nan), a_request(2, lat=np.inf), a_request(3, lon=-np.inf), a_request(4, lat=91.0),
        a_request(5, precision="counter"), a_request(6),
    )  # fmt: skip
    read = read_requests(frame, PARAMETERS)
    assert read.ungrouped == {"no_point": 3, "off_globe": 1, "counter": 1}
    assert len(read.requests) == 6
    assert len(np.unique(group(read.requests, PARAMETERS).problem)) == 6


def test_an_unknown_activity_is_grouped_as_everything_else() -> None:
    read = read_requests(frame_of(a_request(1, activity="???"), a_request(2, activity=None)), PARAMETERS)
    names = {PARAMETERS.profiles[index].activity for index in read.requests.profile}
    assert names <= {"autre", "other"}
    assert len(set(read.requests.kind.tolist())) == 2


def test_a_closing_before_the_opening_counts_as_closed_at_once_and_is_counted() -> None:
    read = read_requests(frame_of(a_request(1, opened="2h", closed="1h")), PARAMETERS)
    assert read.ungrouped == {"closed_before_opened": 1}
    assert read.requests.closed_s[0] == read.requests.opened_s[0]


def test_a_request_of_the_future_is_grouped_and_counted() -> None:
    frame = frame_of(a_request(1), a_request(2, opened="90000h"))
    now_s = int(frame["opened_at"].iloc[0].timestamp()) + 1
    assert read_requests(frame, PARAMETERS, now_s).ungrouped == {"in_future": 1}


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        (frame_of(a_request(1), a_request(1)), "Request 1 is there 2 times"),
        (frame_of(a_request(1), a_request(None)), "Row 2 has no id"),
        (frame_of(a_request(1)).drop(columns="lat"), "no column lat"),
        (frame_of(a_request(1)).assign(lat="north"), "Column lat"),
        (frame_of(a_request(1)).assign(opened_at="yesterday"), "Column opened_at"),
        (frame_of(a_request(7)).assign(opened_at=None), "Request 7 has no opened_at"),
    ],
)
def test_what_cannot_be_read_is_refused_in_one_sentence(frame: pd.DataFrame, message: str) -> None:
    with pytest.raises(InputRefused, match=message):
        read_requests(frame, PARAMETERS)


def test_no_request_and_one_request() -> None:
    none = frame_of(a_request(1)).head(0)
    assert len(group(read_requests(none, PARAMETERS).requests, PARAMETERS).problem) == 0
    one = read_requests(frame_of(a_request(1)), PARAMETERS).requests
    assert one.closed_s[0] == NEVER
    assert group(one, PARAMETERS).frame(one, PARAMETERS)["problem"].tolist() == [1]
    numbers = evaluate(none.assign(duplicate=0, parent_id=None), PARAMETERS)
    assert (numbers["rows"], numbers["f1"], numbers["average_precision"]) == (0, 0.0, 0.0)


def test_labels_that_are_not_0_or_1_are_refused() -> None:
    with pytest.raises(InputRefused, match="duplicate"):
        evaluate(frame_of(a_request(1)), PARAMETERS)
    with pytest.raises(InputRefused, match="not 0 or 1"):
        evaluate(frame_of(a_request(1, duplicate=2)), PARAMETERS)
