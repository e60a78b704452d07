import numpy as np
import pandas as pd
import pytest

from domain.errors import InputRefused
from geo.dedup.group import group
from geo.dedup.parameters import load_parameters
from geo.dedup.rank import OpenIndex
from geo.dedup.requests import read_requests
from tests.geo.dedup.support import CORNER, NOON, a_layout, a_request, frame_of

PARAMETERS = load_parameters()


def index_of(frame: pd.DataFrame) -> OpenIndex:
    read = read_requests(frame, PARAMETERS)
    episode = group(read.requests, PARAMETERS).episodes.episode
    return OpenIndex(read, frame, read.requests.id[episode], PARAMETERS)


def test_open_episodes_come_in_the_order_of_their_likeness() -> None:
    frame = frame_of(
        a_request(1, east_m=20), a_request(2, east_m=1, opened="1h"), a_request(3, east_m=2, opened="2h"),
        a_request(4, closed="3h"), a_request(5, east_m=300), a_request(6, activity="graffitis"),
    )  # fmt: skip
    found = index_of(frame).likely_same(CORNER, "nids_de_poule", NOON + pd.Timedelta("4h"))
    assert [one.episode for one in found][-1] == 1
    assert found[0].request in (2, 3)
    assert found[0].joins
    assert found[0].reasons[0].code == "prior"
    assert all(one.episode not in (5, 6) for one in found)


def test_it_says_what_the_build_then_does() -> None:
    frame = a_layout(11, 300, 60)
    frame = frame[frame["precision"] != "counter"].sort_values(["opened_at", "id"])
    whole = read_requests(frame, PARAMETERS).requests
    episode = pd.Series(whole.id[group(whole, PARAMETERS).episodes.episode], index=whole.id)
    agreed = 0
    for position in range(50, len(frame), 10):
        before, report = frame.iloc[:position], frame.iloc[position]
        found = index_of(before).likely_same(
            (report.lat, report.lon), report.activity, report.opened_at, precision=report.precision
        )
        best = found[0] if found else None
        joins = best is not None and best.joins
        agreed += joins == (episode[report.id] != report.id)
    assert agreed / len(range(50, len(frame), 10)) > 0.9


def test_nothing_near_nothing_known_and_nowhere() -> None:
    index = index_of(frame_of(a_request(1)))
    assert index.likely_same((46.0, -73.0), "nids_de_poule", NOON) == []
    assert index.likely_same(CORNER, "graffitis", NOON) == []
    for point in ((np.nan, 0.0), (95.0, 0.0)):
        with pytest.raises(InputRefused, match="no point on the globe"):
            index.likely_same(point, "nids_de_poule", NOON)
    with pytest.raises(InputRefused, match="cannot be compared"):
        index.likely_same(CORNER, "nids_de_poule", NOON, precision="counter")
