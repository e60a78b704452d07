"""Aperçu: figures that agree with a count by hand, each with its list."""

import asyncio
import math
import re
from collections.abc import Hashable, Iterator
from datetime import UTC, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
from dash import no_update

from dashboard.asking import View, focus_of
from dashboard.callbacks.apercu import show_apercu, show_more, show_rest
from dashboard.figures import CARDS, Figures, figures, figures_of
from dashboard.ids import Id
from dashboard.kpi_texts import kpi_of, written
from dashboard.layouts.apercu_figures import draw_apercu
from dashboard.matrices import every, matrix
from dashboard.services import Services
from dashboard.state import ViewState
from dashboard.text import number
from domain import territory
from domain.activities import Goal
from geo.boroughs import load_sectors
from mart.filters import Filters
from mart.kpi_model import Figure
from mart.periods import day_start, local_date
from mart.questions.compare import compare
from mart.questions.kpi import kpis
from mart.questions.page import page
from tests.support.mart import a_row, make_mart
from tests.support.services import services_of

COUNTS = ("received", "backlog", "overdue")
MONTREAL = ZoneInfo("America/Toronto")
FIRST = {
    Id.APERCU_NOTE,
    Id.APERCU_CARDS,
    Id.APERCU_CARDS_MENU,
    Id.APERCU_HEAD,
    Id.APERCU_MAP,
    Id.APERCU_RANKING,
}
MORE = {Id.APERCU_MATRIX, Id.APERCU_TREND, Id.APERCU_MULTIPLES, Id.APERCU_EVERY}


def first(services: Services, query: str) -> dict[str, str]:
    found: dict[str, str] = asyncio.run(show_apercu(services, query, None))
    return found


def more(services: Services, query: str) -> dict[str, str]:
    found: dict[str, str] = asyncio.run(show_more(services, 1, query))
    rest: dict[str, str] = asyncio.run(show_rest(services, 2, query))
    return found | rest


def by_hand(requests: pd.DataFrame, filters: Filters, as_of: Any) -> dict[str, int]:
    """Three counts of a frame of all requests, one condition at a time."""
    start, until = day_start(filters.start), filters.until(as_of)
    kept = requests
    for column, codes in (
        ("borough", filters.boroughs),
        ("activity", filters.activities),
        ("sector", filters.sectors),
    ):
        kept = kept[kept[column].isin(codes)] if codes else kept
    opened, closed, due = kept["opened_at"], kept["closed_at"], kept["due_at"]
    stock = (opened <= until) & (closed.isna() | (closed > until))
    return {
        "received": int(((opened >= start) & (opened <= until)).sum()),
        "backlog": int(stock.sum()),
        "overdue": int((stock & (due < until)).sum()),
    }


def card(found: Figures, code: str) -> dict[Any, Any]:
    lines = {line["kpi"]: line for line in found.cards.to_dict("records")}
    return lines[code]


@pytest.fixture(scope="module")
def requests(services: Services) -> pd.DataFrame:
    with services.reader.lease() as mart:
        frame: pd.DataFrame = mart.cursor().sql("FROM requests").to_arrow_table().to_pandas()
        return frame


@pytest.mark.parametrize(
    "query",
    [
        "",
        "period=7d",
        "period=12m",
        "period=year&borough=pilots",
        "borough=VD&activity=graffitis,eclairage",
        "sector=171",
    ],
)
def test_cards_and_their_comparisons_agree_with_a_count_by_hand(
    services: Services, requests: pd.DataFrame, query: str
) -> None:
    found = figures(services, ViewState.from_query(query)[0])
    at, filters = found.as_of.astimezone(MONTREAL), found.filters
    # Earlier periods are seen at the same age: at T as many days, or a year, earlier.
    others = {
        "value": (filters, at),
        "before": (filters.previous(), at - timedelta(days=filters.days)),
        "year": (filters.year_before(), at.replace(year=at.year - 1)),
    }
    for name, (period, seen_at) in others.items():
        wanted = by_hand(requests, period, seen_at.astimezone(UTC))
        assert {code: card(found, code)[name] for code in COUNTS} == wanted
    for code in COUNTS:
        line = card(found, code)
        assert line["before_change"] == line["value"] - line["before"]


