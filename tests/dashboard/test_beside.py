"""Two views side by side: what the other one is, how they are named, and what the panel says."""

import math
import re
from datetime import date
from typing import Any
from urllib.parse import urlsplit

import pandas as pd
import pytest

from dashboard.beside import names, other_state, pair
from dashboard.components.beside import Side, beside_panel
from dashboard.components.compare_menu import compare_menu
from dashboard.components.names import sector_name
from dashboard.layouts.beside import draw_beside
from dashboard.paired import Course, Courses
from dashboard.services import Services
from dashboard.state import ViewState
from mart.kpi_model import Figure
from mart.kpis import kpi
from mart.periods import local_date
from mart.questions.page import page

TODAY = date(2025, 3, 20)
MARCH = ViewState(period="custom", start=date(2025, 3, 1), end=date(2025, 3, 10), boroughs=("VD",))


@pytest.mark.parametrize(
    ("versus", "first", "last", "boroughs"),
    [
        ("before", date(2025, 2, 19), date(2025, 2, 28), ("VD",)),
        ("year", date(2024, 3, 1), date(2024, 3, 10), ("VD",)),
        ("RO", date(2025, 3, 1), date(2025, 3, 10), ("RO",)),
        ("2024-12-01..2024-12-31", date(2024, 12, 1), date(2024, 12, 31), ("VD",)),
    ],
)
def test_the_other_view(versus: str, first: date, last: date, boroughs: tuple[str, ...]) -> None:
    other = other_state(MARCH.replace(versus=versus), TODAY)
    assert other is not None
    assert (other.dates(TODAY), other.boroughs, other.versus) == ((first, last), boroughs, "")


def test_a_view_set_beside_nothing_has_no_other() -> None:
    assert other_state(MARCH, TODAY) is None


@pytest.mark.parametrize("versus", ["VD", "2025-03-01..2025-03-10"])
def test_a_view_set_beside_itself_has_no_other(versus: str) -> None:
    assert other_state(MARCH.replace(versus=versus), TODAY) is None
    assert other_state(MARCH.replace(versus="VD", sectors=("161",)), TODAY) is not None


def test_names_say_what_differs() -> None:
    periods = other_state(MARCH.replace(versus="before"), TODAY)
    places = other_state(MARCH.replace(versus="RO"), TODAY)
    assert periods
    assert places
    assert names(MARCH, periods, TODAY)[1] == "19\u00a0févr. – 28\u00a0févr. 2025"
    assert names(MARCH, places, TODAY) == ("Verdun", "Rosemont–La Petite-Patrie")
    assert names(MARCH.replace(boroughs=()), places, TODAY)[0] == "Tous les arrondissements"


@pytest.mark.parametrize(
    ("picked", "name"),
    [
        ({"boroughs": (), "sectors": ("161",)}, sector_name("161", "fr")),
        (
            {"boroughs": (), "h3": ("8a2baa44806ffff",)},
            "Tous les arrondissements, 1 zone choisie sur la carte",
        ),
        ({"area": ((-73.6, 45.5), (-73.5, 45.5), (-73.5, 45.6))}, "Verdun, Zone dessinée"),
    ],
)
def test_a_name_says_every_place_that_the_numbers_are_of(picked: dict[str, Any], name: str) -> None:
    state = MARCH.replace(**picked)
    other = other_state(state.replace(versus="RO"), TODAY)
    assert other
    assert names(state, other, TODAY) == (name, "Rosemont–La Petite-Patrie")


def a_line(**given: Any) -> dict[str, Any]:
    plain = {"kpi": "received", "value": 120.0, "n": 120.0, "low": float("nan"), "high": float("nan")}
    there = {"other": 100.0, "other_n": 100.0, "other_change": 20.0, "other_low": -9.0, "other_high": 49.0}
    return plain | there | {"other_noise": True} | given


COURSES = Courses(
    kpi("received"),
    Course("<Verdun>", [3.0, None], ["1 mars", "2 mars"], ["/liste?from=1", "/liste?from=2"]),
    Course("Rosemont", [5.0], ["1 mars"], ["/liste?from=1&borough=RO"]),
)


