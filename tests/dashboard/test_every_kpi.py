"""The table of all KPIs: from a frame to markup, and from the mart to the table."""

import asyncio
import re
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import pandas as pd
import pytest

from dashboard.callbacks.apercu import show_rest
from dashboard.components.every_kpi import every_kpi
from dashboard.figures import figures
from dashboard.ids import Id
from dashboard.markup import to_html
from dashboard.services import Services
from dashboard.state import ViewState
from dashboard.text import number
from mart.kpi_model import Figure
from mart.kpis import KPIS, MAIN
from mart.questions.page import page

COLUMNS = ("value", "n", "low", "high", "before", "before_change", "before_low", "before_high", "goal")


def a_line(kpi: str = "on_time_pct", *, noise: Any = False, **columns: float) -> dict[str, Any]:
    """A line of `Comparisons.total`: 80 % of 200, 5 points more than before, no year before."""
    line = dict(zip(COLUMNS, (80.0, 200.0, 73.9, 85.0, 75.0, 5.0, 1.2, 9.4, 90.0), strict=True))
    return {"kpi": kpi, **line, "before_noise": noise} | columns


def drawn(*lines: dict[str, Any], **state: Any) -> str:
    return to_html(every_kpi(pd.DataFrame(lines), ViewState(**({"lang": "en"} | state))))


def text_of(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)).replace("\u00a0", " ")


def links(html: str, look: str) -> list[tuple[ViewState, str]]:
    found = re.findall(rf'<a href="([^"]+)"[^>]*class="{look}"[^>]*>([^<]+)</a>', html)
    parts = [(urlsplit(href.replace("&amp;", "&")), text) for href, text in found]
    return [(ViewState.from_url(part.path, part.query)[0], text) for part, text in parts]


def test_a_line_says_value_n_interval_change_and_goal() -> None:
    said = text_of(drawn(a_line()))
    for part in (
        "On time",
        "80.0%",
        "200",
        "73.9 to 85.0%",
        "+5.0 pts",
        "+1.2 to +9.4 pts",
        "was 75.0%",
        "90%",
    ):
        assert part in said
    assert "beyond noise" in said


def test_a_change_that_may_be_chance_is_said_in_words() -> None:
    assert "within noise" in text_of(drawn(a_line(noise=True, before_low=-1.0)))
    assert "dans le bruit" in text_of(drawn(a_line(noise=True, before_low=-1.0), lang="fr"))
    assert "no interval" in text_of(drawn(a_line(noise=None)))


def test_a_period_that_the_data_do_not_reach_is_no_data() -> None:
    assert text_of(drawn(a_line())).count("no data") == 1  # the year before


def test_without_a_value_there_is_no_data_and_no_link_to_it() -> None:
    html = drawn(a_line(value=np.nan, n=0.0, low=np.nan, high=np.nan, before_change=np.nan))
    assert text_of(html).count("no data") == 3
    assert not links(html, "vg-every-value")


def test_a_value_that_rests_on_little_says_so() -> None:
    assert "n < 5" in text_of(drawn(a_line(n=4.0))).replace("&lt;", "<")
    assert "n < 5" not in text_of(drawn(a_line(n=5.0))).replace("&lt;", "<")


def test_value_and_n_open_numerator_and_denominator() -> None:
    html = drawn(a_line(), boroughs=("VD",), states=("late",))
    (value, written), (rests, n) = (links(html, look)[0] for look in ("vg-every-value", "vg-every-n"))
    assert (value.screen, value.kpi, value.boroughs, value.states, written) == (
        "liste",
        "on_time_pct",
        ("VD",),
        (),
        "80.0%",
    )
    assert (rests.screen, rests.kpi, n) == ("liste", "on_time_pct/denominator", "200")


def test_a_median_rests_on_its_own_list() -> None:
    assert links(drawn(a_line("median_days_to_close")), "vg-every-n")[0][0].kpi == "median_days_to_close"


def test_a_name_brings_its_kpi_to_the_map_and_the_chosen_one_is_marked() -> None:
    html = drawn(a_line(), a_line("refused_pct"), kpi="refused_pct")
    assert [state.kpi for state, _ in links(html, "vg-every-name")[:1]] == ["on_time_pct"]
    assert re.findall(r'data-kpi="(\w+)" class="is-chosen"', html) == ["refused_pct"]
    assert 'href="/definitions?lang=en#kpi-on_time_pct"' in html


def test_the_table_scrolls_in_its_own_box() -> None:
    assert '<div class="vg-scroll" tabindex="0" role="region" aria-label="All KPIs">' in drawn(a_line())


def test_where_nothing_can_be_asked_the_panel_says_why() -> None:
    assert "as-of date" in text_of(to_html(every_kpi(None, ViewState(lang="en"))))


@pytest.mark.parametrize("query", ["", "period=12m&borough=VD", "sector=171&activity=graffitis"])
def test_each_value_and_n_of_the_city_is_the_length_of_its_list(services: Services, query: str) -> None:
    html = asyncio.run(show_rest(services, 1, query))[Id.APERCU_EVERY]
    assert set(re.findall(r'<tr data-kpi="(\w+)"', html)) == set(MAIN)
    state = ViewState.from_query(query)[0]
    values = [one for one in links(html, "vg-every-value") if KPIS[one[0].kpi].figure is Figure.COUNT]
    filters = figures(services, state).filters
    with services.reader.lease() as mart:
        for target, written in (*values, *links(html, "vg-every-n")):
            found = page(mart, filters, mart.as_of(), population=target.kpi, limit=1)
            assert number(found.total, "fr") == written, target.kpi


def test_a_period_after_the_data_has_no_kpi(services: Services) -> None:
    html = asyncio.run(show_rest(services, 1, "period=custom&from=2031-01-01&to=2031-02-01"))
    assert "date de référence" in html[Id.APERCU_EVERY]