def test_every_card_is_the_kpi_of_the_mart(services: Services) -> None:
    found = figures(services, ViewState(period="12m"))
    with services.reader.lease() as mart:
        table = kpis(mart, found.filters, found.as_of, CARDS)
    assert {code: card(found, code)["value"] for code in CARDS} == {code: table.total[code] for code in CARDS}
    assert card(found, "on_time_pct")["n"] == table.total["on_time_n"]
    assert card(found, "on_time_pct")["goal"] == 90


@pytest.mark.parametrize(
    ("places", "goal"),
    [
        ({}, 90),
        ({"boroughs": ("RO",)}, 80),
        ({"sectors": ("161",)}, 75),
        ({"boroughs": ("RO", "VD")}, 90),
    ],
)
def test_one_screen_has_one_goal(
    services: Services, monkeypatch: pytest.MonkeyPatch, places: dict[str, Any], goal: float
) -> None:
    goals = {"RO": 80, "SO": 75}  # 161 is a sector of the latter

    def goal_for(code: str, borough: str | None = None) -> Goal | None:
        return Goal(goals.get(borough or "", 90), "test") if code == "on_time_pct" else None

    for module in ("dashboard.figures", "mart.questions.others"):
        monkeypatch.setattr(f"{module}.goal_for", goal_for)
    state = ViewState(period="7d", **places)
    with services.reader.lease() as leased:
        cards = figures_of(services, leased, state).cards
        at = leased.as_of()
        table = compare(
            leased, state.filters(local_date(at)), at, CARDS
        ).total  # as the table of every KPI, not kept
    for lines in (cards, table):
        assert lines.set_index("kpi")["goal"]["on_time_pct"] == goal


def test_the_cards_have_a_menu_of_their_own(services: Services) -> None:
    drawn = draw_apercu(services, ViewState(boroughs=("VD",)))[Id.APERCU_CARDS_MENU]
    assert drawn.count("data-picture") == 2
    assert "/feeds/charts/cards.csv?borough=VD" in drawn


def test_parts_are_of_the_whole_city_whichever_of_it_is_picked(services: Services) -> None:
    everywhere, pilots = (figures(services, ViewState(boroughs=codes)) for codes in ((), territory.pilots()))
    pd.testing.assert_frame_equal(everywhere.parts, pilots.parts)
    assert (
        everywhere.parts["value"].sum() == everywhere.whole["value"] == card(everywhere, "backlog")["value"]
    )
    assert card(pilots, "backlog")["value"] < everywhere.whole["value"]


def test_a_borough_in_focus_shows_its_sectors(services: Services) -> None:
    found = figures(services, ViewState(boroughs=("RO",)))
    mine = {sector.code for sector in load_sectors() if sector.borough == "RO"}
    assert (found.level, found.focus) == ("sector", "RO")
    assert set(found.parts["code"]) <= mine
    assert found.parts["value"].sum() == found.whole["value"] == card(found, "backlog")["value"]
    drawn = first(services, "borough=RO")
    assert set(re.findall(r'<tr[^>]*data-code="(\w+)"', drawn[Id.APERCU_RANKING])) == mine
    assert drawn[Id.APERCU_MAP].count("vg-bm-area vg-bm-around") >= 4  # next door
    assert "Tous les arrondissements" in drawn[Id.APERCU_HEAD]


@pytest.mark.parametrize(
    ("state", "focus"),
    [
        (ViewState(), None),
        (ViewState(boroughs=("VD", "VM")), None),
        (ViewState(boroughs=("hors_territoire",)), None),
        (ViewState(boroughs=("VD",)), "VD"),
        (ViewState(sectors=("171",)), "VD"),
        (ViewState(sectors=("171", "unknown")), None),
    ],
)
def test_one_borough_is_in_focus_or_none(state: ViewState, focus: str | None) -> None:
    assert focus_of(state) == focus


def test_a_sector_that_is_picked_leaves_its_borough_s_others_in_the_ranking(services: Services) -> None:
    drawn = first(services, "borough=VD&sector=171")[Id.APERCU_RANKING]
    assert set(re.findall(r'data-code="(\w+)"', drawn)) == {"171", "172"}
    hrefs = re.findall(r'<a href="([^"]+)"[^>]*vg-rank-name', drawn)
    assert {list_of(href).sectors for href in hrefs} == {(), ("172",)}  # again lets go