def test_the_chart_has_a_table_of_its_steps_each_a_link_to_its_list() -> None:
    panel = beside_panel(pd.DataFrame([a_line()]), COURSES, Side("Verdun", MARCH), Side("Rosemont", MARCH))
    table = re.findall(r"<tr>(.*?)</tr>", panel[panel.index("vg-course-table") :].partition("</table>")[0])
    rows = [re.findall(r"<td[^>]*>(.*?)</td>", row) for row in table[1:]]
    assert "&lt;Verdun&gt;\u00a0: premier jour" in table[0]
    assert [len(row) for row in rows] == [4, 4]
    assert rows[0][1] == '<a href="/liste?from=1" data-nav>3</a>'
    assert rows[0][3] == '<a href="/liste?from=1&amp;borough=RO" data-nav>5</a>'
    assert "pas de données" in rows[1][1].replace("\u00a0", " ")
    assert rows[1][2:] == ["", ""]


def test_the_panel_says_both_numbers_and_whether_the_difference_is_noise() -> None:
    lines = pd.DataFrame([a_line(), a_line(kpi="on_time_pct", value=80.0, n=3.0, other=float("nan"))])
    sides = Side("<Verdun>", MARCH), Side("Rosemont", MARCH.replace(boroughs=("RO",)))
    panel = beside_panel(lines, COURSES, *sides)
    assert "&lt;Verdun&gt;, comparé à Rosemont" in panel
    assert ">120<" in panel
    assert ">100<" in panel
    assert "dans le bruit" in panel
    assert "n\u00a0&lt;\u00a05" in panel
    assert "pas de données" in panel


def test_every_number_of_the_other_opens_the_other_s_list(services: Services) -> None:
    drawn = draw_beside(services, ViewState(period="90d", boroughs=("VD",), versus="VM"))["beside"]
    assert "borough=VM" in drawn


def lists_of(html: str) -> list[ViewState]:
    hrefs = [urlsplit(href.replace("&amp;", "&")) for href in re.findall(r'href="(/liste[^"]*)"', html)]
    return [ViewState.from_url(href.path, href.query)[0] for href in hrefs]


@pytest.mark.parametrize("versus", ["before", "year", "2024-12-01..2024-12-31"])
def test_lists_of_an_earlier_period_are_as_of_the_moment_that_its_numbers_are_of(
    services: Services, versus: str
) -> None:
    state = ViewState(period="30d", versus=versus)
    found = pair(services, state)
    assert found
    lists = lists_of(draw_beside(services, state)["beside"])
    assert {one.at for one in lists if one.period == "30d"} == {None}
    earlier = [
        one for one in lists if one.period == "custom" and one.start and one.start < found.filters.start
    ]
    assert earlier
    assert {one.at for one in earlier} == {found.other.as_of.replace(microsecond=0)}
    with services.reader.lease() as mart:
        for line in found.lines.to_dict("records"):
            if kpi(line["kpi"]).figure is not Figure.COUNT or math.isnan(line["other"]):
                continue
            (one,) = {one for one in earlier if one.kpi == line["kpi"] and one.start == found.other.filters.start
                      and one.end == found.other.filters.end}  # fmt: skip
            assert one.at
            rows = page(mart, one.filters(local_date(one.at)), one.at, population=one.kpi)
            assert rows.total == line["other"], line["kpi"]


def test_lists_of_another_borough_are_as_of_now(services: Services) -> None:
    assert {one.at for one in lists_of(draw_beside(services, ViewState(versus="VD"))["beside"])} == {None}


def test_nothing_is_painted_without_a_comparison(services: Services) -> None:
    assert draw_beside(services, ViewState()) == {"beside": ""}
    assert pair(services, ViewState()) is None


def test_a_period_outside_the_data_is_said(services: Services) -> None:
    drawn = draw_beside(services, ViewState(versus="2001-01-01..2001-01-31"))["beside"]
    assert "hors des données" in drawn


def test_the_menu_offers_every_other_borough_and_takes_a_choice_back() -> None:
    menu = compare_menu(MARCH.replace(screen="carte", versus="before"), TODAY)
    assert "Verdun" not in menu
    assert menu.count("vs=") == 1 + 18
    assert 'href="/carte' not in menu
    assert 'aria-current="true"' in menu
