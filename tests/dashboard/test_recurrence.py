"""Récurrence: places, history and returns as they are painted, drawn by Plotly and put into files."""

import asyncio
import csv
import io
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from dash import no_update

from dashboard.callbacks.recurrence import show_place, show_recurrence
from dashboard.charts.returns import course, share_dots
from dashboard.components.place_words import place_between, place_name, what
from dashboard.components.returned import axis_top, ranked_parts, returned_table
from dashboard.components.strip import MOST_LANES, axis_of, closing, lanes_of
from dashboard.feeds.chart_records.recurrence import CHARTS
from dashboard.ids import Id
from dashboard.layouts.recurrence import layout
from dashboard.maplayers.place_map import LARGEST, SMALLEST, radius
from dashboard.recurring import came_back, chosen_place
from dashboard.services import Services
from dashboard.state import ViewState
from dashboard.text import DASH, percent
from mart.questions.recurring_places import recurring_places
from tests.support.feeds import feeds_of, read
from tests.support.mart import NOON, a_row, make_mart
from tests.support.places import place_rows
from tests.support.services import services_of

PLACES = 12
FIRST = 100_000


@pytest.fixture(scope="module")
def mart_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    hostile = a_row(
        id=1, street='=cmd()<script>alert("x")</script>', opened_at="-40d", closed_at="-39d", status="done"
    )
    again = a_row(id=2, problem_id=1, street="rue Peel", opened_at="-2d")
    return make_mart(tmp_path_factory.mktemp("places"), [*place_rows(PLACES), hostile, again])


@pytest.fixture(scope="module")
def places(mart_folder: Path) -> Iterator[Services]:
    with services_of(mart_folder) as made:
        yield made


def drawn(places: Services, query: str = "", only: str = "", chosen: int | None = None) -> dict[str, str]:
    found: dict[str, str] = asyncio.run(show_recurrence(places, query, None, only, {"place": chosen}))
    return found


def ids_of(html: str) -> list[int]:
    return [int(number) for number in re.findall(r'<tr data-place="(\d+)"', html)]


def test_the_list_is_the_ranked_places_and_the_map_has_the_same(places: Services) -> None:
    with places.reader.lease() as mart:
        filters = ViewState().filters(NOON.date())
        for rank in ("requests", "spread"):
            found = drawn(places, f"rank={rank}" if rank != "requests" else "")
            listed = ids_of(found[Id.RECURRENCE_LIST])
            assert listed == recurring_places(mart, filters, mart.as_of(), rank).rows["problem_id"].tolist()
            on_map = re.findall(r'data-set="place" data-value="(\d+)"', found[Id.RECURRENCE_MAP])
            assert sorted(map(int, on_map)) == sorted(listed)
    assert f"{PLACES + 1} lieux reviennent" in found[Id.RECURRENCE_ORDER]


def test_the_first_place_is_chosen_until_another_one_is(places: Services) -> None:
    for chosen, expected in ((None, FIRST), (FIRST + 300, FIRST + 300)):
        found = drawn(places, chosen=chosen)
        for place in (Id.RECURRENCE_LIST, Id.RECURRENCE_MAP):
            pressed = re.findall(
                r'data-set="place" data-value="(\d+)" aria-pressed="true"', found[place]
            ) + re.findall(r'aria-pressed="true" data-set="place" data-value="(\d+)"', found[place])
            assert [int(number) for number in pressed] == [expected]


def test_a_place_tells_its_story_with_a_link_to_each_request(places: Services) -> None:
    story = asyncio.run(show_place(places, {"place": FIRST}, "lang=en", ""))[Id.RECURRENCE_PLACE]
    assert "rue Peel" in story
    assert "between rue Ontario and rue Sherbrooke" in story
    assert "24 requests from 36 people in 12 episodes" in story
    assert story.count('class="vg-strip-bar is-done"') == 11
    assert story.count('class="vg-strip-bar is-open"') == 1
    assert len(re.findall(r'href="/liste\?[^"]*request=\d+', story)) == 24
    assert "Came back 11 times, 11 days after the closing at the median" in story


def test_only_the_new_places_are_listed_where_asked(places: Services) -> None:
    found = drawn(places, only="new")
    assert ids_of(found[Id.RECURRENCE_LIST]) == [1]
    assert "1 nouveau lieu ce mois-ci" in found[Id.RECURRENCE_ORDER]
    assert 'data-set="check" data-value=""' in found[Id.RECURRENCE_HEAD]


def test_what_was_typed_is_text_and_nothing_else(places: Services) -> None:
    found = drawn(places, chosen=1)
    for html in found.values():
        assert "<script" not in html
    assert "&lt;script&gt;" in found[Id.RECURRENCE_LIST]
    looks = drawn(places, only="new&borough=VD", chosen="1;DROP TABLE")  # type: ignore[arg-type]
    assert ids_of(looks[Id.RECURRENCE_LIST])[0] == FIRST


