"""Cards, ranking and table as pure functions of small frames."""

import math
import re
from typing import Any

import pandas as pd
import pytest
import shapely

from dashboard.axes import axis
from dashboard.components.kpi import judged, kpi_card
from dashboard.components.matrix import cells_of, matrix_table, places_of
from dashboard.components.ranking import Rank, ordered, rank_of, ranking
from dashboard.kpi_texts import kpi_of
from dashboard.maplayers import sector_map
from dashboard.markup import to_html
from dashboard.matrices import Matrix
from dashboard.state import ViewState
from domain.territory import boroughs
from geo.boroughs import load_sectors

CITY = tuple(borough.code for borough in boroughs())
NAN = math.nan


def text_of(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)).replace("\u00a0", " ").strip()


def a_line(kpi: str = "on_time_pct", **columns: Any) -> dict[str, Any]:
    """80 % of 200, 5 points more than before, which is news; as the year before, which is not."""
    line = {"kpi": kpi, "value": 80.0, "n": 200.0, "low": 73.9, "high": 85.0, "goal": 90.0}
    line |= {"before": 75.0, "before_n": 190.0, "before_change": 5.0, "before_low": 1.2, "before_high": 9.4}
    line |= {"year": 79.0, "year_n": 180.0, "year_change": 1.0, "year_low": -3.0, "year_high": 5.0}
    return line | {"before_noise": False, "year_noise": True} | columns


def card(line: dict[str, Any], **state: Any) -> str:
    return to_html(kpi_card(line, ViewState(**({"lang": "en"} | state)), "Nov 21"))


def test_a_card_says_value_n_goal_changes_and_what_they_are_worth() -> None:
    said = text_of(card(a_line()))
    for part in (
        "80.0%",
        "of 200 requests",
        "Goal 90% (to confirm)",
        "+5.0 pts better",
        "+1.0 pts within noise",
    ):
        assert part in said
    said = text_of(card(a_line("median_days_to_close", goal=NAN), lang="fr"))
    for part in ("80,0 j", "sur 200 requêtes", "+5,0 j moins bien", "dans le bruit"):
        assert part in said
    assert "Objectif" not in said


@pytest.mark.parametrize(
    ("kpi", "change", "noise", "look"),
    [
        ("on_time_pct", 3.0, False, "is-better"),
        ("on_time_pct", -3.0, False, "is-worse"),
        ("backlog", -3.0, False, "is-better"),
        ("received", 3.0, False, "is-news"),
        ("on_time_pct", 3.0, True, "is-noise"),
        ("reports_per_problem", 3.0, None, "is-noise"),
    ],
)
def test_a_change_is_judged_by_its_noise_and_its_direction(
    kpi: str, change: float, noise: bool | None, look: str
) -> None:
    assert judged(kpi_of(kpi), change, noise, "fr")[0] == look


def test_a_card_without_data_says_so_and_links_nowhere() -> None:
    html = card({"kpi": "on_time_pct", "value": NAN, "n": 0.0, "goal": NAN})
    assert text_of(html).count("no data") == 3  # itself, before, a year earlier
    assert "vg-kpi-value" not in html


def test_a_card_that_rests_on_little_says_so() -> None:
    assert "n &lt; 5" in text_of(card(a_line(n=4.0)))


def test_the_chosen_card_is_marked() -> None:
    assert "is-chosen" in card(a_line(), kpi="on_time_pct")
    assert "is-chosen" not in card(a_line(), kpi="backlog")


def ranks(*values: tuple[str, float | None]) -> list[Rank]:
    return [Rank(code, value) for code, value in values]


@pytest.mark.parametrize(
    ("kpi", "order"),
    [
        ("on_time_pct", ["VM", "VD", "RO"]),  # up is good: the highest first
        ("median_days_to_close", ["RO", "VD", "VM"]),  # down is good: the lowest first
        ("backlog", ["VM", "VD", "RO"]),  # a count: the most first
    ],
)
def test_rates_are_ranked_best_first_and_counts_most_first(kpi: str, order: list[str]) -> None:
    given = ranks(("RO", 1.0), ("VM", 3.0), ("VD", 2.0))
    assert [r.code for r in ordered(given, kpi_of(kpi), CITY, "fr", "borough")] == order


def test_what_is_not_known_or_rests_on_few_comes_after_and_other_parts_last() -> None:
    given = [
        *ranks(("ville_liee", 9.0), ("AC", None), ("VM", 1.0), ("unlocated", None)),
        Rank("VD", 9.0, few=True),
    ]
    found = ordered(given, kpi_of("on_time_pct"), CITY, "fr", "borough")
    assert [r.code for r in found] == ["VM", "AC", "VD", "ville_liee"]