def test_periods_before_the_data_are_not_compared_with(services: Services) -> None:
    assert figures(services, ViewState(period="30d")).compared == ("before", "year")
    state, _ = ViewState.from_query("period=custom&from=2022-12-01&to=2025-03-01")
    assert figures(services, state).compared == ()


def test_nothing_came_back_before_there_was_data(tmp_path: Path) -> None:
    """Six months before the period before end where there is no request yet: a share then is not to compare with."""
    rows = [a_row(opened_at=f"-{days}d", problem_id=days % 9, episode_id=days) for days in range(0, 200, 2)]
    state, _ = ViewState.from_query("period=30d")
    with services_of(make_mart(tmp_path, rows)) as made:
        cards = lines_of(figures(made, state).cards)
        with made.reader.lease() as mart:
            table = lines_of(every(View(made, mart, state)))
    for name in ("before", "before_n", "before_change"):
        assert math.isnan(cards["recurring_pct"][name])
    assert math.isnan(table["recurring_pct"]["before"])
    assert cards["recurring_pct"]["n"] == table["recurring_pct"]["n"] > 0
    assert cards["received"]["before"] == table["received"]["before"] == 15


def lines_of(table: pd.DataFrame) -> dict[str, dict[Hashable, Any]]:
    """The lines of a table by KPI."""
    return {line["kpi"]: line for line in table.to_dict("records")}


@pytest.fixture(scope="module")
def drawn(services: Services) -> dict[str, str]:
    query = "period=90d&kpi=overdue&lang=en"
    return first(services, query) | more(services, query)


def test_each_place_is_drawn(drawn: dict[str, str]) -> None:
    assert set(drawn) == FIRST | MORE | {f"apercu-spark-{code}" for code in CARDS}
    assert all(html for place, html in drawn.items() if place != Id.APERCU_NOTE)


def test_each_card_s_number_opens_its_list_and_its_name_chooses_it(
    services: Services, drawn: dict[str, str]
) -> None:
    found = figures(services, ViewState(period="90d"))
    links = re.findall(r'<a href="([^"]+)"[^>]*class="vg-kpi-value"[^>]*>([^<]+)</a>', drawn[Id.APERCU_CARDS])
    names = re.findall(r'<a href="([^"]+)"[^>]*class="vg-kpi-name"', drawn[Id.APERCU_CARDS])
    for code, (href, text), name in zip(CARDS, links, names, strict=True):
        state = list_of(href)
        assert (state.kpi, state.period, state.lang) == (code, "90d", "en")
        assert state.screen != "apercu"
        assert text == written(kpi_of(code), card(found, code)["value"], "en")
        assert (list_of(name).screen, list_of(name).kpi) == ("apercu", code)


def test_each_number_of_the_ranking_opens_its_list(services: Services, drawn: dict[str, str]) -> None:
    found = figures(services, ViewState(period="90d", kpi="overdue"))
    numbers = dict(zip(found.parts["code"], found.parts["value"], strict=True))
    links = re.findall(
        r'<a href="([^"]+)"[^>]*class="vg-rank-value"[^>]*>([^<]+)</a>', drawn[Id.APERCU_RANKING]
    )
    opened = {state.boroughs: text for state, text in ((list_of(h), w) for h, w in links)}
    assert opened.pop(()) == number(sum(numbers.values()), "en")
    assert {codes[0]: text for codes, text in opened.items()} == {
        b.code: number(numbers.get(b.code, 0), "en") for b in territory.boroughs()
    }


@pytest.mark.parametrize("query", ["period=90d", "period=12m&borough=pilots", "borough=RO&period=12m"])
@pytest.mark.parametrize("kpi", ["received", "backlog"])
def test_counts_of_the_table_add_up_in_rows_columns_and_all(services: Services, query: str, kpi: str) -> None:
    state = ViewState.from_query(f"{query}&kpi={kpi}")[0]
    with services.reader.lease() as mart:
        found = matrix(View(services, mart, state))
    cells = found.cells.pivot_table(index="place", columns="activity", values="value", fill_value=0)
    rows, columns = (found.by_place.set_index("place"), found.by_activity.set_index("activity"))
    assert cells.sum(axis=1).to_dict() == rows["value"].to_dict()
    assert cells.sum(axis=0).to_dict() == columns["value"].to_dict()
    assert rows["value"].sum() == columns["value"].sum() == found.total["value"].iloc[0]
    assert found.total["value"].iloc[0] == card(figures(services, state), kpi)["value"]


