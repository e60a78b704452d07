"""Aperçu: figures that agree with a count by hand, each with its list."""

import asyncio
import re
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from dash import no_update

from dashboard.callbacks.apercu import show_apercu
from dashboard.figures import BEFORE, YEAR, cut_steps, figures, frequency
from dashboard.ids import Id
from dashboard.layouts import apercu
from dashboard.services import Services
from dashboard.state import ViewState
from dashboard.text import number
from domain import territory
from mart.filters import Filters
from mart.periods import day_end, day_start, local_date
from mart.questions.kpi import kpis
from mart.snapshot import MartReader
from tests.dashboard.conftest import settings_of
from tests.support.mart import NOON, a_row, make_mart

COUNTS = ("received", "closed", "backlog", "overdue")
MONTREAL = ZoneInfo("America/Toronto")


def by_hand(requests: pd.DataFrame, filters: Filters, as_of: Any) -> dict[str, int]:
    """The four counts of a frame of all requests, one condition at a time."""
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
        "closed": int(((closed >= start) & (closed <= until)).sum()),
        "backlog": int(stock.sum()),
        "overdue": int((stock & (due < until)).sum()),
    }


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
def test_totals_and_comparisons_agree_with_a_count_by_hand(
    services: Services, requests: pd.DataFrame, query: str
) -> None:
    found = figures(services, ViewState.from_query(query)[0])
    at, filters = found.as_of.astimezone(MONTREAL), found.filters
    # Earlier periods are seen at the same age: at T as many days, or a year, earlier.
    others = {
        "": (filters, at),
        f"_{BEFORE}": (filters.previous(), at - timedelta(days=filters.days)),
        f"_{YEAR}": (filters.year_before(), at.replace(year=at.year - 1)),
    }
    for suffix, (period, seen_at) in others.items():
        wanted = by_hand(requests, period, seen_at.astimezone(UTC))
        assert {name: found.totals.get(f"{name}{suffix}") for name in COUNTS} == wanted


def test_parts_sum_to_the_total_and_the_series_ends_at_it(services: Services) -> None:
    found = figures(services, ViewState(period="90d"))
    for name in COUNTS:
        assert found.parts[name].sum() == found.totals[name]
    for flow in ("received", "closed"):
        assert found.series[flow].sum() == found.totals[flow]
    for stock in ("backlog", "overdue"):
        assert found.series[stock].iloc[-1] == found.totals[stock]


def test_a_borough_in_focus_leaves_the_others_in_the_ranking(services: Services) -> None:
    everywhere, focused = (figures(services, ViewState(boroughs=codes)) for codes in ((), ("VD",)))
    pd.testing.assert_frame_equal(everywhere.parts, focused.parts)
    assert focused.totals["received"] < everywhere.totals["received"]


def test_periods_before_the_data_are_not_compared_with(services: Services) -> None:
    assert figures(services, ViewState(period="30d")).compared == (BEFORE, YEAR)
    state, _ = ViewState.from_query("period=custom&from=2022-12-01&to=2025-03-01")
    assert figures(services, state).compared == ()


@pytest.fixture(scope="module")
def drawn(services: Services) -> dict[str, str]:
    return asyncio.run(show_apercu(services, "period=90d&kpi=overdue&lang=en", None))


def test_each_place_is_drawn(drawn: dict[str, str]) -> None:
    places = {Id.APERCU_CARDS, Id.APERCU_MAP, Id.APERCU_RANKING, Id.APERCU_TREND, Id.APERCU_EVERY}
    assert set(drawn) == places
    assert all(drawn.values())


def test_each_card_s_number_opens_its_list(services: Services, drawn: dict[str, str]) -> None:
    found = figures(services, ViewState(period="90d"))
    links = re.findall(r'<a href="([^"]+)"[^>]*class="vg-kpi-value"[^>]*>([^<]+)</a>', drawn[Id.APERCU_CARDS])
    for code, (href, written) in zip(COUNTS, links, strict=True):
        state = list_of(href)
        assert (state.screen, state.kpi, state.period, state.lang) == ("carte", code, "90d", "en")
        assert written == number(found.totals[code], "en")