def test_with_few_requests_now_or_before_nothing_is_compared() -> None:
    for few in (a_line(n=4.0), a_line(before_n=3.0)):
        rank = rank_of("VD", few, kpi_of("on_time_pct"))
        assert (rank.before, rank.change, rank.noise) == (None, None, None)
    assert rank_of("VD", a_line(), kpi_of("on_time_pct")).change == 5.0


def test_a_row_has_its_dot_its_interval_the_period_before_and_the_city_s_line() -> None:
    given = [Rank("VD", 80.0, 70.0, 90.0, before=75.0, change=5.0, noise=False), Rank("VM", 60.0, 58.0, 62.0)]
    state = ViewState(kpi="on_time_pct", lang="en")
    html = to_html(ranking(given, Rank("", 70.0, 69.0, 71.0), state))
    row = re.search(r'<tr class="is-pilot" data-code="VD".*?</tr>', html)
    assert row is not None
    scale = axis([80.0, 60.0, 75.0, 70.0, 58.0, 90.0], from_zero=False)
    for part in ("vg-whisker", "vg-dot is-before", "vg-rank-whole"):
        assert part in row[0]
    assert f'class="vg-dot" style="left:{scale.place(80):.2%}"' in row[0]
    assert "+5.0 pts (better)" in text_of(row[0])
    assert text_of(html).endswith("Whole city 70.0% –")


def test_a_count_has_no_interval_nor_line_of_the_whole() -> None:
    html = to_html(ranking(ranks(("VD", 8.0), ("VM", 6.0)), Rank("", 14.0), ViewState()))
    assert "vg-whisker" not in html
    assert "vg-rank-whole" not in html


def a_matrix(kpi: str = "backlog") -> Matrix:
    cells = [
        ("VD", "graffitis", 3.0),
        ("VD", "autre", 4.0),
        ("VM", "graffitis", 5.0),
        ("unlocated", "autre", 1.0),
    ]
    frame = pd.DataFrame([(*cell, 10.0) for cell in cells], columns=["place", "activity", "value", "n"])
    by_place = frame.groupby("place", as_index=False)[["value", "n"]].sum()
    by_activity = frame.groupby("activity", as_index=False)[["value", "n"]].sum()
    total = frame[["value", "n"]].sum().to_frame().T
    return Matrix(kpi_of(kpi), "borough", ("graffitis", "autre"), frame, by_place, by_activity, total)


def test_the_table_has_its_margins_its_shades_and_zeros_that_open_nothing() -> None:
    html = to_html(matrix_table(a_matrix(), ViewState(lang="en"), None, int))
    rows = [text_of(row) for row in re.findall(r"<tr.*?</tr>", html)]
    assert rows[1:] == ["Verdun 3 4 7", "Ville-Marie 5 0 5", "Borough unknown 0 1 1", "Total 8 5 13"]
    assert re.findall(r'vg-shade-(\d)" data-value="(\d)"', html) == [
        ("3", "3"),
        ("4", "4"),
        ("5", "5"),
        ("1", "1"),
    ]
    assert html.count("<a ") == 4 + 3 + 2 + 1


def test_places_of_the_table_are_in_the_ranking_s_order() -> None:
    assert [code for code, _ in places_of(a_matrix(), "fr")] == ["VD", "VM", "unlocated"]
    assert [code for code, _ in places_of(a_matrix("median_days_to_close"), "fr")] == [
        "VM",
        "VD",
        "unlocated",
    ]
    assert cells_of(a_matrix())["VM", "graffitis"] == (5.0, 10.0)


@pytest.mark.parametrize("borough", ["VD", "RP", "OM", "IS"])
def test_a_borough_s_drawing_holds_all_its_sectors_and_some_neighbours(borough: str) -> None:
    names = {sector.code: sector.name_fr for sector in load_sectors() if sector.borough == borough}
    ground = sector_map.sector_ground(borough, names)
    width, height = sector_map.size()
    assert set(ground.sectors.paths) == set(names)
    assert (ground.sectors.width, ground.sectors.height) == (width, height)
    for shape in ground.drawing.shapes.values():
        west, north, east, south = shapely.bounds(shape)
        assert 0 < west < east < width
        assert 0 < north < south < height
    assert borough not in ground.around
    assert ground.around or borough == "IS"  # an island among the river
    assert {label.code for label in ground.sectors.labels} == set(names)
