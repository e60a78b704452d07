import re
from typing import Any

import numpy as np
import pandas as pd
import pytest

from domain.errors import InputRefused
from geo.dedup import levels, reasons
from geo.dedup.group import group
from geo.dedup.parameters import EVIDENCE, FIELDS, load_parameters
from geo.dedup.requests import read_requests
from geo.dedup.scores import ANY_SCORE, find_links
from tests.geo.dedup.support import a_layout, a_request, frame_of

PARAMETERS = load_parameters()


def explained(frame: pd.DataFrame) -> Any:
    requests = read_requests(frame, PARAMETERS).requests
    links = find_links(requests, PARAMETERS, ANY_SCORE)
    return links, reasons.explain(requests, links.later, links.earlier, links.crowd, PARAMETERS)


def test_the_bits_of_the_reasons_add_up_to_the_score() -> None:
    links, found = explained(a_layout(3, 200, 60))
    assert len(links) > 20
    sums = [sum(reason.bits for reason in one) for one in found]
    assert np.allclose(sums, links.score_bits, atol=0.01)


def test_a_pair_says_in_both_languages_why() -> None:
    frame = frame_of(
        a_request(1, street="12 rue Ontario"), a_request(2, east_m=9, opened="3h", street="14 rue Ontario")
    )
    _, (found,) = explained(frame)
    french = {reasons.text_of(reason, "fr") for reason in found}
    english = {reasons.text_of(reason, "en") for reason in found}
    assert {"à 9 m", "3 h plus tard", "la première était encore ouverte", "même rue"} <= french
    assert {"9 m away", "3 h later", "the earlier one was still open", "same street"} <= english


def test_points_of_one_segment_are_said_to_be_on_one_segment() -> None:
    _, (found,) = explained(frame_of(a_request(1, precision="segment"), a_request(2, precision="segment")))
    assert "sur le même tronçon de rue" in {reasons.text_of(reason, "fr") for reason in found}


def test_every_level_of_every_field_has_words_in_both_languages() -> None:
    for field in FIELDS:
        for level in range(levels.COUNT[field]):
            if level == levels.UNKNOWN.get(field):
                continue
            for evidence in range(len(EVIDENCE)):
                code = reasons._code(field, level, evidence)
                texts = {
                    lang: reasons.text_of(reasons.Reason(code, 1.0, 5000), lang) for lang in reasons.LANGUAGES
                }
                assert all(texts.values())
                assert not re.search(r"[{}]", "".join(texts.values()))


def test_reasons_survive_being_packed() -> None:
    _, found = explained(a_layout(3, 100, 60))
    assert all(reasons.unpack(reasons.pack(one)) == one for one in found)
    with pytest.raises(InputRefused, match="not a list of reasons"):
        reasons.unpack("nonsense")
    with pytest.raises(InputRefused, match="no words"):
        reasons.text_of(reasons.Reason("distance", 1.0), "de")


@pytest.mark.parametrize("ids", [int, str])
def test_a_grouping_gives_the_reasons_of_all_rows_at_once(ids: type) -> None:
    frame = a_layout(3, 300, 60)
    frame["id"] = frame["id"].map(ids)
    requests = read_requests(frame, PARAMETERS).requests
    grouping = group(requests, PARAMETERS)
    groups = grouping.frame(requests, PARAMETERS)
    assert list(groups) == ["id", "problem", "episode", "parent", "score_bits", "reasons"]
    parent, crowd = grouping.episodes.parent, grouping.episodes.crowd
    joined = np.flatnonzero(parent >= 0)
    assert 0 < len(joined) < len(groups)
    one_by_one = reasons.explain(requests, joined, parent[joined], crowd[joined], PARAMETERS)
    assert [reasons.unpack(text) for text in groups["reasons"].iloc[joined]] == one_by_one
    assert (groups["parent"].iloc[joined].to_numpy() == requests.id[parent[joined]]).all()
    for name in ("parent", "score_bits", "reasons"):
        assert (groups[name].notna().to_numpy() == (parent >= 0)).all()


def test_reasons_are_read_with_the_prior_first_and_then_the_strongest() -> None:
    found = reasons.unpack("staff.0 0.2 0;delay -3.1 60;prior 1.5 0;open.0 2 0")
    assert [reason.code for reason in found] == ["prior", "delay", "open.0", "staff.0"]