def test_each_number_of_the_ranking_opens_its_list(services: Services, drawn: dict[str, str]) -> None:
    found = figures(services, ViewState(period="90d")).parts.set_index("code")["overdue"]
    links = re.findall(
        r'<a href="([^"]+)"[^>]*class="vg-rank-value"[^>]*>([^<]+)</a>', drawn[Id.APERCU_RANKING]
    )
    opened = {state.boroughs: written for state, written in ((list_of(h), w) for h, w in links)}
    assert opened.pop(()) == number(found.sum(), "en")
    assert {codes[0]: written for codes, written in opened.items()} == {
        b.code: number(found.get(b.code, 0), "en") for b in territory.boroughs()
    }


def test_each_column_of_the_trend_opens_its_days(services: Services, drawn: dict[str, str]) -> None:
    found = figures(services, ViewState(period="90d"))
    states = [list_of(h) for h in re.findall(r'<a href="([^"]+)"[^>]*vg-trend-link', drawn[Id.APERCU_TREND])]
    assert states[0].start == found.filters.start
    assert states[-1].end == found.filters.end
    starts, ends = [s.start for s in states if s.start], [s.end for s in states if s.end]
    assert starts[1:] == [end + timedelta(days=1) for end in ends[:-1]]


def test_choosing_the_borough_in_focus_again_lets_it_go(services: Services) -> None:
    drawn = asyncio.run(show_apercu(services, "borough=VD", None))
    hrefs = re.findall(r'<a href="([^"]+)"[^>]*vg-rank-name', drawn[Id.APERCU_RANKING])
    assert {list_of(h).boroughs for h in hrefs} >= {(), ("VM",)}
    assert ("VD",) not in {list_of(h).boroughs for h in hrefs}


def list_of(href: str) -> ViewState:
    parts = urlsplit(href.replace("&amp;", "&"))
    state, ignored = ViewState.from_url(parts.path, parts.query)
    assert ignored == []
    return state


@pytest.fixture
def quiet(tmp_path: Path) -> Iterator[Services]:
    """A mart of one request, years before the rest of the world."""
    settings = settings_of(make_mart(tmp_path, [a_row(opened_at="-1d", borough=None)]))
    made = Services(settings=settings, reader=MartReader(settings.mart))
    yield made
    made.close()


def test_nothing_in_a_borough_is_drawn_as_nothing(quiet: Services) -> None:
    drawn = asyncio.run(show_apercu(quiet, "borough=VD&period=7d", None))
    assert drawn[Id.APERCU_CARDS].count(">0</a>") == 4
    assert "Aucune requête pour ces filtres" in drawn[Id.APERCU_TREND]


RATE = "period=12m&kpi=on_time_pct"


def test_any_kpi_is_on_the_map_in_the_ranking_and_in_the_trend(services: Services) -> None:
    state = ViewState.from_query(RATE + "&lang=en")[0]
    found = figures(services, state)
    with services.reader.lease() as mart:
        table = kpis(mart, found.filters, found.as_of, ("on_time_pct",), ("borough",))
    rates = dict(zip(found.parts["code"], found.parts["on_time_pct"], strict=True))
    assert rates == dict(zip(table.rows["borough"], table.rows["on_time_pct"], strict=True))
    assert found.city["on_time_pct"] == table.total["on_time_pct"]
    drawn = asyncio.run(show_apercu(services, RATE + "&lang=en", None))
    for code in ("VD", "VM"):
        said = f"{rates[code]:.1f}%"
        assert re.search(rf'data-code="{code}" aria-label="[^"]+: {said}"', drawn[Id.APERCU_MAP])
        row = re.search(rf'<tr[^>]*data-code="{code}".*?</tr>', drawn[Id.APERCU_RANKING])
        assert row is not None
        assert f">{said}</a>" in row[0]
    assert "On time by week" in drawn[Id.APERCU_TREND]
    assert f"{found.city['on_time_pct']:.1f}%" in drawn[Id.APERCU_RANKING].rpartition("<tfoot>")[2]