def test_a_borough_in_focus_is_compared_with_the_others(places: Services) -> None:
    everywhere, focused = (drawn(places, query)[Id.RECURRENCE_BACK] for query in ("", "borough=VD"))
    codes = [re.findall(r'data-set="borough" data-value="(\w*)"', html) for html in (everywhere, focused)]
    assert set(codes[0]) == {"VM", "VD", "PM"}
    assert set(codes[1]) == {"VM", "", "PM"}  # pressing it again lets it go
    assert focused.count('<tr class="is-focus">') == 1
    assert focused.count('<tr class="is-aside">') == 2


def test_nothing_for_the_filters_says_what_to_do(places: Services) -> None:
    found = drawn(places, "borough=AJ")
    assert "Aucun travail terminé pour ces filtres" in found[Id.RECURRENCE_BACK]
    for place in (Id.RECURRENCE_LIST, Id.RECURRENCE_PLACE, Id.RECURRENCE_BACK):
        assert 'class="vg-empty"' in found[place]
    story = asyncio.run(show_place(places, {"place": 5}, "", ""))[Id.RECURRENCE_PLACE]
    assert "Ce lieu n’existe pas à cette date" in story


def test_the_layout_comes_with_its_first_picture(places: Services, no_mart: Services) -> None:
    page: Any = layout(ViewState(screen="recurrence", place=FIRST), places)
    stores = {part.id: part.data for part in page._traverse() if hasattr(part, "data")}
    assert FIRST in ids_of(stores[Id.RECURRENCE_DRAWN][Id.RECURRENCE_LIST])
    assert stores[Id.RECURRENCE_CHOSEN] == {"place": FIRST}
    page = layout(ViewState(screen="recurrence"), no_mart)
    assert (
        next(part.data for part in page._traverse() if getattr(part, "id", None) == Id.RECURRENCE_DRAWN)
        is None
    )


def test_without_a_mart_the_old_picture_stays(no_mart: Services) -> None:
    assert asyncio.run(show_recurrence(no_mart, "", None, "", None)) is no_update
    assert asyncio.run(show_place(no_mart, {"place": 1}, "", None)) is no_update
    assert asyncio.run(show_recurrence(no_mart, None, None, "", None)) is no_update


def some_parts() -> pd.DataFrame:
    rows = [("VM", 100, 0.3), ("VD", 3, 0.9), ("PM", 50, 0.6)]
    columns: dict[str, Any] = {"borough": [code for code, _, _ in rows], "n": [n for _, n, _ in rows]}
    for days, factor in ((30, 0.5), (90, 1.0), (180, np.nan)):
        shares = np.array([share * factor for _, _, share in rows])
        columns |= {
            f"returned_{days}": [1, 1, 1],
            f"share_{days}": shares,
            f"low_{days}": shares - 0.05,
            f"high_{days}": shares + 0.05,
        }
    return pd.DataFrame(columns)


def test_few_are_shown_as_such_and_not_ranked() -> None:
    parts = some_parts()
    ranked, few = ranked_parts(parts, 90)
    assert ranked["borough"].tolist() == ["PM", "VM"]
    assert few["borough"].tolist() == ["VD"]
    assert axis_top(ranked) == 0.8
    html = returned_table(parts, parts.head(1), "borough", str, 90, ViewState(screen="recurrence", lang="en"))
    body, rest = html.split('<tbody class="vg-rank-rest">')
    assert body.index(">PM<") < body.index(">VM<")
    assert ">VD<" in rest
    assert "n\u00a0&lt;\u00a05" in rest
    assert "not yet observed" in body


def test_lanes_part_only_what_is_at_once() -> None:
    assert lanes_of([(0, 0.2), (0.2, 0.4), (0.3, 0.5), (0.5, 0.6)]) == [0, 0, 1, 0]
    assert max(lanes_of([(0, 1)] * 9)) == MOST_LANES - 1


def test_a_strip_shows_a_year_at_least_and_two_at_most() -> None:
    for days, years in ((10, 1), (500, 1.4), (3000, 2)):
        begins = pd.Series([pd.Timestamp(NOON - timedelta(days=days))])
        axis = axis_of(begins, NOON)
        assert (axis.end - axis.start).days / 365 == pytest.approx(years, abs=0.12)
    many = pd.Series([pd.Timestamp(NOON - timedelta(days=700))] * 30)
    assert (NOON - axis_of(many, NOON).start).days < 400