def test_the_margins_of_a_rate_are_the_mart_s_own(services: Services) -> None:
    state = ViewState(period="12m", kpi="on_time_pct")
    with services.reader.lease() as mart:
        view = View(services, mart, state)
        found = matrix(view)
        by_borough = kpis(mart, view.filters, view.as_of, ("on_time_pct",), ("borough",))
    wanted = dict(zip(by_borough.rows["borough"], by_borough.rows["on_time_pct"], strict=True))
    assert dict(zip(found.by_place["place"], found.by_place["value"], strict=True)) == pytest.approx(
        wanted, nan_ok=True
    )
    assert found.total["value"].iloc[0] == by_borough.total["on_time_pct"]


@pytest.mark.parametrize("query", ["period=90d&kpi=received", "borough=RO&period=12m&kpi=received"])
def test_each_number_of_the_table_is_the_length_of_its_list(services: Services, query: str) -> None:
    html = more(services, query)[Id.APERCU_MATRIX]
    links = re.findall(r'<td[^>]*><a href="([^"]+)"[^>]*>([^<]+)</a>', html)
    assert len(links) > 12
    with services.reader.lease() as mart:
        for href, text in [*links[:: len(links) // 3], links[-1]]:
            state = list_of(href)
            filters = figures(services, state).filters
            found = page(mart, filters, mart.as_of(), population=state.kpi, limit=1)
            assert number(found.total, "fr") == text


def test_nothing_in_a_borough_is_drawn_as_nothing(quiet: Services) -> None:
    drawn = first(quiet, "borough=VD&period=7d")
    assert drawn[Id.APERCU_CARDS].count(">0</a>") == 3
    assert drawn[Id.APERCU_CARDS].count('class="vg-kpi-none">pas de données') == 3
    assert "Aucune requête pour ces filtres" in drawn[Id.APERCU_NOTE]


def test_a_period_that_cannot_be_asked_says_why(services: Services) -> None:
    for dates, why in (("2031-01-01&to=2031-02-01", "pas encore"), ("2001-01-01&to=2001-02-01", "précède")):
        query = f"period=custom&from={dates}"
        drawn = first(services, query)
        assert why in drawn[Id.APERCU_NOTE]
        assert drawn[Id.APERCU_CARDS].count('class="vg-kpi-none"') == len(CARDS)
        assert why in more(services, query)[Id.APERCU_MATRIX]


def test_a_period_that_is_not_over_says_so(services: Services) -> None:
    assert (
        "les chiffres vont jusqu’au"
        in first(services, "period=custom&from=2025-01-01&to=2025-12-31")[Id.APERCU_NOTE]
    )
    assert not first(services, "")[Id.APERCU_NOTE]


RATE = "period=12m&kpi=on_time_pct&lang=en"


def test_any_kpi_is_on_the_map_in_the_ranking_the_table_and_the_trends(services: Services) -> None:
    found = figures(services, ViewState.from_query(RATE)[0])
    rates = dict(zip(found.parts["code"], found.parts["value"], strict=True))
    drawn = first(services, RATE) | more(services, RATE)
    for code in ("VD", "VM"):
        said = f"{rates[code]:.1f}%"
        assert re.search(rf'data-code="{code}" aria-label="[^"]+: {said}"', drawn[Id.APERCU_MAP])
        for place in (Id.APERCU_RANKING, Id.APERCU_MATRIX):
            row = re.search(rf'<tr[^>]*data-code="{code}".*?</tr>', drawn[place])
            assert row is not None
            assert f">{said}</a>" in row[0]
    assert "On time by borough" in drawn[Id.APERCU_HEAD]
    assert "On time by week" in drawn[Id.APERCU_TREND]
    assert "On time by activity" in drawn[Id.APERCU_MULTIPLES]
    assert f"{found.whole['value']:.1f}%" in drawn[Id.APERCU_RANKING].rpartition("<tfoot>")[2]


def test_the_cards_are_the_same_whichever_kpi_is_chosen(services: Services) -> None:
    usual, rate = (figures(services, ViewState.from_query(q)[0]) for q in ("period=12m", RATE))
    pd.testing.assert_frame_equal(usual.cards, rate.cards)


def test_what_rests_on_few_or_nothing_is_said_and_not_ranked(tmp_path: Path) -> None:
    late = {"opened_at": "-9d", "due_at": "-2d"}
    rows = [
        *(
            a_row(borough="VD", opened_at=f"-{n}d", closed_at="-1d", due_at="+1d", status="done")
            for n in (3, 4)
        ),
        *(a_row(borough="VM", closed_at="-1d", status="done", **late) for _ in range(6)),
    ]
    with services_of(make_mart(tmp_path, rows)) as made:
        drawn = first(made, "kpi=on_time_pct&lang=en")
        table = more(made, "kpi=on_time_pct&lang=en")[Id.APERCU_MATRIX]
    ranked, rest = drawn[Id.APERCU_RANKING].split('class="vg-rank-rest"')
    assert re.findall(r'data-code="(\w+)"', ranked) == ["VM"]
    assert ">n\u00a0&lt;\u00a05</a>" in rest
    assert rest.count(">no data</a>") == 17
    assert len(re.findall(r'vg-bm-area[^"]* vg-step-0', drawn[Id.APERCU_MAP])) == 18
    assert ">n\u00a0&lt;\u00a05</a>" in table


def test_a_kpi_s_pop_over_leads_to_its_definition(drawn: dict[str, str]) -> None:
    for code in CARDS:
        assert f'href="/definitions?lang=en#kpi-{code}"' in drawn[Id.APERCU_CARDS]


def test_the_choices_have_what_is_chosen(services: Services) -> None:
    for kpi, offered in (("received", [*CARDS]), ("refused_pct", [*CARDS, "refused_pct"])):
        head = first(services, f"kpi={kpi}")[Id.APERCU_HEAD]
        choices = re.findall(r'<a href="([^"]+)"[^>]*class="vg-kpi-choice"', head)
        assert [list_of(href).kpi for href in choices] == offered
        current = re.findall(r'<a href="([^"]+)"[^>]*class="vg-kpi-choice" aria-current="true"', head)
        assert [list_of(href).kpi for href in current] == [kpi]


def test_whoever_comes_from_a_denominator_s_list_sees_the_kpi_itself(services: Services) -> None:
    query = "period=12m&kpi=on_time_pct"
    assert first(services, query) == first(services, f"{query}/denominator")
    assert more(services, query) == more(services, f"{query}/denominator")


def test_an_unlocated_request_has_a_line_of_its_own(quiet: Services) -> None:
    assert 'data-code="unlocated"' in first(quiet, "")[Id.APERCU_RANKING]


def test_without_a_mart_the_old_picture_stays(no_mart: Services) -> None:
    assert asyncio.run(show_apercu(no_mart, "", None)) is no_update
    assert asyncio.run(show_apercu(no_mart, None, None)) is no_update
    for later in (show_more, show_rest):
        assert asyncio.run(later(no_mart, 1, "")) is no_update
        assert asyncio.run(later(no_mart, None, "")) is no_update


def test_an_interval_is_of_a_rate_only(services: Services) -> None:
    for code in CARDS:
        line = card(figures(services, ViewState(period="12m")), code)
        is_count = kpi_of(code).figure is Figure.COUNT
        assert np.isnan(line["low"]) == is_count
        assert line["before_noise"] in {True, False}


def list_of(href: str) -> ViewState:
    parts = urlsplit(href.replace("&amp;", "&"))
    state, ignored = ViewState.from_url(parts.path, parts.query)
    assert ignored == []
    return state


@pytest.fixture
def quiet(tmp_path: Path) -> Iterator[Services]:
    """A mart of one request, years before the rest of the world."""
    with services_of(make_mart(tmp_path, [a_row(opened_at="-1d", borough=None)])) as made:
        yield made