def test_the_counts_are_the_same_whichever_kpi_is_chosen(services: Services) -> None:
    usual, rate = (figures(services, ViewState.from_query(q)[0]) for q in ("period=12m", RATE))
    assert {name: usual.totals[name] for name in COUNTS} == {name: rate.totals[name] for name in COUNTS}
    pd.testing.assert_frame_equal(usual.parts[["code", *COUNTS]], rate.parts[["code", *COUNTS]])
    assert usual.every is not None
    assert rate.every is not None
    pd.testing.assert_frame_equal(usual.every, rate.every)


def test_what_rests_on_few_or_nothing_is_said_and_not_ranked(tmp_path: Path) -> None:
    rows = [
        *(
            a_row(borough="VD", opened_at=f"-{n}d", closed_at="-1d", due_at="+1d", status="done")
            for n in (3, 4)
        ),
        *(
            a_row(borough="VM", opened_at="-9d", closed_at="-1d", due_at="-2d", status="done")
            for _ in range(6)
        ),
    ]
    settings = settings_of(make_mart(tmp_path, rows))
    with closing(Services(settings=settings, reader=MartReader(settings.mart))) as made:
        drawn = asyncio.run(show_apercu(made, "kpi=on_time_pct&lang=en", None))
    ranked, rest = drawn[Id.APERCU_RANKING].split('class="vg-rank-rest"')
    assert re.findall(r'data-code="(\w+)"', ranked) == ["VM"]
    assert ">n\u00a0&lt;\u00a05</a>" in rest
    assert rest.count(">no data</a>") == 17
    assert len(re.findall(r'vg-bm-area[^"]* vg-step-0', drawn[Id.APERCU_MAP])) == 18


def test_a_kpi_s_pop_over_leads_to_its_definition(drawn: dict[str, str]) -> None:
    for code in COUNTS:
        assert f'href="/definitions?lang=en#kpi-{code}"' in drawn[Id.APERCU_CARDS]


@pytest.mark.parametrize("kpi", ["on_time_pct", "on_time_pct/denominator"])
def test_the_chooser_offers_what_is_chosen(kpi: str) -> None:
    layout: Any = apercu.layout(ViewState(kpi=kpi))
    chooser = next(part for part in layout._traverse() if getattr(part, "id", None) == Id.APERCU_KPI)
    assert chooser.value == "on_time_pct"
    assert [one["value"] for one in chooser.data] == [*COUNTS, "on_time_pct"]


def test_whoever_comes_from_a_denominator_s_list_sees_the_kpi_itself(services: Services) -> None:
    kpi, base = (asyncio.run(show_apercu(services, f"{RATE}{part}", None)) for part in ("", "/denominator"))
    assert kpi == base


def test_an_unlocated_request_has_a_line_of_its_own(quiet: Services) -> None:
    drawn = asyncio.run(show_apercu(quiet, "", None))
    assert 'data-code="unlocated"' in drawn[Id.APERCU_RANKING]


def test_without_a_mart_the_old_picture_stays(no_mart: Services) -> None:
    assert asyncio.run(show_apercu(no_mart, "", None)) is no_update
    assert asyncio.run(show_apercu(no_mart, None, None)) is no_update


def test_a_day_that_is_not_over_is_cut(services: Services) -> None:
    week = pd.DataFrame({"period_start": pd.to_datetime(["2025-03-14", "2025-03-17"])})
    assert cut_steps(week, "week", NOON) == {0, 1}
    day = pd.DataFrame({"period_start": pd.to_datetime(["2025-03-19", "2025-03-20"])})
    assert cut_steps(day, "day", NOON) == {1}
    assert cut_steps(day, "day", day_end(local_date(NOON))) == set()
    assert cut_steps(day.iloc[:0], "day", NOON) == set()


@pytest.mark.parametrize(
    ("period", "freq"), [("7d", "day"), ("30d", "day"), ("90d", "week"), ("12m", "week")]
)
def test_steps_are_as_long_as_the_period_asks(period: str, freq: str) -> None:
    assert frequency(ViewState(period=period).filters(local_date(NOON))) == freq