def test_endings_and_places_have_words() -> None:
    assert [closing(status) for status in ("done", "refused", "deleted", None, "urgent")] == [
        "done", "refused", "withdrawn", "open", "closed",
    ]  # fmt: skip
    place = {
        "street": None,
        "street_from": "rue A",
        "street_to": "rue B",
        "activity": "autre",
        "label": "*Neige ",
    }
    assert (place_name(place, "fr"), place_between(place, "fr"), what(place, "fr")) == (
        "rue A et rue B",
        "",
        "Neige",
    )
    assert place_between(place | {"street": "rue C", "street_to": None}, "en") == "near rue A"
    assert place_name({"street": float("nan")}, "fr") == "Rue inconnue"


def test_circles_tell_their_number_by_their_area() -> None:
    assert radius(100, 100) == LARGEST
    assert radius(25, 100) == LARGEST / 2
    assert radius(1, 10_000) == SMALLEST
    assert radius(0, 0) == SMALLEST


def test_a_place_of_the_address_is_chosen_even_if_it_is_not_listed(places: Services) -> None:
    with places.reader.lease() as mart:
        found = recurring_places(mart, ViewState().filters(NOON.date()), mart.as_of(), limit=1)
    assert chosen_place(ViewState(place=7), found) == 7
    assert chosen_place(ViewState(), found) == FIRST


def test_figures_are_pure_and_named_at_the_lines(places: Services) -> None:
    days = pd.DataFrame(
        {"day": [0, 1, 2], "share": [0.0, 0.2, np.nan], "low": [0, 0.1, np.nan], "high": [0, 0.4, np.nan]}
    )
    figure = course(days.assign(activity="graffitis"), days, {"graffitis": "Graffitis <b>"}, "en")
    assert [trace.name for trace in figure.data] == ["Graffitis <b>", "All"]
    assert {note.text for note in figure.layout.annotations} == {"Graffitis &lt;b> 20%", "All 20%"}
    assert course(days.head(0).assign(activity=""), days.head(0), {}, "fr").data == ()
    rows = some_parts().to_dict("records")
    assert len(share_dots(rows, ["a", "b", "c"], "fr").data) == 3


@pytest.mark.parametrize("chart", [chart.code for chart in CHARTS])
@pytest.mark.parametrize("query", ["", "borough=AJ", "lang=en&place=100000&rank=spread"])
def test_every_chart_is_drawn_and_comes_as_a_table(mart_folder: Path, chart: str, query: str) -> None:
    with feeds_of(mart_folder) as client:
        figure = read(client.get(f"/feeds/charts/{chart}.json?{query}"))["figure"]
        table = client.get(f"/feeds/charts/{chart}.csv?{query}")
    assert table.status_code == 200
    # Boroughs are compared with all others, whichever is in focus.
    assert bool(figure["data"]) == (query != "borough=AJ" or chart == "returns_borough")
    assert "<script" not in str(figure)


def test_the_file_of_places_has_them_all_and_runs_nothing(mart_folder: Path) -> None:
    with feeds_of(mart_folder) as client:
        text = client.get("/feeds/charts/places.csv?lang=en").content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text.split("\r\n\r\n")[0])))
    assert len(rows) == PLACES + 1
    assert [row["Rank"] for row in rows] == [str(i + 1) for i in range(PLACES + 1)]
    assert rows[0]["Street"] == "rue Peel"
    hostile = next(row for row in rows if row["Number of the place"] == "1")
    assert hostile["Street"].startswith("'=cmd()")
    assert hostile["New this month"] == "yes"


def test_the_list_behind_the_shares_has_each_piece_of_work(places: Services, mart_folder: Path) -> None:
    with feeds_of(mart_folder) as client:
        text = client.get("/feeds/returned.csv?lang=en&borough=VM").content.decode("utf-8-sig")
        assert client.get("/feeds/returned.csv?borough=AJ").status_code == 200
    rows = list(csv.DictReader(io.StringIO(text)))
    with places.reader.lease() as mart:
        found = came_back(places, mart, ViewState(boroughs=("VM",)))
    assert len(rows) == found.total["n"].iloc[0]
    came = [float(row["Back after (days)"]) for row in rows if row["Back"]]
    assert sum(days <= 30 for days in came) == found.total["returned_30"].iloc[0]
    assert {row["Borough"] for row in rows} == {"Ville-Marie"}


def test_the_course_has_a_table_of_its_steps(places: Services) -> None:
    html = drawn(places)[Id.RECURRENCE_BACK]
    table = html[html.index("vg-course-table") :].partition("</table>")[0]
    rows = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row) for row in re.findall(r"<tr>(.*?)</tr>", table)]
    assert [row[0] for row in rows[1:]] == [str(day) for day in range(10, 181, 10)]
    assert rows[0][-1] == "Ensemble"
    with places.reader.lease() as mart:
        whole = came_back(places, mart, ViewState(screen="recurrence")).whole_course.set_index("day")["share"]
    assert [row[-1] for row in rows[1:]] == [
        DASH if np.isnan(whole[day]) else percent(whole[day], "fr", 1) for day in range(10, 181, 10)
    ]
