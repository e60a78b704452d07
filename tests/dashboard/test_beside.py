"""Two views side by side: what the other one is, how they are named, and what the panel says."""

from datetime import date
from typing import Any

import pandas as pd
import pytest

from dashboard.beside import names, other_state, pair
from dashboard.components.beside import Side, beside_panel
from dashboard.components.compare_menu import compare_menu
from dashboard.layouts.beside import draw_beside
from dashboard.services import Services
from dashboard.state import ViewState

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


def test_names_say_what_differs() -> None:
    periods = other_state(MARCH.replace(versus="before"), TODAY)
    places = other_state(MARCH.replace(versus="RO"), TODAY)
    assert periods
    assert places
    assert names(MARCH, periods, TODAY)[1] == "19\u00a0févr. – 28\u00a0févr. 2025"
    assert names(MARCH, places, TODAY) == ("Verdun", "Rosemont–La Petite-Patrie")
    assert names(MARCH.replace(boroughs=()), places, TODAY)[0] == "Tous les arrondissements"


def a_line(**given: Any) -> dict[str, Any]:
    plain = {"kpi": "received", "value": 120.0, "n": 120.0, "low": float("nan"), "high": float("nan")}
    there = {"other": 100.0, "other_n": 100.0, "other_change": 20.0, "other_low": -9.0, "other_high": 49.0}
    return plain | there | {"other_noise": True} | given


def test_the_panel_says_both_numbers_and_whether_the_difference_is_noise() -> None:
    lines = pd.DataFrame([a_line(), a_line(kpi="on_time_pct", value=80.0, n=3.0, other=float("nan"))])
    panel = beside_panel(lines, Side("<Verdun>", MARCH), Side("Rosemont", MARCH.replace(boroughs=("RO",))))
    assert "&lt;Verdun&gt;, comparé à Rosemont" in panel
    assert ">120<" in panel
    assert ">100<" in panel
    assert "dans le bruit" in panel
    assert "n\u00a0&lt;\u00a05" in panel
    assert "pas de données" in panel


def test_every_number_of_the_other_opens_the_other_s_list(services: Services) -> None:
    drawn = draw_beside(services, ViewState(period="90d", boroughs=("VD",), versus="VM"))["beside"]
    assert "borough=VM" in drawn


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
